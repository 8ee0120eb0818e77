"""The Statement of Applicability: decisions and when they are in force."""

from datetime import UTC, date, datetime, timedelta

import pytest

from access.permissions import BUILT_IN, NotAllowed, Person
from audits.applicability import decide, decisions_on
from controls.errors import NotPossible, Unknown
from models.calendar import Calendar
from models.transaction import reading, writing
from tests.days import CALENDAR

CONTROL = "iso:A.8.24"
AT = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)  # in Amsterdam the day after
TODAY = date(2027, 3, 2)


@pytest.fixture
def loaded(definitions, engine):
    definitions.load(engine)
    return engine


def decided(engine, applicable, justification, first_day, at=AT, control=CONTROL):
    with writing(engine, at) as (session, now):
        decide(session, BUILT_IN, control, applicable, justification, first_day, now)
    return now


def test_day_is_in_the_organisation_s_time_zone():
    assert CALENDAR.day_of(AT) == TODAY
    assert Calendar.in_zone("UTC").day_of(AT) == date(2027, 3, 1)
    assert CALENDAR.day_of(datetime(2027, 7, 1, 22, 0, tzinfo=UTC)) == date(2027, 7, 2)


@pytest.mark.parametrize(("first_day", "in_force"), [(date(2020, 1, 1), TODAY), (date(2027, 6, 1), date(2027, 6, 1))])
def test_a_decision_is_never_in_force_before_it_was_recorded(loaded, first_day, in_force):
    known = decided(loaded, False, "No cryptography of our own", first_day)
    with reading(loaded) as session:
        assert decisions_on(session, in_force - timedelta(days=1), known) == {}
        assert decisions_on(session, in_force, known)[CONTROL].applicable is False
        assert decisions_on(session, in_force, known - timedelta(seconds=1)) == {}


def test_latest_decision_in_force_counts(loaded):
    decided(loaded, False, "Not used", TODAY)
    known = decided(loaded, True, "", TODAY + timedelta(days=10), AT + timedelta(hours=1))
    with reading(loaded) as session:
        decisions = [decisions_on(session, TODAY + timedelta(days=n), known)[CONTROL] for n in (9, 10)]
    assert [(line.applicable, line.justification) for line in decisions] == [(False, "Not used"), (True, "")]


def test_excluding_a_control_needs_a_justification(loaded):
    with pytest.raises(NotPossible, match="The justification is empty"):
        decided(loaded, False, "  ", TODAY)


@pytest.mark.parametrize("applicable", [False, True])
def test_a_requirement_clause_is_never_in_the_statement_of_applicability(loaded, applicable):
    with pytest.raises(NotPossible, match="clauses 4 to 10 always apply"):
        decided(loaded, applicable, "We do not audit", TODAY, control="iso:9.2")


def test_an_unknown_control_or_a_second_decision_at_once_is_refused(loaded):
    with pytest.raises(Unknown, match="no control iso:A.9.9"):
        decided(loaded, True, "", TODAY, control="iso:A.9.9")
    with writing(loaded) as (session, now):
        decide(session, BUILT_IN, CONTROL, True, "", TODAY, now)
        with pytest.raises(NotPossible, match="same moment"):
            decide(session, BUILT_IN, CONTROL, False, "No", TODAY, now)


def test_a_decision_outlives_the_retirement_of_its_control(definitions, loaded):
    known = decided(loaded, False, "Not used", TODAY, control="nen:8.35")
    definitions.edit("nen", 'ref: "8.35"', 'ref: "8.36"')
    definitions.load(loaded)
    with reading(loaded) as session:
        assert decisions_on(session, TODAY, known)["nen:8.35"].justification == "Not used"
    with pytest.raises(Unknown):
        decided(loaded, True, "", TODAY, AT + timedelta(days=1), control="nen:8.35")


def test_decision_needs_its_permission(loaded):
    with writing(loaded) as (session, now), pytest.raises(NotAllowed):
        decide(session, Person("somebody", frozenset()), CONTROL, True, "", TODAY, now)
