"""The review queue: what waits, what it holds up, and what is left out."""

from datetime import UTC, datetime

import pytest
from small import KNOWN, accepted, audit, filled, policy, scan
from sqlalchemy import insert

from access.permissions import BUILT_IN, NotAllowed, Person
from models.bulk_changes import table
from readiness import review_queue


def queue(session, person=BUILT_IN, known=KNOWN):
    waiting = review_queue(session, person, known)
    return [(item.row.id, item.controls) for item in waiting.items], waiting.own


def plan(session):
    known = audit()
    names = ("key", "title", "day", "period_first", "period_last", "catalogues", "systems", "recorded_by")
    row = {name: getattr(known, name) for name in names if name != "recorded_by"}
    row |= {"catalogues": ["nen"], "systems": [], "recorded_by": "", "recorded_at": datetime(2025, 2, 1, tzinfo=UTC)}
    session.execute(insert(table("audit")), [row])


def test_waiting_evidence_names_the_controls_that_it_holds_up(engine):
    with filled(engine, evidence=[scan("2026-11-10"), policy("2026-11-01")]) as session:
        assert queue(session) == ([("policy", ("iso:A.8.24", "nen:8.24"))], 0)


def test_only_controls_of_the_audit_count(engine):
    with filled(engine, evidence=[policy("2026-11-01")]) as session:
        plan(session)
        assert queue(session) == ([("policy", ("nen:8.24",))], 0)


def test_of_several_versions_only_the_newest_holds_something_up(engine):
    with filled(engine, evidence=[policy("2026-11-01", "old"), policy("2026-11-10", "new")]) as session:
        assert queue(session) == ([("new", ("iso:A.8.24", "nen:8.24")), ("old", ())], 0)


def test_what_is_older_than_the_accepted_version_holds_nothing_up(engine):
    evidence = [policy("2026-11-01", "old"), policy("2026-11-10", "new")]
    with filled(engine, evidence=evidence, reviews=[accepted("new", "2026-11-11")]) as session:
        assert queue(session) == ([("old", ())], 0)


def test_renewal_that_is_needed_by_the_audit_waits(engine):
    """The accepted version is valid today, and no more on the day of the audit."""
    evidence = [policy("2026-01-10", "old"), policy("2026-11-10", "new")]
    with filled(engine, evidence=evidence, reviews=[accepted("old", "2026-01-11")]) as session:
        assert queue(session) == ([("new", ())], 0)
        plan(session)
        assert queue(session) == ([("new", ("nen:8.24",))], 0)


@pytest.mark.parametrize("decision", ["accepted", "rejected"])
def test_reviewed_evidence_is_no_longer_in_the_queue(engine, decision):
    reviews = [accepted("policy", "2026-11-02", decision)]
    with filled(engine, evidence=[policy("2026-11-01")], reviews=reviews) as session:
        assert queue(session) == ([], 0)


def test_own_uploads_are_left_out_and_counted(engine):
    """The uploader of this history has an empty name."""
    with filled(engine, evidence=[policy("2026-11-01", "first"), policy("2026-11-10", "second")]) as session:
        assert queue(session, Person("", frozenset({"reviewer"}))) == ([], 2)
        assert len(queue(session, Person("Robin", frozenset({"reviewer"})))[0]) == 2


def test_queue_needs_the_permission_to_review(engine):
    with filled(engine) as session, pytest.raises(NotAllowed):
        review_queue(session, Person("Robin", frozenset({"auditor"})), KNOWN)


def test_passing_run_that_waits_after_a_failing_one_holds_up_its_controls(engine):
    """A run of another series does not: the failure would hold all the same."""
    waits = [scan("2026-11-11", name="again"), scan("2026-11-12", name="other", tool="sslyze")]
    waits = [run | {"needs_review": True} for run in waits]
    with filled(engine, evidence=[scan("2026-11-10", "fail", ["a"]), *waits]) as session:
        assert queue(session) == ([("again", ("iso:A.8.24", "nen:8.24")), ("other", ())], 0)
