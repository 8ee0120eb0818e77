"""SQL conditions for the latest judgement of evidence."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select

from models.bulk_changes import table
from models.queries import latest_judgement

#: the same as `latest_coverage`, for a coverage with the alias `c`
LATEST = """NOT EXISTS (SELECT 1 FROM coverage j WHERE j.evidence = c.evidence AND j.series = c.series
                 AND j.judged_at > c.judged_at)"""


def latest_coverage(known: datetime | None = None) -> ColumnElement[bool]:
    """The condition that a coverage is of the latest judgement of its evidence, as known at a moment (None: ever)."""
    if known is not None:
        return latest_judgement(known)
    coverage, later = table("coverage"), table("coverage").alias("later")
    again = exists().where(later.c.evidence == coverage.c.evidence, later.c.series == coverage.c.series)
    return ~again.where(later.c.judged_at > coverage.c.judged_at)


def latest_runs(evidence: ColumnElement[str] | str, known: datetime | None = None) -> ColumnElement[bool]:
    """The condition that a run is of the latest judgement of an evidence, as known at a moment (None: ever)."""
    run = table("test_run")
    last = table("test_run").alias("last")
    moments = select(func.max(last.c.judged_at)).where(last.c.evidence == evidence)
    if known is not None:
        moments = moments.where(last.c.judged_at <= known)
    return run.c.judged_at == moments.scalar_subquery()
