"""The engine and the two kinds of transaction: reading, and writing with its one recorded moment.

Recorded moments follow the order of commits: a writer takes its moment from the clock's row and holds that row until it
commits, so the next writer's moment is later. Verbs get the moment as `now` and never commit. Where the machine's clock
once ran ahead, recorded moments stay ahead, and days follow the wall clock (`models/moments.py`).

A transaction that can't be written now (a full disk, a lock that others hold) ends as `CannotWrite`, whatever the
database calls it; reading goes on.
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
from models.cannot_write import CannotWrite, busy, why_not
from models.clock import Clock  # noqa: F401 - makes the table known
from models.moments import TOLERANCE, recorded_moment, wall_clock

_TICK = timedelta(microseconds=1)
_CLOCK = SQLModel.metadata.tables["clock"]
_PLAIN = select(_CLOCK.c.last).order_by(_CLOCK.c.id)
_LAST = _PLAIN.with_for_update()
_FACTS, _VISITS = 1, 2
_TURN, _OTHERS = 30, 10  # seconds that a writer waits: for those of this process, and for another process
_turns: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()
_ADVANCE = update(_CLOCK).where(_CLOCK.c.id == bindparam("row")).values(last=bindparam("now"))


def make_engine(url: str, calendar: Calendar | None) -> Engine:
    """An engine for SQLite (WAL, foreign keys, every commit on disk) or PostgreSQL.

    `calendar`: the organisation's, which its sessions give (`calendar_of`); None: they are asked for no day.
    """
    options = {"calendar": calendar}
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, execution_options=options)
    # The connection that wrote last is the one that need not read the pages again.
    engine = create_engine(url, connect_args={"timeout": _OTHERS}, pool_use_lifo=True, execution_options=options)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours: see _begin_sqlite
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "cache_size=-65536", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the write lock at once, so that it never has to give up halfway."""
    writes = connection.get_execution_options().get("writes", False)
    if patience := connection.get_execution_options().get("patience"):
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience * 1000)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one state of the database and changes nothing."""
    with Session(engine, autoflush=False) as session:
        yield session
        session.rollback()


@contextmanager
def writing(engine: Engine, at: datetime | None = None, *, visit: bool = False) -> Iterator[tuple[Session, datetime]]:
    """One transaction and its recorded moment; commits at the end, or leaves nothing. `at`: the wall clock in tests.

    `visit`: someone comes, goes or opens evidence, which changes no answer; those that were given stay known.
    """
    with _told(), _turn(engine), Session(engine.execution_options(writes=True)) as session:
        now = _take_moment(session, at or datetime.now(UTC), _VISITS if visit else _FACTS)
        yield session, now
        session.commit()


@contextmanager
def trying(engine: Engine, at: datetime | None = None) -> Iterator[tuple[Session, datetime]]:
    """One transaction that is always undone, with the moment that a writer would be given now.

    It takes no moment from the clock's row, so on PostgreSQL no writer waits for it. SQLite has one writer at a time:
    there others wait until it is undone.
    """
    undone = engine.execution_options(writes=True, undone=True)
    with _told(), _turn(engine), Session(undone) as session:
        try:
            yield session, recorded_moment(last_moment(session) + _TICK, wall_clock(at or datetime.now(UTC)))
        finally:
            session.rollback()


@contextmanager
def deriving(engine: Engine) -> Iterator[Session]:
    """One transaction that writes down what follows from facts: no fact of its own, so it takes no moment."""
    with _told(), _turn(engine), Session(engine.execution_options(writes=True)) as session:
        yield session
        session.commit()


def probe_writing(engine: Engine, patience: float = 2) -> None:
    """Whether the database takes writes now: one that changes nothing and is undone. Raises `SQLAlchemyError`.

    `patience`: seconds to wait for another writer.
    """
    with engine.execution_options(writes=True, patience=patience).connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        try:
            with connection.begin() as probe:
                if not sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
                connection.execute(update(_CLOCK).values(last=_CLOCK.c.last))
                probe.rollback()
        finally:
            if sqlite:  # the connection goes back to the pool, and is patient again
                cast("Any", connection.connection.driver_connection).execute(f"PRAGMA busy_timeout = {_OTHERS * 1000}")


def present(session: Session, wall: datetime) -> datetime:
    """Now, for whoever reads: never before the last commit, and its day is the wall clock's."""
    return recorded_moment(last_moment(session), wall)


def ran_ahead(session: Session, wall: datetime) -> datetime | None:
    """The last recorded moment if the clock does not come near it: it ran ahead then, or is behind now."""
    last = last_moment(session)
    return last if last - wall > TOLERANCE else None


def last_moment(session: Session) -> datetime:
    """The recorded moment of the last commit: nothing is known of any later one."""
    moment: datetime = max(session.execute(_PLAIN).scalars())
    return moment


def last_fact(session: Session) -> datetime:
    """The recorded moment of the last commit that was more than a visit."""
    moment: datetime = session.execute(_PLAIN.where(_CLOCK.c.id == _FACTS)).scalar_one()
    return moment


@contextmanager
def _told() -> Iterator[None]:
    """What the database says of a full disk or a lock, in our words."""
    try:
        yield
    except DBAPIError as problem:
        reason = why_not(problem)
        if reason is None:
            raise
        raise CannotWrite(reason) from problem


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """SQLite makes a waiting writer sleep and ask again; a lock in this process wakes the next one at once."""
    if engine.dialect.name != "sqlite":
        yield
        return
    lock = _turns.setdefault(engine, Lock())
    if not lock.acquire(timeout=_TURN):
        raise CannotWrite(busy())
    try:
        yield
    finally:
        lock.release()


def _take_moment(session: Session, wall: datetime, row: int) -> datetime:
    last: datetime = max(session.execute(_LAST).scalars())
    now = recorded_moment(last + _TICK, wall_clock(wall))
    session.execute(_ADVANCE, {"now": now, "row": row})
    return now
