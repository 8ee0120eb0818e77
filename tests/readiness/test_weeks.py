from datetime import date, timedelta

from small import KNOWN, TODAY, audit, filled, policy, scan
from sqlalchemy import insert, select
from sqlmodel import Session

from access.permissions import BUILT_IN
from models import Clock, TrendWeek
from models.transaction import deriving, reading
from readiness import trend
from readiness.trend import KEPT, past_weeks, write_weeks
from readiness.weeks import written
from tests.days import CALENDAR


def prepared(engine, last=KNOWN):
    with filled(engine, evidence=[scan("2026-11-10"), policy("2026-11-01")]) as session:
        session.get_one(Clock, 1).last = last
        session.commit()


def rows(engine):
    with Session(engine) as session:
        return session.scalars(select(TrendWeek)).all()


def test_weeks_end_on_sundays_whatever_day_it_is():
    assert past_weeks(date(2026, 11, 22), 2) == [date(2026, 11, 8), date(2026, 11, 15)]
    assert past_weeks(date(2026, 11, 23), 2) == past_weeks(date(2026, 11, 28), 2) == [date(2026, 11, 15), TODAY]


def test_a_new_process_reads_what_was_written_and_says_the_same(engine):
    prepared(engine)
    with reading(engine) as session:
        before = trend(session, BUILT_IN, audit(), TODAY, KNOWN)
    write_weeks(engine, [], TODAY)
    assert {row.day for row in rows(engine)} == set(past_weeks(TODAY, 52))
    KEPT.forget(engine)
    with reading(engine) as session:
        assert trend(session, BUILT_IN, audit(), TODAY, KNOWN) == before
        assert written(session, past_weeks(TODAY, 52), ["elsewhere"]) == {}


def test_what_was_written_is_what_is_shown(sqlite):
    prepared(sqlite)
    write_weeks(sqlite, [], TODAY)
    with deriving(sqlite) as session:
        for row in session.scalars(select(TrendWeek).where(TrendWeek.day == date(2026, 11, 15))):
            row.controls += 1_000
    KEPT.forget(sqlite)
    with reading(sqlite) as session:
        shown = {point.day: point for point in trend(session, BUILT_IN, audit(), TODAY, KNOWN)}
    assert shown[date(2026, 11, 15)].applicable > 1_000 > shown[date(2026, 11, 8)].applicable


def test_a_week_that_may_still_change_is_not_written(sqlite):
    prepared(sqlite, last=CALENDAR.last_moment_of(date(2026, 11, 8)) + timedelta(hours=1))
    write_weeks(sqlite, [], TODAY)
    assert max(row.day for row in rows(sqlite)) == date(2026, 11, 8)


def test_answers_by_another_text_of_the_rule_are_thrown_away(sqlite):
    prepared(sqlite)
    with deriving(sqlite) as session:
        session.execute(
            insert(TrendWeek).values(
                rule="older", systems="", day=date(2026, 11, 15), catalogue="iso", status=1, controls=9
            )
        )
    with reading(sqlite) as session:
        assert written(session, [date(2026, 11, 15)], []) == {}
    write_weeks(sqlite, [], TODAY)
    assert "older" not in {row.rule for row in rows(sqlite)}
