"""The list of controls as HTML: a theme folds, with its bar; a row has the status in each catalogue."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from controls.browse.values import ControlRow
from dashboard.app_pages.controls.lines import Line, chapters, fact, line_status, teams_of, theme_title
from dashboard.charts.scores import bar
from dashboard.components.control_list import GAPS, matches, tag
from dashboard.components.data_table import Column
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, html, icon, join, link
from dashboard.shell.html import table as html_table
from dashboard.shell.status_styles import STATUSES
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import Status
from readiness import CellStatus


@dataclass(frozen=True, slots=True)
class Statuses:
    """The statuses on one day. `cells`: by requirement; `day`: in words, for the heading; `chosen`: the filter."""

    day: str
    controls: Mapping[str, str]
    cells: Mapping[str, Sequence[CellStatus]]
    chosen: str = ""

    def of(self, control: ControlRow) -> str:
        return self.controls.get(control.key, Status.UNKNOWN)

    def has_match(self, line: Line) -> bool:
        """Whether the filter lets a control of the line pass."""
        return any(matches(self.of(control), self.chosen) for control in line.controls.values())


def theme_list(
    t: Language, titles: TitleLookup, lines: Sequence[Line], statuses: Statuses, *, is_open: bool = False
) -> Html:
    """The themes with their lines. `is_open`: unfolded."""
    head = html(
        '<div class="theme-head" aria-hidden="true"><span></span><span>{theme}</span><span></span><span>{number}</span>'
        "<span>{day}</span><span>{gaps}</span></div>",
        theme=t("Theme"),
        number=t("Count"),
        day=statuses.day,
        gaps=t("Without valid evidence"),
    )
    themes = (
        _theme(t, titles, theme_title(t, titles, theme), list(group), statuses, is_open=is_open)
        for theme, group in groupby(lines, key=lambda line: line.theme)
    )
    return html('<div class="themes">{head}{themes}</div>', head=head, themes=join(themes))


def _theme(
    t: Language, titles: TitleLookup, title: str, lines: Sequence[Line], statuses: Statuses, *, is_open: bool
) -> Html:
    counts = Counter(status for status in _matching(lines, statuses))
    return html(
        '<details class="theme"{open}><summary>{chevron}<span class="chapters">{chapters}</span><h2>{title}</h2>'
        '<span class="count">{number}</span>{bar}<span class="gaps">{gaps}</span></summary>{table}</details>',
        open=Html(" open") if is_open else "",
        chevron=icon("chevron_right"),
        chapters=chapters(lines),
        title=title,
        number=t.number(counts.total()),
        bar=bar(t, counts),
        gaps=_gaps(t, counts),
        table=_table(t, titles, lines, statuses),
    )


def _matching(lines: Iterable[Line], statuses: Statuses) -> Iterable[str]:
    own = (statuses.of(control) for line in lines for control in line.controls.values())
    return (status for status in own if matches(status, statuses.chosen))


def _gaps(t: Language, counts: Mapping[str, int]) -> str:
    """Such as "4 failing, 14 missing"; the bar has them in colour."""
    return ", ".join(
        f"{t.number(counts[status])} {t.render(look.label).lower()}"
        for status, look in STATUSES.items()
        if status in GAPS and counts.get(status)
    )


def _table(t: Language, titles: TitleLookup, lines: Sequence[Line], statuses: Statuses) -> Html:
    catalogues = _catalogues(titles, lines)
    names = [titles.edition(t, key) for key in catalogues] if len(catalogues) > 1 else [statuses.day]
    heads = [t("No."), t("Control"), *names, t("Evidence"), t("Team")]
    rows = [_row(t, titles, catalogues, line, statuses) for line in lines]
    return html_table(heads, rows, "controls" if len(catalogues) > 1 else "controls single")


def _catalogues(titles: TitleLookup, lines: Iterable[Line]) -> list[str]:
    """The catalogues that occur, in their order."""
    present = {catalogue for line in lines for catalogue in line.controls}
    return [key for key in titles.catalogues if key in present]


def _row(t: Language, titles: TitleLookup, catalogues: Sequence[str], line: Line, statuses: Statuses) -> list[object]:
    first = line.first
    own_tag = next((found for control in line.controls.values() if (found := tag(t, control))), Html(""))
    teams = [titles.team(t, key) for key in teams_of(titles, line)]
    return [
        html('<span class="number">{number}</span>', number=line.number),
        join([link(address("control", key=first.key), t.title(first), "soft-link"), own_tag]),
        *(_status(t, line, catalogue, statuses, is_first=catalogue == catalogues[0]) for catalogue in catalogues),
        html("<small>{fact}</small>", fact=fact(t, line, line_status(line, statuses.controls), statuses.cells)),
        html("<small>{teams}</small>", teams=", ".join(teams)),
    ]


def _status(t: Language, line: Line, catalogue: str, statuses: Statuses, *, is_first: bool) -> object:
    """The status of the line's control in a catalogue, as a link; in few signs where it equals the first one's."""
    control = line.controls.get(catalogue)
    if control is None:
        return ""
    status = statuses.of(control)
    if not matches(status, statuses.chosen):
        return html("<small>{label}</small>", label=t.render(STATUSES[status].label))
    is_same = not is_first and control is not line.first and status == statuses.of(line.first)
    label = html("<small>{same}</small>", same=t("same")) if is_same else mark(t, status)
    return link(address("control", key=control.key), label, "quiet", f"{control.ref} {t.title(control)}")


def columns(t: Language, titles: TitleLookup, lines: Sequence[Line], statuses: Statuses) -> list[Column[Line]]:
    """The columns of the same list as a table."""
    return [
        Column("theme", t("Theme"), lambda line: theme_title(t, titles, line.theme)),
        Column("number", t("Number"), lambda line: line.number),
        Column(
            "control",
            t("Control"),
            lambda line: t.title(line.first),
            lambda line: link(address("control", key=line.first.key), t.title(line.first), "soft-link"),
        ),
        *(_status_column(t, titles, key, statuses) for key in _catalogues(titles, lines)),
        Column(
            "evidence", t("Evidence"), lambda line: fact(t, line, line_status(line, statuses.controls), statuses.cells)
        ),
        Column("team", t("Team"), lambda line: ", ".join(titles.team(t, key) for key in teams_of(titles, line))),
    ]


def _status_column(t: Language, titles: TitleLookup, catalogue: str, statuses: Statuses) -> Column[Line]:
    """The status in a catalogue; empty for a line without a control of it."""

    def status(line: Line) -> str:
        return statuses.of(line.controls[catalogue]) if catalogue in line.controls else ""

    return Column(
        catalogue,
        f"{titles.edition(t, catalogue)} · {statuses.day}",
        lambda line: t.render(STATUSES[status(line)].label) if status(line) else "",
        lambda line: mark(t, status(line)) if status(line) else "",
    )
