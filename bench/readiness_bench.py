"""Readiness on three years of history: one date, the trend, and what ten times the history costs."""

import time
from collections.abc import Callable
from pathlib import Path

from access.permissions import BUILT_IN
from bench.big_history import LAST_DAY, fill
from bench.report import Report
from migrations import bring_up_to_date
from models.transaction import make_engine, reading
from readiness import readiness, status, trend
from readiness.over_time.trend import CACHE, save_past_weeks
from tests.days import CALENDAR

KNOWN = CALENDAR.last_moment_of(LAST_DAY)


def best_of(times: int, action: Callable[[], object]) -> float:
    """The shortest of some runs, in seconds: the cost when nothing else is busy."""
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        durations.append(time.perf_counter() - start)
    return min(durations)


def measure(folder: Path, report: Report, evidence: int, results: int, *, limits: bool = True) -> float:
    engine = make_engine(f"sqlite:///{folder / f'history-{evidence}.db'}", CALENDAR)
    bring_up_to_date(engine)
    audit = fill(engine, evidence=evidence, results=results)
    with reading(engine) as session:

        def fresh() -> None:
            status.CACHE.clear(engine)
            readiness(session, BUILT_IN, LAST_DAY, KNOWN)

        one_date = best_of(9, fresh)
        floor = best_of(9, lambda: _seeks(engine))
        peer = ("one index look-up a cell, in the same process", floor)
        report.line(
            f"readiness on one date, {evidence:,} evidence, 3,120 cells",
            one_date,
            "s",
            limit=0.05 if limits else None,
            peer=peer,
        )
        again = best_of(9, lambda: readiness(session, BUILT_IN, LAST_DAY, KNOWN))
        report.line("the same, asked before and nothing written since", again, "s", limit=0.05)
        first = best_of(1, lambda: trend(session, BUILT_IN, audit, LAST_DAY, KNOWN))
        warm = best_of(5, lambda: trend(session, BUILT_IN, audit, LAST_DAY, KNOWN))
    save_past_weeks(engine, audit.systems, LAST_DAY)
    with reading(engine) as session:

        def new_process() -> None:
            CACHE.clear(engine)
            trend(session, BUILT_IN, audit, LAST_DAY, KNOWN)

        report.line(
            "trend of 52 weeks and the forecast, in a new process or right after a write",
            best_of(5, new_process),
            "s",
            limit=0.25,
        )
        report.line("the same, asked before and nothing written since", warm, "s", limit=0.25)
        report.line("the same, never asked of this database, all of it at once", first, "s")
    engine.dispose()
    return one_date


def _seeks(engine) -> None:
    """The least that any answer needs: the newest coverage of every series, found by its index."""
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT SUM((SELECT e.id FROM coverage e WHERE e.series = s.id ORDER BY e.last_day DESC LIMIT 1)) FROM series s"
        ).all()


def run(folder: Path, report: Report) -> None:
    report.title("Readiness")
    small = measure(folder, report, 100_000, 1_000_000)
    large = measure(folder, report, 1_000_000, 1_000_000, limits=False)
    report.ratio("ten times the evidence over the same cells and years", large / small, limit=1.5)
