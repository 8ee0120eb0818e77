"""Earlier mappings for the same requirement and systems, and whether someone else accepted evidence with them."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import String, cast, exists, select
from sqlmodel import Session

from evidence.intake.delivery.cells import CellKey
from evidence.judging.table_mapping import NOTHING, TableMapping, kept_mapping
from models.bulk_changes import table
from models.queries import latest_review_decision, with_cells
from models.vocabulary import EvidenceKind, ReviewDecision

_MOST = 50  # pieces of evidence that are looked at


def remembered_mapping(session: Session, cells: Collection[CellKey]) -> TableMapping:
    """The mapping of the latest evidence for one of these cells that was not rejected; `NOTHING` without one."""
    mappings = (
        kept_mapping(row.declared) for row in _declared(session, cells) if row.decision != ReviewDecision.REJECTED
    )
    return next((mapping for mapping in mappings if mapping != NOTHING), NOTHING)


def is_reviewed(session: Session, cells: Collection[CellKey], mapping: TableMapping) -> bool:
    """Whether, for every one of these cells, evidence with exactly this mapping was accepted."""
    return all(
        any(
            row.decision == ReviewDecision.ACCEPTED and kept_mapping(row.declared) == mapping
            for row in _declared(session, [cell])
        )
        for cell in cells
    )


def _declared(session: Session, cells: Collection[CellKey]) -> Iterator[SqlRow[Any]]:
    """Yield `declared` and the latest review decision of evidence with a mapping for these cells, newest first."""
    evidence, coverage, cell = table("evidence"), table("coverage"), table("cell")
    decision = latest_review_decision(evidence.c.id).label("decision")
    own = with_cells(coverage)
    requirements, systems = ({each[at] for each in cells} for at in (0, 1))
    covers = (
        exists()
        .select_from(own)
        .where(coverage.c.evidence == evidence.c.id, cell.c.requirement.in_(requirements), cell.c.system.in_(systems))
    )
    query = select(evidence.c.declared, decision).where(
        covers, cast(evidence.c.declared, String).like('%"mapping"%'), evidence.c.kind != EvidenceKind.RECORD
    )
    yield from session.execute(query.order_by(evidence.c.recorded_at.desc()).limit(_MOST))
