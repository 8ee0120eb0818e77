"""Planning days for evidence, by people and by default."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from access.permissions import BUILT_IN, SYSTEM, TEAM_MEMBER, NotAllowed, Person
from audits.planned_days import plan_by_default, plan_days, propose_days, set_renewal_margin
from audits.planning import plan_audit
from controls.audit.audit_plan import current
from controls.errors import NotPossible, Unknown
from controls.scope.system_scope import add_system, bring_into_scope
from jobs import plan_tasks
from models.bulk_changes import table
from models.transaction import reading, writing
from readiness.tasks.calendar_entries import calendar_entries
from readiness.tasks.due_days import due_tasks, planned_days, renewal_margin

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)
TODAY, AUDIT_DAY = date(2027, 1, 11), date(2027, 5, 4)
TEAM_MEMBER = Person("Tess", frozenset({TEAM_MEMBER}), teams=frozenset({"operations"}))


@pytest.fixture
def loaded(definitions, engine):
    definitions.load(engine)
    return engine


@pytest.fixture
def planned_audit(loaded):
    with writing(loaded, NOW) as (session, now):
        plan_audit(
            session, BUILT_IN, "external", "External", AUDIT_DAY, date(2026, 5, 4), None, ["iso", "nen"], [], now
        )
    return loaded


def tasks(engine, at=NOW):
    with reading(engine) as session:
        plan = current(session, at + timedelta(minutes=1))
        return due_tasks(session, BUILT_IN, plan, at.date(), at + timedelta(minutes=1))


def plan_all(engine, at=NOW):
    with reading(engine) as session:
        proposed = propose_days(session, SYSTEM, at + timedelta(minutes=1))
    with writing(engine, at + timedelta(minutes=2)) as (session, now):
        plan_by_default(session, SYSTEM, proposed, now)
    return proposed


def test_every_task_gets_a_day_before_the_audit(planned_audit):
    proposed = plan_all(planned_audit)
    planned = tasks(planned_audit, NOW + timedelta(minutes=5))
    assert proposed
    assert planned
    assert all(TODAY < task.due_day <= AUDIT_DAY - timedelta(days=14) for task in planned)
    assert {task.due_day.weekday() for task in planned} == {4}  # Friday
    assert all(task.plan.by_default for task in planned)


def test_what_blocks_most_comes_first(planned_audit):
    plan_all(planned_audit)
    planned = tasks(planned_audit, NOW + timedelta(minutes=5))
    impact = [task.to_do.controls for task in planned]
    assert impact == sorted(impact, reverse=True)


def test_days_stay_when_days_pass(planned_audit):
    before = plan_all(planned_audit)
    assert plan_all(planned_audit, NOW + timedelta(days=20)) == {}
    with reading(planned_audit) as session:
        assert {cell: plan.day for cell, plan in planned_days(session).items()} == before


def test_audit_that_comes_earlier_is_planned_for_again(planned_audit):
    plan_all(planned_audit)
    with writing(planned_audit, NOW + timedelta(days=1)) as (session, now):
        plan_audit(
            session, BUILT_IN, "external", "External", date(2027, 2, 1), date(2026, 5, 4), None, ["iso"], [], now
        )
    again = plan_all(planned_audit, NOW + timedelta(days=1))
    assert again
    assert max(again.values()) <= date(2027, 2, 1)


def test_default_days_are_shown_before_they_are_recorded(planned_audit):
    shown = {task.cell: task.due_day for task in tasks(planned_audit)}
    assert shown
    assert shown == plan_all(planned_audit)


def test_calendar_has_the_same_days_before_they_are_recorded(planned_audit):
    now = NOW + timedelta(minutes=1)
    shown = {task.to_do.requirement: task.due_day for task in tasks(planned_audit)}
    with reading(planned_audit) as session:
        entries = calendar_entries(session, BUILT_IN, (), TODAY, now)
    assert entries
    assert {entry.requirement: entry.day for entry in entries} == shown


def test_address_that_is_added_has_its_day_at_once(planned_audit):
    plan_all(planned_audit)
    later = NOW + timedelta(hours=1)
    with writing(planned_audit, later) as (session, now):
        add_system(session, BUILT_IN, "added", "Toegevoegd", "Added", now)
        bring_into_scope(session, BUILT_IN, "added", TODAY, now)
    of_new = [task for task in tasks(planned_audit, later) if task.to_do.system == "added"]
    assert of_new
    assert all(task.plan.by_default and task.due_day > TODAY for task in of_new)


def test_nothing_is_proposed_without_an_audit(loaded):
    with reading(loaded) as session:
        assert propose_days(session, SYSTEM, NOW) == {}


def test_person_chooses_a_day_and_takes_it_back(planned_audit):
    cell = tasks(planned_audit)[0].cell
    with writing(planned_audit, NOW + timedelta(minutes=2)) as (session, now):
        plan_days(session, BUILT_IN, [cell], date(2027, 1, 25), now)
    with reading(planned_audit) as session:
        assert (planned_days(session)[cell].day, planned_days(session)[cell].by_default) == (date(2027, 1, 25), False)
    with writing(planned_audit, NOW + timedelta(minutes=3)) as (session, now):
        plan_days(session, BUILT_IN, [cell], None, now)
    with reading(planned_audit) as session:
        assert planned_days(session) == {}
        log = table("activity")
        assert session.execute(select(func.count()).where(log.c.verb == "task.plan")).scalar_one() == 2


@pytest.mark.parametrize(
    ("cell", "day", "problem", "words"),
    [
        (("none", "", ""), date(2027, 1, 20), Unknown, "no evidence requirement none"),
        (None, date(2027, 1, 10), NotPossible, "in the past"),
        (("", "nowhere", ""), date(2027, 1, 20), Unknown, "no system nowhere"),
    ],
)
def test_plan_that_does_not_fit_is_refused(planned_audit, cell, day, problem, words):
    known = tasks(planned_audit)[0].cell
    wanted = known if cell is None else (cell[0] or known[0], cell[1], cell[2])
    with writing(planned_audit, NOW + timedelta(minutes=2)) as (session, now), pytest.raises(problem, match=words):
        plan_days(session, BUILT_IN, [wanted], day, now)


def test_margin_is_set_and_logged(loaded):
    with writing(loaded) as (session, now):
        assert renewal_margin(session) == 14
        set_renewal_margin(session, BUILT_IN, 30, now)
        assert renewal_margin(session) == 30
        with pytest.raises(NotPossible, match="0 to 180"):
            set_renewal_margin(session, BUILT_IN, 181, now)


def test_team_member_plans_nothing(planned_audit):
    with writing(planned_audit) as (session, now):
        for verb in (
            lambda: plan_days(session, TEAM_MEMBER, [], None, now),
            lambda: set_renewal_margin(session, TEAM_MEMBER, 1, now),
            lambda: propose_days(session, TEAM_MEMBER, now),
        ):
            with pytest.raises(NotAllowed):
                verb()


def test_job_plans_and_then_writes_nothing(planned_audit):
    def plans():
        with reading(planned_audit) as session:
            return session.execute(select(func.count()).select_from(table("planned_day"))).scalar_one()

    plan_tasks.plan(planned_audit)
    first = plans()
    plan_tasks.plan(planned_audit)
    assert plans() == first
