"""Entries join the chain: in one transaction, in many, in threads, after a rollback; their values are read back unchanged."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from access.activity.chain import verify
from access.activity.record import record
from access.permissions import BUILT_IN, Person
from models import Activity
from models.transaction import reading, writing

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


def write(engine, *subjects):
    with writing(engine) as (session, now):
        for subject in subjects:
            record(session, BUILT_IN, "test", subject, now, value=1)


def entries(engine):
    with reading(engine) as session:
        return session.execute(select(Activity.id, Activity.subject).order_by(Activity.id)).all()


def verified(engine):
    with reading(engine) as session:
        return verify(session)


def test_entries_follow_one_another_in_a_transaction_and_between_them(engine):
    write(engine, "a", "b")
    write(engine, "c")
    assert entries(engine) == [(1, "a"), (2, "b"), (3, "c")]
    with reading(engine) as session:
        digests = session.execute(select(Activity.digest).order_by(Activity.id)).scalars().all()
    assert len(set(digests)) == 3 and all(len(digest) == 64 for digest in digests)
    assert (verified(engine).entries, verified(engine).last_digest) == (3, digests[-1])


def test_an_empty_log_is_whole(engine):
    assert verified(engine).entries == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(WORDS, WORDS, WORDS, st.dictionaries(WORDS, VALUES, max_size=4)), min_size=1, max_size=4))
def test_log_with_any_entry_is_verified(engine, written):
    before = verified(engine).entries
    with writing(engine) as (session, now):
        for person, verb, subject, details in written:
            record(session, Person(person, frozenset()), verb, subject, now, value=details)
    assert verified(engine).entries == before + len(written)


def test_details_come_back_as_json_has_them(engine):
    with writing(engine) as (session, now):
        record(session, BUILT_IN, "test", "s", now, pair=(1.0, 1e22, -0.0, 0.25, 1e-7), keys={"b": None, 1: "a"})
    with reading(engine) as session:
        details = session.get_one(Activity, 1).details
        assert repr(details["pair"]) == "[1, 10000000000000000000000, 0, 0.25, 1e-07]"
        assert details["keys"] == {"b": None, "1": "a"}
        verify(session)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), NOW])
def test_details_that_are_no_json_raise_an_error(sqlite, value):
    with pytest.raises((ValueError, TypeError)), writing(sqlite) as (session, now):
        record(session, BUILT_IN, "test", "s", now, value=value)
    assert entries(sqlite) == []


def test_a_transaction_asks_for_the_last_entry_once(engine):
    write(engine, "first")
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    with writing(engine) as (session, now):
        statements.clear()
        for n in range(5):
            record(session, BUILT_IN, "test", str(n), now)
        verbs = [statement.split()[0] for statement in statements]
    assert verbs == ["SELECT"] + ["INSERT"] * 5


def test_a_rolled_back_transaction_leaves_nothing_for_the_next(engine):
    with Session(engine.execution_options(writes=True)) as session:
        record(session, BUILT_IN, "test", "kept", NOW)
        session.commit()
        record(session, BUILT_IN, "test", "gone", NOW)
        session.rollback()
        record(session, BUILT_IN, "test", "next", NOW)
        session.commit()
        write(engine, "another's")
        record(session, BUILT_IN, "test", "last", NOW)
        session.commit()
    assert [subject for _, subject in entries(engine)] == ["kept", "next", "another's", "last"]
    assert verified(engine).entries == 4


def test_a_rolled_back_savepoint_leaves_nothing_either(engine):
    with writing(engine) as (session, now):
        record(session, BUILT_IN, "test", "a", now)
        inner = session.begin_nested()
        record(session, BUILT_IN, "test", "gone", now)
        inner.rollback()
        record(session, BUILT_IN, "test", "b", now)
        with session.begin_nested():
            record(session, BUILT_IN, "test", "c", now)
        record(session, BUILT_IN, "test", "d", now)
    assert entries(engine) == [(1, "a"), (2, "b"), (3, "c"), (4, "d")]
    assert verified(engine).entries == 4


def test_many_writers_make_one_chain(engine):
    def some(writer):
        for n in range(10):
            write(engine, f"{writer}-{n}-a", f"{writer}-{n}-b")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(some, range(6)))
    assert verified(engine).entries == 120
    subjects = [subject for _, subject in entries(engine)]
    assert all(second == f"{first[:-1]}b" for first, second in zip(subjects[::2], subjects[1::2], strict=True))


def test_writers_that_do_not_queue_fail_and_do_not_fork(engine):
    """Both have read the same last entry before either writes."""
    write(engine, "first")
    ready = Barrier(2)

    def without_a_turn(subject):
        with Session(engine) as session:
            session.execute(text("SELECT count(*) FROM activity")).scalar_one()
            ready.wait(10)
            try:
                record(session, BUILT_IN, "test", subject, NOW)
                if engine.dialect.name == "postgresql":
                    # The other waits for this one's number, and finds it taken.
                    session.execute(text("SELECT pg_sleep(0.5)"))
                session.commit()
            except DBAPIError:
                return "failed"
            return "written"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(without_a_turn, ["a", "b"]))
    assert "written" in outcomes
    assert verified(engine).entries == 1 + outcomes.count("written")
    assert outcomes == ["failed", "written"]
