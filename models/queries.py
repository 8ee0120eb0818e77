"""Shared joins and conditions: latest versions, cells of coverages, their requirements, and review decisions."""

from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, FromClause, Join, ScalarSelect, Table, and_, exists, select

from models.bulk_changes import table


def latest(versions: Table, *identity: str, known: datetime | None = None) -> ColumnElement[bool]:
    """Return the condition that a row is the latest version of its identity, as known at a moment (None: ever)."""
    later = _later(versions)
    newer = [later.c[column] == versions.c[column] for column in identity]
    newer.append(later.c.recorded_at > versions.c.recorded_at)
    if known is None:
        return ~exists().where(and_(*newer))
    return and_(versions.c.recorded_at <= known, ~exists().where(and_(*newer, later.c.recorded_at <= known)))


@cache
def _later(versions: Table) -> FromClause:
    """The same table once more, made once: its columns take longer to make than the rest of a condition."""
    return versions.alias("later")


def with_cells(rows: FromClause, of: FromClause | None = None) -> Join:
    """Join rows with a column `series` (coverages, exceptions, closings) to their series and cell.

    `of`: the part of a join that has the column `series`; by default the rows themselves.
    """
    series, cell = table("series"), table("cell")
    own = rows if of is None else of
    return rows.join(series, series.c.id == own.c.series).join(cell, cell.c.id == series.c.cell)


def series_with_cells() -> Join:
    """Every series, with its cell."""
    series, cell = table("series"), table("cell")
    return series.join(cell, cell.c.id == series.c.cell)


def with_requirements(cells: FromClause) -> Join:
    """Join cells (see `with_cells`) to every version of their requirement; see `latest`."""
    requirement = table("evidence_requirement")
    return cells.join(requirement, requirement.c.key == table("cell").c.requirement)


def latest_judgement(known: datetime) -> ColumnElement[bool]:
    """Return the condition that a coverage is the latest judgement of its evidence and series known at a moment."""
    coverage, later = table("coverage"), _later(table("coverage"))
    newer = [later.c[column] == coverage.c[column] for column in ("evidence", "series")]
    newer.append(later.c.judged_at > coverage.c.judged_at)
    return and_(coverage.c.judged_at <= known, ~exists().where(and_(*newer, later.c.judged_at <= known)))


def latest_review_decision(evidence: ColumnElement[str], known: datetime | None = None) -> ScalarSelect[str]:
    """Return the decision of the latest review of the evidence in a column, as known at a moment (None: ever).

    Null without a review.
    """
    review = table("review")
    decisions = select(review.c.decision).where(review.c.evidence == evidence)
    if known is not None:
        decisions = decisions.where(review.c.recorded_at <= known)
    return decisions.order_by(review.c.recorded_at.desc()).limit(1).scalar_subquery()
