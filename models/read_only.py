"""Read-only engines, which create and change nothing, and sessions that see one state."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import make_url
from sqlmodel import Session


def make_read_only_engine(url: str) -> Engine:
    """Make a read-only engine for an existing database. Raises `FileNotFoundError`."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, execution_options={"postgresql_readonly": True}, poolclass=NullPool)
    path = Path(parsed.database or "")
    if not path.is_file():
        raise FileNotFoundError(path)
    engine = create_engine("sqlite://", creator=lambda: _connect(path), poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    return engine


def _connect(path: Path) -> sqlite3.Connection:
    """Connect read-only. Without a write-ahead log nobody has the file open, so none need be created."""
    alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    address = f"file:{quote(str(path.resolve()))}?mode=ro{alone}"
    return sqlite3.connect(address, uri=True, timeout=30, isolation_level=None, check_same_thread=False)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


@contextmanager
def reading_one_state(engine: Engine) -> Iterator[Session]:
    """Yield a session whose statements all see the same state, also on PostgreSQL."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(engine, autoflush=False) as session:
        yield session
        session.rollback()
