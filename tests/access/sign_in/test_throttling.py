"""Attempts that only have to wait: counted whatever their number, one row for each account, address and method."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.exc import SQLAlchemyError

from access.activity import login_log_seal
from access.permissions import BUILT_IN
from access.sign_in import login_log, password_sign_in, passwords, throttling
from access.sign_in.login_log import SignInAttempt
from access.sign_in.outcomes import Refused
from access.sign_in.throttling import FREE_PER_ADDRESS, FREE_PER_NAME, ThrottledAttempts
from models.transaction import last_fact, reading, writing
from models.vocabulary import SignInReason
from tests.access.households import CHEAP, DAY, NOON, person, rows, within
from tests.access.households import OTHER as OTHER_PASSWORD

LENA = SignInAttempt("lena@example.org", None, "203.0.113.1", "Firefox", "password")
OTHER = SignInAttempt("lena@example.org", None, "203.0.113.2", "Firefox", "password")


def written(engine):
    return [(row.tried, row.address, row.reason, row.attempts) for row in rows(engine, "login_attempt")]


def test_attempts_of_one_account_address_and_method_are_one_row(engine):
    counts = ThrottledAttempts()
    for _ in range(500):
        counts.count(LENA)
    counts.count(OTHER)
    with reading(engine) as session:
        before = last_fact(session)
    counts.write_down(engine)
    assert written(engine) == [
        ("lena@example.org", "203.0.113.1", SignInReason.LOCKED, 500),
        ("lena@example.org", "203.0.113.2", SignInReason.LOCKED, 1),
    ]
    with reading(engine) as session:
        assert last_fact(session) == before  # no answer about readiness changes with it
    counts.count(LENA)
    counts.write_down(engine)
    assert [attempts for *_, attempts in written(engine)] == [500, 1, 1]


def test_no_throttled_attempts_write_no_row(engine):
    ThrottledAttempts().write_down(engine)
    assert written(engine) == []


def test_many_names_and_browsers_from_one_address_are_one_row(engine):
    counts = ThrottledAttempts()
    for n in range(1_000):
        counts.count(SignInAttempt(f"{n}@example.org", None, "203.0.113.1", f"browser {n}", "password"))
    counts.write_down(engine)
    (row,) = rows(engine, "login_attempt")
    assert (row.tried, row.address, row.agent, row.reason, row.attempts) == (
        "",
        "203.0.113.1",
        "",
        SignInReason.LOCKED,
        1_000,
    )
    with reading(engine) as session:
        assert list(login_log_seal.find_problems(session)) == []


def test_attempts_on_an_account_are_told_apart_from_those_on_other_names(sqlite):
    lena = person(sqlite, "Lena", "lena@example.org")
    counts = ThrottledAttempts()
    for n in range(20):
        counts.count(SignInAttempt(f"{n}@example.org", None, "203.0.113.1", "Firefox", "password"))
        counts.count(SignInAttempt("lena@example.org", lena, "203.0.113.1", f"browser {n}", "password"))
    counts.write_down(sqlite)
    with reading(sqlite) as session:
        (own,) = login_log.list_own(session, lena)
    assert (own.tried, own.agent, own.attempts) == ("lena@example.org", "", 20)
    assert [(row.tried, row.agent, row.attempts) for row in rows(sqlite, "login_attempt") if not row.account] == [
        ("", "Firefox", 20)
    ]


def test_flood_of_new_names_from_one_address_adds_a_bounded_number_of_rows(sqlite, monkeypatch):
    """An hour with an attempt every two seconds, counts written every minute; no name waits and each is tried once."""
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    counts, failed = ThrottledAttempts(), 0
    for n in range(1_800):
        at = NOON + timedelta(seconds=2 * n)
        email = f"n{n}@example.org"
        with reading(sqlite) as session:
            outcome = password_sign_in.prepare(session, email, "203.0.113.1", f"browser {n}", at)
        if not isinstance(outcome, Refused):
            within(sqlite, partial(sign_in, email=email, agent=f"browser {n}"), at)
            failed += 1
        elif outcome.throttled:
            counts.count(outcome.throttled)
        if n % 30 == 29:
            counts.write_down(sqlite)
    logged = rows(sqlite, "login_attempt")
    assert sum(row.attempts for row in logged) == 1_800
    assert failed == sum(row.reason == "unknown" for row in logged) < FREE_PER_ADDRESS + 15
    assert len(logged) <= failed + 60


def sign_in(session, now, email, agent):
    return password_sign_in.sign_in(session, email, OTHER_PASSWORD, "203.0.113.1", agent, now)


@pytest.mark.parametrize("attempts", [1, FREE_PER_NAME + 3])
def test_row_that_counts_several_failures_makes_the_name_wait_as_long_as_that_many_rows(engine, attempts):
    with writing(engine, NOON) as (session, now):
        login_log.record_attempt(session, LENA, now, "password", attempts)
    with reading(engine) as session:
        waited = throttling.wait_seconds(session, LENA.tried, "", NOON)
    assert waited == throttling.delay(attempts, FREE_PER_NAME).total_seconds()


def test_many_addresses_make_a_bounded_number_of_rows(sqlite, monkeypatch):
    monkeypatch.setattr(throttling, "MAX_KINDS", 10)
    counts = ThrottledAttempts()
    for n in range(1_000):
        counts.count(SignInAttempt("lena@example.org", None, f"2001:db8::{n:x}", "x", "password"))
    counts.write_down(sqlite)
    logged = written(sqlite)
    assert len(logged) == 11
    assert sum(attempts for *_, attempts in logged) == 1_000
    assert logged[-1] == ("", "", SignInReason.LOCKED, 990)


def test_attempts_that_could_not_be_written_stay_counted(sqlite, monkeypatch):
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


def test_counted_attempts_are_added_up_by_day(engine):
    counts = ThrottledAttempts()
    counts.count(LENA, 41)
    counts.write_down(engine)
    with reading(engine) as session:
        far = NOON.replace(year=NOON.year - 5), NOON + 3650 * DAY
        assert [day.attempts for day in login_log.count_by_day(session, BUILT_IN, *far)] == [41]
        (row,) = login_log.list_attempts(session, BUILT_IN, *far)
        assert (row.attempts, row.outcome) == (41, SignInReason.LOCKED)
