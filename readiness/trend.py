"""Readiness over time: as it was each week, as it is, and as it will be if nobody acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Engine
from sqlmodel import Session

from access.permissions import Person, require
from controls.audit.audit_bounds import audit_bounds
from controls.audit.audit_plan import AuditPlan, current
from models.calendar import calendar_of
from models.transaction import last_fact, last_moment, present, reading
from readiness.answer_cache import AnswerCache
from readiness.rule import ask
from readiness.status import audit_readiness
from readiness.weeks import Counts, write_down, written

_Key = tuple[date, datetime, tuple[str, ...]]

WEEKS = 52

KEPT: AnswerCache[_Key, Counts] = AnswerCache(5_000)

_ANSWER = "SELECT point, catalogue, status, COUNT(*) AS n FROM control_status GROUP BY point, catalogue, status"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The score on a day; `forecast` if the day is still to come."""

    day: date
    demonstrated: int
    applicable: int
    forecast: bool


def trend(
    session: Session, person: Person, audit: AuditPlan, today: date, now: datetime, weeks: int = WEEKS
) -> list[TrendPoint]:
    """One point a week for `weeks` weeks up to today, and on to the audit's day with nothing added.

    An auditor sees the days of the audit, and the others not.
    """
    require(person, "readiness.read")
    bounds = audit_bounds(session, person, "readiness.read")
    past = past_weeks(today, weeks)
    ahead = [day for week in range(1, 200) if (day := today + timedelta(weeks=week)) < audit.day]
    ahead += [audit.day] if audit.day > today else []
    calendar = calendar_of(session)
    points = [(day, calendar.last_moment_of(day)) for day in past] + [(day, now) for day in [today, *ahead]]
    systems: tuple[str, ...] = tuple(audit.systems)
    if bounds:
        bounds.require_catalogues(audit.catalogues)
        points = [(day, known) for day, known in points if bounds.has_day(day)]
        systems = bounds.systems_on(audit.day, systems)
    answers = counts(session, points, systems)
    return [_score(day, answer, audit.catalogues, today) for (day, _), answer in zip(points, answers, strict=True)]


def past_weeks(today: date, weeks: int) -> list[date]:
    """The last day of each of the weeks before today; they stay the same days, whatever day today is."""
    sunday = today - timedelta(days=today.isoweekday())
    return [sunday - timedelta(weeks=week) for week in range(weeks - 1, -1, -1)]


def counts(session: Session, points: Sequence[tuple[date, datetime]], systems: Sequence[str] = ()) -> list[Counts]:
    """Controls per catalogue and status rank on each day by the knowledge of a moment; asks only what was not asked."""
    last = last_fact(session)  # once: it is the same for every point
    keys: list[_Key] = [(on, min(known, last), tuple(systems)) for on, known in points]
    return KEPT.of(session, keys, lambda missing: _ask(session, missing))


def _ask(session: Session, keys: Sequence[_Key]) -> list[Counts]:
    """What was written down, and one statement for all days that share a moment's knowledge."""
    found: dict[_Key, Counts] = {}
    end_of = calendar_of(session).last_moment_of
    for systems in {systems for _, _, systems in keys}:
        over = [on for on, known, of in keys if of == systems and known == end_of(on)]
        found |= {(day, end_of(day), systems): answer for day, answer in written(session, over, systems).items()}
    rest = sorted((key for key in keys if key not in found), key=itemgetter(1, 2))
    for (known, systems), group in groupby(rest, key=itemgetter(1, 2)):
        days = [on for on, _, _ in group]
        found |= {(day, known, systems): {} for day in days}
        for row in ask(session, days, known, _ANSWER, systems):
            found[days[row.point], known, systems].setdefault(row.catalogue, {})[row.status] = row.n
    return [found[key] for key in keys]


def _score(day: date, answer: Counts, catalogues: Sequence[str], today: date) -> TrendPoint:
    wanted = [answer.get(catalogue, {}) for catalogue in catalogues]
    demonstrated = sum(statuses.get(1, 0) for statuses in wanted)
    applicable = sum(n for statuses in wanted for status, n in statuses.items() if status)
    return TrendPoint(day, demonstrated, applicable, day > today)


class Preparation:
    """Asks, soon after each write, what the pages will ask; while writes keep coming the processor is theirs."""

    def __init__(self, person: Person) -> None:
        require(person, "readiness.read")
        self._person = person
        self._asked = self._seen = datetime.min.replace(tzinfo=UTC)

    def look(self, engine: Engine) -> None:
        """Ask, if the last write is not the one that was asked about, and none came since the last look."""
        with reading(engine) as session:
            last = last_fact(session)
            quiet, self._seen = last == self._seen, last
            if not quiet or last == self._asked:
                return
            audit = current(session, last)
            now = present(session, datetime.now(UTC))
            today = calendar_of(session).day_of(now)
            if audit is not None:
                self._ask(session, audit, today, now)
        if audit is not None:
            write_weeks(engine, audit.systems, today)
        self._asked = last

    def _ask(self, session: Session, audit: AuditPlan, today: date, now: datetime) -> None:
        for day in (today, max(today, audit.day)):
            audit_readiness(session, self._person, audit, day, now)
        trend(session, self._person, audit, today, now)


def write_weeks(engine: Engine, systems: Sequence[str], today: date) -> None:
    """Write down the past weeks that were not, for the next process; there is nothing to do but once a week."""
    past = past_weeks(today, WEEKS)
    with reading(engine) as session:
        known, end_of = written(session, past, systems), calendar_of(session).last_moment_of
        missing = [day for day in past if day not in known and end_of(day) <= last_moment(session)]
        answers = counts(session, [(day, end_of(day)) for day in missing], systems)
    if missing:
        write_down(engine, dict(zip(missing, answers, strict=True)), systems)
