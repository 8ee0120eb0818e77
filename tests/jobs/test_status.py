"""Which part is not well, for anyone; and what became of the background work, for who may ask."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine

from access.permissions import ADMINISTRATOR, BUILT_IN, READER, NotAllowed, Person
from evidence.storage.store import EvidenceStore
from jobs import status, supervisor
from jobs.supervisor import Supervisor
from jobs.values import Job
from locales import text
from models.transaction import writing


@pytest.fixture
def store(tmp_path):
    return EvidenceStore(str(tmp_path / "evidence"))


def health(engine, store):
    return status.health(engine, store, datetime.now(UTC))


def test_health_is_ok(engine, store):
    found = health(engine, store)
    assert (found.database, found.store, found.jobs, found.clock) == ("ok", "ok", "ok", "ok")
    assert (found.status, found.serves) == ("ok", True)


def test_unreachable_database_is_failing(store, tmp_path):
    found = health(create_engine(f"sqlite:///{tmp_path}/no/such.db"), store)
    assert (found.database, found.status, found.serves) == ("failing", "failing", False)


def test_database_without_writes_is_degraded(sqlite, store, monkeypatch):
    monkeypatch.setattr(status, "probe_writing", lambda engine: status_probe(engine, 0.05))
    other = sqlite3.connect(sqlite.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    found = health(sqlite, store)
    assert (found.database, found.status, found.serves) == ("not writable", "degraded", True)
    other.execute("ROLLBACK")
    assert health(sqlite, store).status == "ok"
    with writing(sqlite) as (_, now):  # the connection that looked is an ordinary one again
        assert now is not None
    with sqlite.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 10_000


status_probe = status.probe_writing


def test_health_check_writes_nothing(engine, store):
    with engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT id, last FROM clock ORDER BY id").all()
    health(engine, store)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT id, last FROM clock ORDER BY id").all() == before


def test_store_without_writes_is_degraded(sqlite, store, tmp_path):
    folder = tmp_path / "evidence" / "incoming"
    folder.rename(tmp_path / "elsewhere")
    found = health(sqlite, store)
    assert (found.store, found.status, found.serves) == ("not writable", "degraded", True)


def test_clock_that_ran_ahead_is_degraded(engine, store):
    wall = datetime.now(UTC)
    with writing(engine, wall + timedelta(days=400)):
        pass
    found = status.health(engine, store, wall)
    assert (found.clock, found.status, found.serves) == ("ran ahead", "degraded", True)
    assert status.health(engine, store, wall + timedelta(days=401)).clock == "ok"


def test_late_job_is_degraded(sqlite, store, monkeypatch):
    def broken():
        raise OSError

    monkeypatch.setattr(supervisor, "GRACE", -1.0)
    stop = status.run(Supervisor([Job("work", text("Signs the activity log"), broken, 1)]))
    try:
        found = health(sqlite, store)
        assert (found.jobs, found.status, found.serves) == ("late", "degraded", True)
        message = status.background(BUILT_IN)
        assert message.late == ["work"] and message.started_at is not None
    finally:
        stop()
    assert status.background(BUILT_IN).started_at is None
    assert health(sqlite, store).jobs == "ok"


def test_background_jobs_require_a_permission():
    assert status.background(Person("b", frozenset({ADMINISTRATOR}))).jobs == []
    with pytest.raises(NotAllowed):
        status.background(Person("r", frozenset({READER})))
