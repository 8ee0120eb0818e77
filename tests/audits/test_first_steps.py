"""The first steps: done by the facts, skipped or confirmed by a person."""

from datetime import UTC, datetime, timedelta

import pytest

from access.permissions import BUILT_IN, NotAllowed, Person
from audits.first_steps import Step, StepState, first_steps, set_first_step
from audits.planning import plan_audit
from controls import mapping
from controls.errors import NotPossible
from controls.load import load
from controls.scope.system_scope import bring_into_scope
from models.transaction import reading, writing

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
OPEN, DONE, SKIPPED, CONFIRMED = StepState.OPEN, StepState.DONE, StepState.SKIPPED, StepState.CONFIRMED


@pytest.fixture
def new(engine):
    """An engine with the included definitions and nothing else."""
    with writing(engine, NOW - timedelta(days=1)) as (session, now):
        load(session, BUILT_IN, now)
    return engine


def steps(engine):
    with reading(engine) as session:
        return first_steps(session, BUILT_IN, NOW)


def do(engine, verb, *arguments, **options):
    with writing(engine, NOW) as (session, now):
        verb(session, BUILT_IN, *arguments, now, **options)


def test_nothing_is_done_at_first(new):
    at_first = steps(new)
    assert at_first.open == tuple(Step)
    assert [row.key for row in at_first.statements] == ["vrest-2018-05-24"]
    assert (at_first.finished, at_first.targets, at_first.audit_day) == (0, 0, None)
    assert at_first.systems and at_first.unconfirmed and at_first.teams_without_people
    assert not at_first.has_own_system


def test_steps_follow_from_facts(new):
    do(new, bring_into_scope, steps(new).systems[0], NOW.date(), target="portal.example.org")
    do(new, plan_audit, "a", "Audit", NOW.date() + timedelta(days=90), NOW.date(), None, ["iso27001-2022"], [])
    do(new, mapping.confirm)
    after = steps(new)
    done = {step for step, state in after.states.items() if state is DONE}
    assert done == {Step.SYSTEMS, Step.AUDIT, Step.MAPPING}
    assert after.open == (Step.STATEMENT, Step.COLLEAGUES, Step.UPLOAD)


def test_step_is_skipped_and_taken_up_again(new):
    do(new, set_first_step, Step.COLLEAGUES, SKIPPED)
    do(new, set_first_step, Step.STATEMENT, CONFIRMED)
    states = steps(new).states
    assert (states[Step.COLLEAGUES], states[Step.STATEMENT], steps(new).finished) == (SKIPPED, CONFIRMED, 2)
    do(new, set_first_step, Step.COLLEAGUES, OPEN)
    assert steps(new).states[Step.COLLEAGUES] is OPEN


@pytest.mark.parametrize(("step", "state"), [(Step.AUDIT, DONE), (Step.AUDIT, CONFIRMED), (Step.STATEMENT, DONE)])
def test_facts_cannot_be_claimed(new, step, state):
    with pytest.raises(NotPossible, match="by itself"):
        do(new, set_first_step, step, state)


def test_first_steps_are_the_officers(new):
    with reading(new) as session:
        for role in ("reader", "reviewer", "team_member", "administrator"):
            person = Person("x", frozenset({role}))
            with pytest.raises(NotAllowed):
                first_steps(session, person, NOW)
            with pytest.raises(NotAllowed):
                set_first_step(session, person, Step.AUDIT, SKIPPED, NOW)
