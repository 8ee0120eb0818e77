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


def matches(status: str, wanted: str) -> bool:
    """Whether a status passes the filter; an empty filter passes all."""
    return (
        not wanted
        or status == wanted
        or (wanted == "gaps" and status in GAPS)
        or (wanted == Status.DEMONSTRATED and status == LAPSING)
    )


def by_theme(
    t: Language,
    titles: TitleLookup,
    controls: Sequence[ControlRow],
    today: Mapping[str, str],
    then: Mapping[str, str] | None,
    day: str,
) -> Html:
    """One table per theme, in the order of the catalogue."""
    themes = (
        (titles.theme(t, catalogue, theme), list(group))
        for (catalogue, theme), group in groupby(controls, key=lambda one: (one.catalogue, one.theme))
    )
    return join(_theme(t, name, group, today, then, day) for name, group in themes)


def _theme(
    t: Language, name: str, group: list[ControlRow], today: Mapping[str, str], then: Mapping[str, str] | None, day: str
) -> Html:
    rows = join(
        _row(t, one, today.get(one.key, "unknown"), then.get(one.key, "unknown") if then else None, day)
        for one in group
    )
    held = sum(today.get(one.key) in (Status.DEMONSTRATED, LAPSING) for one in group)
    remark = t("{held} of {n} demonstrated", held=held, n=len(group))
    heads = [t("Control"), "", t("Today"), *([day] if then else [])]
    head = join(html('<th scope="col">{name}</th>', name=name) for name in heads)
    table = html(
        '<table class="rows controls"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>', head=head, rows=rows
    )
    return join([section(name, remark), table])


def _row(t: Language, one: ControlRow, today: str, then: str | None, day: str) -> Html:
    return html(
        "<tr><td>{ref}</td><td>{title}{tag}</td><td>{today}</td>{then}</tr>",
        ref=link(address("control", key=one.key), one.ref),
        title=link(address("control", key=one.key), t.title(one), "quiet"),
        tag=tag(t, one),
        today=mark(t, today),
        then=_later(t, today, then, day) if then else "",
    )


def _later(t: Language, today: str, then: str, day: str) -> Html:
    """The status on the day of the audit; "unchanged" if it equals today's."""
    if then == today:
        return html('<td class="same"><small>{word}</small></td>', word=t("unchanged"))
    return html('<td data-head="{day}">{then}</td>', day=day, then=mark(t, then))


def tag(t: Language, one: ControlRow) -> Html:
    """A tag for what the healthcare edition adds, and one if sources disagree."""
    if one.healthcare in (Healthcare.NONE, Healthcare.UNKNOWN, ""):
        return Html("")
    disputed = html(' <span class="tag">{word}</span>', word=t("sources disagree")) if one.disputed else ""
    return html(
        ' <span class="tag care">{word}</span>{disputed}', word=t.render(HEALTHCARE[one.healthcare]), disputed=disputed
    )


def count_held(controls: Iterable[ControlRow], today: Mapping[str, str]) -> tuple[int, int]:
    """The number of demonstrated controls, and of applicable controls."""
    statuses = [today.get(one.key, "unknown") for one in controls]
    asked = [status for status in statuses if status != Status.EXCLUDED]
    return sum(status in (Status.DEMONSTRATED, LAPSING) for status in asked), len(asked)
