"""Assigning requirements to teams and people."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from access.people.accounts import add, grant
from access.permissions import BUILT_IN, READER, SECURITY_OFFICER, TEAM_MEMBER, NotAllowed, Person
from controls.assignments import assign, assigned_teams, assignees, assignments
from controls.browse.lookup import requirements
from controls.errors import NotPossible, Unknown
from models.bulk_changes import table
from models.transaction import reading, writing


@pytest.fixture
def loaded(definitions, engine):
    definitions.load(engine)
    with writing(engine) as (session, _):
        session.execute(table("team").insert(), [{"key": "others", "title_nl": "Anderen", "title_en": "Others"}])
    return engine


def first(engine):
    with reading(engine) as session:
        rows = requirements(session, BUILT_IN, datetime(2100, 1, 1, tzinfo=UTC))
    return min(rows, key=lambda row: row.key)


def member(engine, team):
    with writing(engine) as (session, now):
        account = add(session, BUILT_IN, "Tess", "tess@example.org", "nl", date(2020, 1, 1), None, now)
        grant(session, BUILT_IN, account, TEAM_MEMBER, now, team=team)
    return account


def test_team_changes_and_history_stays(loaded):
    key = first(loaded).key
    for team in ("others", first(loaded).team or "others"):
        with writing(loaded) as (session, now):
            assign(session, BUILT_IN, key, team, None, now)
        assert first(loaded).team == team
    with reading(loaded) as session:
        assert len(assignments(session, BUILT_IN, key)) == 2
        assert len(assignments(session, BUILT_IN)) == 1


def test_loading_the_files_again_keeps_the_team(definitions, loaded):
    key = first(loaded).key
    with writing(loaded) as (session, now):
        assign(session, BUILT_IN, key, "others", None, now)
    definitions.load(loaded)
    with reading(loaded) as session:
        assert assigned_teams(session) == {key: "others"}
        requirement = table("evidence_requirement")
        newest = select(requirement.c.team).where(requirement.c.key == key).order_by(requirement.c.recorded_at.desc())
        assert session.execute(newest.limit(1)).scalar_one() == "others"


def test_person_of_the_team_can_be_named(loaded):
    account = member(loaded, "others")
    with writing(loaded) as (session, now):
        assign(session, BUILT_IN, first(loaded).key, "others", account, now)
        assert assignments(session, BUILT_IN)[0].person == "Tess"


def test_assigning_the_same_again_records_nothing(loaded):
    key = first(loaded).key
    for _ in range(2):
        with writing(loaded) as (session, now):
            assign(session, BUILT_IN, key, "others", None, now)
    with reading(loaded) as session:
        assert len(assignments(session, BUILT_IN, key)) == 1


def test_person_of_another_team_is_refused(loaded):
    account = member(loaded, first(loaded).team or "operations")
    with writing(loaded) as (session, now), pytest.raises(NotPossible, match="not a member of team others"):
        assign(session, BUILT_IN, first(loaded).key, "others", account, now)


@pytest.mark.parametrize(
    ("requirement", "team", "account", "words"),
    [
        ("none", "others", None, "no evidence requirement none"),
        ("", "nobody", None, "no team nobody"),
        ("", "others", "nobody", "no such person"),
    ],
)
def test_what_is_not_known_is_refused(loaded, requirement, team, account, words):
    with writing(loaded) as (session, now), pytest.raises(Unknown, match=words):
        assign(session, BUILT_IN, requirement or first(loaded).key, team, account, now)


def test_team_member_assigns_nothing(loaded):
    tess = Person("Tess", frozenset({TEAM_MEMBER}), teams=frozenset({"others"}))
    with writing(loaded) as (session, now), pytest.raises(NotAllowed):
        assign(session, tess, first(loaded).key, "others", None, now)


def test_members_and_officers_can_be_assigned(loaded):
    with writing(loaded) as (session, now):
        for name, role, team in (
            ("Olga", SECURITY_OFFICER, None),
            ("Rik", READER, None),
            ("Ann", TEAM_MEMBER, "others"),
        ):
            day = date(2020, 1, 1)
            account = add(session, BUILT_IN, name, f"{name}@example.org", "nl", day, None, now)
            grant(session, BUILT_IN, account, role, now, team=team)
    with reading(loaded) as session:
        now = datetime.now(UTC)
        assert list(assignees(session, BUILT_IN, "others", now).values()) == ["Ann", "Olga"]
        assert list(assignees(session, BUILT_IN, "another", now).values()) == ["Olga"]
        with pytest.raises(NotAllowed):
            assignees(session, Person("nobody", frozenset()), "others", now)
