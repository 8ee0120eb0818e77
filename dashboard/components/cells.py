"""Cells in words: status, the day that matters, and the status on the day of the audit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.components import days
from dashboard.shell.status_styles import STATUSES, status_to_show
from locales import Language
from models.vocabulary import LAPSING, Status
from readiness import CellStatus, Readiness
from readiness.explanations.deciding_evidence import ignored_text

_Said = Callable[[date], str]
_RANK = {status: rank for rank, status in enumerate(STATUSES)}


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell with the status to show, which tells apart what expires before the audit."""

    status: str
    cell: CellStatus


def cell_views(current: Readiness, then: Readiness | None) -> list[CellView]:
    """Today's cells; those whose evidence expires before the audit are told apart."""
    later = {cell.key: cell.status for cell in then.cells} if then else {}
    return [CellView(status_to_show(cell.status, later.get(cell.key)), cell) for cell in current.cells]


def rank(status: str) -> int:
    """The place of a status in the order of severity; 0 is the worst."""
    return _RANK[status]


def worst_status(statuses: Iterable[str]) -> str:
    """The worst of some statuses; `excluded` only if all are, `unknown` if there are none."""
    return min(statuses, key=_RANK.__getitem__, default="unknown")


def measure_statuses(current: Readiness, then: Readiness | None) -> Mapping[str, str]:
    return {
        key: status_to_show(status.status, _status(then.measures.get(key)) if then else None)
        for key, status in current.measures.items()
    }


def control_statuses(current: Readiness, then: Readiness | None) -> Mapping[str, str]:
    return {
        key: status_to_show(status.status, _status(then.controls.get(key)) if then else None)
        for key, status in current.controls.items()
    }


def _status(result: object) -> str | None:
    return getattr(result, "status", None)


def short_fact(t: Language, cells: Iterable[CellView], status: str) -> str:
    """A fact that fits in a tile: the day of expiry, or the number of failing checks."""
    same = [view.cell for view in cells if view.status == status]
    if status == Status.FAILING:
        fails = sum(cell.fails for cell in same)
        return t.number(fails) if fails else ""
    ends = [day for cell in same if (day := cell.since if status == Status.LAPSED else cell.valid_until)]
    return t.short_date(min(ends)) if ends and status in (Status.LAPSED, LAPSING) else ""


def long_fact(t: Language, cell: CellStatus, today: date) -> str:
    """The day behind a cell's status, in a few words."""
    return _fact(t, cell, lambda end: days.until(t, end, today), lambda end: days.ago(t, end, today))


def fact_on_day(t: Language, cell: CellStatus) -> str:
    """The same for a cell on another day than today: the date, without how far off it is."""
    return _fact(t, cell, lambda end: t("expires on {day}", day=end), lambda end: t("expired on {day}", day=end))


def _fact(t: Language, cell: CellStatus, until: _Said, ago: _Said) -> str:
    if cell.status == Status.DEMONSTRATED:
        return until(cell.valid_until) if cell.valid_until else t("no end date")
    if cell.status == Status.LAPSED and cell.since:
        return ago(cell.since)
    if cell.status == Status.FAILING:
        return _failing(t, cell)
    if cell.status == Status.MISSING and cell.ignored:
        return t("provided, but {reason}", reason=ignored_text(cell.ignored))
    words = {
        "missing": t("not yet provided"),
        "in_review": t("awaiting review"),
        "excluded": t("excluded by the Statement of Applicability"),
    }
    return words.get(cell.status, "")


def _failing(t: Language, cell: CellStatus) -> str:
    if not cell.fails:  # it names no check, or the reader may not know which
        return t("failing since {day}", day=cell.since) if cell.since else t("fails")
    if cell.since is None:
        return t.n("{n} check fails", "{n} checks fail", cell.fails)
    return t.n("{n} check failing since {day}", "{n} checks failing since {day}", cell.fails, day=cell.since)
