"""The lines of the list of controls: controls of one number stand together, grouped by theme."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from controls.browse.values import ControlRow
from controls.files.words import CLAUSE_THEMES, CONTROL_THEMES
from dashboard.components.cells import worst_status
from dashboard.components.days import short
from dashboard.shell.title_lookup import TitleLookup
from locales import Language, Text, text
from models.vocabulary import LAPSING, Status
from readiness import CellStatus

_NUMBER: Final = re.compile(r"(?:a\.)?\d+(?:\.\d+)*\.?")
_MANAGEMENT: Final = text("Management system")
#: What a cell's status becomes on a line whose evidence expires before the audit.
_CELL_STATUS: Final = {LAPSING: Status.DEMONSTRATED}


@dataclass(frozen=True, slots=True)
class Line:
    """The controls with one number in one theme, by catalogue, with the keys of the requirements behind them."""

    theme: tuple[str, str]  # a catalogue, empty for themes that catalogues share; and the theme
    number: str
    controls: Mapping[str, ControlRow]
    requirements: tuple[str, ...]

    @property
    def first(self) -> ControlRow:
        return next(iter(self.controls.values()))


def list_lines(controls: Iterable[ControlRow], needed: Mapping[str, Sequence[str]]) -> list[Line]:
    """The lines, in the order of the catalogues. `needed`: the requirements of each control."""
    found: dict[tuple[tuple[str, str], str], dict[str, ControlRow]] = {}
    for control in controls:
        found.setdefault((theme_of(control), number_of(control.ref)), {})[control.catalogue] = control
    lines = [
        Line(theme, number, own, tuple(dict.fromkeys(key for row in own.values() for key in needed.get(row.key, ()))))
        for (theme, number), own in found.items()
    ]
    themes = {theme: place for place, theme in enumerate(dict.fromkeys(line.theme for line in lines))}
    return sorted(lines, key=lambda line: (themes[line.theme], line.first.position))


def theme_of(control: ControlRow) -> tuple[str, str]:
    """The theme under which a control is listed; the chapters of the management system are one."""
    if control.theme in CLAUSE_THEMES:
        return "", "management"
    return ("", control.theme) if control.theme in CONTROL_THEMES else (control.catalogue, control.theme)


def theme_title(t: Language, titles: TitleLookup, theme: tuple[str, str]) -> str:
    catalogue, name = theme
    if catalogue:
        return titles.theme(t, catalogue, name)
    known: Text = _MANAGEMENT if name == "management" else CONTROL_THEMES[name]
    return t.render(known)


def chapters(lines: Sequence[Line]) -> str:
    """The chapters that the lines of a theme are from, first and last."""
    numbers = list(dict.fromkeys(line.number.split(".")[0] for line in lines))
    return numbers[0] if len(numbers) == 1 else f"{numbers[0]}\N{EN DASH}{numbers[-1]}"


def number_of(ref: str) -> str:
    """A reference without the letter of the annex: 8.24 for A.8.24."""
    return ref.removeprefix("A.")


def search(titles: TitleLookup, lines: Iterable[Line], words: str) -> list[Line]:
    """The lines that have every word in their number, titles, measures or requirements, in either language."""
    parts = words.casefold().split()
    return [line for line in lines if all(_has(titles, line, part) for part in parts)]


def _has(titles: TitleLookup, line: Line, part: str) -> bool:
    if _NUMBER.fullmatch(part):
        wanted = part.removeprefix("a.").rstrip(".")
        return f"{line.number}.".startswith(f"{wanted}.")
    return part in _words(titles, line)


def _words(titles: TitleLookup, line: Line) -> str:
    requirements = [titles.requirements[key] for key in line.requirements if key in titles.requirements]
    measures = [titles.measures[row.measure] for row in requirements if row.measure in titles.measures]
    things = [*line.controls.values(), *requirements, *measures]
    return " ".join(f"{thing.title_nl} {thing.title_en}" for thing in things).casefold()


def teams_of(titles: TitleLookup, line: Line) -> list[str]:
    """The keys of the teams that provide evidence for a line; empty for none."""
    rows = (titles.requirements[key] for key in line.requirements if key in titles.requirements)
    return list(dict.fromkeys(row.team for row in rows if row.team))


def line_status(line: Line, statuses: Mapping[str, str]) -> str:
    """The worst status of a line's controls."""
    return worst_status(statuses.get(control.key, Status.UNKNOWN) for control in line.controls.values())


def fact(t: Language, line: Line, status: str, cells: Mapping[str, Sequence[CellStatus]]) -> str:
    """What the evidence behind a status amounts to: until when, since when, or what is lacking."""
    wanted = _CELL_STATUS.get(status, status)
    same = [cell for key in line.requirements for cell in cells.get(key, ()) if cell.status == wanted]
    return _FACTS.get(status, _no_fact)(t, same)


def _until(t: Language, cells: Sequence[CellStatus]) -> str:
    ends = [cell.valid_until for cell in cells if cell.valid_until]
    return t("expires {day}", day=short(t, min(ends))) if ends else t("no end date")


def _expired(t: Language, cells: Sequence[CellStatus]) -> str:
    days = [cell.since for cell in cells if cell.since]
    return t("expired {day}", day=short(t, min(days))) if days else ""


def _failing(t: Language, cells: Sequence[CellStatus]) -> str:
    days = [cell.since for cell in cells if cell.since]
    return t("fails since {day}", day=short(t, min(days))) if days else ""


def _missing(t: Language, cells: Sequence[CellStatus]) -> str:
    ignored = sum(bool(cell.ignored) for cell in cells)
    if ignored and ignored == len(cells):
        return t("provided, does not count")
    return t("not yet provided") if cells else ""


def _waiting(t: Language, cells: Sequence[CellStatus]) -> str:
    return t.n("{n} waits for review", "{n} wait for review", len(cells)) if cells else ""


def _no_fact(t: Language, cells: Sequence[CellStatus]) -> str:
    del t, cells
    return ""


_FACTS: Final[Mapping[str, Callable[[Language, Sequence[CellStatus]], str]]] = {
    Status.DEMONSTRATED: _until,
    LAPSING: _until,
    Status.LAPSED: _expired,
    Status.FAILING: _failing,
    Status.MISSING: _missing,
    Status.IN_REVIEW: _waiting,
}
