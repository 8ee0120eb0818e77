"""Compares the history of findings with the results of runs: what is missing would let a term start later."""

from collections.abc import Iterator

from sqlalchemy import text as sql
from sqlmodel import Session

from locales import Text, text

#: Changes that no result of their own run shows; those from before results had a first day are of their rating.
_NOT_SHOWN = """
WITH shown AS (
  SELECT t.evidence, t.judged_at, r."check", r.target,
    MAX(CASE WHEN r.first_day IS NOT NULL OR r.rating <> '' THEN 1 ELSE 0 END) AS seen,
    MAX(CASE WHEN r.first_day IS NOT NULL THEN 1 ELSE 0 END) AS open
  FROM test_run t JOIN test_result r ON r.run = t.id
  WHERE t.evidence IN (SELECT evidence FROM finding_change) GROUP BY t.evidence, t.judged_at, r."check", r.target
)
SELECT f.evidence, f."check" FROM finding_change f LEFT JOIN shown s
  ON s.evidence = f.evidence AND s.judged_at = f.judged_at AND s."check" = f."check" AND s.target = f.target
WHERE CASE WHEN f.is_seen THEN COALESCE(s.seen, 0) = 0 ELSE s.open = 1 END
ORDER BY f.evidence, f."check" """
#: Open results that no change tells of: none by a run for one of its cells, of its day or before, with its first day.
_NOT_TOLD = """
WITH open AS (
  SELECT t.evidence, v.last_day, r."check", r.target, MIN(r.first_day) AS first_day
  FROM test_result r JOIN test_run t ON t.id = r.run JOIN evidence v ON v.id = t.evidence
  WHERE r.first_day IS NOT NULL GROUP BY t.evidence, v.last_day, r."check", r.target
), known AS (
  SELECT DISTINCT o.evidence, o."check", o.target FROM open o
  JOIN finding_change f ON f."check" = o."check" AND f.target = o.target
  WHERE f.is_seen AND f.day <= o.last_day AND f.first_day <= o.first_day AND EXISTS (
    SELECT 1 FROM coverage c JOIN series s ON s.id = c.series JOIN series other ON other.cell = s.cell
    JOIN coverage k ON k.series = other.id WHERE c.evidence = o.evidence AND k.evidence = f.evidence)
)
SELECT o.evidence, o."check" FROM open o
LEFT JOIN known k ON k.evidence = o.evidence AND k."check" = o."check" AND k.target = o.target
WHERE k.evidence IS NULL ORDER BY o.evidence, o."check" """


def problems(session: Session) -> Iterator[Text]:
    """Yield the changes of findings that no result shows, and the findings whose first day is not in the history."""
    for row in session.execute(sql(_NOT_SHOWN)):
        yield text(
            "Evidence {evidence}: the history says of {check} what its run does not show.",
            evidence=row.evidence,
            check=row.check,
        )
    for row in session.execute(sql(_NOT_TOLD)):
        yield text(
            "Evidence {evidence}: the history does not tell since when {check} was seen.",
            evidence=row.evidence,
            check=row.check,
        )
