"""Numbers of test cases in the last counting evidence of each series."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Date, bindparam
from sqlalchemy import text as sql
from sqlmodel import Session

from evidence.intake.delivery.cells import CellKey
from evidence.intake.verdicts.latest_judgement import LATEST
from models.calendar import calendar_of
from models.columns import Moment

#: A pass counts once accepted; a fail if not rejected and with exceptions in force for all of its checks.
_COUNTS = """(verdict = 'pass' AND (decision = 'accepted'
    OR decision IS NULL AND needs_review = 0 AND requirement IN :automatic)
  OR verdict = 'fail' AND COALESCE(decision, 'accepted') = 'accepted'
    AND EXISTS (SELECT 1 FROM coverage_check f WHERE f.coverage = w.id)
    AND NOT EXISTS (SELECT 1 FROM coverage_check f WHERE f.coverage = w.id AND NOT EXISTS (
      SELECT 1 FROM check_exception x WHERE x.series = w.series AND x."check" = f."check"
        AND x.recorded_at < :recorded_at AND :day BETWEEN x.in_force AND x.last_day
        AND (x.revoked_day IS NULL OR x.revoked_day > :day))))"""
_BEFORE = sql(f"""
WITH reviewed AS (
  SELECT c.id, c.evidence, c.series, c.verdict, e.requirement, e.system, e.target, s.tool, c.last_day, c.recorded_at,
    c.judged_at, c.needs_review,
    (SELECT v.decision FROM review v WHERE v.evidence = c.evidence ORDER BY v.recorded_at DESC LIMIT 1) AS decision
  FROM coverage c JOIN series s ON s.id = c.series JOIN cell e ON e.id = s.cell
  WHERE e.requirement IN :requirements AND c.recorded_at < :recorded_at AND {LATEST}
), counting AS (
  SELECT w.*, ROW_NUMBER() OVER (
    PARTITION BY requirement, system, target, tool ORDER BY last_day DESC, recorded_at DESC) AS place
  FROM reviewed w WHERE {_COUNTS}
)
SELECT n.requirement, n.system, n.target, n.tool, n.evidence, SUM(t.passed + t.failed + t.errors) AS executed
FROM counting n JOIN test_run t ON t.evidence = n.evidence AND t.judged_at = n.judged_at WHERE place = 1
GROUP BY n.requirement, n.system, n.target, n.tool, n.evidence
ORDER BY n.requirement, n.system, n.target, n.tool
""").bindparams(
    bindparam("requirements", expanding=True),
    bindparam("automatic", expanding=True),
    bindparam("recorded_at", type_=Moment()),
    bindparam("day", type_=Date()),
)


@dataclass(frozen=True, slots=True)
class RanBefore:
    """The newest counting evidence of a series: accepted, and passed or failing with exceptions only."""

    tool: str
    evidence: str
    executed: int  # test cases that ran
    cell: CellKey


def counted_last(
    session: Session, cells: Collection[CellKey], automatic: Collection[str], recorded_at: datetime
) -> list[RanBefore]:
    """The last counting run of each series of cells, recorded before `recorded_at`.

    `automatic`: keys of requirements that need no review.
    """
    requirements = sorted({key for key, _, _ in cells})
    values: dict[str, Any] = {"requirements": requirements, "automatic": sorted(automatic), "recorded_at": recorded_at}
    values["day"] = calendar_of(session).day_of(recorded_at)
    return [
        RanBefore(row.tool, row.evidence, int(row.executed), (row.requirement, row.system, row.target))
        for row in session.execute(_BEFORE, values)
        if (row.requirement, row.system, row.target) in cells
    ]
