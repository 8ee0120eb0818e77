from datetime import UTC, date, datetime, timedelta

from small import KNOWN, TODAY, accepted, audit, filled, policy, scan
from sqlalchemy import insert
from sqlmodel import Session

from access.permissions import BUILT_IN
from audits.planning import plan_audit
from models import Applicability, Clock
from models.transaction import reading, trying, writing
from readiness import audit_readiness, trend
from readiness.over_time.trend import CACHE, Preparation
from tests.days import CALENDAR


def excluded(control, now):
    """The columns of a decision that a control does not apply from today on."""
    days = {"first_day": TODAY, "in_force": TODAY, "recorded_at": now}
    return {"control": control, "applicable": False, "justification": "", "decided_by": "", **days}


def test_past_points_use_the_knowledge_of_their_day_and_the_forecast_adds_nothing(engine):
    late = scan("2026-10-01", name="late") | {"recorded_at": "2026-11-20T10:00:00Z"}
    with filled(
        engine, evidence=[late, scan("2026-11-10"), policy("2026-11-01")], reviews=[accepted("policy", "2026-11-02")]
    ) as session:
        session.get_one(Clock, 1).last = KNOWN
        session.commit()
        points = trend(session, BUILT_IN, audit(), TODAY, KNOWN)
        assert len(points) == 52 + 1 + 17
        for point in points:
            known = CALENDAR.last_moment_of(point.day) if point.day < TODAY else KNOWN
            whole = audit_readiness(session, BUILT_IN, audit(), point.day, known)
            assert (point.demonstrated, point.applicable) == (whole.demonstrated, whole.applicable), point
    by_day = {point.day: point for point in points}
    assert by_day[date(2026, 10, 4)].demonstrated == 0  # filed late: nobody could have shown it then
    assert by_day[TODAY].demonstrated == 2
    assert (points[-1].day, points[-1].demonstrated, points[-1].forecast) == (audit().day, 0, True)


def test_write_changes_the_forecast_and_not_the_past(sqlite):
    with filled(sqlite, evidence=[scan("2026-11-10")]) as session:
        session.get_one(Clock, 1).last = KNOWN
        session.commit()
        before = trend(session, BUILT_IN, audit(), TODAY, KNOWN)
        queried = CACHE.keys(sqlite)
    with writing(sqlite, KNOWN + timedelta(hours=1)) as (session, now):
        session.execute(insert(Applicability).values(**excluded("iso:A.8.9", now)))
    with Session(sqlite) as session:
        after = trend(session, BUILT_IN, audit(), TODAY, now)
    assert [point for point in after if point.day < TODAY] == [point for point in before if point.day < TODAY]
    assert after[-1].applicable == before[-1].applicable - 1
    assert queried < CACHE.keys(sqlite)


def test_trend_in_a_transaction_that_is_undone_counts_what_was_written_in_it(engine):
    with filled(engine, evidence=[scan("2026-11-10")]) as session:
        session.get_one(Clock, 1).last = KNOWN
        session.commit()
    with trying(engine, KNOWN + timedelta(hours=1)) as (session, now):
        session.execute(insert(Applicability).values(**excluded("iso:A.8.9", now)))
        today = next(point for point in trend(session, BUILT_IN, audit(), TODAY, now) if point.day == TODAY)
        whole = audit_readiness(session, BUILT_IN, audit(), TODAY, now)
        assert (today.demonstrated, today.applicable) == (whole.demonstrated, whole.applicable)
    with reading(engine) as session:
        after = trend(session, BUILT_IN, audit(), TODAY, KNOWN)
    assert next(point for point in after if point.day == TODAY).applicable == today.applicable + 1


def test_day_ends_in_the_organisations_time_zone():
    assert CALENDAR.last_moment_of(date(2026, 7, 1)) == datetime(2026, 7, 1, 21, 59, 59, 999999, tzinfo=UTC)


def test_answers_are_prepared_after_a_write(sqlite):
    with filled(sqlite, evidence=[scan("2026-11-10")]):
        pass
    with writing(sqlite) as (session, now):
        plan_audit(
            session, BUILT_IN, "a", "Audit", date(2030, 3, 16), date(2029, 3, 17), date(2030, 3, 16), ["iso"], [], now
        )
    preparation = Preparation(BUILT_IN)
    preparation.prepare_if_quiet(sqlite)
    assert not CACHE.keys(sqlite)  # a write a moment ago may be followed by another
    preparation.prepare_if_quiet(sqlite)
    queried = CACHE.keys(sqlite)
    assert len(queried) > 52
    preparation.prepare_if_quiet(sqlite)
    assert CACHE.keys(sqlite) == queried
