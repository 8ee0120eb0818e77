"""Reads data that a delivery is compared with: earlier runs, systems in scope, other registers."""

import os
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import select
from sqlmodel import Session

from evidence.intake.delivery.cells import find_cells
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.reading.readers_and_budgets import readers_again
from evidence.intake.verdicts.accepted_registers import AcceptedFile, accepted_files
from evidence.intake.verdicts.delivery_judgement import (
    ComparisonData,
    cells_compared_with_earlier_runs,
    judging_policies_of,
    registers_compared_with,
)
from evidence.intake.verdicts.earlier_runs import RanBefore, counted_last
from evidence.intake.verdicts.finding_history import read_first_days
from evidence.judging.first_days import FirstDays
from evidence.judging.policies import policies
from evidence.judging.values import Row
from evidence.storage.store import EvidenceStore
from models.bulk_changes import table
from models.calendar import Calendar, calendar_of
from models.queries import latest
from models.vocabulary import EvidenceKind, ReviewMode

if TYPE_CHECKING:
    from evidence.formats.values import Run


def read_comparison_data(
    session: Session, store: EvidenceStore, delivery_fit: DeliveryFit, recorded_at: datetime
) -> ComparisonData:
    """Read what the policies of a delivery need for comparison.

    `recorded_at`: when the delivery was recorded; only evidence recorded before counts as earlier.
    """
    others = {
        policy: other_register(session, store, policy) for policy in sorted(registers_compared_with(delivery_fit))
    }
    needs_scope = any(policy.needs_systems_in_scope for policy in judging_policies_of(delivery_fit))
    in_use = _policies_in_use(session) if None in others.values() else set()
    return ComparisonData(
        _ran_before(session, delivery_fit, recorded_at),
        [system.key for system in delivery_fit.scope.systems] if needs_scope else [],
        {key: rows or [] for key, rows in others.items() if rows is not None or key not in in_use},
        _first_days(session, delivery_fit),
    )


def _first_days(session: Session, delivery_fit: DeliveryFit) -> FirstDays:
    """First days of findings in runs for its cells, of days until its last."""
    tests = {requirement.key for requirement in delivery_fit.requirements if requirement.kind == EvidenceKind.TEST}
    cells = find_cells(session, [key for key in delivery_fit.cells if key[0] in tests])
    return read_first_days(session, cells.values(), delivery_fit.last_day)


def _policies_in_use(session: Session) -> set[str]:
    """Ids of policies that current requirements use; a register outside these counts as empty."""
    row = table("evidence_requirement")
    named = select(row.c.policy).where(latest(row, "key"), ~row.c.retired, row.c.policy.is_not(None)).distinct()
    in_use = [policies()[key] for key in session.execute(named).scalars() if key in policies()]
    return {judging.id for policy in in_use for judging in policy.judging_policies()}


def _ran_before(session: Session, delivery_fit: DeliveryFit, recorded_at: datetime) -> list[RanBefore]:
    """The last counting runs of cells whose policy compares the number of test cases."""
    cells = cells_compared_with_earlier_runs(delivery_fit)
    if not cells:
        return []
    automatic = {
        requirement.key for requirement in delivery_fit.requirements if requirement.review == ReviewMode.AUTOMATIC
    }
    return counted_last(session, cells, automatic, recorded_at)


def other_register(session: Session, store: EvidenceStore, policy: str) -> list[Row] | None:
    """The last accepted rows of a register, of all cells; None if nothing was accepted yet."""
    files = accepted_files(session, policy)
    if not files:
        return None
    calendar = calendar_of(session)
    return [row for file in files for row in _rows(store, file, policy, calendar)]


def _rows(store: EvidenceStore, file: AcceptedFile, policy: str, calendar: Calendar) -> list[Row]:
    with store.open_verified(file.sha256) as stream:
        content, spool = readers_again().read(stream, stream.seek(0, os.SEEK_END), name=file.format, register=policy)
    try:
        return list(policies()[policy].rows(cast("Run", content.run), spool.results(), calendar, file.mapping))
    finally:
        spool.close()
