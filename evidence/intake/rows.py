"""The rows of evidence, written in bulk: a number of statements that does not follow the number of results or cells."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, exists, func, insert, select
from sqlalchemy import text as sql
from sqlmodel import Session

from controls.scope.system_scope import system_titles
from evidence.formats import values
from evidence.intake.cells import CellKey, series_of
from evidence.intake.declared import told_facts
from evidence.intake.inspection import InspectedFile
from evidence.intake.judging import CoveredCell, Judged
from evidence.intake.represented_days import days_of
from locales.kept import keep, read
from models.calendar import Span, calendar_of
from models.rows import table
from models.vocabulary import Verdict

_COLUMN = {
    values.PASS: "passed",
    values.FAIL: "failed",
    values.ERROR: "errors",
    values.SKIPPED: "skipped",
    values.NOT_APPLICABLE: "not_applicable",
    values.INFORMATIONAL: "informational",
    values.NOT_EVALUATED: "not_evaluated",
}
_KNOWN = sql("SELECT id FROM evidence WHERE content_key = :key")
_RESULT = 'test_result (run, position, "check", target, outcome, severity, message, level)'


@dataclass(frozen=True, slots=True)
class Recorded:
    """What every cell of a judgement is kept with: when it was recorded and judged, and until when at most it is valid.

    `needs_review`: it is not accepted automatically, whatever its requirement says.
    """

    recorded_at: datetime
    judged_at: datetime
    needs_review: bool
    end: date | None


def known(session: Session, content_key: str) -> str | None:
    """The evidence that holds exactly this."""
    return session.execute(_KNOWN, {"key": content_key}).scalar_one_or_none()


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


def add_run(
    session: Session, evidence: str, position: int, file: InspectedFile, policy: str, judged_at: datetime
) -> int:
    """The run of one file as judged at a moment, with its counts: it was read to its end before."""
    if file.run is None:
        raise ValueError("a file without a run has none to add")
    run = file.run
    first, last = days_of(run, calendar_of(session)) or (None, None)
    row = {
        "evidence": evidence,
        "file": position,
        "format": run.format,
        "tool": run.tool,
        "tool_version": run.tool_version,
        "started_at": _aware(run.started_at),
        "ended_at": _aware(run.ended_at),
        "first_day": first,
        "last_day": last,
        "judged_at": judged_at,
        "complete": run.complete,
        "remark": keep(run.remark),
        "policy": policy,
        **dict.fromkeys(_COLUMN.values(), 0),
        **{_COLUMN[outcome]: number for outcome, number in file.counts.items()},
    }
    runs = table("test_run")
    return int(session.execute(insert(runs).values(**row).returning(runs.c.id)).scalar_one())


def _aware(moment: datetime | None) -> datetime | None:
    """A moment without a zone is no moment that can be kept; its day is."""
    return moment if moment is not None and moment.tzinfo is not None else None


def add_results(session: Session, run: int, judged: Iterable[Judged]) -> None:
    """Results by the driver's own bulk way: COPY on PostgreSQL, one prepared statement on SQLite."""
    rows = [(run, r.position, r.check, r.target, r.outcome, r.severity, r.message, level) for r, level in judged]
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql(f"INSERT INTO {_RESULT} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor().copy(f"COPY {_RESULT} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def add_coverage(
    session: Session,
    evidence: str,
    covered: Sequence[CoveredCell],
    tools: Mapping[CellKey, str],
    days: Mapping[CellKey, Span],
    recorded: Recorded,
) -> None:
    """One row a cell, and one a failing check; an end that the content names narrows the validity."""
    series = series_of(session, tools)
    coverage = table("coverage")
    rows = [
        {
            "evidence": evidence,
            "series": series[cell.key],
            "verdict": cell.verdict,
            "fails": int(cell.verdict == Verdict.FAIL),
            "needs_review": int(recorded.needs_review),
            "first_day": days[cell.key][0],
            "last_day": days[cell.key][1],
            "explicit_end": min((end for end in (recorded.end, cell.ends) if end is not None), default=None),
            "recorded_at": recorded.recorded_at,
            "judged_at": recorded.judged_at,
            "reason": keep(cell.reason),
        }
        for cell in covered
    ]
    session.execute(insert(coverage), rows)
    if any(cell.failing for cell in covered):
        _add_checks(session, evidence, {series[cell.key]: cell for cell in covered}, recorded.judged_at)


def _add_checks(session: Session, evidence: str, covered: Mapping[int, CoveredCell], judged_at: datetime) -> None:
    coverage = table("coverage")
    own = (coverage.c.evidence == evidence, coverage.c.judged_at == judged_at)
    ids = session.execute(select(coverage.c.id, coverage.c.series).where(*own))
    checks = [
        {"coverage": row.id, "check": check, "reason": keep(reason)}
        for row in ids
        for check, reason in covered[row.series].failing
    ]
    session.execute(insert(table("coverage_check")), checks)


# ── What was filed before ────────────────────────────────────────────────────────────────────────────────────────────


def latest_coverage() -> ColumnElement[bool]:
    """Of what evidence says of a cell only the latest judgement."""
    coverage, later = table("coverage"), table("coverage").alias("later")
    again = exists().where(later.c.evidence == coverage.c.evidence, later.c.series == coverage.c.series)
    return ~again.where(later.c.judged_at > coverage.c.judged_at)


def latest_runs(evidence: ColumnElement[str] | str) -> ColumnElement[bool]:
    """Of the runs of an evidence only those of its latest judgement."""
    run = table("test_run")
    last = table("test_run").alias("last")
    return run.c.judged_at == select(func.max(last.c.judged_at)).where(last.c.evidence == evidence).scalar_subquery()


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
            read(row["reason"]),
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
        failing.setdefault(row.coverage, []).append((row.check, read(row.reason)))
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
    return {outcome: run[column] for outcome, column in _COLUMN.items() if run[column]}


#: Of what evidence says of a cell (`c`) only the latest judgement.
LATEST = """NOT EXISTS (SELECT 1 FROM coverage j WHERE j.evidence = c.evidence AND j.series = c.series
                 AND j.judged_at > c.judged_at)"""
_ACCEPTED = sql(f"""
WITH defined AS (
  SELECT r.key, r.review FROM evidence_requirement r
  WHERE r.policy = :policy AND NOT r.retired AND NOT EXISTS (
    SELECT 1 FROM evidence_requirement later WHERE later.key = r.key AND later.recorded_at > r.recorded_at)
), worded AS (
  SELECT c.evidence, c.verdict, s.cell, c.last_day, c.recorded_at, c.judged_at, c.needs_review, d.review,
    (SELECT v.decision FROM review v WHERE v.evidence = c.evidence ORDER BY v.recorded_at DESC LIMIT 1) AS word
  FROM coverage c JOIN series s ON s.id = c.series JOIN cell e ON e.id = s.cell JOIN defined d ON d.key = e.requirement
  WHERE {LATEST}
), newest AS (
  SELECT w.evidence, w.judged_at, ROW_NUMBER() OVER (
    PARTITION BY cell ORDER BY last_day DESC, recorded_at DESC) AS place
  FROM worded w
  WHERE word = 'accepted' OR (word IS NULL AND review = 'automatic' AND needs_review = 0 AND verdict <> 'fail')
)
SELECT DISTINCT f.sha256, t.format FROM newest n
JOIN test_run t ON t.evidence = n.evidence AND t.judged_at = n.judged_at
JOIN evidence_file f ON f.evidence = n.evidence AND f.position = t.file
WHERE n.place = 1 ORDER BY f.sha256
""")


def accepted_files(session: Session, policy: str) -> list[tuple[str, str]]:
    """Digest and format of the files of the newest accepted evidence of each cell that this policy judges.

    What accepts itself does so by not failing.
    """
    return [(row.sha256, row.format) for row in session.execute(_ACCEPTED, {"policy": policy})]


def declaration(session: Session, evidence: str) -> dict[str, Any]:
    """What was declared of an evidence, and why it waits for a review whatever its requirements say."""
    row = table("evidence")
    found = session.execute(select(row.c.declared, row.c.review_reasons).where(row.c.id == evidence)).one()
    return {
        "declared": found.declared,
        "declared_facts": told_facts(found.declared, system_titles(session)),
        "review_reasons": [one for kept in found.review_reasons if (one := read(kept))],
    }


def latest_word(session: Session, evidence: str) -> str:
    """The reviewer's latest word; empty if there is none."""
    review = table("review")
    query = select(review.c.decision).where(review.c.evidence == evidence).order_by(review.c.recorded_at.desc())
    return session.execute(query.limit(1)).scalar_one_or_none() or ""
