"""The controls of a catalogue by theme, each with its status today and on the day of the audit."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from controls.browse.rows import ControlRow
from controls.files.words import HEALTHCARE
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, html, join, link, section
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import LAPSING, Healthcare, Status

#: The filter's words for groups of statuses, beside each status itself.
GAPS = ("nonconforming", "failing", "missing", "lapsed", "unknown")
#: The filter's value for all catalogues that readiness is about, beside each catalogue itself.
CRITERIA = "criteria"


def catalogue_filter(criteria: Sequence[str]) -> str:
    """The value of the catalogue filter that shows the controls of these catalogues."""
    return criteria[0] if len(criteria) == 1 else CRITERIA


def matches(status: str, filter_value: str) -> bool:
    """Whether a status passes the filter; an empty filter passes all."""
    return (
        not filter_value
        or status == filter_value
        or (filter_value == "gaps" and status in GAPS)
        or (filter_value == Status.DEMONSTRATED and status == LAPSING)
    )


def by_theme(
    t: Language,
    titles: TitleLookup,
    controls: Sequence[ControlRow],
    today: Mapping[str, str],
    then: Mapping[str, str] | None,
    day: str,
    first: str = "",
) -> Html:
    """One table per theme, in the order of the catalogue; named with its catalogue where there are several.

    `first`: the day of the first status, if it is not today.
    """
    several = len({control.catalogue for control in controls}) > 1
    themes = groupby(controls, key=lambda control: (control.catalogue, control.theme))
    return join(
        _theme(t, _theme_name(t, titles, *theme, several=several), list(group), today, then, (first or t("Today"), day))
        for theme, group in themes
    )


def _theme_name(t: Language, titles: TitleLookup, catalogue: str, theme: str, *, several: bool) -> str:
    name = titles.theme(t, catalogue, theme)
    return f"{titles.edition(t, catalogue)} · {name}" if several else name


def _theme(
    t: Language,
    name: str,
    group: list[ControlRow],
    today: Mapping[str, str],
    then: Mapping[str, str] | None,
    days: tuple[str, str],
) -> Html:
    rows = join(
        _row(t, control, today.get(control.key, "unknown"), then.get(control.key, "unknown") if then else None, days[1])
        for control in group
    )
    demonstrated = sum(today.get(control.key) in (Status.DEMONSTRATED, LAPSING) for control in group)
    remark = t("{held} of {n} demonstrated", held=demonstrated, n=len(group))
    heads = [t("Control"), "", days[0], *([days[1]] if then else [])]
    head = join(html('<th scope="col">{name}</th>', name=name) for name in heads)
    table = html(
        '<table class="rows controls"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>', head=head, rows=rows
    )
    return join([section(name, remark), table])


def _row(t: Language, control: ControlRow, today: str, then: str | None, day: str) -> Html:
    return html(
        "<tr><td>{ref}</td><td>{title}{tag}</td><td>{today}</td>{then}</tr>",
        ref=link(address("control", key=control.key), control.ref),
        title=link(address("control", key=control.key), t.title(control), "quiet"),
        tag=tag(t, control),
        today=mark(t, today),
        then=_later(t, today, then, day) if then else "",
    )


def _later(t: Language, today: str, then: str, day: str) -> Html:
    """The status on the day of the audit; "unchanged" if it equals today's."""
    if then == today:
        return html('<td class="same"><small>{label}</small></td>', label=t("unchanged"))
    return html('<td data-head="{day}">{then}</td>', day=day, then=mark(t, then))


def tag(t: Language, control: ControlRow) -> Html:
    """A tag for what the healthcare edition adds, and one if sources disagree."""
    if control.healthcare in (Healthcare.NONE, Healthcare.UNKNOWN, ""):
        return Html("")
    disputed = html(' <span class="tag">{label}</span>', label=t("sources disagree")) if control.disputed else ""
    return html(
        ' <span class="tag care">{label}</span>{disputed}',
        label=t.render(HEALTHCARE[control.healthcare]),
        disputed=disputed,
    )


def count_demonstrated(controls: Iterable[ControlRow], today: Mapping[str, str]) -> tuple[int, int]:
    """The number of demonstrated controls, and of applicable controls."""
    statuses = [today.get(control.key, "unknown") for control in controls]
    applicable = [status for status in statuses if status != Status.EXCLUDED]
    return sum(status in (Status.DEMONSTRATED, LAPSING) for status in applicable), len(applicable)
