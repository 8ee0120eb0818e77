"""Readiness over time: each past week, today, and the forecast if nobody acts."""

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
from readiness.answer_cache import AnswerCache, knowledge_moments
from readiness.over_time.stored_weeks import Counts, load_weeks, save_weeks
from readiness.rule import query_rule
from readiness.status import audit_readiness

_Key = tuple[date, datetime, tuple[str, ...]]

WEEKS, WEEKS_AHEAD = 52, 200  # of the trend: back, and at most ahead

CACHE: AnswerCache[_Key, Counts] = AnswerCache(5_000)

_ANSWER = "SELECT point, catalogue, status, COUNT(*) AS n FROM control_status GROUP BY point, catalogue, status"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """How many of the applicable controls are demonstrated on a day; `forecast`: the day is in the future."""

    day: date
    demonstrated: int
    applicable: int
    forecast: bool


def trend(
    session: Session, person: Person, audit: AuditPlan, today: date, now: datetime, weeks: int = WEEKS
) -> list[TrendPoint]:
    """One point a week for `weeks` weeks up to today, and a forecast to the audit's day if nothing is added.

    An auditor sees the days of their audit only.
    """
    require(person, "readiness.read")
    bounds = audit_bounds(session, person, "readiness.read")
    past = past_weeks(today, weeks)
    ahead = [day for week in range(1, WEEKS_AHEAD + 1) if (day := today + timedelta(weeks=week)) < audit.day]
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
    """The number of controls by catalogue and rank of their status, for each (day, moment of knowledge)."""
    moments = knowledge_moments(session, (known for _, known in points))
    keys: list[_Key] = [(on, known, tuple(systems)) for (on, _), known in zip(points, moments, strict=True)]
    return CACHE.get(session, keys, lambda missing: _count(session, missing))


def _count(session: Session, keys: Sequence[_Key]) -> list[Counts]:
    """The stored answers, and one statement for all other days that share a moment of knowledge."""
    answers = _stored(session, keys)
    rest = sorted((key for key in keys if key not in answers), key=itemgetter(1, 2))
    for (known, systems), group in groupby(rest, key=itemgetter(1, 2)):
        days = [on for on, _, _ in group]
        answers |= {(day, known, systems): {} for day in days}
        for row in query_rule(session, days, known, _ANSWER, systems):
            answers[days[row.point], known, systems].setdefault(row.catalogue, {})[row.status] = row.n
    return [answers[key] for key in keys]


def _stored(session: Session, keys: Sequence[_Key]) -> dict[_Key, Counts]:
    answers: dict[_Key, Counts] = {}
    last_moment_of = calendar_of(session).last_moment_of
    for systems in {systems for _, _, systems in keys}:
        past = [on for on, known, scope in keys if scope == systems and known == last_moment_of(on)]
        weeks = load_weeks(session, past, systems)
        answers |= {(day, last_moment_of(day), systems): week for day, week in weeks.items()}
    return answers


def _score(day: date, answer: Counts, catalogues: Sequence[str], today: date) -> TrendPoint:
    wanted = [answer.get(catalogue, {}) for catalogue in catalogues]
    demonstrated = sum(statuses.get(1, 0) for statuses in wanted)
    applicable = sum(n for statuses in wanted for status, n in statuses.items() if status)
    return TrendPoint(day, demonstrated, applicable, day > today)


class Preparation:
    """Computes, soon after each write, what the pages will show; waits while writes keep coming."""

    def __init__(self, person: Person) -> None:
        require(person, "readiness.read")
        self._person = person
        self._prepared = self._seen = datetime.min.replace(tzinfo=UTC)

    def prepare_if_quiet(self, engine: Engine) -> None:
        """Prepare the answers, if something was written since the last time and nothing since the previous call."""
        with reading(engine) as session:
            last = last_fact(session)
            quiet, self._seen = last == self._seen, last
            if not quiet or last == self._prepared:
                return
            audit = current(session, last)
            now = present(session, datetime.now(UTC))
            today = calendar_of(session).day_of(now)
            if audit is not None:
                self._fill_caches(session, audit, today, now)
        if audit is not None:
            save_past_weeks(engine, audit.systems, today)
        self._prepared = last

    def _fill_caches(self, session: Session, audit: AuditPlan, today: date, now: datetime) -> None:
        for day in (today, max(today, audit.day)):
            audit_readiness(session, self._person, audit, day, now)
        trend(session, self._person, audit, today, now)


def save_past_weeks(engine: Engine, systems: Sequence[str], today: date) -> None:
    """Store the past weeks that are not stored yet, for the next process; there is one new week every week."""
    past = past_weeks(today, WEEKS)
    with reading(engine) as session:
        stored, last_moment_of = load_weeks(session, past, systems), calendar_of(session).last_moment_of
        missing = [day for day in past if day not in stored and last_moment_of(day) <= last_moment(session)]
        answers = counts(session, [(day, last_moment_of(day)) for day in missing], systems)
    if missing:
        save_weeks(engine, dict(zip(missing, answers, strict=True)), systems)
