"""Changes of the scope, and the scope on a day as known at a moment."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from access.permissions import BUILT_IN, NotAllowed, Person
from controls.errors import NotPossible, Unknown
from controls.scope import system_scope
from controls.scope.system_scope import scope_on
from models.bulk_changes import table
from models.transaction import reading, writing

DAY = date(2027, 1, 4)
LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def portal(engine):
    """A system in scope with one attribute; returns the key of its period."""
    with writing(engine) as (session, now):
        system_scope.add_system(session, BUILT_IN, "portal", "Portaal", "Portal", now)
        return system_scope.bring_into_scope(session, BUILT_IN, "portal", LONG_AGO, now, attributes=["has-end-users"])


def in_scope(engine, day=DAY):
    with writing(engine) as (session, now):
        return scope_on(session, day, now)


def test_system_without_a_period_is_not_in_scope(engine):
    with writing(engine) as (session, now):
        system_scope.add_system(session, BUILT_IN, "portal", "Portaal", "Portal", now)
    assert in_scope(engine) == []


def test_period_includes_its_first_and_last_day(engine, portal):
    with writing(engine) as (session, now):
        system_scope.end_scope(session, BUILT_IN, portal, DAY, now)
    assert [len(in_scope(engine, LONG_AGO + timedelta(days=n))) for n in (-1, 0)] == [0, 1]
    assert [len(in_scope(engine, DAY + timedelta(days=n))) for n in (0, 1)] == [1, 0]


def test_later_change_does_not_change_what_was_known_before(engine, portal):
    with writing(engine) as (session, before):
        assert len(scope_on(session, DAY, before)) == 1
    with writing(engine) as (session, now):
        system_scope.end_scope(session, BUILT_IN, portal, DAY - timedelta(days=1), now)
    with reading(engine) as session:
        assert [len(scope_on(session, DAY, known)) for known in (before, now)] == [1, 0]


def test_targets_are_in_scope_only_with_their_system(engine, portal):
    with writing(engine) as (session, now):
        system_scope.bring_into_scope(session, BUILT_IN, "portal", DAY, now, target="WWW.Example.org:443")
        system_scope.bring_into_scope(session, BUILT_IN, "portal", DAY, now, target="api.example.org:8443")
    [system] = in_scope(engine)
    assert system.attributes == ("has-end-users",)
    assert [target.target for target in system.targets] == ["api.example.org:8443", "www.example.org"]
    assert in_scope(engine, DAY - timedelta(days=1))[0].targets == ()
    with writing(engine) as (session, now):
        system_scope.end_scope(session, BUILT_IN, portal, DAY, now)
    assert in_scope(engine, DAY + timedelta(days=1)) == []


def test_attributes_of_a_period_can_be_changed(engine, portal):
    with writing(engine) as (session, now):
        system_scope.change_attributes(session, BUILT_IN, portal, ["personal-data", "health-information"], now)
    assert in_scope(engine)[0].attributes == ("health-information", "personal-data")
    with writing(engine) as (session, now):
        system_scope.end_scope(session, BUILT_IN, portal, DAY, now)
    assert in_scope(engine)[0].attributes == ("health-information", "personal-data")


def test_withdrawn_period_does_not_count(engine, portal):
    with writing(engine) as (session, now):
        system_scope.withdraw(session, BUILT_IN, portal, now)
    assert in_scope(engine, LONG_AGO) == []
    with writing(engine) as (session, now):
        system_scope.bring_into_scope(session, BUILT_IN, "portal", LONG_AGO, now)
    assert len(in_scope(engine)) == 1


def test_last_day_of_a_period_can_be_removed(engine, portal):
    with writing(engine) as (session, now):
        system_scope.end_scope(session, BUILT_IN, portal, LONG_AGO, now)
    with writing(engine) as (session, now):
        system_scope.end_scope(session, BUILT_IN, portal, None, now)
    assert len(in_scope(engine)) == 1


def test_period_after_an_ended_one_has_its_own_key(engine, portal):
    with writing(engine) as (session, now):
        system_scope.end_scope(session, BUILT_IN, portal, DAY, now)
        again = system_scope.bring_into_scope(session, BUILT_IN, "portal", DAY + timedelta(days=1), now)
    assert again != portal
    assert [in_scope(engine, DAY + timedelta(days=n))[0].period_key for n in (0, 1)] == [portal, again]


@pytest.mark.parametrize(
    ("verb", "problem", "message"),
    [
        (lambda s, now, _: system_scope.add_system(s, BUILT_IN, "portal", "x", "x", now), NotPossible, "exists already"),
        (lambda s, now, _: system_scope.add_system(s, BUILT_IN, "Por tal", "x", "x", now), NotPossible, "is not a valid key"),
        (lambda s, now, _: system_scope.add_system(s, BUILT_IN, "x", " ", "x", now), NotPossible, "empty"),
        (lambda s, now, _: system_scope.add_system(s, BUILT_IN, "x", "x", "a\x00b", now), NotPossible, "control character"),
        (lambda s, now, _: system_scope.rename_system(s, BUILT_IN, "gone", "x", "x", now), Unknown, "no system gone"),
        (lambda s, now, _: system_scope.bring_into_scope(s, BUILT_IN, "gone", DAY, now), Unknown, "no system gone"),
        (lambda s, now, _: system_scope.bring_into_scope(s, BUILT_IN, "portal", DAY, now), NotPossible, "since .*; end that period first"),
        (lambda s, now, _: system_scope.bring_into_scope(s, BUILT_IN, "portal", DAY, now, target="a", last_day=LONG_AGO), NotPossible, "is before"),
        (lambda s, now, _: system_scope.bring_into_scope(s, BUILT_IN, "portal", DAY, now, target="a", attributes=["admits-minors"]), NotPossible, "belong to the system"),
        (lambda s, now, p: system_scope.change_attributes(s, BUILT_IN, p, ["fast"], now), NotPossible, "fast is unknown; expected one of has-end-users"),
        (lambda s, now, p: system_scope.end_scope(s, BUILT_IN, p, date(2019, 12, 31), now), NotPossible, "is before the first day"),
        (lambda s, now, _: system_scope.end_scope(s, BUILT_IN, "gone", DAY, now), Unknown, "no period gone"),
    ],
)  # fmt: skip
def test_invalid_change_is_refused(engine, portal, verb, problem, message):
    with writing(engine) as (session, now), pytest.raises(problem, match=message):
        verb(session, now, portal)


def test_change_that_changes_nothing_records_nothing(engine, portal):
    for _ in range(2):
        with writing(engine) as (session, now):
            system_scope.end_scope(session, BUILT_IN, portal, DAY, now)
        with writing(engine) as (session, now):
            system_scope.change_attributes(session, BUILT_IN, portal, ["has-end-users"], now)
    with reading(engine) as session:
        versions, log = table("scope_period"), table("activity")
        assert len(session.execute(select(versions.c.id).where(versions.c.key == portal)).all()) == 2
        verbs = list(session.execute(select(log.c.verb)).scalars())
        assert (verbs.count("scope.end_scope"), verbs.count("scope.change_attributes")) == (1, 0)


def test_withdrawn_period_is_not_changed_again(engine, portal):
    with writing(engine) as (session, now):
        system_scope.withdraw(session, BUILT_IN, portal, now)
    for change in (
        lambda s, now: system_scope.withdraw(s, BUILT_IN, portal, now),
        lambda s, now: system_scope.end_scope(s, BUILT_IN, portal, None, now),
        lambda s, now: system_scope.change_attributes(s, BUILT_IN, portal, [], now),
    ):
        with writing(engine) as (session, now), pytest.raises(NotPossible, match="withdrawn already"):
            change(session, now)


def test_second_change_in_the_same_moment_is_refused(engine, portal):
    with writing(engine) as (session, now):
        system_scope.end_scope(session, BUILT_IN, portal, DAY, now)
        with pytest.raises(NotPossible, match="same moment"):
            system_scope.change_attributes(session, BUILT_IN, portal, [], now)


def test_changes_without_permission_are_refused(engine, portal):
    reader = Person("reader", frozenset())
    verbs = [
        lambda s, now: system_scope.add_team(s, reader, "x", "x", "x", now),
        lambda s, now: system_scope.add_system(s, reader, "x", "x", "x", now),
        lambda s, now: system_scope.rename_system(s, reader, "portal", "x", "x", now),
        lambda s, now: system_scope.bring_into_scope(s, reader, "portal", DAY, now, target="a"),
        lambda s, now: system_scope.end_scope(s, reader, portal, DAY, now),
        lambda s, now: system_scope.withdraw(s, reader, portal, now),
        lambda s, now: system_scope.change_attributes(s, reader, portal, [], now),
    ]
    for verb in verbs:
        with writing(engine) as (session, now), pytest.raises(NotAllowed):
            verb(session, now)


def test_each_change_is_in_the_activity_log(engine, portal):
    with writing(engine) as (session, now):
        system_scope.add_team(session, BUILT_IN, "platform", "Platform", "Platform", now)
        system_scope.rename_system(session, BUILT_IN, "portal", "Poort", "Gate", now)
        system_scope.end_scope(session, BUILT_IN, portal, DAY, now)
    with reading(engine) as session:
        activity = table("activity")
        entries = session.execute(select(activity.c.verb, activity.c.subject).order_by(activity.c.id)).all()
    assert [tuple(entry) for entry in entries] == [
        ("scope.add_system", "portal"), ("scope.bring_into_scope", "portal"),
        ("scope.add_team", "platform"), ("scope.rename_system", "portal"), ("scope.end_scope", "portal"),
    ]  # fmt: skip
