"""A database that cannot be written is reported in one way and can still be read."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models import Team, transaction
from models.cannot_write import CannotWrite
from models.transaction import deriving, make_engine, reading, writing
from tests.days import CALENDAR

TEAM = {"title_nl": "A", "title_en": "A"}


def teams(engine):
    with reading(engine) as session:
        return list(session.execute(text("SELECT key FROM team")).scalars())


def add_many(engine):
    with writing(engine) as (session, _):
        session.add_all(Team(key=f"team-{n}" * 50, **TEAM) for n in range(500))


@pytest.fixture
def impatient(sqlite, monkeypatch):
    """The same database with short waiting times."""
    monkeypatch.setattr(transaction, "_DATABASE_WAIT", 0.1)
    monkeypatch.setattr(transaction, "_PROCESS_WAIT", 0.1)
    engine = make_engine(str(sqlite.url), CALENDAR)
    yield engine
    engine.dispose()


def test_writer_of_another_process_is_reported_as_busy(sqlite, impatient):
    with closing(sqlite3.connect(impatient.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CannotWrite, match="busy"), writing(impatient):
            pass
        with pytest.raises(CannotWrite, match="busy"), deriving(impatient) as session:
            session.execute(text("DELETE FROM team"))
        assert teams(impatient) == []
    add_many(sqlite)
    assert len(teams(impatient)) == 500


def test_writer_of_this_process_is_reported_as_busy(impatient):
    with writing(impatient), pytest.raises(CannotWrite, match="busy"), writing(impatient):
        pass


def test_full_disk_is_reported(sqlite):
    with reading(sqlite) as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(CannotWrite, match="full"):
        add_many(sqlite)
    assert teams(sqlite) == []


def test_read_only_database_is_reported(sqlite):
    with reading(sqlite) as session:
        session.execute(text("PRAGMA query_only = ON"))
    with pytest.raises(CannotWrite, match="only be read"):
        add_many(sqlite)
    assert teams(sqlite) == []


def test_read_only_server_is_reported(postgresql):
    with postgresql.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"ALTER DATABASE {postgresql.url.database} SET default_transaction_read_only = on"))
    postgresql.dispose()
    with pytest.raises(CannotWrite, match="only be read"):
        add_many(postgresql)
    assert teams(postgresql) == []


def test_locked_row_of_a_server_is_reported_as_busy(postgresql):
    with writing(postgresql):
        other = make_engine(postgresql.url.render_as_string(hide_password=False), CALENDAR)
        with other.connect() as connection:
            connection.execute(
                text(f"ALTER ROLE CURRENT_USER IN DATABASE {postgresql.url.database} SET lock_timeout = 100")
            )
            connection.commit()
        other.dispose()
        with pytest.raises(CannotWrite, match="busy"), writing(other):
            pass
        other.dispose()


def test_error_in_the_data_is_not_reported_as_not_writable(engine):
    with writing(engine) as (session, _):
        session.add(Team(key="a", **TEAM))
    with pytest.raises(IntegrityError), writing(engine) as (session, _):
        session.execute(text("INSERT INTO team (key, title_nl, title_en) VALUES ('a', 'A', 'A')"))
