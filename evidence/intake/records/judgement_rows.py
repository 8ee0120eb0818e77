"""Writes the rows of a judgement in bulk, in a constant number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session

from evidence.formats.facts import Findings
from evidence.intake.delivery.cells import CellKey, series_of
from evidence.intake.reading.inspection import InspectedFile
from evidence.intake.reading.run_days import days_of
from evidence.intake.records.evidence_rows import OUTCOME_COLUMNS
from evidence.intake.verdicts.delivery_judgement import CoveredCell, Judged
from locales.stored_text import to_stored
from models.bulk_changes import insert_into, table
from models.calendar import Span, calendar_of
from models.vocabulary import Verdict

_RESULT = 'test_result (run, position, "check", target, outcome, severity, message, level, rating, first_day)'

_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_AT_ONCE = 500  # rows of a statement: a quarter faster than one by one, and far fewer values than SQLite takes


@dataclass(frozen=True, slots=True)
class Recorded:
    """Values that all cells of a judgement share. `end`: the latest last day of validity.

    `needs_review`: not accepted automatically, whatever the requirement says.
    """

    recorded_at: datetime
    judged_at: datetime
    needs_review: bool
    end: date | None


def add_run(
    session: Session, evidence: str, position: int, file: InspectedFile, policy: str, judged_at: datetime
) -> int:
    """Insert the run of a file, read completely, as judged at a moment; return its id."""
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
        "remark": to_stored(run.remark),
        "policy": policy,
        "examined": run.facts.examined if isinstance(run.facts, Findings) else None,
        **dict.fromkeys(OUTCOME_COLUMNS.values(), 0),
        **{OUTCOME_COLUMNS[outcome]: number for outcome, number in file.counts.items()},
    }
    runs = table("test_run")
    return int(session.execute(insert(runs).values(**row).returning(runs.c.id)).scalar_one())


def _aware(moment: datetime | None) -> datetime | None:
    """The moment if it has a time zone, else None; its day is stored anyway."""
    return moment if moment is not None and moment.tzinfo is not None else None


def add_results(session: Session, run: int, judged: Iterable[Judged]) -> None:
    """Insert results in bulk: COPY on PostgreSQL, many rows with one statement on SQLite."""
    rows = [
        (run, position, check, target, outcome, severity, message, level, rating, day and str(day))
        for (position, check, target, outcome, severity, message, _, _, rating), level, day in judged
    ]
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        for at in range(0, len(rows), _AT_ONCE):
            part = rows[at : at + _AT_ONCE]
            values = tuple(chain.from_iterable(part))
            connection.exec_driver_sql(f"INSERT INTO {_RESULT} VALUES {', '.join([_ROW] * len(part))}", values)
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
    """Insert a row per cell and per failing check; an end in the content shortens the validity."""
    series = series_of(session, tools)
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
            "reason": to_stored(cell.reason),
        }
        for cell in covered
    ]
    session.execute(insert_into("coverage"), rows)
    if any(cell.failing for cell in covered):
        _add_checks(session, evidence, {series[cell.key]: cell for cell in covered}, recorded.judged_at)


def _add_checks(session: Session, evidence: str, covered: Mapping[int, CoveredCell], judged_at: datetime) -> None:
    coverage = table("coverage")
    own = (coverage.c.evidence == evidence, coverage.c.judged_at == judged_at)
    ids = session.execute(select(coverage.c.id, coverage.c.series).where(*own))
    checks = [
        {"coverage": row.id, "check": check, "reason": to_stored(reason)}
        for row in ids
        for check, reason in covered[row.series].failing
    ]
    session.execute(insert_into("coverage_check"), checks)
