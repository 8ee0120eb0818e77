"""Writes and reads rows of evidence and its files."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, select
from sqlalchemy import text as sql
from sqlmodel import Session

from controls.scope.system_scope import system_titles
from evidence.formats import values
from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.declarations import declaration_texts
from evidence.intake.reading.inspection import InspectedFile
from evidence.intake.verdicts.delivery_judgement import CoveredCell
from evidence.intake.verdicts.latest_judgement import latest_coverage, latest_runs
from locales.stored_text import from_stored
from models.bulk_changes import insert_into, table
from models.calendar import Span
from models.queries import with_cells

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
    """The id of the evidence with a content key (see `submission`); None if it does not exist."""
    return session.execute(_BY_CONTENT, {"key": content_key}).scalar_one_or_none()


def add_evidence(session: Session, row: dict[str, Any]) -> str:
    """Insert evidence; return its id."""
    session.execute(insert_into("evidence"), [row])
    return str(row["id"])


def add_files(session: Session, evidence: str, files: Sequence[InspectedFile]) -> None:
    """Insert the files of evidence."""
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
    session.execute(insert_into("evidence_file"), rows)


def recorded_digests(session: Session, digests: Sequence[str]) -> set[str]:
    """Those of these SHA-256 digests that are of a file of evidence."""
    file = table("evidence_file")
    return set(session.execute(select(file.c.sha256).where(file.c.sha256.in_(digests))).scalars())


# ── What was filed before ────────────────────────────────────────────────────────────────────────────────────────────


def covered_days(session: Session, evidence: str) -> dict[CellKey, Span]:
    """Days that evidence represents, by cell."""
    return {cell.key: cell.days for cell in covered_cells(session, evidence) if cell.days}


def covered_cells(session: Session, evidence: str, known: datetime | None = None) -> list[CoveredCell]:
    """Verdicts of evidence by its latest judgement, as known at a moment (None: ever)."""
    return [cell for _, cell in _covered(session, evidence, latest_coverage(known))]


def cells_by_judgement(session: Session, evidence: str) -> dict[datetime, list[CoveredCell]]:
    """Verdicts of evidence by the moment of each judgement."""
    by_moment: dict[datetime, list[CoveredCell]] = {}
    for judged_at, cell in _covered(session, evidence):
        by_moment.setdefault(judged_at, []).append(cell)
    return by_moment


def _covered(
    session: Session, evidence: str, *conditions: ColumnElement[bool]
) -> Iterator[tuple[datetime, CoveredCell]]:
    """Verdicts with the moment of their judgement."""
    coverage, cell = table("coverage"), table("cell")
    query = (
        select(coverage, cell.c.requirement, cell.c.system, cell.c.target)
        .select_from(with_cells(coverage))
        .where(coverage.c.evidence == evidence, *conditions)
        .order_by(cell.c.requirement, cell.c.system, cell.c.target)
    )
    rows = session.execute(query).mappings().all()
    failing = _failing(session, [row["id"] for row in rows])
    for row in rows:
        place, days = (row["requirement"], row["system"], row["target"]), (row["first_day"], row["last_day"])
        reasons, reason = failing.get(row["id"], []), from_stored(row["reason"])
        yield row["judged_at"], CoveredCell(*place, row["verdict"], reasons, reason, row["explicit_end"], days)


def _failing(session: Session, coverages: Sequence[int]) -> dict[int, list[Any]]:
    check = table("coverage_check")
    rows = session.execute(select(check).where(check.c.coverage.in_(coverages)).order_by(check.c.check))
    failing: dict[int, list[Any]] = {}
    for row in rows:
        failing.setdefault(row.coverage, []).append((row.check, from_stored(row.reason)))
    return failing


def counts(session: Session, evidence: str) -> dict[str, int]:
    """Numbers of results by outcome over all runs of evidence."""
    run = table("test_run")
    totals: Counter[str] = Counter()
    for row in session.execute(select(run).where(run.c.evidence == evidence, latest_runs(evidence))).mappings():
        totals.update(outcomes(row))
    return dict(totals)


def outcomes(run: RowMapping) -> dict[str, int]:
    """Numbers of results of a run by outcome, without zeros."""
    return {outcome: run[column] for outcome, column in OUTCOME_COLUMNS.items() if run[column]}


def read_declarations(session: Session, evidence: str) -> dict[str, Any]:
    """Declarations of evidence, also as texts, and its reasons for a review."""
    row = table("evidence")
    stored = session.execute(select(row.c.declared, row.c.review_reasons).where(row.c.id == evidence)).one()
    return {
        "declared": stored.declared,
        "declared_facts": declaration_texts(stored.declared, system_titles(session)),
        "review_reasons": [reason for encoded in stored.review_reasons if (reason := from_stored(encoded))],
    }


def latest_decision(session: Session, evidence: str) -> str:
    """The latest review's decision; empty if there is none."""
    review = table("review")
    query = select(review.c.decision).where(review.c.evidence == evidence).order_by(review.c.recorded_at.desc())
    return session.execute(query.limit(1)).scalar_one_or_none() or ""
