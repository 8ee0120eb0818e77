"""A round of all collectors, each handed in through intake by the process itself; once a day, by whoever is first."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select
from sqlmodel import Session

from access.activity.record import record
from access.people.rules import has_officer
from access.permissions import SYSTEM
from evidence.collect.cases import NothingToShow, written
from evidence.collect.collectors import COLLECTORS, Collector
from evidence.collect.own import CollectorContext
from evidence.collect.own_system import KEY, asked, exists, put_in_scope
from evidence.intake import submission
from evidence.intake.submission import Delivery, Filed, Incoming
from evidence.storage.store import EvidenceStore
from locales import Problem, Text, text
from models.calendar import calendar_of
from models.rows import table
from models.transaction import present, reading, writing

FILED, STANDS, NOTHING, FAILED = "filed", "stands", "nothing", "failed"
_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one collector: filed (with its verdict), stands already, nothing to show, or failed."""

    collector: Collector
    word: str
    why: Text | None = None
    filed: Filed | None = None

    @property
    def verdict(self) -> str:
        """pass, fail or none, over all cells; the worst of them."""
        verdicts = {cell.verdict for cell in self.filed.covered} if self.filed else set()
        return next((word for word in ("fail", "none", "pass") if word in verdicts), "")


def collect(
    engine: Engine,
    store: EvidenceStore,
    own: CollectorContext,
    at: datetime | None = None,
    *,
    again: bool = False,
    collectors: Sequence[Collector] = COLLECTORS,
) -> list[Outcome]:
    """A round; `again` also looks anew at what was filed today: what is the same to the letter is filed once.

    `at`: the wall clock in tests.
    """
    with writing(engine, at) as (session, now):
        put_in_scope(session, now)
    return [_collected(engine, store, own, now, one, again=again) for one in collectors]


def collect_if_due(engine: Engine, store: EvidenceStore, own: CollectorContext, said: set[tuple[str, str]]) -> bool:
    """A round if today still lacks something; whether there was one.

    `said`: what could not be looked at and was told before, which is not told again.
    """
    if not _is_due(engine):
        return False
    _say(collect(engine, store, own), said)
    return True


def _is_due(engine: Engine) -> bool:
    """Whether something is lacking today; asked without a write, which an idle product does not do."""
    with reading(engine) as session:
        now = present(session, datetime.now(UTC))
        if not exists(session):
            return has_officer(session, now)
        return any(asked(session, one.requirements, now) and not _stands(session, one, now) for one in COLLECTORS)


def _say(outcomes: Sequence[Outcome], said: set[tuple[str, str]]) -> None:
    for one in outcomes:
        if one.why is not None and one.word in (NOTHING, FAILED) and (one.collector.key, str(one.why)) not in said:
            said.add((one.collector.key, str(one.why)))
            _log.warning("No evidence of %s: %s", one.collector.key, one.why)


def _collected(
    engine: Engine, store: EvidenceStore, own: CollectorContext, now: datetime, one: Collector, *, again: bool
) -> Outcome:
    try:
        with reading(engine) as session:
            requirements = asked(session, one.requirements, now)
            if not requirements:
                return Outcome(one, NOTHING, text("Nobody asks for this of {system} now.", system=KEY))
            if not again and _stands(session, one, now):
                return _standing(session, one, now)
            inspection = _looked(session, store, own, now, one)
        with inspection, writing(engine, now) as (session, moment):
            if not again and _stands(session, one, now):
                return _standing(session, one, now)  # another process was first
            filed = submission.submit(session, store, SYSTEM, _delivery(one, requirements, inspection), moment)
    except NothingToShow as reason:
        return Outcome(one, NOTHING, reason.message)
    except Exception as error:  # noqa: BLE001 - whatever it is: no evidence, and the activity log says so
        return _failed(engine, now, one, error)
    return Outcome(one, FILED if filed.is_new else STANDS, filed=filed)


def _looked(
    session: Session, store: EvidenceStore, own: CollectorContext, now: datetime, one: Collector
) -> submission.Inspection:
    """The collector's file, staged and read as anyone's is."""
    with written(one.key, calendar_of(session).day_of(now), one.cases(session, own, now)) as file:
        return submission.inspect(store, [Incoming(file, f"{one.key}.xml")])


def _delivery(one: Collector, requirements: Sequence[str], inspection: submission.Inspection) -> Delivery:
    return Delivery(
        inspection,
        requirements,
        [KEY],
        title=one.title,
        tool=one.tool,
    )


def _standing(session: Session, one: Collector, now: datetime) -> Outcome:
    return Outcome(one, STANDS, text("It stands already: collected on {day}.", day=calendar_of(session).day_of(now)))


def _stands(session: Session, one: Collector, now: datetime) -> bool:
    """Whether the process filed it for this day; writers have turns, so two of them do not both find it lacking."""
    evidence = table("evidence")
    today = (evidence.c.last_day == calendar_of(session).day_of(now), evidence.c.tool == one.tool)
    mine = select(evidence.c.id).where(*today, evidence.c.uploaded_by == SYSTEM.name).limit(1)
    return session.execute(mine).first() is not None


def _failed(engine: Engine, at: datetime, one: Collector, error: Exception) -> Outcome:
    """Said once a day for each collector; of an unforeseen error only its sort, since its words may hold anything."""
    problem = (
        error.message if isinstance(error, Problem) else text("An unforeseen error: {sort}.", sort=type(error).__name__)
    )
    _log.debug("collector %s", one.key, exc_info=error)
    with writing(engine, at) as (session, now):
        log = table("activity")
        mine = (log.c.verb == "evidence.collect_failed", log.c.subject == one.key, log.c.recorded_at > now - _DAY)
        if not session.execute(select(log.c.id).where(*mine).limit(1)).first():
            record(session, SYSTEM, "evidence.collect_failed", one.key, now, error=str(problem))
    return Outcome(one, FAILED, problem)
