"""Run all collectors and submit their evidence through intake, once a day."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select
from sqlmodel import Session

from access.activity.record import record
from access.people.account_rules import has_officer
from access.permissions import SYSTEM
from evidence.collect.collector_cases import NothingToShow, write_report
from evidence.collect.collector_context import CollectorContext
from evidence.collect.own_checks.collectors import COLLECTORS, Collector
from evidence.collect.own_checks.own_system import KEY, applicable_requirements, exists, put_in_scope
from evidence.intake import submission
from evidence.intake.submission import Delivery, Filed, Incoming
from evidence.storage.store import EvidenceStore
from locales import Problem, Text, text
from models.bulk_changes import table
from models.calendar import calendar_of
from models.transaction import present, reading, writing

FILED, STANDS, NOTHING, FAILED = "filed", "stands", "nothing", "failed"
_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of one collector. `result`: `filed`, `stands` (collected today already), `nothing` or `failed`."""

    collector: Collector
    result: str
    why: Text | None = None
    filed: Filed | None = None

    @property
    def verdict(self) -> str:
        """The worst verdict over all cells: fail, none or pass; empty if nothing was filed."""
        return self.filed.worst_verdict if self.filed else ""


def collect(
    engine: Engine,
    store: EvidenceStore,
    context: CollectorContext,
    at: datetime | None = None,
    *,
    again: bool = False,
    collectors: Sequence[Collector] = COLLECTORS,
) -> list[Outcome]:
    """Run the collectors. `again`: also those that filed evidence today; an identical file is not filed twice.

    `at`: the moment that counts as now (default: the clock).
    """
    with writing(engine, at) as (session, now):
        put_in_scope(session, now)
    return [_run_collector(engine, store, context, now, collector, again=again) for collector in collectors]


def collect_if_due(
    engine: Engine, store: EvidenceStore, context: CollectorContext, logged: set[tuple[str, str]]
) -> bool:
    """Run the collectors if evidence of today is lacking; return whether they ran.

    `logged`: collectors and reasons that were logged before; extended here, so that each reason is logged once.
    """
    if not _is_due(engine):
        return False
    _log_reasons(collect(engine, store, context), logged)
    return True


def _is_due(engine: Engine) -> bool:
    """Whether evidence of today is lacking; reads only, so that an idle product writes nothing."""
    with reading(engine) as session:
        now = present(session, datetime.now(UTC))
        if not exists(session):
            return has_officer(session, now)
        return any(_is_lacking(session, collector, now) for collector in COLLECTORS)


def _is_lacking(session: Session, collector: Collector, now: datetime) -> bool:
    is_required = bool(applicable_requirements(session, collector.requirements, now))
    return is_required and not _is_collected(session, collector, now)


def _log_reasons(outcomes: Sequence[Outcome], logged: set[tuple[str, str]]) -> None:
    for outcome in outcomes:
        if outcome.why is None or outcome.result not in (NOTHING, FAILED):
            continue
        reason = (outcome.collector.key, str(outcome.why))
        if reason not in logged:
            logged.add(reason)
            _log.warning("No evidence of %s: %s", *reason)


def _run_collector(
    engine: Engine, store: EvidenceStore, context: CollectorContext, now: datetime, collector: Collector, *, again: bool
) -> Outcome:
    try:
        with reading(engine) as session:
            requirements = applicable_requirements(session, collector.requirements, now)
            if not requirements:
                return Outcome(
                    collector, NOTHING, text("No requirement of this collector applies to {system} now.", system=KEY)
                )
            if not again and _is_collected(session, collector, now):
                return _collected_already(session, collector, now)
            inspection = _inspect_report(session, store, context, now, collector)
        with inspection, writing(engine, now) as (session, moment):
            if not again and _is_collected(session, collector, now):
                return _collected_already(session, collector, now)  # another process filed it meanwhile
            filed = submission.submit(session, store, SYSTEM, _delivery(collector, requirements, inspection), moment)
    except NothingToShow as reason:
        return Outcome(collector, NOTHING, reason.message)
    except Exception as error:  # noqa: BLE001 - whatever it is: no evidence, and an entry in the activity log
        return _record_failure(engine, now, collector, error)
    return Outcome(collector, FILED if filed.is_new else STANDS, filed=filed)


def _inspect_report(
    session: Session, store: EvidenceStore, context: CollectorContext, now: datetime, collector: Collector
) -> submission.Inspection:
    """Stage and read the collector's file as any upload."""
    with write_report(collector.key, calendar_of(session).day_of(now), collector.cases(session, context, now)) as file:
        return submission.inspect(store, [Incoming(file, f"{collector.key}.xml")])


def _delivery(collector: Collector, requirements: Sequence[str], inspection: submission.Inspection) -> Delivery:
    return Delivery(
        inspection,
        requirements,
        [KEY],
        title=str(collector.title),
        tool=collector.tool,
    )


def _collected_already(session: Session, collector: Collector, now: datetime) -> Outcome:
    return Outcome(collector, STANDS, text("It was collected already, on {day}.", day=calendar_of(session).day_of(now)))


def _is_collected(session: Session, collector: Collector, now: datetime) -> bool:
    """Whether the process filed this evidence for today; writers take turns, so two cannot both file it."""
    evidence = table("evidence")
    today = (evidence.c.last_day == calendar_of(session).day_of(now), evidence.c.tool == collector.tool)
    mine = select(evidence.c.id).where(*today, evidence.c.uploaded_by == SYSTEM.name).limit(1)
    return session.execute(mine).first() is not None


def _record_failure(engine: Engine, at: datetime, collector: Collector, error: Exception) -> Outcome:
    """Record a failure, once a day for each collector; an unforeseen error by its type: its text may hold anything."""
    problem = (
        error.message if isinstance(error, Problem) else text("An unforeseen error: {sort}.", sort=type(error).__name__)
    )
    _log.debug("collector %s", collector.key, exc_info=error)
    with writing(engine, at) as (session, now):
        log = table("activity")
        recent = (
            log.c.verb == "evidence.collect_failed",
            log.c.subject == collector.key,
            log.c.recorded_at > now - _DAY,
        )
        if not session.execute(select(log.c.id).where(*recent).limit(1)).first():
            record(session, SYSTEM, "evidence.collect_failed", collector.key, now, error=str(problem))
    return Outcome(collector, FAILED, problem)
