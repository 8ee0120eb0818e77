"""Joins and conditions that several rooms need, each once: the cells of coverages, and the latest of versions."""

from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, Join, Table, and_, exists

from models.rows import table


def latest(versions: Table, *identity: str, known: datetime | None = None) -> ColumnElement[bool]:
    """The condition that a row is the latest of its identity recorded at or before `known` (None: ever)."""
    later = versions.alias("later")
    newer = [later.c[column] == versions.c[column] for column in identity]
    newer.append(later.c.recorded_at > versions.c.recorded_at)
    if known is None:
        return ~exists().where(and_(*newer))
    return and_(versions.c.recorded_at <= known, ~exists().where(and_(*newer, later.c.recorded_at <= known)))


def with_cells(rows: FromClause, of: FromClause | None = None) -> Join:
    """Rows of a series (coverages, exceptions, closings), each with its series and the cell of that.

    `of`: the part of a join that holds the column `series`; by default the rows themselves.
    """
    series, cell = table("series"), table("cell")
    own = rows if of is None else of
    return rows.join(series, series.c.id == own.c.series).join(cell, cell.c.id == series.c.cell)


def series_with_cells() -> Join:
    """Every series, with its cell."""
    series, cell = table("series"), table("cell")
    return series.join(cell, cell.c.id == series.c.cell)


def with_requirements(cells: FromClause) -> Join:
    """Cells (as `with_cells` gives them), each with every version of the requirement that it is of; see `latest`."""
    requirement = table("evidence_requirement")
    return cells.join(requirement, requirement.c.key == table("cell").c.requirement)


def latest_judgement(known: datetime) -> ColumnElement[bool]:
    """The condition that a coverage is the latest judgement, known at a moment, of its evidence for its series."""
    coverage, later = table("coverage"), table("coverage").alias("later")
    newer = [later.c[column] == coverage.c[column] for column in ("evidence", "series")]
    newer.append(later.c.judged_at > coverage.c.judged_at)
    return and_(coverage.c.judged_at <= known, ~exists().where(and_(*newer, later.c.judged_at <= known)))
