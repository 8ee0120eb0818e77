"""One digest over all that the tables say of a judgement of evidence: the verb writes it into the activity log.

Evidence, files, runs and coverage with its failing checks; not the results themselves, which the files prove. A column
that is added later makes another shape; the digests of before are then still made of the columns that they had.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, Select, select
from sqlmodel import Session

from access.activity.chain import canonical, utc_text
from models.queries import with_cells
from models.rows import table

_SHAPE = 1
_EVIDENCE = (
    *("id", "recorded_at", "kind", "title", "first_day", "last_day", "explicit_end", "tool", "format", "note"),
    *("declared", "review_reasons", "uploaded_by", "content_key"),
)
_FILE = ("position", "sha256", "name", "size", "media_type")
_RUN = (
    *("file", "format", "tool", "tool_version", "started_at", "complete", "remark", "passed", "failed", "errors"),
    *("skipped", "not_applicable", "informational", "not_evaluated", "policy", "ended_at", "first_day", "last_day"),
)
_COVERAGE = (
    *("requirement", "system", "target", "series_tool", "verdict", "fails", "needs_review", "first_day", "last_day"),
    *("explicit_end", "recorded_at", "judged_at", "reason"),
)


_JUDGEMENT = ("judged_at", "judged_by", "policies", "compared")


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows of one evidence, of all its judgements. `checks`: the failing ones, by coverage."""

    evidence: RowMapping
    files: Sequence[RowMapping]
    runs: Sequence[RowMapping]
    coverages: Sequence[RowMapping]
    judgements: Sequence[RowMapping]
    checks: Mapping[int, Sequence[tuple[str, str]]]


def told(session: Session, evidence: str, judged_at: datetime) -> str:
    """What the activity log keeps (as `facts`) of a judgement that was just written."""
    return digest(read(session, [evidence])[evidence], judged_at)


def digest(facts: Facts, judged_at: datetime) -> str:
    """The SHA-256 over one judgement, and over the evidence that it judges."""
    coverages = [
        [*_values(row, _COVERAGE), list(facts.checks.get(row["id"], ()))]
        for row in facts.coverages
        if row["judged_at"] == judged_at
    ]
    said = [
        _SHAPE,
        _values(facts.evidence, _EVIDENCE),
        [_values(row, _FILE) for row in facts.files],
        [_values(row, _RUN) for row in facts.runs if row["judged_at"] == judged_at],
        coverages,
        [_values(row, _JUDGEMENT) for row in facts.judgements if row["judged_at"] == judged_at],
    ]
    return hashlib.sha256(canonical(said).encode("ascii")).hexdigest()


def read(session: Session, keys: Collection[str]) -> dict[str, Facts]:
    """The rows of some evidence, in a few statements; those that are not there are left out."""
    evidence, files, runs = table("evidence"), table("evidence_file"), table("test_run")
    file_of = _by_evidence(session, select(files).where(files.c.evidence.in_(keys)).order_by(files.c.position))
    run_of = _by_evidence(session, select(runs).where(runs.c.evidence.in_(keys)).order_by(runs.c.file, runs.c.id))
    coverage_of = _by_evidence(session, _coverages(keys))
    judgements = table("judgement")
    judgement_of = _by_evidence(session, select(judgements).where(judgements.c.evidence.in_(keys)))
    checks = _checks(session, keys)
    return {
        row["id"]: Facts(
            row, file_of[row["id"]], run_of[row["id"]], coverage_of[row["id"]], judgement_of[row["id"]], checks
        )
        for row in session.execute(select(evidence).where(evidence.c.id.in_(keys))).mappings()
    }


def _coverages(keys: Collection[str]) -> Select[Any]:
    coverage, series, cell = table("coverage"), table("series"), table("cell")
    return (
        select(coverage, cell.c.requirement, cell.c.system, cell.c.target, series.c.tool.label("series_tool"))
        .select_from(with_cells(coverage))
        .where(coverage.c.evidence.in_(keys))
        .order_by(coverage.c.judged_at, coverage.c.id)
    )


def _checks(session: Session, keys: Collection[str]) -> dict[int, list[tuple[str, str]]]:
    check, coverage = table("coverage_check"), table("coverage")
    rows = (
        select(check.c.coverage, check.c.check, check.c.reason)
        .join(coverage, coverage.c.id == check.c.coverage)
        .where(coverage.c.evidence.in_(keys))
    )
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in session.execute(rows):
        found[row.coverage].append((row.check, row.reason))
    return {number: sorted(checks) for number, checks in found.items()}


def _by_evidence(session: Session, rows: Select[Any]) -> dict[str, list[RowMapping]]:
    found: dict[str, list[RowMapping]] = defaultdict(list)
    for row in session.execute(rows).mappings():
        found[row["evidence"]].append(row)
    return found


def _values(row: RowMapping, names: Iterable[str]) -> list[Any]:
    return [plain(row[name]) for name in names]


def plain(value: Any) -> Any:
    """As JSON has it: moments in UTC, days as text."""
    if isinstance(value, datetime):
        return utc_text(value)
    return value.isoformat() if isinstance(value, date) else value
