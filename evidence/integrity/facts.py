"""The digest of a judgement of evidence, over all its rows, which is written into the activity log.

It covers evidence, files, runs, judgements and coverage with its failing checks; not the results, which follow from the
files. Adding a column needs a new shape; earlier digests are then still computed over the columns of their time.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, RowMapping, Select, bindparam, select
from sqlmodel import Session

from access.activity.chain import canonical, utc_text
from models.bulk_changes import table
from models.queries import with_cells

_FIRST_SHAPE, _SHAPE = 1, 2
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


_FIRST_JUDGEMENT = ("judged_at", "judged_by", "policies", "compared")
_JUDGEMENT = (*_FIRST_JUDGEMENT, "review_reasons")


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows of an evidence and all its judgements. `checks`: failing checks (name, reason) by coverage id."""

    evidence: RowMapping
    files: Sequence[RowMapping]
    runs: Sequence[RowMapping]
    coverages: Sequence[RowMapping]
    judgements: Sequence[RowMapping]
    checks: Mapping[int, Sequence[tuple[str, str]]]


def judgement_digest(session: Session, evidence: str, judged_at: datetime) -> str:
    """The digest (SHA-256, hexadecimal) of a judgement, logged as `facts`."""
    return digest(read(session, [evidence])[evidence], judged_at)


def digest(facts: Facts, judged_at: datetime) -> str:
    """The SHA-256 (hexadecimal) over the rows of a judgement and of the evidence that it judges."""
    coverages = [
        [*_values(row, _COVERAGE), list(facts.checks.get(row["id"], ()))]
        for row in facts.coverages
        if row["judged_at"] == judged_at
    ]
    judgements = [row for row in facts.judgements if row["judged_at"] == judged_at]
    is_first_shape = all(row["review_reasons"] is None for row in judgements)
    content = [
        _FIRST_SHAPE if is_first_shape else _SHAPE,
        _values(facts.evidence, _EVIDENCE),
        [_values(row, _FILE) for row in facts.files],
        [_values(row, _RUN) for row in facts.runs if row["judged_at"] == judged_at],
        coverages,
        [_values(row, _FIRST_JUDGEMENT if is_first_shape else _JUDGEMENT) for row in judgements],
    ]
    return hashlib.sha256(canonical(content).encode("ascii")).hexdigest()


def read(session: Session, keys: Collection[str]) -> dict[str, Facts]:
    """Rows by evidence id; ids that do not exist are left out."""
    file_of, run_of = _by_evidence(session, _files(), keys), _by_evidence(session, _runs(), keys)
    coverage_of, judgement_of = _by_evidence(session, _coverages(), keys), _by_evidence(session, _judgements(), keys)
    checks = _failing_checks(session, keys) if run_of else {}  # what was not run has no failing check
    return {
        row["id"]: Facts(
            row, file_of[row["id"]], run_of[row["id"]], coverage_of[row["id"]], judgement_of[row["id"]], checks
        )
        for row in session.execute(_evidence(), {"keys": list(keys)}).mappings()
    }


# Each statement is made once: every upload carries them out, and putting one together takes longer than that.
_KEYS: BindParameter[str] = bindparam("keys", expanding=True)


@cache
def _evidence() -> Select[Any]:
    evidence = table("evidence")
    return select(evidence).where(evidence.c.id.in_(_KEYS))


@cache
def _files() -> Select[Any]:
    files = table("evidence_file")
    return select(files).where(files.c.evidence.in_(_KEYS)).order_by(files.c.position)


@cache
def _runs() -> Select[Any]:
    runs = table("test_run")
    return select(runs).where(runs.c.evidence.in_(_KEYS)).order_by(runs.c.file, runs.c.id)


@cache
def _judgements() -> Select[Any]:
    judgements = table("judgement")
    return select(judgements).where(judgements.c.evidence.in_(_KEYS))


@cache
def _coverages() -> Select[Any]:
    coverage, series, cell = table("coverage"), table("series"), table("cell")
    return (
        select(coverage, cell.c.requirement, cell.c.system, cell.c.target, series.c.tool.label("series_tool"))
        .select_from(with_cells(coverage))
        .where(coverage.c.evidence.in_(_KEYS))
        .order_by(coverage.c.judged_at, coverage.c.id)
    )


@cache
def _checks() -> Select[Any]:
    check, coverage = table("coverage_check"), table("coverage")
    return (
        select(check.c.coverage, check.c.check, check.c.reason)
        .join(coverage, coverage.c.id == check.c.coverage)
        .where(coverage.c.evidence.in_(_KEYS))
    )


def _failing_checks(session: Session, keys: Collection[str]) -> dict[int, list[tuple[str, str]]]:
    checks: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in session.execute(_checks(), {"keys": list(keys)}):
        checks[row.coverage].append((row.check, row.reason))
    return {coverage: sorted(failing) for coverage, failing in checks.items()}


def _by_evidence(session: Session, statement: Select[Any], keys: Collection[str]) -> dict[str, list[RowMapping]]:
    rows: dict[str, list[RowMapping]] = defaultdict(list)
    for row in session.execute(statement, {"keys": list(keys)}).mappings():
        rows[row["evidence"]].append(row)
    return rows


def _values(row: RowMapping, names: Iterable[str]) -> list[Any]:
    return [plain(row[name]) for name in names]


def plain(value: Any) -> Any:
    """A value for JSON: moments as UTC text, days as ISO text."""
    if isinstance(value, datetime):
        return utc_text(value)
    return value.isoformat() if isinstance(value, date) else value
