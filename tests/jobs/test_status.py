"""Health of each part, for anyone; and the state of background jobs, for people with the permission."""

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
    result = health(engine, store)
    assert (result.database, result.store, result.jobs, result.clock) == ("ok", "ok", "ok", "ok")
    assert (result.status, result.serves) == ("ok", True)


def test_unreachable_database_is_failing(store, tmp_path):
    result = health(create_engine(f"sqlite:///{tmp_path}/no/such.db"), store)
    assert (result.database, result.status, result.serves) == ("failing", "failing", False)


def test_database_without_writes_is_degraded(sqlite, store, monkeypatch):
    monkeypatch.setattr(status, "probe_writing", lambda engine: status_probe(engine, 0.05))
    other = sqlite3.connect(sqlite.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    result = health(sqlite, store)
    assert (result.database, result.status, result.serves) == ("not writable", "degraded", True)
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
    result = health(sqlite, store)
    assert (result.store, result.status, result.serves) == ("not writable", "degraded", True)


def test_clock_that_ran_ahead_is_degraded(engine, store):
    wall = datetime.now(UTC)
    with writing(engine, wall + timedelta(days=400)):
        pass
    result = status.health(engine, store, wall)
    assert (result.clock, result.status, result.serves) == ("ran ahead", "degraded", True)
    assert status.health(engine, store, wall + timedelta(days=401)).clock == "ok"


def test_late_job_is_degraded(sqlite, store, monkeypatch):
    def broken():
        raise OSError

    monkeypatch.setattr(supervisor, "GRACE", -1.0)
    stop = status.run(Supervisor([Job("work", text("Signs the activity log"), broken, 1)]))
    try:
        result = health(sqlite, store)
        assert (result.jobs, result.status, result.serves) == ("late", "degraded", True)
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
