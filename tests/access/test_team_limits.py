"""A team member uploads and reads for their own teams only; the database leaves out the rest."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from access.permissions import AUDITOR, BUILT_IN, REVIEWER, NotAllowed, Person
from evidence.decisions.review import review
from evidence.errors import Unknown
from evidence.library import evidence_items, run_comparison
from models.transaction import reading, writing
from tests.access.limited import MEMBER, OTHER, TEAMLESS, closed, opened, redefine, seen, two_teams
from tests.evidence.office import FAILING, JUNIT, NOW, open_office


@pytest.fixture
def office(engine, tmp_path):
    return two_teams(engine, tmp_path)


def test_team_member_uploads_for_their_own_teams_only(office):
    assert office.deliver(JUNIT, person=MEMBER).is_new
    for requirements in (("reviewed-tests",), ("role-tests", "reviewed-tests")):
        with pytest.raises(
            NotAllowed, match="reviewed-tests belongs to team apps; member uploads evidence for platform"
        ):
            office.deliver(FAILING, person=MEMBER, requirements=requirements)
    with pytest.raises(NotAllowed, match="for -"):
        office.deliver(FAILING, person=TEAMLESS)
    assert office.count("evidence") == 1
    assert office.deliver(FAILING, person=OTHER, requirements=("reviewed-tests",)).is_new


def test_team_member_reads_evidence_of_their_own_teams(office):
    own = office.deliver(JUNIT).evidence
    shared = office.deliver(JUNIT, requirements=("role-tests", "reviewed-tests")).evidence
    theirs = office.deliver(FAILING, requirements=("reviewed-tests",)).evidence
    with reading(office.engine) as session:
        assert seen(session, BUILT_IN) == {own, shared, theirs}
        assert seen(session, MEMBER) == {own, shared}
        assert seen(session, OTHER) == {shared, theirs}
        assert seen(session, TEAMLESS) == set()
        assert seen(session, OTHER, team="platform") == {shared}
    for person, key in ((MEMBER, own), (MEMBER, shared), (OTHER, theirs), (OTHER, shared)):
        opened(office, person, key)
    for person, key in ((MEMBER, theirs), (OTHER, own), (TEAMLESS, own)):
        closed(office, person, key)


def test_comparison_is_with_a_readable_previous_run(office):
    """Evidence of two teams' requirements stands beside the other team's in a series."""
    theirs = office.deliver(FAILING, requirements=("reviewed-tests",), at=NOW - timedelta(hours=2)).evidence
    shared = office.deliver(JUNIT, requirements=("role-tests", "reviewed-tests")).evidence
    with reading(office.engine) as session:
        assert evidence_items.evidence(session, OTHER, shared).previous == theirs
        assert run_comparison.compare(session, OTHER, shared).previous == theirs
        assert evidence_items.evidence(session, MEMBER, shared).previous is None
        assert run_comparison.compare(session, MEMBER, shared).previous is None


def test_team_of_a_requirement_is_by_its_present_definition(office):
    key = office.deliver(JUNIT).evidence
    with writing(office.engine, NOW) as (session, now):
        redefine(session, now, "role-tests", team="apps")
    with reading(office.engine) as session:
        assert seen(session, MEMBER) == set()
        assert seen(session, OTHER) == {key}


def test_team_member_withdraws_their_own_upload(office):
    key = office.deliver(JUNIT, person=MEMBER).evidence
    moved = Person("member", MEMBER.roles, teams=frozenset({"apps"}))
    for person, decision, refusal in (
        (MEMBER, "accepted", NotAllowed),
        (MEMBER, "rejected", NotAllowed),
        (moved, "withdrawn", Unknown),
        (OTHER, "withdrawn", Unknown),
        (Person("auditor", frozenset({AUDITOR})), "withdrawn", NotAllowed),
    ):
        with pytest.raises(refusal), writing(office.engine, NOW) as (session, now):
            review(session, person, key, decision, "so", now)
    office.review(key, "withdrawn", person=MEMBER)
    assert office.column("review", "reviewed_by") == ["member"]


def test_a_reviewer_withdraws_without_filing(office):
    key = office.deliver(JUNIT, person=MEMBER).evidence
    office.review(key, "withdrawn", person=Person("reviewer", frozenset({REVIEWER})))
    assert office.column("review", "decision") == ["withdrawn"]


def test_audit_limit_adds_no_query_per_evidence(small_office_of_many):
    office, number = small_office_of_many
    statements = []
    with reading(office.engine) as session:
        session.connection()
        listener = lambda *args: statements.append(args[2])  # noqa: E731
        event.listen(office.engine, "before_cursor_execute", listener)
        assert evidence_items.search(session, MEMBER).total == number
        event.remove(office.engine, "before_cursor_execute", listener)
    assert len(statements) == 3  # how many, the lines, their cells


@pytest.fixture
def small_office_of_many(sqlite, tmp_path):
    office = open_office(sqlite, tmp_path)
    for number in range(6):
        office.deliver(JUNIT + b"\n" * number)
    return office, 6
