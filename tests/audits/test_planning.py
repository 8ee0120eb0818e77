"""Planning the audit that readiness is forecast for."""

from datetime import date, timedelta

import pytest

from access.permissions import BUILT_IN, NotAllowed, Person
from audits.planning import plan_audit
from controls.audit.audit_plan import current
from controls.errors import NotPossible, Unknown
from models.transaction import reading, writing

PLAN = {
    "key": "external-2027",
    "title": "External audit 2027",
    "day": date(2027, 3, 16),
    "period_first": date(2026, 3, 16),
    "period_last": date(2027, 3, 15),
    "catalogues": ["iso", "nen"],
    "systems": ["portal"],
}


@pytest.fixture
def loaded(definitions, engine):
    definitions.load(engine)
    return engine


def planned(engine, **changes):
    with writing(engine) as (session, now):
        plan_audit(session, BUILT_IN, **{**PLAN, **changes}, now=now)
    return now


def test_latest_plan_counts_and_earlier_knowledge_is_unchanged(loaded):
    with reading(loaded) as session:
        assert current(session, planned(loaded) - timedelta(days=1)) is None
    first = planned(loaded, title="First")
    second = planned(loaded, day=date(2027, 4, 1), systems=[])
    with reading(loaded) as session:
        plans = [current(session, known) for known in (first, second)]
    assert [(plan.title, plan.day, plan.systems) for plan in plans if plan] == [
        ("First", date(2027, 3, 16), ("portal",)), ("External audit 2027", date(2027, 4, 1), ()),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "problem", "words"),
    [
        ({"period_last": date(2026, 3, 15)}, NotPossible, "before it begins"),
        ({"period_last": date(2027, 3, 17)}, NotPossible, "after the audit's day"),
        ({"catalogues": []}, NotPossible, "no criteria"),
        ({"catalogues": ["iso", "bio"]}, Unknown, "no catalogue bio"),
        ({"systems": ["gone"]}, Unknown, "no system gone"),
        ({"title": ""}, NotPossible, "The name of the audit is empty"),
        ({"key": "External 2027"}, NotPossible, "is not a valid key"),
    ],
)
def test_invalid_plan_is_refused(loaded, changes, problem, words):
    with pytest.raises(problem, match=words):
        planned(loaded, **changes)


def test_planning_needs_its_permission_and_is_unique_per_moment(loaded):
    with writing(loaded) as (session, now):
        with pytest.raises(NotAllowed):
            plan_audit(session, Person("somebody", frozenset()), **PLAN, now=now)
        plan_audit(session, BUILT_IN, **PLAN, now=now)
        with pytest.raises(NotPossible, match="same moment"):
            plan_audit(session, BUILT_IN, **PLAN, now=now)
