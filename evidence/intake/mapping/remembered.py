"""Mappings that were declared before for the same requirement and systems, and whether somebody else accepted them."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import String, cast, exists, select
from sqlmodel import Session

from evidence.intake.delivery.cells import CellKey
from evidence.judging.table_mapping import NOTHING, TableMapping, kept_mapping
from models.queries import with_cells
from models.rows import table
from models.vocabulary import EvidenceKind, ReviewDecision

_MOST = 50  # pieces of evidence that are looked at


def remembered_mapping(session: Session, cells: Collection[CellKey]) -> TableMapping:
    """The mapping that was used last for one of these cells, and not rejected; nothing if none was."""
    kept = (kept_mapping(row.declared) for row in _declared(session, cells) if row.decision != ReviewDecision.REJECTED)
    return next((one for one in kept if one != NOTHING), NOTHING)


def is_reviewed(session: Session, cells: Collection[CellKey], mapping: TableMapping) -> bool:
    """Whether somebody accepted evidence that was read with this very mapping, for every one of these cells."""
    return all(
        any(
            row.decision == ReviewDecision.ACCEPTED and kept_mapping(row.declared) == mapping
            for row in _declared(session, [cell])
        )
        for cell in cells
    )


def _declared(session: Session, cells: Collection[CellKey]) -> Iterator[SqlRow[Any]]:
    """What was declared of evidence for these cells, where it has a mapping, newest first; with the latest review."""
    evidence, coverage, cell, review = table("evidence"), table("coverage"), table("cell"), table("review")
    decision = (
        select(review.c.decision)
        .where(review.c.evidence == evidence.c.id)
        .order_by(review.c.recorded_at.desc())
        .limit(1)
        .scalar_subquery()
        .label("decision")
    )
    own = with_cells(coverage)
    requirements, systems = ({one[at] for one in cells} for at in (0, 1))
    covers = (
        exists()
        .select_from(own)
        .where(coverage.c.evidence == evidence.c.id, cell.c.requirement.in_(requirements), cell.c.system.in_(systems))
    )
    query = select(evidence.c.declared, decision).where(
        covers, cast(evidence.c.declared, String).like('%"mapping"%'), evidence.c.kind != EvidenceKind.RECORD
    )
    yield from session.execute(query.order_by(evidence.c.recorded_at.desc()).limit(_MOST))
