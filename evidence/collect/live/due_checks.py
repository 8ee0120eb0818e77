"""Runs the live checks that are due, and submits what they saw through intake."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert
from sqlmodel import Session

from access.permissions import SYSTEM
from controls.browse import lookup
from controls.scope.live_checks import LiveCheckRow, current_live_checks
from evidence.collect.collector_cases import NothingToShow
from evidence.collect.collector_context import CollectorContext
from evidence.collect.live.kinds import LIVE_KINDS, LiveKind, Look
from evidence.collect.live.last_runs import LastRun, last_runs, looks_next
from evidence.intake import submission
from evidence.intake.submission import Delivery, Filed, Incoming
from evidence.storage.store import EvidenceStore
from locales import Problem, Text, text
from locales.stored_text import to_stored
from models.bulk_changes import table
from models.calendar import calendar_of
from models.transaction import present, reading, writing
from models.vocabulary import LiveCheckKind, LiveCheckResult

_LONGEST_TITLE, _LONGEST_TOOL = 200, 80  # characters
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one check; `filed`: the evidence, if it gave any."""

    check: LiveCheckRow
    result: LiveCheckResult
    why: Text | None = None
    filed: Filed | None = None

    @property
    def verdict(self) -> str:
        """The worst verdict over all cells; empty without evidence."""
        return self.filed.worst_verdict if self.filed else ""


def run_due_checks(
    engine: Engine, store: EvidenceStore, context: CollectorContext, at: datetime | None = None, *, most: int = 1_000
) -> list[Outcome]:
    """Run the checks that are on and due, at most so many. `at`: the moment that counts as now (default: the clock)."""
    with reading(engine) as session:
        now = present(session, at or datetime.now(UTC))
        due = _due(session, now)
    return [_run(engine, store, context, check, at or datetime.now(UTC)) for check in due[:most]]


def _due(session: Session, now: datetime) -> list[LiveCheckRow]:
    checks = [check for check in current_live_checks(session) if check.is_on]
    runs = last_runs(session) if checks else {}
    return [check for check in checks if is_due(check, runs.get(check.key), now)]


def is_due(check: LiveCheckRow, last: LastRun | None, now: datetime) -> bool:
    """Whether a check must look now: someone asked for it, or its pause is over."""
    at = looks_next(check, last)
    return at is None or now >= at


def _run(engine: Engine, store: EvidenceStore, context: CollectorContext, check: LiveCheckRow, at: datetime) -> Outcome:
    kind = LIVE_KINDS[LiveCheckKind(check.requirement)]
    try:
        with reading(engine) as session:
            now = present(session, at)
            systems = _systems(session, check, now)
            look = kind.prepare(session, check, now)
        filed = _look_and_submit(engine, store, context, check, kind, look, systems, at)
    except NothingToShow as reason:
        outcome = Outcome(check, LiveCheckResult.NOTHING, reason.message)
    except Exception as error:  # noqa: BLE001 - whatever it is: no evidence, and it is shown on the status page
        _log.debug("live check %s", check.key, exc_info=error)
        outcome = Outcome(check, LiveCheckResult.FAILED, _reason(error))
    else:
        return Outcome(check, LiveCheckResult.FILED, filed=filed)
    with writing(engine, at) as (session, now):
        _record_run(session, outcome, now)
    return outcome


def _reason(error: Exception) -> Text:
    """The reason to show; an unforeseen error by its type, as its text may hold anything."""
    if isinstance(error, Problem):
        return error.message
    return text("An unforeseen error: {sort}.", sort=type(error).__name__)


def _systems(session: Session, check: LiveCheckRow, now: datetime) -> list[str]:
    """The system that the evidence is about. Raises `NothingToShow` if the requirement does not apply today."""
    day = calendar_of(session).day_of(now)
    attributes: dict[str, set[str | None]] = {
        system.key: {None, *system.attributes} for system in lookup.in_scope(session, SYSTEM, day, now)
    }
    requirements = {row.key: row for row in lookup.requirements(session, SYSTEM, now)}
    requirement = requirements.get(check.requirement)
    if requirement is None or (check.system and requirement.applies_to not in attributes.get(check.system, ())):
        raise NothingToShow(
            text(
                "{requirement} applies to {what} no longer, so nothing was checked.",
                requirement=check.requirement,
                what=check.system or text("the organisation"),
            )
        )
    return [check.system] if check.system else []


def _look_and_submit(
    engine: Engine,
    store: EvidenceStore,
    context: CollectorContext,
    check: LiveCheckRow,
    kind: LiveKind,
    look: Look,
    systems: list[str],
    at: datetime,
) -> Filed:
    with look(context, at) as file:
        inspection = submission.inspect(store, [Incoming(file, f"{check.requirement}.{kind.suffix}")])
    with inspection, writing(engine, at) as (session, now):
        targets = {"": (check.system, check.target)} if check.system and not inspection.named else {}
        title = f"{kind.title}: {check.target or check.system or check.address}".removesuffix(": ")[:_LONGEST_TITLE]
        delivery = Delivery(inspection, [check.requirement], systems, targets, title=title, tool=tool_of(check))
        filed = submission.submit(session, store, SYSTEM, delivery, now)
        _record_run(session, Outcome(check, LiveCheckResult.FILED, filed=filed), now)
    return filed


def tool_of(check: LiveCheckRow) -> str:
    """The name by which results form a series; each page or domain has its own, so none hides another's failure."""
    name = f"Aantoonbaar {check.requirement} {check.address}".strip()
    if len(name) <= _LONGEST_TOOL:
        return name
    digest = hashlib.sha256(check.address.encode()).hexdigest()[:12]
    return f"{name[: _LONGEST_TOOL - len(digest) - 1]} {digest}"


def _record_run(session: Session, outcome: Outcome, now: datetime) -> None:
    row = {
        "check": outcome.check.key,
        "at": now,
        "result": str(outcome.result),
        "verdict": outcome.verdict,
        "reason": to_stored(outcome.why),
        "evidence": outcome.filed.evidence if outcome.filed else None,
    }
    session.execute(insert(table("live_check_run")).values(**row))
