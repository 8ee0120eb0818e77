"""A run that is filed after runs of later days: a finding in them that it shows too had its first day earlier.

Their proofs then end earlier, by a judgement beside the earlier one. Where a term had ended before the day of the run
itself, it proves nothing any more; only judging it anew would say which findings fail.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Date, RowMapping, bindparam, select
from sqlalchemy import text as sql
from sqlmodel import Session

from access.permissions import Person
from evidence.intake.records.changed_judgement import CoverageChange, record_changed_judgement
from evidence.intake.verdicts.finding_history import read_first_days
from evidence.intake.verdicts.latest_judgement import latest_coverage, latest_runs
from evidence.judging.first_days import FirstDays
from evidence.judging.levels import IN_TERM
from evidence.judging.own_policies.in_force import policy_named
from locales import Text, text
from locales.stored_text import to_stored
from models.bulk_changes import table
from models.columns import Moment
from models.queries import with_cells

#: Evidence of later days for the same cells, with a finding before the end of its term that this one shows too.
_LATER = sql(f"""
WITH later AS (
  SELECT DISTINCT c.evidence FROM coverage c JOIN series s ON s.id = c.series JOIN evidence v ON v.id = c.evidence
  WHERE c.explicit_end IS NOT NULL AND v.last_day >= :day AND v.id <> :evidence AND s.cell IN (
    SELECT o.cell FROM coverage k JOIN series o ON o.id = k.series WHERE k.evidence = :evidence)
), own AS (
  SELECT r."check", r.target, MIN(r.first_day) AS first_day FROM test_result r JOIN test_run t ON t.id = r.run
  WHERE t.evidence = :evidence AND t.judged_at = :judged_at AND r.first_day IS NOT NULL
    AND EXISTS (SELECT 1 FROM later)
  GROUP BY r."check", r.target
)
SELECT DISTINCT t.evidence FROM later l JOIN test_run t ON t.evidence = l.evidence JOIN test_result r ON r.run = t.id
JOIN own o ON o."check" = r."check" AND o.target = r.target
WHERE r.level = '{IN_TERM}' AND r.first_day > o.first_day ORDER BY t.evidence
""").bindparams(bindparam("judged_at", type_=Moment()), bindparam("day", type_=Date()))


def end_later_proofs(session: Session, person: Person, evidence: str, now: datetime) -> list[str]:
    """Let proofs of later days end earlier where this evidence, judged `now`, shows their findings; return which."""
    day = session.execute(select(table("evidence").c.last_day).where(table("evidence").c.id == evidence)).scalar_one()
    later = session.execute(_LATER, {"evidence": evidence, "judged_at": now, "day": day}).scalars().all()
    return [other for other in later if _end_earlier(session, person, other, now)]


def _end_earlier(session: Session, person: Person, evidence: str, now: datetime) -> bool:
    coverages = _coverages(session, evidence)
    cells = {row["cell"] for row in coverages}
    first_days = read_first_days(session, cells, max(row["last_day"] for row in coverages))
    end, reason = _earliest(session, evidence, first_days)
    changes = [
        CoverageChange(row, {"explicit_end": end, "reason": to_stored(reason)})
        for row in coverages
        if end is not None and row["explicit_end"] is not None and end < row["explicit_end"]
    ]
    if changes and reason:
        record_changed_judgement(session, person, evidence, changes, [reason], [], now)
    return bool(changes)


def _coverages(session: Session, evidence: str) -> Sequence[RowMapping]:
    """The coverages of evidence by its latest judgement, with their cells."""
    coverage, cell = table("coverage"), table("cell")
    columns = (cell.c.id.label("cell"), cell.c.requirement, cell.c.system, cell.c.target)
    query = select(coverage, *columns).select_from(with_cells(coverage))
    return session.execute(query.where(coverage.c.evidence == evidence, latest_coverage())).mappings().all()


def _earliest(session: Session, evidence: str, first_days: FirstDays) -> tuple[date | None, Text | None]:
    """The first day on which a term ends that starts earlier than was known, and why; None if there is none."""
    run, result = table("test_run"), table("test_result")
    columns = (result.c.check, result.c.target, result.c.rating, result.c.first_day, run.c.policy)
    in_term = (run.c.evidence == evidence, result.c.level == IN_TERM, latest_runs(evidence))
    rows = session.execute(select(*columns).join(run, run.c.id == result.c.run).where(*in_term))
    ends = []
    for row in rows:
        policy = policy_named(session, row.policy)
        first = first_days.first_day((row.check, row.target), row.first_day, policy.returning if policy else None)
        if policy and first < row.first_day and (last := policy.term_ends(row.rating, first)):
            ends.append((last, first, row.check, row.target))
    if not ends:
        return None, None
    last, first, check, target = min(ends)
    return last, text(
        "A run that was uploaded later shows {check} on {day} already, so this proof ends on {last}.",
        check=" ".join(filter(None, (check, target))),
        day=first,
        last=last,
    )
