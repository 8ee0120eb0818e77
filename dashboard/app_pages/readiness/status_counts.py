"""The number of controls of each status, today and on the day of the audit; also legend and filter."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, html, join, link
from dashboard.shell.status_styles import RULE_STATUSES, css_class
from locales import Language


@dataclass(frozen=True, slots=True)
class Columns:
    """The headings of the two columns, and the value of the list's filter that shows the second day."""

    first: str
    second: str
    on: str = "audit"


def status_table(
    t: Language, today: Mapping[str, int], then: Mapping[str, int] | None, columns: Columns, catalogue: str
) -> Html:
    """A table of counts; each links to its list of controls, and only changed numbers are coloured.

    `catalogue`: the value of the list's filter that shows the controls that were counted.
    """
    statuses = [status for status in RULE_STATUSES if today.get(status) or (then or {}).get(status)]
    head = html(
        '<tr><th scope="col">{controls}</th><th scope="col">{today}</th>{then}</tr>',
        controls=t("Controls"),
        today=columns.first,
        then=html('<th scope="col">{label}</th>', label=columns.second) if then is not None else "",
    )
    rows = join(
        _row(t, status, today.get(status, 0), None if then is None else then.get(status, 0), columns.on, catalogue)
        for status in statuses
    )
    return html('<table class="status-counts"><thead>{head}</thead><tbody>{rows}</tbody></table>', head=head, rows=rows)


def _row(t: Language, status: str, today: int, then: int | None, on: str, catalogue: str) -> Html:
    changed = then is not None and then != today
    to = address("controls", catalogue=catalogue, status=status)
    return html(
        '<tr><th scope="row">{mark}</th><td>{today}</td>{then}</tr>',
        mark=link(to, mark(t, status), "quiet"),
        today=link(to, today, "quiet"),
        then=html(
            '<td class="{kind}">{number}</td>',
            kind=f"changed {css_class(status)}" if changed else "",
            number=link(address("controls", catalogue=catalogue, status=status, on=on), then, "quiet"),
        )
        if then is not None
        else "",
    )
