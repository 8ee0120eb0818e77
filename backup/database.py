"""A consistent copy of the database in one file while others write, and restoring such a copy."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, create_engine, make_url
from sqlalchemy import text as sql
from sqlmodel import Session

from backup.errors import BackupProblem, PlaceTaken
from locales import text
from models.read_only import make_read_only_engine, reading_one_state

_LONGEST = 500  # characters of a program's error
SQLITE, POSTGRESQL = "database.sqlite", "database.pgdump"


def is_postgresql(url: str) -> bool:
    """Whether an address is one of PostgreSQL."""
    return make_url(url).get_backend_name() == "postgresql"


@contextmanager
def snapshot(url: str, path: Path, tools: Path | None) -> Iterator[Session]:
    """Write one state of the database to a new file, and give a session that sees exactly that state."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if is_postgresql(url):
        with _dumped(url, path, tools) as session:
            yield session
        return
    _copy_sqlite(Path(make_url(url).database or ""), path)
    engine = make_read_only_engine(f"sqlite:///{path}")
    with reading_one_state(engine) as session:
        yield session


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy with SQLite's online backup in one step: writers continue, and the copy is of one moment, without a log."""
    reading = sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", uri=True, timeout=30)
    with closing(reading), closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _dumped(url: str, path: Path, tools: Path | None) -> Iterator[Session]:
    engine = make_read_only_engine(url)
    try:
        with reading_one_state(engine) as session:
            exported = session.execute(sql("SELECT pg_export_snapshot()")).scalar_one()
            rest = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={exported}", f"--file={path}")
            _run("pg_dump", tools, url, *rest)
            _run(
                "pg_restore", tools, None, "--file=/dev/null", str(path)
            )  # proves that the dump can be read to its end
            yield session
    finally:
        engine.dispose()


def require_empty(url: str) -> None:
    """Require that the PostgreSQL database to restore into exists and has no tables. Raises `PlaceTaken`."""
    with _connected(url) as connection:
        if connection.execute(sql(_TABLES)).first():
            raise PlaceTaken(text("The database in AANTOONBAAR_DATABASE is not empty; give an empty one."))


def restore_dump(url: str, path: Path, tools: Path | None) -> None:
    """Restore a dump in one transaction."""
    _run(
        "pg_restore", tools, url, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(path)
    )


def drop_all(url: str) -> None:
    """Drop all tables and functions of a database that was empty before."""
    with _connected(url) as connection:
        for (name,) in connection.execute(sql(_TABLES)).all():
            connection.execute(sql(f'DROP TABLE IF EXISTS "{name}" CASCADE'))
        for (name,) in connection.execute(sql(_FUNCTIONS)).all():
            connection.execute(sql(f"DROP FUNCTION IF EXISTS {name} CASCADE"))


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
WHERE n.nspname = current_schema() AND d.objid IS NULL
"""


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _run(program: str, tools: Path | None, url: str | None, *arguments: str) -> None:
    """Run one of PostgreSQL's programs. The password is passed in the environment, which other users can't see."""
    executable = shutil.which(program, path=tools)
    if executable is None:
        raise BackupProblem(
            text(
                "{program} was not found: install PostgreSQL's client programs, or set their folder in "
                "AANTOONBAAR_POSTGRESQL_TOOLS.",
                program=program,
            )
        )
    environment, connection = dict(os.environ), list[str]()
    if url is not None:
        address = make_url(url)
        connection = ["--dbname", _address(address)]
        environment |= {"PGPASSWORD": address.password} if address.password else {}
    completed = subprocess.run(  # noqa: S603 - fixed arguments
        [executable, *connection, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if completed.returncode:
        error = " ".join(line for line in completed.stderr.splitlines() if line.strip())
        raise BackupProblem(text("{program}: {error}", program=program, error=error[:_LONGEST]))


def _address(url: URL) -> str:
    """The connection string for libpq, without the password."""
    query = {name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()}
    parts: dict[str, Any] = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database, **query}
    return make_conninfo(**{name: value for name, value in parts.items() if value is not None})
