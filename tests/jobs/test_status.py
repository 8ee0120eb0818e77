"""Health of each part, for anyone; and the state of background jobs, for people with the permission."""

import multiprocessing
import resource
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine
from sqlmodel import select

from access.permissions import ADMINISTRATOR, BUILT_IN, READER, NotAllowed, Person
from evidence.storage.store import EvidenceStore
from jobs import status, supervisor
from jobs.supervisor import Supervisor
from jobs.values import Job
from locales import text
from models.tables.clock import Clock
from models.transaction import make_engine, reading, writing
from tests.days import CALENDAR


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


def test_full_disk_is_degraded_and_can_be_read(sqlite, store, tmp_path):
    """A limit on the size of files stands in for the full disk, in a process of its own."""
    with closing(multiprocessing.get_context("spawn").Pool(1)) as pool:
        before, full, rows, after = pool.apply(health_on_a_full_disk, (str(sqlite.url), str(tmp_path / "evidence")))
    assert (before, full, rows, after) == ("ok", "not writable", 2, "ok")


def health_on_a_full_disk(url, folder):
    """The database's state before, on a full disk (and the rows that are read then), and with room again."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    engine, store = make_engine(url, CALENDAR), EvidenceStore(folder)
    before = health(engine, store).database
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, most))
    full = health(engine, store).database
    with reading(engine) as session:
        rows = len(session.exec(select(Clock)).all())
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    return before, full, rows, health(engine, store).database


def test_disk_with_room_for_a_few_bytes_is_not_well(sqlite, tmp_path):
    """Every upload fails there, although a file of a byte can still be written."""
    with closing(multiprocessing.get_context("spawn").Pool(1)) as pool:
        assert pool.apply(store_health_with_little_room, (str(sqlite.url), str(tmp_path / "evidence"))) == [
            "ok",
            "not writable",
            "ok",
        ]


def store_health_with_little_room(url, folder):
    """The store's state with room, with room for 64 KiB only, and with room again."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    engine, store = make_engine(url, CALENDAR), EvidenceStore(folder)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    states = []
    for room in (most, 64 << 10, most):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
        states.append(health(engine, store).store)
    return states


def test_health_check_changes_no_value(engine, store):
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
