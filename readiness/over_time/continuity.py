"""Continuity: on which days of a period a cell, a measure or a control was demonstrated, by today's knowledge.

Each past day counts by the status of the cell, measure or control itself, never by an average.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Date, bindparam
from sqlalchemy import text as sql
from sqlmodel import Session

from access.permissions import Person, require
from controls.audit.audit_bounds import audit_bounds, catalogue_of
from models.calendar import calendar_of
from models.columns import Moment
from models.durations import add
from models.vocabulary import Status
from readiness.answer_cache import AnswerCache, knowledge_moment
from readiness.rule import STATUSES, query_rule

_DAY = timedelta(days=1)
_AT_ONCE = 50  # days in one statement
_CELLS = """SELECT c.point, r.key AS requirement, c.system, c.target, c.status
FROM cell_status c JOIN requirement r ON r.id = c.requirement"""
_OWN = {
    "measure": "SELECT s.point, '', '', '', s.status FROM measure_status s WHERE s.measure = :own",
    "control": "SELECT s.point, '', '', '', s.status FROM control_status s WHERE s.control = :own",
}
_RESTS_ON = {
    "measure": "SELECT r.key FROM requirement r WHERE r.measure = :own",
    "control": "SELECT DISTINCT r.key FROM needed n JOIN requirement r ON r.id = n.requirement WHERE n.control = :own",
}
_ITSELF = ("", "", "")  # the key of the measure or control, among those of its cells

#: Every day on which a status can change: represented days begin, end or expire; a decision, finding or scope does.
_EVENTS = """
SELECT 'coverage' AS kind, e.first_day AS first, e.last_day AS last, e.explicit_end AS until, r.renewal
  FROM coverage e JOIN series s ON s.id = e.series JOIN cell c ON c.id = s.cell
  JOIN evidence_requirement r ON r.key = c.requirement
  WHERE c.requirement IN :requirements AND e.recorded_at <= :known
UNION SELECT 'exception', x.in_force, x.last_day, x.revoked_day, '' FROM check_exception x
  JOIN series s ON s.id = x.series JOIN cell c ON c.id = s.cell
  WHERE c.requirement IN :requirements AND x.recorded_at <= :known
UNION SELECT 'closing', x.closed_day, x.closed_day, NULL, '' FROM series_closing x
  JOIN series s ON s.id = x.series JOIN cell c ON c.id = s.cell
  WHERE c.requirement IN :requirements AND x.recorded_at <= :known
UNION SELECT 'applicability', in_force, in_force, NULL, '' FROM applicability WHERE recorded_at <= :known
UNION SELECT 'scope', first_day, last_day, NULL, '' FROM scope_period WHERE recorded_at <= :known
UNION SELECT 'nonconformity', first_day, closed_day, NULL, '' FROM nonconformity WHERE recorded_at <= :known
"""

_Statuses = dict[tuple[str, str, str], list[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class StatusSpan:
    """One status from a first to a last day, both included."""

    first: date
    last: date
    status: str


@dataclass(frozen=True, slots=True)
class CellContinuity:
    """One cell over a period. `days`: the number of past days on which it was required, without excluded ones."""

    requirement: str
    system: str
    target: str
    days: int
    demonstrated: int
    spans: list[StatusSpan]


@dataclass(frozen=True, slots=True)
class Continuity:
    """A measure or control over a period, and the cells that it rests on.

    `days`: the number of past days on which something was required of it and it was not excluded; on `demonstrated` of
    them it was demonstrated itself. They lie from `first` to `last`, at most today; the spans continue to the period's
    end.
    """

    first: date
    last: date
    days: int
    demonstrated: int
    spans: list[StatusSpan]
    cells: list[CellContinuity]


_CACHE: AnswerCache[tuple[str, str, date, date, datetime, tuple[str, ...]], tuple[list[date], _Statuses]] = AnswerCache(
    64
)


def continuity(
    session: Session, person: Person, requirements: Sequence[str], first: date, last: date, now: datetime
) -> list[CellContinuity]:
    """Every cell of some requirements over a period, by the knowledge of `now`; later days are the forecast.

    An auditor sees the part that lies within the audit.
    """
    require(person, "readiness.read")
    first, last, systems = _permitted_part(session, person, first, last, ())
    if not requirements or first > last:
        return []
    days, statuses = _statuses(session, requirements, first, last, now, systems, _CELLS, {})
    return _cells(statuses, _Days(days, last, calendar_of(session).day_of(now)))


def measure_continuity(
    session: Session,
    person: Person,
    measure: str,
    period: tuple[date, date],
    now: datetime,
    systems: Sequence[str] = (),
    ahead: date | None = None,
) -> Continuity:
    """A measure over a period, by the knowledge of `now`; the spans continue to `ahead`, if that is later."""
    require(person, "readiness.read")
    return _of_thing(session, person, ("measure", measure), period, now, systems, ahead)


def control_continuity(
    session: Session,
    person: Person,
    control: str,
    period: tuple[date, date],
    now: datetime,
    systems: Sequence[str] = (),
    ahead: date | None = None,
) -> Continuity:
    """A control or requirement clause over a period, by the knowledge of `now`; the spans continue to `ahead`."""
    require(person, "readiness.read")
    if bounds := audit_bounds(session, person, "readiness.read"):
        bounds.require_catalogues([catalogue_of(control)])
    return _of_thing(session, person, ("control", control), period, now, systems, ahead)


def _permitted_part(
    session: Session, person: Person, first: date, last: date, systems: Sequence[str]
) -> tuple[date, date, tuple[str, ...]]:
    """The part of a period, and the systems, that the person may see."""
    bounds = audit_bounds(session, person, "readiness.read")
    if bounds is None:
        return first, last, tuple(systems)
    first, last = max(first, bounds.first), min(last, bounds.last)
    return first, last, bounds.systems_on(last, systems) if systems else bounds.systems


def _of_thing(
    session: Session,
    person: Person,
    own: tuple[str, str],
    period: tuple[date, date],
    now: datetime,
    systems: Sequence[str],
    ahead: date | None,
) -> Continuity:
    until = min(period[1], calendar_of(session).day_of(now))
    first, last, scope = _permitted_part(session, person, period[0], max(period[1], ahead or period[1]), systems)
    key = (*own, first, last, knowledge_moment(session, now), scope)
    turns, statuses = _CACHE.get(session, [key], lambda missing: [_query(session, *key) for key in missing])[0]
    days = _Days(turns, last, until)
    return _counted(statuses, days, first, min(last, until))


def _counted(statuses: _Statuses, days: "_Days", first: date, last: date) -> Continuity:
    cells = {cell: pieces for cell, pieces in statuses.items() if cell != _ITSELF}
    required = {at for pieces in cells.values() for at, status in pieces if status != Status.EXCLUDED}
    own = statuses.get(_ITSELF, [])
    counted = [
        (at, status) for at, status in own if status != Status.EXCLUDED and (status != Status.UNKNOWN or at in required)
    ]
    return Continuity(
        first,
        last,
        sum(days.past(at) for at, _ in counted),
        sum(days.past(at) for at, status in counted if status == Status.DEMONSTRATED),
        days.spans(own),
        _cells(cells, days),
    )


def _query(
    session: Session, kind: str, key: str, first: date, last: date, known: datetime, systems: tuple[str, ...]
) -> tuple[list[date], _Statuses]:
    """The days on which something can change, and each status on them; empty when nothing is required."""
    values = {"own": key}
    requirements = [row.key for row in query_rule(session, [max(first, last)], known, _RESTS_ON[kind], values=values)]
    if not requirements or first > last:
        return [], {}
    answer = f"{_CELLS} UNION ALL {_OWN[kind]}"
    return _statuses(session, requirements, first, last, known, systems, answer, values)


def _statuses(
    session: Session,
    requirements: Sequence[str],
    first: date,
    last: date,
    known: datetime,
    systems: Sequence[str],
    answer: str,
    values: dict[str, str],
) -> tuple[list[date], _Statuses]:
    """The days on which something can change, and each status by the index of its day; for these requirements only."""
    days = _turning_days(session, requirements, first, last, known)
    statuses: _Statuses = {}
    for start in range(0, len(days), _AT_ONCE):
        some = days[start : start + _AT_ONCE]
        for row in query_rule(session, some, known, answer, systems, requirements=requirements, values=values):
            statuses.setdefault((row.requirement, row.system, row.target), []).append(
                (start + row.point, STATUSES[row.status])
            )
    return days, {key: sorted(pieces) for key, pieces in sorted(statuses.items())}


def _turning_days(session: Session, requirements: Sequence[str], first: date, last: date, now: datetime) -> list[date]:
    statement = sql(_EVENTS).bindparams(bindparam("requirements", expanding=True), bindparam("known", type_=Moment()))
    rows = session.execute(
        statement.columns(first=Date(), last=Date(), until=Date()), {"requirements": list(requirements), "known": now}
    )
    days = {first}
    for _, begins, ends, until, renewal in rows:
        days |= set(_turns(begins, ends, until, renewal))
    return sorted(day for day in days if first <= day <= last)


def _turns(begins: date, ends: date | None, until: date | None, renewal: str) -> Iterable[date]:
    yield begins
    if ends:
        yield ends
        yield ends + _DAY
        if renewal:
            yield add(ends, renewal)
    if until:
        yield until
        yield until + _DAY


class _Days:
    """A period cut where something can change; each piece goes on until the next begins."""

    def __init__(self, turns: Sequence[date], last: date, until: date) -> None:
        self._until = until
        self._first, self._last = turns, [day - _DAY for day in [*turns[1:], last + _DAY]]

    def past(self, at: int) -> int:
        """How many days of a piece lie in the part of the period that has passed, today among them."""
        return max(0, (min(self._last[at], self._until) - self._first[at]).days + 1)

    def spans(self, pieces: Iterable[tuple[int, str]]) -> list[StatusSpan]:
        """Spans of one status; adjacent pieces with the same status are joined."""
        spans: list[StatusSpan] = []
        for at, status in pieces:
            if spans and spans[-1].status == status and spans[-1].last + _DAY == self._first[at]:
                spans[-1] = StatusSpan(spans[-1].first, self._last[at], status)
            else:
                spans.append(StatusSpan(self._first[at], self._last[at], status))
        return spans


def _cells(statuses: _Statuses, days: _Days) -> list[CellContinuity]:
    return [_cell(key, pieces, days) for key, pieces in statuses.items()]


def _cell(key: tuple[str, str, str], pieces: list[tuple[int, str]], days: _Days) -> CellContinuity:
    required = sum(days.past(at) for at, status in pieces if status != Status.EXCLUDED)
    demonstrated = sum(days.past(at) for at, status in pieces if status == Status.DEMONSTRATED)
    return CellContinuity(*key, required, demonstrated, days.spans(pieces))
