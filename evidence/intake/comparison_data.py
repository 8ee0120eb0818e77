"""What the database knows that a delivery is judged with: the run before, the systems in scope, other registers."""

import os
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import select
from sqlmodel import Session

from controls.scope.system_scope import scope_on
from evidence.intake import rows
from evidence.intake.delivery_fit import DeliveryFit
from evidence.intake.earlier_run import RanBefore, counted_last
from evidence.intake.judging import Known, compared_with, compares, judging_policies_of
from evidence.intake.reading.processes import readers_again
from evidence.judging.policies import policies
from evidence.judging.values import Row
from evidence.storage.store import EvidenceStore
from models.calendar import Calendar, calendar_of
from models.queries import latest
from models.rows import table
from models.vocabulary import ReviewState

if TYPE_CHECKING:
    from evidence.formats.values import Run


def known(session: Session, store: EvidenceStore, fit: DeliveryFit, tool: str, recorded_at: datetime) -> Known:
    """Asked only as far as the policies of the delivery need it. `recorded_at`: when the delivery was recorded."""
    others = {policy: other_register(session, store, policy) for policy in sorted(compared_with(fit))}
    needs_scope = any(policy.needs_systems_in_scope for policy in judging_policies_of(fit))
    asked = _asked(session) if None in others.values() else set()
    in_scope = [one.key for one in scope_on(session, fit.last_day, fit.known)] if needs_scope else []
    return Known(
        _executed_before(session, fit, tool, recorded_at),
        in_scope,
        {key: found or [] for key, found in others.items() if found is not None or key not in asked},
    )


def _asked(session: Session) -> set[str]:
    """The policies by which something is judged that is asked now: a register that nobody asks for holds nothing."""
    row = table("evidence_requirement")
    named = select(row.c.policy).where(latest(row, "key"), ~row.c.retired, row.c.policy.is_not(None)).distinct()
    found = [policies()[key] for key in session.execute(named).scalars() if key in policies()]
    return {one.id for policy in found for one in policy.judging_policies()}


def ran_before(session: Session, fit: DeliveryFit, recorded_at: datetime) -> list[RanBefore]:
    """What counted last in the series of the cells whose policy asks that no fewer cases run."""
    cells = compares(fit)
    if not cells:
        return []
    automatic = {one.key for one in fit.requirements if one.review == ReviewState.AUTOMATIC}
    return counted_last(session, cells, automatic, recorded_at)


def _executed_before(session: Session, fit: DeliveryFit, tool: str, recorded_at: datetime) -> int | None:
    """How many cases ran in the newest evidence of these series that counted; the most, where they differ."""
    return max((one.executed for one in ran_before(session, fit, recorded_at) if one.tool == tool), default=None)


def other_register(session: Session, store: EvidenceStore, policy: str) -> list[Row] | None:
    """The rows of a register as they were accepted last, of every cell; None if nothing was accepted yet."""
    files = rows.accepted_files(session, policy)
    if not files:
        return None
    calendar = calendar_of(session)
    return [row for file in files for row in _rows(store, file, policy, calendar)]


def _rows(store: EvidenceStore, file: tuple[str, str], policy: str, calendar: Calendar) -> list[Row]:
    sha256, format_name = file
    with store.open_verified(sha256) as stream:
        found, spool = readers_again().read(stream, stream.seek(0, os.SEEK_END), name=format_name, register=policy)
    try:
        return list(policies()[policy].rows(cast("Run", found.run), spool.results(), calendar))
    finally:
        spool.close()
