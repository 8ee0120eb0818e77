"""Which run showed a finding first, and which no longer: written in sets after each judgement, and read for the next.

A finding is a check on a target that is open in a test (`is_open`). The history is that of cells: whatever tool shows a
finding in one of them, it was seen there. It is gone when a run of the tool that saw it last, with all of these cells,
shows that it passes, or is a complete scan without it. Whether that counts is decided at reading, as its review may
follow; a run that is filed after runs of later days tells only what it saw.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Date, bindparam
from sqlalchemy import text as sql
from sqlmodel import Session

from evidence.intake.verdicts.latest_judgement import LATEST
from evidence.judging.first_days import Change, FirstDays
from models.columns import Moment

#: The decision on evidence counts as in the readiness rule: a fail until it is rejected, a pass once it is accepted.
_COUNTS = """CASE WHEN c.verdict = 'none' THEN 0
  WHEN c.fails = 1 THEN CASE WHEN COALESCE(c.decision, 'accepted') = 'accepted' THEN 1 ELSE 0 END
  WHEN c.decision = 'accepted' OR c.decision IS NULL AND c.needs_review = 0 AND c.review = 'automatic' THEN 1
  ELSE 0 END"""
_FIRST_DAYS = sql(f"""
WITH reviewed AS (
  SELECT c.evidence, c.verdict, c.fails, c.needs_review, s.cell,
    (SELECT v.decision FROM review v WHERE v.evidence = c.evidence ORDER BY v.recorded_at DESC LIMIT 1) AS decision,
    (SELECT r.review FROM evidence_requirement r WHERE r.key = e.requirement ORDER BY r.recorded_at DESC LIMIT 1)
      AS review
  FROM coverage c JOIN series s ON s.id = c.series JOIN cell e ON e.id = s.cell
  WHERE s.cell IN :cells AND {LATEST}
), covering AS (
  SELECT c.evidence, COUNT(DISTINCT c.cell) AS cells, MIN({_COUNTS}) AS counts FROM reviewed c GROUP BY c.evidence
)
SELECT f."check", f.target, f.is_seen, f.day, f.first_day, e.tool
FROM finding_change f JOIN covering v ON v.evidence = f.evidence JOIN evidence e ON e.id = f.evidence
WHERE f.day <= :day AND (f.is_seen OR v.cells = :number AND v.counts = 1)
ORDER BY f.day, f.id
""").bindparams(bindparam("cells", expanding=True), bindparam("day", type_=Date()))
_TYPED = _FIRST_DAYS.columns(day=Date(), first_day=Date())

#: What the cells of an evidence knew of each finding on its last day: the last change, and how many cells that is of.
_LAST = """
WITH own_cells AS MATERIALIZED (
  SELECT DISTINCT s.cell FROM coverage c JOIN series s ON s.id = c.series WHERE c.evidence = :evidence
), covering AS MATERIALIZED (
  SELECT c.evidence, v.tool, COUNT(DISTINCT s.cell) AS cells
  FROM coverage c JOIN series s ON s.id = c.series JOIN evidence v ON v.id = c.evidence
  WHERE s.cell IN (SELECT cell FROM own_cells) GROUP BY c.evidence, v.tool
), numbered AS (
  SELECT f."check", f.target, CASE WHEN f.is_seen THEN 1 ELSE 0 END AS seen, f.first_day, v.tool, v.cells,
    ROW_NUMBER() OVER (PARTITION BY f."check", f.target ORDER BY f.day DESC, f.id DESC) AS place
  FROM finding_change f JOIN covering v ON v.evidence = f.evidence WHERE f.day <= :day
), last AS MATERIALIZED (SELECT * FROM numbered WHERE place = 1)"""
_RESULTS = """test_result r JOIN test_run t ON t.id = r.run WHERE t.evidence = :evidence AND t.judged_at = :judged_at"""
_COLUMNS = 'finding_change (evidence, judged_at, "check", target, is_seen, day, first_day)'
# Grouping what both know costs in proportion on every database; SQLite would join them row by row.
_ADD_SEEN = sql(f"""{_LAST}, both_known AS (
  SELECT r."check", r.target, r.first_day AS own_first, NULL AS seen, NULL AS tool, NULL AS cells, NULL AS last_first
  FROM {_RESULTS} AND r.first_day IS NOT NULL
  UNION ALL SELECT "check", target, NULL, seen, tool, cells, first_day FROM last
), finding AS (
  SELECT "check", target, MIN(own_first) AS own_first, MAX(seen) AS seen, MAX(tool) AS tool, MAX(cells) AS cells,
    MAX(last_first) AS last_first
  FROM both_known GROUP BY "check", target
)
INSERT INTO {_COLUMNS}
SELECT :evidence, :judged_at, "check", target, :is_seen, :day, own_first FROM finding
WHERE own_first IS NOT NULL AND (COALESCE(seen, 0) = 0 OR tool <> :tool OR own_first < last_first
  OR cells < (SELECT COUNT(*) FROM own_cells))
ORDER BY "check", target
""")
_ADD_GONE = sql(f"""{_LAST}, known AS MATERIALIZED (
  SELECT "check", target FROM last
  WHERE tool = :tool AND (seen = 1 OR cells < (SELECT COUNT(*) FROM own_cells))
), both_known AS (
  SELECT r."check", r.target, CASE WHEN r.first_day IS NULL AND r.level <> 'set aside'
    AND (r.outcome = 'pass' OR r.level IN ('pass', 'sufficient', 'good')) THEN 1 ELSE 0 END AS passes
  FROM {_RESULTS} AND (r."check", r.target) IN (SELECT "check", target FROM known)
  UNION ALL SELECT "check", target, NULL FROM known
)
INSERT INTO {_COLUMNS}
SELECT :evidence, :judged_at, "check", target, :is_seen, :day, NULL FROM both_known
GROUP BY "check", target HAVING COALESCE(MIN(passes), :complete) = 1
ORDER BY "check", target
""")
_LATER = sql("""
SELECT 1 FROM coverage c JOIN evidence v ON v.id = c.evidence
WHERE c.series IN (
  SELECT other.id FROM series other WHERE other.cell IN (
    SELECT s.cell FROM coverage k JOIN series s ON s.id = k.series WHERE k.evidence = :evidence))
  AND v.last_day > :day LIMIT 1
""")
_TYPES = (bindparam("judged_at", type_=Moment()), bindparam("day", type_=Date()))


def read_first_days(session: Session, cells: Collection[int], day: date) -> FirstDays:
    """First days of findings in runs for these cells (ids), of days until `day`."""
    values = {"cells": list(cells), "number": len(cells), "day": day}
    return FirstDays(Change(*row) for row in session.execute(_TYPED, values)) if cells else FirstDays()


def add_changes(session: Session, evidence: str, judged_at: datetime, *, lists_all: bool) -> None:
    """Write which findings a judgement of a test shows first, and which it shows to be gone.

    `lists_all`: its files are complete scans that list what they found, so that a finding that is not listed is gone.
    """
    row = session.execute(_EVIDENCE, {"evidence": evidence}).one()
    values = {"evidence": evidence, "judged_at": judged_at, "day": row.last_day, "tool": row.tool}
    session.execute(_ADD_SEEN.bindparams(*_TYPES), {**values, "is_seen": True})
    if session.execute(_LATER.bindparams(_TYPES[1]), {"evidence": evidence, "day": row.last_day}).first() is None:
        session.execute(_ADD_GONE.bindparams(*_TYPES), {**values, "is_seen": False, "complete": int(lists_all)})


_EVIDENCE = sql("SELECT last_day, tool FROM evidence WHERE id = :evidence").columns(last_day=Date())
