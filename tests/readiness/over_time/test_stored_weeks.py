from datetime import date, timedelta

from small import KNOWN, TODAY, audit, filled, policy, scan
from sqlalchemy import insert, select
from sqlmodel import Session

from access.permissions import BUILT_IN
from models import Clock, TrendWeek
from models.transaction import deriving, reading
from readiness import trend
from readiness.over_time.stored_weeks import load_weeks
from readiness.over_time.trend import CACHE, past_weeks, save_past_weeks
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


def test_new_process_reads_the_stored_weeks_and_gives_the_same_trend(engine):
    prepared(engine)
    with reading(engine) as session:
        before = trend(session, BUILT_IN, audit(), TODAY, KNOWN)
    save_past_weeks(engine, [], TODAY)
    assert {row.day for row in rows(engine)} == set(past_weeks(TODAY, 52))
    CACHE.clear(engine)
    with reading(engine) as session:
        assert trend(session, BUILT_IN, audit(), TODAY, KNOWN) == before
        assert load_weeks(session, past_weeks(TODAY, 52), ["elsewhere"]) == {}


def test_stored_weeks_are_shown(sqlite):
    prepared(sqlite)
    save_past_weeks(sqlite, [], TODAY)
    with deriving(sqlite) as session:
        for row in session.scalars(select(TrendWeek).where(TrendWeek.day == date(2026, 11, 15))):
            row.controls += 1_000
    CACHE.clear(sqlite)
    with reading(sqlite) as session:
        shown = {point.day: point for point in trend(session, BUILT_IN, audit(), TODAY, KNOWN)}
    assert shown[date(2026, 11, 15)].applicable > 1_000 > shown[date(2026, 11, 8)].applicable


def test_week_that_may_still_change_is_not_stored(sqlite):
    prepared(sqlite, last=CALENDAR.last_moment_of(date(2026, 11, 8)) + timedelta(hours=1))
    save_past_weeks(sqlite, [], TODAY)
    assert max(row.day for row in rows(sqlite)) == date(2026, 11, 8)


def test_answers_by_another_text_of_the_rule_are_deleted(sqlite):
    prepared(sqlite)
    with deriving(sqlite) as session:
        session.execute(
            insert(TrendWeek).values(
                rule="older", systems="", day=date(2026, 11, 15), catalogue="iso", status=1, controls=9
            )
        )
    with reading(sqlite) as session:
        assert load_weeks(session, [date(2026, 11, 15)], []) == {}
    save_past_weeks(sqlite, [], TODAY)
    assert "older" not in {row.rule for row in rows(sqlite)}
