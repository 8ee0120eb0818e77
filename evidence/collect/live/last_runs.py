"""What the live checks saw last: with each check its last run, for the pages and the API."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from access.permissions import Person, may, require
from controls.audit.audit_bounds import audit_bounds
from controls.scope.live_checks import LiveCheckRow, current_live_checks
from locales import Text
from locales.stored_text import from_stored
from models.bulk_changes import table


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run of a check. `reason`: why there is no evidence; `evidence`: its id, None if there is none."""

    at: datetime
    result: str
    verdict: str
    reason: Text | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class LiveCheckState:
    """A live check with its last run (None: it did not run yet)."""

    check: LiveCheckRow
    last: LastRun | None


def live_check_states(session: Session, person: Person) -> list[LiveCheckState]:
    """List all live checks, on or off, with their last runs; for an auditor those of the audit's systems."""
    require(person, "controls.read", "status.read")
    bounds = audit_bounds(session, person, "controls.read") if may(person, "controls.read") else None
    runs = last_runs(session)
    return [
        LiveCheckState(check, runs.get(check.key))
        for check in current_live_checks(session)
        if bounds is None or not bounds.systems or check.system in ("", *bounds.systems)
    ]


def last_runs(session: Session) -> dict[str, LastRun]:
    """Read the last run of each check by its key; checks no permission."""
    run = table("live_check_run")
    newest = select(func.max(run.c.id)).group_by(run.c.check)
    rows = session.execute(select(run).where(run.c.id.in_(newest)))
    return {row.check: LastRun(row.at, row.result, row.verdict, from_stored(row.reason), row.evidence) for row in rows}
