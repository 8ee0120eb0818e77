"""The last accepted files of registers."""

from dataclasses import dataclass

from sqlalchemy import text as sql
from sqlmodel import Session

from evidence.intake.verdicts.latest_judgement import LATEST
from evidence.judging.table_mapping import TableMapping, kept_mapping
from models.bulk_changes import table

_ACCEPTED = sql(f"""
WITH defined AS (
  SELECT r.key, r.review FROM evidence_requirement r
  WHERE r.policy = :policy AND NOT r.retired AND NOT EXISTS (
    SELECT 1 FROM evidence_requirement later WHERE later.key = r.key AND later.recorded_at > r.recorded_at)
), reviewed AS (
  SELECT c.evidence, c.verdict, s.cell, c.last_day, c.recorded_at, c.judged_at, c.needs_review, d.review,
    (SELECT v.decision FROM review v WHERE v.evidence = c.evidence ORDER BY v.recorded_at DESC LIMIT 1) AS decision
  FROM coverage c JOIN series s ON s.id = c.series JOIN cell e ON e.id = s.cell JOIN defined d ON d.key = e.requirement
  WHERE {LATEST}
), newest AS (
  SELECT w.evidence, w.judged_at, ROW_NUMBER() OVER (
    PARTITION BY cell ORDER BY last_day DESC, recorded_at DESC) AS place
  FROM reviewed w
  WHERE decision = 'accepted' OR (decision IS NULL AND review = 'automatic' AND needs_review = 0 AND verdict <> 'fail')
)
SELECT f.sha256, t.format, v.declared FROM newest n
JOIN evidence v ON v.id = n.evidence
JOIN test_run t ON t.evidence = n.evidence AND t.judged_at = n.judged_at
JOIN evidence_file f ON f.evidence = n.evidence AND f.position = t.file
WHERE n.place = 1 ORDER BY f.sha256, n.evidence
""")


@dataclass(frozen=True, slots=True)
class AcceptedFile:
    """A file of a register: SHA-256, format, and the mapping with which it was read."""

    sha256: str
    format: str
    mapping: TableMapping


def accepted_files(session: Session, policy: str) -> list[AcceptedFile]:
    """Files of the newest accepted evidence in each cell that a policy judges, once for each mapping.

    Evidence of an automatic requirement counts as accepted unless it fails.
    """
    typed = _ACCEPTED.columns(declared=table("evidence").c.declared.type)
    files: list[AcceptedFile] = []
    for row in session.execute(typed, {"policy": policy}):
        file = AcceptedFile(row.sha256, row.format, kept_mapping(row.declared))
        if file not in files:
            files.append(file)
    return files
