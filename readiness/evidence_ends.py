"""Until when each evidence counts or counted, or why it has no such day.

Evidence that decides a status ends as readiness says. Other evidence counted until its own last valid day or until
newer evidence of its series took its place, whichever came first.
"""

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Date, Row, bindparam
from sqlalchemy import text as sql
from sqlmodel import Session

from access.permissions import Person, require
from models.columns import Moment
from models.durations import add
from models.vocabulary import Status
from readiness.rule import EFFECTIVE, IGNORED, JUDGED
from readiness.status import CellStatus, Readiness

CellKey = tuple[str, str, str]  # requirement, system, target

_DAY: Final = timedelta(days=1)
_AT_ONCE: Final = 500  # pieces of evidence in one statement


class EndReason(StrEnum):
    """Why evidence ends on its day, or has no such day. In this order the first tells of several without a day."""

    VALID = "valid"  # still counts until then
    LAPSED = "lapsed"  # expired, and nothing came in its place
    EXPIRED = "expired"
    REPLACED = "replaced"  # newer evidence of its series counts
    UNREVIEWED = "unreviewed"
    FAILS = "fails"  # counts as a failure until newer evidence passes
    ENDLESS = "endless"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    NO_VERDICT = "no verdict"
    CLOSED = "closed"  # its series
    LATER = "later"  # represents later days
    NOT_REQUIRED = "not required"  # any more, of what it covers


@dataclass(frozen=True, slots=True)
class EvidenceEnd:
    """The last day on which evidence counts or counted (included), and why; None: there is no such day."""

    last_day: date | None
    why: EndReason


_QUERY: Final = f"""
WITH covered AS (
  SELECT e.id AS coverage, e.series, e.last_day AS until_day, e.recorded_at AS moment, FALSE AS plain, :on AS on_day,
         r.key AS requirement, c.system, c.target, r.kind, r.review, r.renewal
  FROM coverage e JOIN series s ON s.id = e.series JOIN cell c ON c.id = s.cell
  JOIN evidence_requirement r ON r.key = c.requirement AND r.recorded_at <= :known AND NOT r.retired
    AND NOT EXISTS (SELECT 1 FROM evidence_requirement later WHERE later.key = r.key
                    AND later.recorded_at > r.recorded_at AND later.recorded_at <= :known)
  WHERE e.evidence IN :evidence AND {JUDGED}
)
SELECT d.requirement, d.system, d.target, d.renewal, e.evidence, e.first_day, e.last_day, e.explicit_end, e.fails,
       {IGNORED} AS ignored,
       (SELECT e.last_day FROM coverage e
        WHERE e.series = l.series AND e.last_day <= l.on_day AND e.recorded_at <= :known AND {EFFECTIVE}
          AND (e.last_day > l.until_day OR (e.last_day = l.until_day AND e.recorded_at > l.moment))
        ORDER BY e.last_day LIMIT 1) AS replaced
FROM covered d JOIN covered l ON l.coverage = d.coverage JOIN coverage e ON e.id = d.coverage
"""
_DAYS: Final = {name: Date() for name in ("first_day", "last_day", "explicit_end", "replaced")}


def evidence_ends(
    session: Session, person: Person, current: Readiness, evidence: Collection[str]
) -> dict[str, EvidenceEnd]:
    """The end of each evidence, by its id, on the day and by the knowledge of `current`."""
    require(person, "evidence.read")
    cells = {cell.key: cell for cell in current.cells if cell.status != Status.EXCLUDED}
    ends: dict[str, list[EvidenceEnd]] = {key: [] for key in evidence}
    deciding: dict[str, list[EvidenceEnd]] = {}
    for cell in cells.values():
        if cell.evidence in ends and (end := _of_deciding(cell)):
            deciding.setdefault(cell.evidence, []).append(end)
    for row in _rows(session, [key for key in evidence if key not in deciding], current.on, current.known):
        ends[row.evidence].append(_of_row(row, cells, current.on))
    return {key: _earliest(deciding[key]) if key in deciding else _latest(found) for key, found in ends.items()}


def ends_of_cells(session: Session, person: Person, current: Readiness, evidence: str) -> dict[CellKey, EvidenceEnd]:
    """The end of one evidence for each cell that it covers, on the day and by the knowledge of `current`."""
    require(person, "evidence.read")
    cells = {cell.key: cell for cell in current.cells if cell.status != Status.EXCLUDED}
    ends: dict[CellKey, list[EvidenceEnd]] = {}
    for row in _rows(session, [evidence], current.on, current.known):
        key = (row.requirement, row.system, row.target)
        cell = cells.get(key)
        decides = _of_deciding(cell) if cell and cell.evidence == evidence else None
        ends.setdefault(key, []).append(decides or _of_row(row, cells, current.on))
    return {key: _latest(of_cell) for key, of_cell in ends.items()}


def ends_on_upload(
    session: Session, person: Person, evidence: str, on: date, known: datetime
) -> dict[CellKey, EvidenceEnd]:
    """The end of evidence that the person uploads, for each cell, by the evidence and its series alone.

    Readiness is not asked, which an upload has no time for: exceptions and the Statement of Applicability are left out.
    """
    require(person, "evidence.file")
    ends: dict[CellKey, list[EvidenceEnd]] = {}
    for row in _rows(session, [evidence], on, known):
        key = (row.requirement, row.system, row.target)
        ends.setdefault(key, []).append(_of_row(row, {key}, on))
    return {key: _latest(of_cell) for key, of_cell in ends.items()}


def _of_deciding(cell: CellStatus) -> EvidenceEnd | None:
    if cell.status == Status.LAPSED and cell.since:
        return EvidenceEnd(cell.since - _DAY, EndReason.LAPSED)
    if cell.status == Status.FAILING:
        return EvidenceEnd(None, EndReason.FAILS)
    if cell.status != Status.DEMONSTRATED:
        return None
    return EvidenceEnd(cell.valid_until - _DAY, EndReason.VALID) if cell.valid_until else _ENDLESS


_ENDLESS: Final = EvidenceEnd(None, EndReason.ENDLESS)


def _rows(session: Session, evidence: Sequence[str], on: date, known: datetime) -> Iterable[Row[Any]]:
    moments = bindparam("on", type_=Date()), bindparam("known", type_=Moment())
    statement = sql(_QUERY).bindparams(*moments, bindparam("evidence", expanding=True)).columns(**_DAYS)
    for first in range(0, len(evidence), _AT_ONCE):
        some = evidence[first : first + _AT_ONCE]
        yield from session.execute(statement, {"on": on, "known": known, "evidence": some})


def _of_row(row: Row[Any], cells: Container[CellKey], on: date) -> EvidenceEnd:
    if (row.requirement, row.system, row.target) not in cells:
        return EvidenceEnd(None, EndReason.NOT_REQUIRED)
    if row.ignored:
        return EvidenceEnd(None, EndReason(row.ignored))
    ends = _own_end(row)
    if row.replaced and (ends is None or row.replaced <= ends or row.fails):
        last = row.replaced - _DAY
        return EvidenceEnd(last if last >= row.first_day else None, EndReason.REPLACED)
    if row.fails:
        return EvidenceEnd(None, EndReason.FAILS)
    if ends is None:
        return _ENDLESS
    return EvidenceEnd(ends, EndReason.VALID if ends >= on else EndReason.EXPIRED)


def _own_end(row: Row[Any]) -> date | None:
    """The last day on which it would count if nothing came in its place."""
    renewed = [add(row.last_day, row.renewal) - _DAY] if row.renewal else []
    return min([*renewed, *([row.explicit_end] if row.explicit_end else [])], default=None)


def _earliest(ends: Collection[EvidenceEnd]) -> EvidenceEnd:
    """Of what it decides: what expired, then the first day on which something ends, then what has no end."""
    lapsed = [end for end in ends if end.why == EndReason.LAPSED]
    return min(lapsed or ends, key=lambda end: (end.last_day or date.max, list(EndReason).index(end.why)))


def _latest(ends: Collection[EvidenceEnd]) -> EvidenceEnd:
    """Of what it covers and does not decide: the last day; without any day, the first reason of `EndReason`."""
    key = list(EndReason).index
    return min(
        ends or [EvidenceEnd(None, EndReason.NOT_REQUIRED)],
        key=lambda end: (-(end.last_day or date.min).toordinal(), key(end.why)),
    )
