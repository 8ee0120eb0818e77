"""The log as people read it: newest first, in pages that never overlap, filtered in the database."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from access.activity import chain, read
from access.activity.read import ActivityFilter
from access.activity.record import record
from access.permissions import AUDITOR, BUILT_IN, NotAllowed, Person
from models.transaction import reading, writing
from tests.days import CALENDAR
from tests.people import officer

START = datetime(2027, 3, 27, 22, 59, 30, tzinfo=UTC)  # half a minute before midnight in Amsterdam
OTHER = Person("Bram", frozenset())


@pytest.fixture
def log(engine):
    """Ten entries, two a day's end apart from eight of the next day."""
    for number in range(10):
        with writing(engine, START + timedelta(seconds=15 * number)) as (session, now):
            person = BUILT_IN if number % 2 else OTHER
            record(
                session, person, "scope.add_team" if number < 7 else "people.change", f"team-{number}", now, n=number
            )
    return engine


def ids(engine, *args, **named):
    with reading(engine) as session:
        return [entry.id for entry in read.list_entries(session, BUILT_IN, *args, **named)]


def test_pages_follow_each_other_without_overlap(log):
    first = ids(log, limit=4)
    second = ids(log, before=first[-1], limit=4)
    third = ids(log, before=second[-1], limit=4)
    assert first + second + third == list(range(10, 0, -1))
    assert ids(log, before=third[-1]) == []


@pytest.mark.parametrize(
    ("activity_filter", "expected"),
    [
        (ActivityFilter(person="BRA"), [9, 7, 5, 3, 1]),
        (ActivityFilter(verb="people.change"), [10, 9, 8]),
        (ActivityFilter(subject="TEAM-3"), [4]),
        (ActivityFilter(subject="_"), []),
        (ActivityFilter(first=CALENDAR.day_of(START + timedelta(hours=1))), [10, 9, 8, 7, 6, 5, 4, 3]),
        (ActivityFilter(last=CALENDAR.day_of(START)), [2, 1]),
        (ActivityFilter(person="bram", verb="people.change"), [9]),
    ],
)
def test_filters_find_exactly_the_matching_entries(log, activity_filter, expected):
    assert ids(log, activity_filter) == expected


def test_an_account_is_found_by_its_name_and_named(engine):
    person, _ = officer(engine, "Anna Bakker")
    with reading(engine) as session:
        entries = read.list_entries(session, person, ActivityFilter(subject="bakker"))
    assert {entry.about for entry in entries} == {"Anna Bakker"}
    assert {entry.subject for entry in entries} == {person.account}


def test_the_state_is_the_last_signature(log):
    with reading(log) as session:
        assert read.read_log_state(session, BUILT_IN) == read.LogState(10, None)
    with writing(log) as (session, now):
        chain.sign(session, Ed25519PrivateKey.generate(), now)
        record(session, BUILT_IN, "scope.add_team", "later", now)
    with writing(log) as (session, now):
        last = chain.sign(session, Ed25519PrivateKey.generate(), now)
        key = last.public_key
    with reading(log) as session:
        state = read.read_log_state(session, BUILT_IN)
        assert (state.entries, state.checkpoint.entry, state.checkpoint.public_key) == (11, 11, key)


def test_an_auditor_reads_it_and_a_reader_does_not(log):
    with reading(log) as session:
        assert read.list_entries(session, Person("a", frozenset({AUDITOR})))
        for verb in (read.list_entries, read.read_log_state):
            with pytest.raises(NotAllowed):
                verb(session, Person("r", frozenset({"reader"})))


def test_only_who_manages_people_sees_e_mail_addresses(engine):
    auditor = Person("Lena", frozenset({AUDITOR}), audits=frozenset({"audit"}))
    with writing(engine, START) as (session, now):
        details = {"email": "anne@example.org", "before": {"email": ["old+1@example.org"]}, "name": "Anne"}
        record(session, Person("tom@example.org", frozenset()), "people.change", "x", now, **details)
    with reading(engine) as session:
        (shown,) = read.list_entries(session, BUILT_IN)
        (hidden,) = read.list_entries(session, auditor)
    assert shown.details["email"] == "anne@example.org"
    assert "@" not in repr(hidden)
    assert hidden.details["name"] == "Anne"
