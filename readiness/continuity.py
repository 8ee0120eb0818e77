"""Continuity: per cell, which part of a period it was demonstrated, by today's knowledge, and each gap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Date, bindparam
from sqlalchemy import text as sql
from sqlmodel import Session

from access.permissions import Person, require
from controls.audit_bounds import audit_bounds
from controls.durations import add
from models.columns import Moment
from readiness.rule import STATUSES, ask

_DAY = timedelta(days=1)
_ANSWER = """SELECT c.point, r.key AS requirement, c.system, c.target, c.status
FROM cell_status c JOIN requirement r ON r.id = c.requirement"""

#: Every day on which a status can change: what is represented begins, ends or lapses; a decision or scope does.
_EVENTS = """
SELECT 'coverage' AS kind, e.first_day AS first, e.last_day AS last, e.explicit_end AS until, r.renewal
  FROM coverage e JOIN series s ON s.id = e.series JOIN cell c ON c.id = s.cell
  JOIN evidence_requirement r ON r.key = c.requirement
  WHERE c.requirement IN :requirements AND e.recorded_at <= :known
UNION ALL SELECT 'exception', x.in_force, x.last_day, x.revoked_day, '' FROM check_exception x
  JOIN series s ON s.id = x.series JOIN cell c ON c.id = s.cell
  WHERE c.requirement IN :requirements AND x.recorded_at <= :known
UNION ALL SELECT 'closing', x.closed_day, x.closed_day, NULL, '' FROM series_closing x
  JOIN series s ON s.id = x.series JOIN cell c ON c.id = s.cell
  WHERE c.requirement IN :requirements AND x.recorded_at <= :known
UNION ALL SELECT 'applicability', in_force, in_force, NULL, '' FROM applicability WHERE recorded_at <= :known
UNION ALL SELECT 'scope', first_day, last_day, NULL, '' FROM scope_period WHERE recorded_at <= :known
"""


@dataclass(frozen=True, slots=True)
class Span:
    """A cell had one status from a first to a last day, both included."""

    first: date
    last: date
    status: str


@dataclass(frozen=True, slots=True)
class CellContinuity:
    """One cell over a period. `days` are the days on which it was asked, excluded ones left out."""

    requirement: str
    system: str
    target: str
    days: int
    demonstrated: int
    spans: list[Span]


def continuity(
    session: Session, person: Person, requirements: Sequence[str], first: date, last: date, now: datetime
) -> list[CellContinuity]:
    """Every cell of some requirements over a period, by the knowledge of `now`; later days are the forecast.

    An auditor sees the part of it that lies within the audit.
    """
    require(person, "readiness.read")
    systems: tuple[str, ...] = ()
    if bounds := audit_bounds(session, person, "readiness.read"):
        first, last, systems = max(first, bounds.first), min(last, bounds.last), bounds.systems
    if not requirements or first > last:
        return []
    days = _turning_days(session, requirements, first, last, now)
    statuses: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for start in range(0, len(days), 50):
        for row in ask(session, days[start : start + 50], now, _ANSWER, systems, requirements=requirements):
            key = (row.requirement, row.system, row.target)
            statuses.setdefault(key, []).append((start + row.point, STATUSES[row.status]))
    ends = [day - _DAY for day in days[1:]] + [last]
    return [_continuity(key, sorted(found), days, ends) for key, found in sorted(statuses.items())]


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


def _continuity(
    key: tuple[str, str, str], found: list[tuple[int, str]], days: list[date], ends: list[date]
) -> CellContinuity:
    spans: list[Span] = []
    for index, status in found:
        if spans and spans[-1].status == status and spans[-1].last + _DAY == days[index]:
            spans[-1] = Span(spans[-1].first, ends[index], status)
        else:
            spans.append(Span(days[index], ends[index], status))
    length = {
        status: sum((span.last - span.first).days + 1 for span in spans if span.status == status) for status in STATUSES
    }
    asked = sum(length.values()) - length["excluded"]
    return CellContinuity(*key, asked, length["demonstrated"], spans)
