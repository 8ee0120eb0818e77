"""Readiness under assumptions: tasks done from a day on, the audit on another day, a control that does not apply."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from small import KNOWN, TODAY, accepted, audit, filled, policy, scan
from sqlalchemy import insert

from access.permissions import BUILT_IN, NotAllowed, Person
from controls.errors import NotPossible, Unknown
from models.bulk_changes import table
from readiness import Scenario, audit_readiness, trend, what_if
from readiness.over_time.trend import WEEKS_AHEAD

AUDIT = audit()
TLS = ("tls-scan", "portal", "www.example")
POLICY = ("crypto-policy", "", "")
BASE = Scenario(AUDIT.day, TODAY + timedelta(days=30))


def result(session, **changed):
    return what_if(session, BUILT_IN, AUDIT, replace(BASE, **changed), TODAY, KNOWN)


def test_with_nothing_assumed_it_is_the_forecast(engine):
    with filled(engine, evidence=[scan("2026-11-10"), policy("2026-11-01")]) as session:
        actual = result(session)
        forecast = audit_readiness(session, BUILT_IN, AUDIT, AUDIT.day, KNOWN)
        ahead = [point for point in trend(session, BUILT_IN, AUDIT, TODAY, KNOWN) if point.day >= TODAY]
    assert actual.outcome == actual.forecast == forecast
    assert actual.points == ahead


def test_done_tasks_count_from_their_day_on(engine):
    reviews = [accepted("policy", "2026-11-02")]
    with filled(engine, evidence=[scan("2026-11-10"), policy("2026-11-01")], reviews=reviews) as session:
        actual = result(session, done=frozenset({TLS}))
    # the scan lapses on 10 December; it is done again on 22 December and renewed in time after it
    shown = [(point.day, point.demonstrated) for point in actual.points]
    assert [n for day, n in shown if day < date(2026, 12, 10)] == [2, 2, 2]
    assert {n for day, n in shown if date(2026, 12, 10) <= day < BASE.done_by} == {0}
    assert {n for day, n in shown if day >= BASE.done_by} == {2}
    assert (actual.forecast.demonstrated, actual.outcome.demonstrated) == (0, 2)
    assert actual.gains == {"tls-scan": 2}


def test_a_task_that_is_done_after_the_audit_changes_nothing(engine):
    with filled(engine) as session:
        actual = result(session, done=frozenset({TLS, POLICY}), done_by=AUDIT.day + timedelta(days=1))
        assert actual.outcome == actual.forecast
        assert result(session, done=frozenset({TLS, POLICY})).outcome.demonstrated == 2


def test_one_of_two_tasks_is_not_enough(engine):
    with filled(engine) as session:
        assert result(session).gains == {}
        actual = result(session, done=frozenset({TLS}))
    assert actual.outcome.demonstrated == 0
    assert actual.gains == {"crypto-policy": 2}


def test_renewals_and_what_is_due_earlier_need_no_plan(engine):
    with filled(engine, evidence=[scan("2026-11-10")]) as session:
        before_default = result(session, done=frozenset({TLS, POLICY}), done_by=date(2026, 11, 24))
        assert [task.cell for task in before_default.to_plan] == [POLICY]
        assert result(session, done=frozenset({POLICY})).to_plan == []  # by default due earlier
        row = dict(zip(("requirement", "system", "target"), POLICY, strict=True))
        more = {"day": date(2026, 12, 4), "by_default": False, "recorded_at": KNOWN, "recorded_by": "officer"}
        session.execute(insert(table("planned_day")), [row | more])
        assert result(session, done=frozenset({POLICY})).to_plan == []
        early = result(session, done=frozenset({POLICY}), done_by=date(2026, 12, 1))
    assert [task.cell for task in early.to_plan] == [POLICY]


def test_audit_on_another_day(engine):
    early = date(2026, 12, 1)
    reviews = [accepted("policy", "2026-11-02")]
    with filled(engine, evidence=[scan("2026-11-10"), policy("2026-11-01")], reviews=reviews) as session:
        actual = result(session, audit_day=early)
    assert (actual.outcome.on, actual.outcome.demonstrated, actual.forecast.demonstrated) == (early, 2, 0)
    assert actual.points[-1].day == early
    assert [task.cell for task in actual.tasks] == []


def test_audit_far_ahead_has_no_more_points_than_the_trend(engine):
    with filled(engine) as session:
        days = [point.day for point in result(session, audit_day=date(2199, 12, 31)).points]
    assert len(days) == WEEKS_AHEAD + 2
    assert (days[0], days[-2], days[-1]) == (TODAY, TODAY + timedelta(weeks=WEEKS_AHEAD), date(2199, 12, 31))


def test_excluded_control_leaves_the_count(engine):
    with filled(engine) as session:
        before, after = result(session), result(session, excluded=frozenset({"iso:A.8.9"}))
    assert after.outcome.applicable == before.outcome.applicable - 1
    assert after.outcome.readiness.controls["iso:A.8.9"].status == "excluded"
    assert {point.applicable for point in after.points} == {after.outcome.applicable}


def test_major_nonconformity_stays_whatever_is_assumed(engine):
    finding = {"control": "iso:A.8.24", "grade": "major", "first_day": "2026-11-01", "closed_day": None}
    recorded = {"recorded_at": "2026-11-01T09:00:00Z", "closed_recorded_at": None}
    with filled(engine, nonconformities=[finding | recorded]) as session:
        actual = result(session, done=frozenset({TLS, POLICY}), excluded=frozenset({"iso:A.8.24"}))
    assert actual.outcome.readiness.controls["iso:A.8.24"].status == "nonconforming"
    assert actual.outcome.demonstrated == 0


@pytest.mark.parametrize(
    ("changed", "problem", "message"),
    [
        ({"audit_day": TODAY - timedelta(days=1)}, NotPossible, "is in the past"),
        ({"done_by": TODAY - timedelta(days=1)}, NotPossible, "is in the past"),
        ({"done": frozenset({("no-such", "", "")})}, Unknown, "Nothing is required of no-such on that day"),
        ({"done": frozenset({("tls-scan", "portal", "gone.example")})}, Unknown, "tls-scan, portal, gone.example"),
        ({"excluded": frozenset({"iso:A.9.99"})}, Unknown, "no control iso:A.9.99 in a catalogue"),
        ({"excluded": frozenset({"iso:9.2"})}, NotPossible, "always applies"),
    ],
)
def test_what_can_not_be_assumed_is_a_problem(engine, changed, problem, message):
    with filled(engine) as session, pytest.raises(problem, match=message):
        result(session, **changed)


def test_person_without_permission_may_not(engine):
    with filled(engine) as session, pytest.raises(NotAllowed):
        what_if(session, Person("nobody", frozenset()), AUDIT, BASE, TODAY, KNOWN)
