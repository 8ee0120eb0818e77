"""What the live checks saw last: with each check its last run, for the pages and the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlmodel import Session

from access.permissions import Person, may, require
from controls.audit.audit_bounds import audit_bounds
from controls.scope.live_checks import LiveCheckRow, current_live_checks
from locales import Text
from locales.stored_text import from_stored
from models.bulk_changes import table
from models.vocabulary import Verdict

#: how often a check looks when all is well, and when it found a failure or could not look
EVERY: Final = timedelta(days=7)
AGAIN: Final = timedelta(days=1)


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

    @property
    def looks_next(self) -> datetime | None:
        """From when it looks again; None: as soon as possible, or never while it is off."""
        return looks_next(self.check, self.last) if self.check.is_on else None


def looks_next(check: LiveCheckRow, last: LastRun | None) -> datetime | None:
    """From when a check that is on looks again; None: now, as it never looked or someone asked for it."""
    if last is None or (check.requested_at is not None and check.requested_at > last.at):
        return None
    return last.at + (EVERY if last.verdict == Verdict.PASS else AGAIN)


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
