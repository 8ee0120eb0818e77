"""What is in the calendar, and on which day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from small import KNOWN, TODAY, accepted, exception, filled, policy, scan
from sqlalchemy import insert

from access.permissions import BUILT_IN, READER, NotAllowed, Person
from models.bulk_changes import table
from readiness import EntryKind, calendar_entries


def entries(session, person=BUILT_IN, today=TODAY):
    return {entry.requirement: entry for entry in calendar_entries(session, person, (), today, KNOWN)}


def plan(session, cell, day, at):
    row = dict(zip(("requirement", "system", "target"), cell, strict=True))
    more = {"day": day, "by_default": False, "recorded_at": at, "recorded_by": "officer"}
    session.execute(insert(table("planned_day")), [row | more])


def test_valid_evidence_is_renewed_before_it_ends(engine):
    with filled(engine, evidence=[scan("2026-11-10")]) as session:
        entry = entries(session)["tls-scan"]
    assert (entry.kind, entry.last_day) == (EntryKind.RENEWAL, date(2026, 12, 9))
    assert entry.day == entry.last_day - timedelta(days=14)
    assert (entry.system, entry.targets) == ("portal", ("www.example",))


def test_what_is_valid_until_long_after_the_audit_has_its_day_too(engine):
    with filled(engine, evidence=[policy("2026-11-10")], reviews=[accepted("policy", "2026-11-11")]) as session:
        assert entries(session)["crypto-policy"].day > date(2027, 9, 1)


def test_what_was_never_provided_is_listed_once_it_is_planned(engine):
    with filled(engine) as session:
        assert "tls-scan" not in entries(session)
        plan(session, ("tls-scan", "portal", "www.example"), date(2027, 1, 15), KNOWN - timedelta(days=1))
        entry = entries(session)["tls-scan"]
    assert (entry.kind, entry.day, entry.last_day) == (EntryKind.PLANNED, date(2027, 1, 15), None)


def test_day_that_has_passed_is_overdue(engine):
    with filled(engine) as session:
        plan(
            session, ("tls-scan", "portal", "www.example"), TODAY - timedelta(days=1), datetime(2026, 11, 1, tzinfo=UTC)
        )
        assert entries(session)["tls-scan"].kind == EntryKind.OVERDUE
        plan(session, ("tls-scan", "portal", "www.example"), TODAY, datetime(2026, 11, 2, tzinfo=UTC))
        assert entries(session)["tls-scan"].kind == EntryKind.PLANNED


def test_evidence_that_waits_for_a_review_is_not_due(engine):
    with filled(engine, evidence=[policy("2026-11-10")]) as session:
        plan(session, ("crypto-policy", "", ""), date(2027, 1, 15), KNOWN - timedelta(days=1))
        assert "crypto-policy" not in entries(session)


def test_reader_sees_days_too_and_a_stranger_nothing(engine):
    with filled(engine, evidence=[scan("2026-11-10")]) as session:
        assert entries(session, Person("r", frozenset({READER})))["tls-scan"].kind == EntryKind.RENEWAL
        with pytest.raises(NotAllowed):
            entries(session, Person("nobody", frozenset()))


def test_end_of_an_exception_is_listed_for_who_may_read_the_evidence(engine):
    last = TODAY + timedelta(days=9)
    failing, accepts = scan("2026-11-10", "fail", ["a"]), exception("a", "2026-11-11", last.isoformat())
    with filled(engine, evidence=[failing], exceptions=[accepts]) as session:
        ends = [entry for entry in calendar_entries(session, BUILT_IN, (), TODAY, KNOWN) if entry.day == last]
        assert [(entry.kind, entry.requirement, entry.system) for entry in ends] == [
            (EntryKind.EXCEPTION, "tls-scan", "portal")
        ]
        for person, systems, day in (
            (Person("r", frozenset({READER})), (), TODAY),
            (BUILT_IN, ("another",), TODAY),
            (BUILT_IN, (), last + timedelta(days=1)),
        ):
            kinds = {entry.kind for entry in calendar_entries(session, person, systems, day, KNOWN)}
            assert EntryKind.EXCEPTION not in kinds
