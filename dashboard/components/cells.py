"""A cell in words: its status, the one fact that matters, and how it will stand on the audit's day."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.components import days
from dashboard.shell.palette import STATUSES, shown
from locales import Language
from models.vocabulary import LAPSING, Status
from readiness import CellStatus, Readiness
from readiness.deciding_evidence import ignored_text

_Said = Callable[[date], str]
_RANK = {status: rank for rank, status in enumerate(STATUSES)}


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as shown: the status that the audit's day has a part in, and the cell itself."""

    status: str
    cell: CellStatus


def cells_shown(current: Readiness, then: Readiness | None) -> list[Shown]:
    """Today's cells; proof that ends before the audit is told apart."""
    later = {cell.key: cell.status for cell in then.cells} if then else {}
    return [Shown(shown(cell.status, later.get(cell.key)), cell) for cell in current.cells]


def rank(status: str) -> int:
    """The place of a status in the order of the ledger: the worst first."""
    return _RANK[status]


def worst(statuses: Iterable[str]) -> str:
    """The worst of what is shown; not applicable only if all are."""
    return min(statuses, key=_RANK.__getitem__, default="unknown")


def measures_shown(current: Readiness, then: Readiness | None) -> Mapping[str, str]:
    return {
        key: shown(one.status, _status(then.measures.get(key)) if then else None)
        for key, one in current.measures.items()
    }


def controls_shown(current: Readiness, then: Readiness | None) -> Mapping[str, str]:
    return {
        key: shown(one.status, _status(then.controls.get(key)) if then else None)
        for key, one in current.controls.items()
    }


def _status(one: object) -> str | None:
    return getattr(one, "status", None)


def short_fact(t: Language, cells: Iterable[Shown], status: str) -> str:
    """What fits in a tile: the day it lapses or lapsed, or how many checks fail."""
    same = [one.cell for one in cells if one.status == status]
    if status == Status.FAILING:
        fails = sum(cell.fails for cell in same)
        return t.number(fails) if fails else ""
    ends = [day for cell in same if (day := cell.since if status == Status.LAPSED else cell.valid_until)]
    return t.short_date(min(ends)) if ends and status in (Status.LAPSED, LAPSING) else ""


def long_fact(t: Language, cell: CellStatus, today: date) -> str:
    """The day behind a cell's status, in a few words."""
    return _fact(t, cell, lambda end: days.until(t, end, today), lambda end: days.ago(t, end, today))


def fact_then(t: Language, cell: CellStatus) -> str:
    """The same of a cell on another day than today, seen from that day: with the day alone, not how far off it is."""
    return _fact(t, cell, lambda end: t("lapses on {day}", day=end), lambda end: t("lapsed on {day}", day=end))


def _fact(t: Language, cell: CellStatus, until: _Said, ago: _Said) -> str:
    if cell.status == Status.DEMONSTRATED:
        return until(cell.valid_until) if cell.valid_until else t("without an end")
    if cell.status == Status.LAPSED and cell.since:
        return ago(cell.since)
    if cell.status == Status.FAILING:
        return _failing(t, cell)
    if cell.status == Status.MISSING and cell.ignored:
        return t("delivered, but {reason}", reason=ignored_text(cell.ignored))
    words = {
        "missing": t("never delivered"),
        "in_review": t("waits for a review"),
        "excluded": t("excluded by the Statement of Applicability"),
    }
    return words.get(cell.status, "")


def _failing(t: Language, cell: CellStatus) -> str:
    if not cell.fails:  # it names no check, or the reader may not know which
        return t("fails since {day}", day=cell.since) if cell.since else t("fails")
    if cell.since is None:
        return t.n("{n} check fails", "{n} checks fail", cell.fails)
    return t.n("{n} check fails since {day}", "{n} checks fail since {day}", cell.fails, day=cell.since)
