"""The rows of evidence and its files, written and read back."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, insert, select
from sqlalchemy import text as sql
from sqlmodel import Session

from controls.scope.system_scope import system_titles
from evidence.formats import values
from evidence.intake.delivery.cells import CellKey
from evidence.intake.judgement.delivery_judgement import CoveredCell
from evidence.intake.judgement.latest_judgement import latest_coverage, latest_runs
from evidence.intake.reading.inspection import InspectedFile
from evidence.intake.reasons.declarations import declaration_texts
from locales.stored_text import from_stored
from models.calendar import Span
from models.rows import table

OUTCOME_COLUMNS = {
    values.PASS: "passed",
    values.FAIL: "failed",
    values.ERROR: "errors",
    values.SKIPPED: "skipped",
    values.NOT_APPLICABLE: "not_applicable",
    values.INFORMATIONAL: "informational",
    values.NOT_EVALUATED: "not_evaluated",
}
_BY_CONTENT = sql("SELECT id FROM evidence WHERE content_key = :key")


def find_evidence(session: Session, content_key: str) -> str | None:
    """The id of the evidence with this content key (`submission`); none if it was not recorded yet."""
    return session.execute(_BY_CONTENT, {"key": content_key}).scalar_one_or_none()


def add_evidence(session: Session, row: dict[str, Any]) -> str:
    session.execute(insert(table("evidence")), [row])
    return str(row["id"])


def add_files(session: Session, evidence: str, files: Sequence[InspectedFile]) -> None:
    rows = [
        {
            "evidence": evidence,
            "position": position,
            "sha256": file.staged.sha256,
            "name": file.name,
            "size": file.staged.size,
            "media_type": file.media.type,
        }
        for position, file in enumerate(files)
    ]
    session.execute(insert(table("evidence_file")), rows)


# ── What was filed before ────────────────────────────────────────────────────────────────────────────────────────────


def covered_days(session: Session, evidence: str) -> dict[CellKey, Span]:
    """The days that evidence represents for each cell."""
    return {cell.key: cell.days for cell in covered_cells(session, evidence) if cell.days}


def covered_cells(session: Session, evidence: str) -> list[CoveredCell]:
    """What evidence says of each cell by its latest judgement."""
    coverage, series, cell = table("coverage"), table("series"), table("cell")
    query = (
        select(coverage, cell.c.requirement, cell.c.system, cell.c.target)
        .join(series, series.c.id == coverage.c.series)
        .join(cell, cell.c.id == series.c.cell)
        .where(coverage.c.evidence == evidence, latest_coverage())
        .order_by(cell.c.requirement, cell.c.system, cell.c.target)
    )
    found = session.execute(query).mappings().all()
    failing = _failing(session, [row["id"] for row in found])
    return [
        CoveredCell(
            row["requirement"],
            row["system"],
            row["target"],
            row["verdict"],
            failing.get(row["id"], []),
            from_stored(row["reason"]),
            row["explicit_end"],
            (row["first_day"], row["last_day"]),
        )
        for row in found
    ]


def _failing(session: Session, coverages: Sequence[int]) -> dict[int, list[Any]]:
    check = table("coverage_check")
    rows = session.execute(select(check).where(check.c.coverage.in_(coverages)).order_by(check.c.check))
    failing: dict[int, list[Any]] = {}
    for row in rows:
        failing.setdefault(row.coverage, []).append((row.check, from_stored(row.reason)))
    return failing


def counts(session: Session, evidence: str) -> dict[str, int]:
    """Results by outcome over all runs of an evidence."""
    run = table("test_run")
    totals: Counter[str] = Counter()
    for row in session.execute(select(run).where(run.c.evidence == evidence, latest_runs(evidence))).mappings():
        totals.update(outcomes(row))
    return dict(totals)


def outcomes(run: RowMapping) -> dict[str, int]:
    """The results of one run by outcome, those that occur."""
    return {outcome: run[column] for outcome, column in OUTCOME_COLUMNS.items() if run[column]}


#: Of what evidence says of a cell (`c`) only the latest judgement.
def read_declarations(session: Session, evidence: str) -> dict[str, Any]:
    """What was declared of an evidence, and why it waits for a review whatever its requirements say."""
    row = table("evidence")
    found = session.execute(select(row.c.declared, row.c.review_reasons).where(row.c.id == evidence)).one()
    return {
        "declared": found.declared,
        "declared_facts": declaration_texts(found.declared, system_titles(session)),
        "review_reasons": [one for kept in found.review_reasons if (one := from_stored(kept))],
    }


def latest_decision(session: Session, evidence: str) -> str:
    """The latest review's decision; empty if there is none."""
    review = table("review")
    query = select(review.c.decision).where(review.c.evidence == evidence).order_by(review.c.recorded_at.desc())
    return session.execute(query.limit(1)).scalar_one_or_none() or ""
