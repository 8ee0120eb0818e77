from datetime import timedelta

from small import KNOWN, TODAY, filled, scan
from sqlalchemy import insert
from sqlmodel import Session

from access.permissions import BUILT_IN
from models import Applicability, Clock
from models.transaction import reading, writing
from readiness import readiness, status
from readiness.answer_cache import AnswerCache
from tests.days import CALENDAR


def exclude(session, now):
    session.execute(
        insert(Applicability).values(
            control="iso:A.8.9",
            applicable=False,
            justification="",
            first_day=TODAY,
            in_force=TODAY,
            recorded_at=now,
            decided_by="",
        )
    )


def prepared(engine):
    with filled(engine, evidence=[scan("2026-11-10")]) as session:
        session.get_one(Clock, 1).last = KNOWN
        session.commit()


def test_answer_is_cached_until_something_is_written(engine):
    prepared(engine)
    later = KNOWN + timedelta(hours=2)
    with reading(engine) as session:
        first = readiness(session, BUILT_IN, TODAY, later)
        assert readiness(session, BUILT_IN, TODAY, later + timedelta(seconds=1)) is first
    with writing(engine, KNOWN + timedelta(hours=1)) as (session, now):
        exclude(session, now)
    with reading(engine) as session:
        after = readiness(session, BUILT_IN, TODAY, later)
        assert (first.controls["iso:A.8.9"].status, after.controls["iso:A.8.9"].status) == ("unknown", "excluded")
        assert readiness(session, BUILT_IN, TODAY, KNOWN) is first


def test_nothing_is_cached_of_a_transaction_that_is_rolled_back(engine):
    prepared(engine)
    with Session(engine.execution_options(writes=True)) as session:
        exclude(session, KNOWN)
        assert readiness(session, BUILT_IN, TODAY, KNOWN).controls["iso:A.8.9"].status == "excluded"
        session.rollback()
    with reading(engine) as session:
        assert readiness(session, BUILT_IN, TODAY, KNOWN).controls["iso:A.8.9"].status == "unknown"


def test_number_of_cached_answers_is_bounded(sqlite):
    cache = AnswerCache(3)
    with reading(sqlite) as session:
        for number in range(10):
            assert cache.get(session, [number, number + 1], lambda keys: [key * 2 for key in keys]) == [
                number * 2,
                number * 2 + 2,
            ]
        assert cache.keys(sqlite) == {8, 9, 10}
        cache.clear(sqlite)
        assert cache.keys(sqlite) == set()


def test_cached_answers_are_not_shared_between_databases(sqlite, tmp_path):
    from models.transaction import make_engine

    other = make_engine(f"sqlite:///{tmp_path / 'other.db'}", CALENDAR)
    status.CACHE.clear(sqlite)
    with reading(sqlite) as first, reading(other) as second:
        cache = AnswerCache(3)
        assert cache.get(first, ["key"], lambda keys: [1]) == [1]
        assert cache.get(second, ["key"], lambda keys: [2]) == [2]
    other.dispose()
