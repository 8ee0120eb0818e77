"""Due days of renewals, and of planned evidence."""

from datetime import UTC, date, datetime, timedelta

import pytest
from small import KNOWN, TODAY, accepted, audit, filled, policy, scan
from sqlalchemy import insert

from access.permissions import BUILT_IN, NotAllowed, Person
from models.bulk_changes import table
from models.vocabulary import Urgency
from readiness import due_tasks

TLS = ("tls-scan", "portal", "www.example")


def tasks(session, today=TODAY):
    return {task.to_do.requirement: task for task in due_tasks(session, BUILT_IN, audit(), today, KNOWN)}


def plan(session, cell, day, at, *, by_default=False):
    row = dict(zip(("requirement", "system", "target"), cell, strict=True))
    more = {"day": day, "by_default": by_default, "recorded_at": at, "recorded_by": "officer"}
    session.execute(insert(table("planned_day")), [row | more])


def test_renewal_is_due_a_margin_before_the_last_valid_day(engine):
    with filled(engine, evidence=[scan("2026-11-10")]) as session:
        task = tasks(session)["tls-scan"]
    assert task.to_do.due == date(2026, 12, 10)  # the first day without
    assert (task.due_day, task.urgency) == (date(2026, 12, 9) - timedelta(days=14), Urgency.SOON)


def test_margin_is_the_organisations(engine):
    with filled(engine, evidence=[scan("2026-11-10")]) as session:
        row = {"key": "renewal margin", "value": 3, "changed_at": KNOWN, "changed_by": "officer"}
        session.execute(insert(table("setting")), [row])
        assert tasks(session)["tls-scan"].due_day == date(2026, 12, 6)


def test_lapsed_evidence_is_overdue_since_its_renewal_was_due(engine):
    with filled(engine, evidence=[scan("2026-10-01")]) as session:
        task = tasks(session)["tls-scan"]
    assert (task.to_do.status, task.urgency) == ("lapsed", Urgency.OVERDUE)
    assert task.due_day == date(2026, 10, 30) - timedelta(days=14)


def test_evidence_that_was_never_provided_has_a_default_day_until_a_person_plans_it(engine):
    with filled(engine) as session:
        task = tasks(session)["tls-scan"]
        assert (task.plan.by_default, task.plan.recorded_day) == (True, None)
        assert TODAY < task.due_day <= audit().day - timedelta(days=14)
        plan(session, TLS, date(2027, 1, 15), KNOWN - timedelta(days=1))
        task = tasks(session)["tls-scan"]
    assert (task.due_day, task.urgency) == (date(2027, 1, 15), Urgency.PLANNED)


def test_nothing_has_a_default_day_once_the_audit_has_passed(engine):
    after = audit().day + timedelta(days=1)
    with filled(engine) as session:
        task = tasks(session, after)["tls-scan"]
    assert (task.due_day, task.urgency) == (None, Urgency.UNPLANNED)


def test_latest_plan_counts_and_can_be_taken_back(engine):
    with filled(engine) as session:
        plan(session, TLS, date(2027, 1, 15), KNOWN - timedelta(days=3))
        plan(session, TLS, date(2026, 11, 20), KNOWN - timedelta(days=2))
        assert tasks(session)["tls-scan"].urgency == Urgency.OVERDUE
        plan(session, TLS, None, KNOWN - timedelta(days=1))
        assert tasks(session)["tls-scan"].plan.by_default


def test_plan_made_before_the_evidence_lapsed_no_longer_counts(engine):
    with filled(engine, evidence=[scan("2026-10-01")]) as session:
        plan(session, TLS, date(2027, 1, 15), datetime(2026, 9, 1, tzinfo=UTC))
        assert tasks(session)["tls-scan"].urgency == Urgency.OVERDUE
        plan(session, TLS, date(2026, 12, 1), datetime(2026, 11, 20, tzinfo=UTC))
        assert tasks(session)["tls-scan"].due_day == date(2026, 12, 1)


def test_plan_does_not_postpone_a_renewal(engine):
    with filled(engine, evidence=[scan("2026-11-10")]) as session:
        plan(session, TLS, date(2027, 2, 1), KNOWN - timedelta(days=1))
        assert tasks(session)["tls-scan"].due_day == date(2026, 11, 25)


def test_failing_evidence_is_due_on_the_day_planned_since_it_fails(engine):
    with filled(engine, evidence=[scan("2026-11-10", "fail", ["a"])]) as session:
        plan(session, TLS, date(2026, 12, 1), datetime(2026, 11, 1, tzinfo=UTC))
        assert tasks(session)["tls-scan"].plan.by_default
        plan(session, TLS, date(2026, 12, 4), datetime(2026, 11, 12, tzinfo=UTC))
        assert tasks(session)["tls-scan"].due_day == date(2026, 12, 4)


def test_earliest_day_comes_first(engine):
    with filled(engine, evidence=[policy("2025-12-10")], reviews=[accepted("policy", "2025-12-11")]) as session:
        order = [task.to_do.requirement for task in due_tasks(session, BUILT_IN, audit(), TODAY, KNOWN)]
    assert order == ["crypto-policy", "tls-scan"]


def test_person_without_permission_sees_no_tasks(engine):
    with filled(engine) as session, pytest.raises(NotAllowed):
        due_tasks(session, Person("nobody", frozenset()), audit(), TODAY, KNOWN)
