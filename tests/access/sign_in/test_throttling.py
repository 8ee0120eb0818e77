"""Attempts that only have to wait: counted whatever their number, and one row for those that are alike."""

import threading

import pytest
from sqlalchemy.exc import SQLAlchemyError

from access.permissions import BUILT_IN
from access.sign_in import login_log, throttling
from access.sign_in.login_log import LOCKED, SignInAttempt
from access.sign_in.throttling import ThrottledAttempts
from models.transaction import last_fact, reading
from tests.access.households import DAY, NOON, rows

LENA = SignInAttempt("lena@example.org", None, "203.0.113.1", "Firefox", "password")
OTHER = SignInAttempt("lena@example.org", None, "203.0.113.2", "Firefox", "password")


def written(engine):
    return [(row.tried, row.address, row.reason, row.attempts) for row in rows(engine, "login_attempt")]


def test_those_that_are_alike_are_one_row(engine):
    counts = ThrottledAttempts()
    for _ in range(500):
        counts.count(LENA)
    counts.count(OTHER)
    with reading(engine) as session:
        before = last_fact(session)
    counts.write_down(engine)
    assert written(engine) == [
        ("lena@example.org", "203.0.113.1", LOCKED, 500),
        ("lena@example.org", "203.0.113.2", LOCKED, 1),
    ]
    with reading(engine) as session:
        assert last_fact(session) == before  # no answer about readiness changes with it
    counts.count(LENA)
    counts.write_down(engine)
    assert [attempts for *_, attempts in written(engine)] == [500, 1, 1]


def test_nothing_is_written_of_nothing(engine):
    ThrottledAttempts().write_down(engine)
    assert written(engine) == []


def test_many_names_make_a_bounded_number_of_rows(sqlite, monkeypatch):
    monkeypatch.setattr(throttling, "MAX_KINDS", 10)
    counts = ThrottledAttempts()
    for n in range(1_000):
        counts.count(SignInAttempt(f"{n}@example.org", None, "203.0.113.1", "x", "password"))
    counts.write_down(sqlite)
    found = written(sqlite)
    assert len(found) == 11
    assert sum(attempts for *_, attempts in found) == 1_000
    assert found[-1] == ("", "", LOCKED, 990)


def test_what_could_not_be_written_stays_counted(sqlite, monkeypatch):
    counts = ThrottledAttempts()
    counts.count(LENA)

    def full(*_args, **_named):
        raise SQLAlchemyError

    with monkeypatch.context() as broken:
        broken.setattr(throttling, "writing", full)
        with pytest.raises(SQLAlchemyError):
            counts.write_down(sqlite)
    counts.count(LENA)
    counts.write_down(sqlite)
    assert [attempts for *_, attempts in written(sqlite)] == [2]


def test_none_is_lost_between_threads(sqlite):
    counts, workers = ThrottledAttempts(), []
    for _ in range(4):
        workers.append(threading.Thread(target=lambda: [counts.count(LENA) for _ in range(1_000)]))
        workers[-1].start()
    counts.write_down(sqlite)
    for worker in workers:
        worker.join()
    counts.write_down(sqlite)
    assert sum(attempts for *_, attempts in written(sqlite)) == 4_000


def test_the_log_counts_each_of_them(engine):
    counts = ThrottledAttempts()
    counts.count(LENA, 41)
    counts.write_down(engine)
    with reading(engine) as session:
        far = NOON.replace(year=NOON.year - 5), NOON + 3650 * DAY
        assert [one.attempts for one in login_log.count_by_day(session, BUILT_IN, *far)] == [41]
        (row,) = login_log.list_attempts(session, BUILT_IN, *far)
        assert (row.attempts, row.outcome) == (41, LOCKED)
