"""The last deliveries for cells: day, verdict and number of failing checks, for the trend of a task."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlmodel import Session

from access.permissions import Person, require
from evidence.intake.delivery.cells import CellKey
from evidence.intake.verdicts.latest_judgement import latest_coverage
from evidence.visible_evidence import visible
from models.bulk_changes import table
from models.queries import with_cells

_MOST: Final = 10  # deliveries of a cell


@dataclass(frozen=True, slots=True)
class RecentRun:
    """One delivery for a cell. `day`: the last that it represents; `failing`: its number of failing checks.

    `ends`: the last day of validity by its content, such as the first day by which a finding must be mended.
    """

    evidence: str
    day: date
    verdict: str
    failing: int
    ends: date | None = None


def recent_runs(session: Session, person: Person, requirements: Collection[str]) -> dict[CellKey, list[RecentRun]]:
    """Return the last ten deliveries of each cell of these requirements that the person may read, oldest first."""
    require(person, "evidence.read")
    evidence, coverage, cell, check = (table(name) for name in ("evidence", "coverage", "cell", "coverage_check"))
    newest = [coverage.c.last_day.desc(), coverage.c.recorded_at.desc(), coverage.c.id.desc()]
    failing = select(func.count()).where(check.c.coverage == coverage.c.id).scalar_subquery()
    numbered = (
        select(
            cell.c.requirement,
            cell.c.system,
            cell.c.target,
            coverage.c.evidence,
            coverage.c.last_day,
            coverage.c.verdict,
            coverage.c.explicit_end,
            failing.label("failing"),
            func.row_number().over(partition_by=coverage.c.series, order_by=newest).label("number"),
        )
        .select_from(with_cells(coverage).join(evidence, evidence.c.id == coverage.c.evidence))
        .where(cell.c.requirement.in_(requirements), latest_coverage(), *visible(session, person))
        .subquery()
    )
    rows = session.execute(
        select(numbered).where(numbered.c.number <= _MOST).order_by(numbered.c.last_day, numbered.c.number.desc())
    )
    runs: dict[CellKey, list[RecentRun]] = {}
    for row in rows:
        of_cell = runs.setdefault((row.requirement, row.system, row.target), [])
        of_cell.append(RecentRun(row.evidence, row.last_day, row.verdict, row.failing, row.explicit_end))
    return {key: of_cell[-_MOST:] for key, of_cell in runs.items()}
