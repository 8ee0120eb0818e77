"""Engines and transactions: reading, and writing with one recorded moment.

Recorded moments follow the order of commits: a writer takes its moment from the clock's row and locks that row until it
commits, so the next writer's moment is later. Verbs get the moment as `now` and never commit. If the machine's clock
once ran ahead, recorded moments stay ahead, and days follow the wall clock (`models/moments.py`).

A transaction that can't be written now (full disk, lock of another writer) raises `CannotWrite` on every database;
reading still works.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from models.calendar import Calendar
from models.cannot_write import CannotWrite, busy_message, reason_not_writable
from models.moments import TOLERANCE, recorded_moment, wall_clock
from models.tables.clock import Clock  # noqa: F401 - makes the table known

_TICK = timedelta(microseconds=1)
_CLOCK = SQLModel.metadata.tables["clock"]
_MOMENTS = select(_CLOCK.c.last).order_by(_CLOCK.c.id)
_MOMENTS_LOCKED = _MOMENTS.with_for_update()
_FACT_ROW, _VISIT_ROW = 1, 2
_PROCESS_WAIT, _DATABASE_WAIT = 30, 10  # seconds a writer waits for others of this process, and of another process
_write_locks: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()
#: In a session that only reads: its last fact, once it is known.
_LAST_FACT = "last fact"
_ADVANCE = update(_CLOCK).where(_CLOCK.c.id == bindparam("row")).values(last=bindparam("now"))


def make_engine(url: str, calendar: Calendar | None) -> Engine:
    """Make an engine for SQLite (WAL, foreign keys, every commit on disk) or PostgreSQL.

    `calendar`: the organisation's, for `calendar_of`; None if no day is needed.
    """
    options = {"calendar": calendar}
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, execution_options=options)
    # the connection that wrote last has the newest pages cached
    engine = create_engine(url, connect_args={"timeout": _DATABASE_WAIT}, pool_use_lifo=True, execution_options=options)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # _begin_sqlite sends BEGIN
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "cache_size=-65536", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction; a writer takes the write lock at once, so that it does not fail halfway."""
    writes = connection.get_execution_options().get("writes", False)
    if patience := connection.get_execution_options().get("patience"):
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience * 1000)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Yield a session that reads and changes nothing; its answers are those of one moment (see `last_fact`)."""
    with Session(engine, autoflush=False) as session:
        session.info[_LAST_FACT] = None
        yield session
        session.rollback()


@contextmanager
def writing(engine: Engine, at: datetime | None = None, *, visit: bool = False) -> Iterator[tuple[Session, datetime]]:
    """Yield a session and the recorded moment of its transaction; commits at the end, or rolls back on an error.

    `at`: the wall clock, in tests. `visit`: a sign-in, sign-out or opening of evidence, which changes no answer about
    readiness, so that cached answers stay valid. Raises `CannotWrite`.
    """
    with _translated_errors(), _write_lock(engine), Session(engine.execution_options(writes=True)) as session:
        now = _take_moment(session, at or datetime.now(UTC), _VISIT_ROW if visit else _FACT_ROW)
        yield session, now
        session.commit()


@contextmanager
def trying(engine: Engine, at: datetime | None = None) -> Iterator[tuple[Session, datetime]]:
    """Yield a transaction that is always rolled back, with the moment that a writer would get now.

    It does not lock the clock's row, so on PostgreSQL no writer waits for it; on SQLite, which has one writer at a
    time, others wait. Raises `CannotWrite`.
    """
    undone = engine.execution_options(writes=True, undone=True)
    with _translated_errors(), _write_lock(engine), Session(undone) as session:
        try:
            yield session, recorded_moment(last_moment(session) + _TICK, wall_clock(at or datetime.now(UTC)))
        finally:
            session.rollback()


@contextmanager
def deriving(engine: Engine) -> Iterator[Session]:
    """Yield a transaction that stores derived data, not facts, so it takes no moment. Raises `CannotWrite`."""
    with _translated_errors(), _write_lock(engine), Session(engine.execution_options(writes=True)) as session:
        yield session
        session.commit()


def probe_writing(engine: Engine, patience: float = 2) -> None:
    """Check whether the database can be written, with a write that leaves every value as it is.

    `patience`: seconds to wait for another writer. Raises `SQLAlchemyError`.

    The write is committed: SQLite writes to the disk only then, so on a full disk one that is rolled back succeeds.
    Free space says less: nothing about quotas, a failing disk, or the disk of a server.
    """
    with engine.execution_options(writes=True, patience=patience).connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        try:
            with connection.begin():
                if sqlite:  # which writes nothing for a row that stays the same, but does for this number of its own
                    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
                    connection.exec_driver_sql(f"PRAGMA user_version = {int(version)}")
                else:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
                    connection.execute(update(_CLOCK).values(last=_CLOCK.c.last))
        finally:
            if sqlite:  # restore the default before the connection returns to the pool
                driver = cast("Any", connection.connection.driver_connection)
                driver.execute(f"PRAGMA busy_timeout = {_DATABASE_WAIT * 1000}")


def present(session: Session, wall: datetime) -> datetime:
    """Return the current moment for readers: never before the last commit; its day is that of the wall clock."""
    return recorded_moment(last_moment(session), wall)


def ran_ahead(session: Session, wall: datetime) -> datetime | None:
    """Return the last recorded moment if it is well ahead of the wall clock; otherwise None."""
    last = last_moment(session)
    return last if last - wall > TOLERANCE else None


def last_moment(session: Session) -> datetime:
    """Return the recorded moment of the last commit."""
    moment: datetime = max(session.execute(_MOMENTS).scalars())
    return moment


def last_fact(session: Session) -> datetime:
    """Return the recorded moment of the last commit that was not a visit; a reading session asks for it once."""
    moment: datetime | None = session.info.get(_LAST_FACT)
    if moment is None:
        moment = session.execute(_MOMENTS.where(_CLOCK.c.id == _FACT_ROW)).scalar_one()
        if _LAST_FACT in session.info:
            session.info[_LAST_FACT] = moment
    return moment


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Raise `CannotWrite` for errors about a full disk, a lock or an unreachable database."""
    try:
        yield
    except DBAPIError as problem:
        reason = reason_not_writable(problem)
        if reason is None:
            raise
        raise CannotWrite(reason) from problem


@contextmanager
def _write_lock(engine: Engine) -> Iterator[None]:
    """Queue the writers of this process for SQLite, which otherwise polls; a lock wakes the next one at once."""
    if engine.dialect.name != "sqlite":
        yield
        return
    lock = _write_locks.setdefault(engine, Lock())
    if not lock.acquire(timeout=_PROCESS_WAIT):
        raise CannotWrite(busy_message())
    try:
        yield
    finally:
        lock.release()


def _take_moment(session: Session, wall: datetime, row: int) -> datetime:
    last: datetime = max(session.execute(_MOMENTS_LOCKED).scalars())
    now = recorded_moment(last + _TICK, wall_clock(wall))
    session.execute(_ADVANCE, {"now": now, "row": row})
    return now
