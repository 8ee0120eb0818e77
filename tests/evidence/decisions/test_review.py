"""Reviews: the latest counts, nobody reviews their own upload, and rejections have a remark."""

from datetime import timedelta

import pytest

from access.people import tokens
from access.permissions import BUILT_IN, TEAM_MEMBER, NotAllowed, Person
from evidence.decisions.review import open_decisions
from evidence.errors import NotPossible, Unknown
from models.transaction import reading, writing
from tests.evidence.office import COLLEAGUE, FAILING, JUNIT, NOBODY, NOW, Office

DAY = timedelta(days=1)


@pytest.fixture
def evidence(office: Office) -> str:
    return office.deliver(JUNIT, requirements=("reviewed-tests",), person=BUILT_IN).evidence


def test_latest_review_counts(office: Office, evidence: str) -> None:
    assert office.status("reviewed-tests") == "in_review"
    for number, (decision, status) in enumerate(
        [("accepted", "demonstrated"), ("rejected", "missing"), ("accepted", "demonstrated"), ("withdrawn", "missing")]
    ):
        office.review(evidence, decision, at=NOW + timedelta(hours=number + 1))
        assert office.status("reviewed-tests") == status
    assert office.count("review") == 4
    assert office.column("activity", "verb").count("evidence.review") == 4


@pytest.mark.parametrize("decision", ["accepted", "rejected", "withdrawn"])
def test_repeated_review_is_refused_and_records_nothing(office: Office, evidence: str, decision: str) -> None:
    office.review(evidence, decision)
    with pytest.raises(NotPossible, match="colleague recorded this review on .* already"):
        office.review(evidence, decision, at=NOW + DAY)
    assert office.count("review") == office.column("activity", "verb").count("evidence.review") == 1


def test_another_may_accept_or_reject_it_too_and_a_remark_may_be_corrected(office: Office, evidence: str) -> None:
    other = Person("other", COLLEAGUE.roles)
    for number, (person, decision, remark) in enumerate(
        [
            (COLLEAGUE, "accepted", ""),
            (other, "accepted", ""),
            (COLLEAGUE, "rejected", "a"),
            (other, "rejected", "b"),
            (other, "rejected", "c"),
        ]
    ):
        office.review(evidence, decision, person, remark, at=NOW + timedelta(hours=number))
    assert office.count("review") == 5


@pytest.mark.parametrize("decision", ["accepted", "rejected"])
def test_uploader_cannot_review(office: Office, evidence: str, decision: str) -> None:
    with pytest.raises(NotPossible, match="someone else"):
        office.review(evidence, decision, person=BUILT_IN)
    assert office.count("review") == 0


def test_maker_of_a_token_cannot_review_its_uploads(office: Office) -> None:
    with writing(office.engine, NOW) as (session, now):
        secret = tokens.issue(session, BUILT_IN, "build", "platform", ["evidence.file"], NOW.date() + DAY, now)
    with writing(office.engine, NOW) as (session, now):
        server = tokens.find(session, secret, now).person
    evidence = office.deliver(JUNIT, requirements=("reviewed-tests",), person=server).evidence
    with pytest.raises(NotPossible, match="made the token"):
        office.review(evidence, "accepted", person=BUILT_IN)
    office.review(evidence, "accepted", person=COLLEAGUE)
    assert office.status("reviewed-tests") == "demonstrated"


def test_uploader_can_withdraw(office: Office, evidence: str) -> None:
    office.review(evidence, "withdrawn", person=BUILT_IN)
    assert office.status("reviewed-tests") == "missing"


@pytest.mark.parametrize("decision", ["rejected", "withdrawn"])
def test_rejecting_and_withdrawing_need_a_remark(office: Office, evidence: str, decision: str) -> None:
    with pytest.raises(NotPossible, match="without a reason"):
        office.review(evidence, decision, remark=" ")


def test_unknown_evidence_decision_or_person_is_refused(office: Office, evidence: str) -> None:
    with pytest.raises(Unknown):
        office.review("nothing", "accepted")
    with pytest.raises(NotPossible, match="not a decision"):
        office.review(evidence, "perhaps")
    with pytest.raises(NotAllowed):
        office.review(evidence, "accepted", person=NOBODY)


def test_others_can_withdraw_only_as_reviewers(office: Office, evidence: str) -> None:
    """A member of the same team may read it and upload such evidence, but not withdraw it."""
    member = Person("member", frozenset({TEAM_MEMBER}), teams=frozenset({"platform"}))
    with pytest.raises(NotPossible, match="only they or a reviewer"):
        office.review(evidence, "withdrawn", person=member)
    assert office.count("review") == 0
    office.review(evidence, "withdrawn", person=COLLEAGUE)
    assert office.column("review", "reviewed_by") == [COLLEAGUE.name]


def test_only_decisions_that_would_be_recorded_are_offered(office: Office, evidence: str) -> None:
    member = Person("member", frozenset({TEAM_MEMBER}), teams=frozenset({"platform"}))
    fails = office.deliver(FAILING, requirements=("reviewed-tests",), person=BUILT_IN).evidence
    with reading(office.engine) as session:
        offered = {person.name: open_decisions(session, person, evidence) for person in (BUILT_IN, COLLEAGUE, member)}
        of_failing = [open_decisions(session, person, fails) for person in (BUILT_IN, COLLEAGUE)]
    everything = ["accepted", "rejected", "withdrawn"]
    assert offered == {BUILT_IN.name: ["withdrawn"], COLLEAGUE.name: everything, "member": []}
    assert of_failing == [[], everything]
