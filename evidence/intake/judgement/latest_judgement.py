"""SQL conditions for the latest judgement of evidence."""

from sqlalchemy import ColumnElement, exists, func, select

from models.rows import table

#: the same as `latest_coverage`, for a coverage with the alias `c`
LATEST = """NOT EXISTS (SELECT 1 FROM coverage j WHERE j.evidence = c.evidence AND j.series = c.series
                 AND j.judged_at > c.judged_at)"""


def latest_coverage() -> ColumnElement[bool]:
    """The condition that a coverage is of the latest judgement of its evidence."""
    coverage, later = table("coverage"), table("coverage").alias("later")
    again = exists().where(later.c.evidence == coverage.c.evidence, later.c.series == coverage.c.series)
    return ~again.where(later.c.judged_at > coverage.c.judged_at)


def latest_runs(evidence: ColumnElement[str] | str) -> ColumnElement[bool]:
    """The condition that a run is of the latest judgement of an evidence."""
    run = table("test_run")
    last = table("test_run").alias("last")
    return run.c.judged_at == select(func.max(last.c.judged_at)).where(last.c.evidence == evidence).scalar_subquery()
