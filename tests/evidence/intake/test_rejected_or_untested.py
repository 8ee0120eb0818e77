"""Reasons for a review: self-recorded addresses, rejections, fails that are not tested again."""

from datetime import date, timedelta

import pytest

from access.people import tokens
from access.permissions import SECURITY_OFFICER, TEAM_MEMBER, Person
from controls.scope.target_addresses import end_address, record_address, withdraw_address
from evidence.errors import NotPossible
from models.transaction import writing
from tests.dashboard.proof import dated_scan
from tests.evidence.office import BUILD_SERVER, DAY, FAILING, JUNIT, NOW, Office

HOST, OTHER = "portal.example.nl", "www.portal.example.nl"
ANNA = Person("Anna", frozenset({SECURITY_OFFICER}))
BO = Person("Bo", frozenset({SECURITY_OFFICER}))
OWN_TOKEN = Person(
    "Dee", frozenset({TEAM_MEMBER}), "u-1", frozenset({"platform"}), token=7, only=frozenset({"evidence.file"})
)
SCANNED = {"requirements": ("tls-scan",)}
LATER = timedelta(hours=1)


def recorded(office: Office, person: Person) -> str:
    with writing(office.engine, NOW - timedelta(days=1)) as (session, now):
        return record_address(session, person, "portal", HOST, OTHER, date(2026, 1, 1), now)


def reasons_of(filed):
    return " ".join(map(str, filed.review_reasons))


def test_self_recorded_address_waits_for_a_review_and_a_colleagues_counts(small_office: Office) -> None:
    recorded(small_office, ANNA)
    scan = dated_scan(OTHER, DAY.isoformat())
    own = small_office.deliver(scan, **SCANNED, person=ANNA)
    assert f"Anna recorded {OTHER} as an address of {HOST} themselves." in reasons_of(own)
    assert small_office.status("tls-scan", target=HOST) == "in_review"
    filed = small_office.deliver(scan + b"\n", **SCANNED, person=BO, at=NOW + LATER)
    assert filed.review_reasons == []
    assert small_office.status("tls-scan", target=HOST) == "demonstrated"


def test_address_recorded_by_the_maker_of_a_token_waits_for_what_that_token_uploads(small_office: Office) -> None:
    with writing(small_office.engine, NOW - timedelta(days=2)) as (session, now):
        secret = tokens.issue(session, ANNA, "build", "platform", ["evidence.file"], NOW.date(), now)
    with writing(small_office.engine, NOW) as (session, now):
        server = tokens.find(session, secret, now).person
    recorded(small_office, ANNA)
    scan = dated_scan(OTHER, DAY.isoformat())
    filed = small_office.deliver(scan, **SCANNED, person=server)
    assert f"Anna recorded {OTHER} as an address of {HOST} themselves." in reasons_of(filed)
    assert small_office.status("tls-scan", target=HOST) == "in_review"


def test_targets_own_name_counts_for_the_person_who_added_it(small_office: Office) -> None:
    assert small_office.deliver(dated_scan(HOST, DAY.isoformat()), **SCANNED, person=ANNA).review_reasons == []
    assert small_office.status("tls-scan", target=HOST) == "demonstrated"


@pytest.mark.parametrize("who", [ANNA, BUILD_SERVER], ids=["person", "token"])
def test_upload_after_a_rejection_waits_for_a_review(small_office: Office, who: Person) -> None:
    scan = dated_scan(HOST, DAY.isoformat())
    first = small_office.deliver(scan, **SCANNED, person=who)
    small_office.review(first.evidence, "rejected", at=NOW + LATER)
    again = small_office.deliver(scan + b"\n", **SCANNED, person=who, at=NOW + 2 * LATER)
    assert "was rejected by a reviewer" in reasons_of(again)
    assert small_office.status("tls-scan", target=HOST) == "in_review"
    newer = small_office.deliver(dated_scan(HOST, "2027-03-04"), **SCANNED, person=who, at=NOW + 3 * LATER)
    assert newer.review_reasons == []


def test_pass_of_an_address_does_not_replace_the_fail_of_another(small_office: Office) -> None:
    recorded(small_office, BO)
    weak = dated_scan(OTHER, DAY.isoformat(), weak=True)
    small_office.deliver(weak, **SCANNED, person=ANNA)
    assert small_office.status("tls-scan", target=HOST) == "failing"
    good = small_office.deliver(dated_scan(HOST, "2027-03-04"), **SCANNED, person=ANNA, at=NOW + LATER)
    assert f"was found at {OTHER}" in reasons_of(good)
    assert small_office.status("tls-scan", target=HOST, on=NOW.date()) == "failing"
    fixed = small_office.deliver(dated_scan(OTHER, "2027-03-04"), **SCANNED, person=ANNA, at=NOW + 2 * LATER)
    assert fixed.review_reasons == []
    assert small_office.status("tls-scan", target=HOST, on=NOW.date()) == "demonstrated"


@pytest.mark.parametrize("change", ["ended", "withdrawn"])
def test_fail_at_an_address_that_is_no_longer_recorded_is_not_replaced_either(
    small_office: Office, change: str
) -> None:
    address = recorded(small_office, BO)
    small_office.deliver(dated_scan(OTHER, DAY.isoformat(), weak=True), **SCANNED, person=ANNA)
    with writing(small_office.engine, NOW + LATER) as (session, now):
        if change == "ended":
            end_address(session, BO, address, DAY, now)
        else:
            withdraw_address(session, BO, address, now)
    good = small_office.deliver(dated_scan(HOST, "2027-03-04"), **SCANNED, person=ANNA, at=NOW + 2 * LATER)
    assert f"was found at {OTHER}" in reasons_of(good)
    assert small_office.status("tls-scan", target=HOST, on=NOW.date()) == "failing"


def test_fail_at_an_address_that_was_only_declared_is_not_replaced_either(small_office: Office) -> None:
    place = {"targets": {OTHER: ("portal", HOST)}}
    small_office.deliver(dated_scan(OTHER, DAY.isoformat(), weak=True), **SCANNED, **place, person=ANNA)
    assert small_office.status("tls-scan", target=HOST) == "failing"
    good = small_office.deliver(dated_scan(HOST, "2027-03-04"), **SCANNED, person=ANNA, at=NOW + LATER)
    assert f"was found at {OTHER}" in reasons_of(good)
    assert small_office.status("tls-scan", target=HOST, on=NOW.date()) == "failing"


def test_uploader_cannot_remove_a_fail_by_withdrawing_it(small_office: Office) -> None:
    failing = small_office.deliver(FAILING, person=ANNA)
    passing = small_office.deliver(JUNIT.replace(b"2027-03-03", b"2027-03-02"), person=ANNA, at=NOW + LATER)
    with pytest.raises(NotPossible, match="This evidence fails, so you can.t withdraw it yourself"):
        small_office.review(failing.evidence, "withdrawn", person=ANNA)
    small_office.review(passing.evidence, "withdrawn", person=ANNA, at=NOW + 2 * LATER)
    small_office.review(failing.evidence, "rejected", at=NOW + 2 * LATER)


def test_personal_token_declares_no_more_than_its_owner(small_office: Office) -> None:
    filed = small_office.deliver(JUNIT, person=OWN_TOKEN)
    assert "Dee declared what no file says: tested was portal" in reasons_of(filed)
    assert small_office.deliver(JUNIT + b"\n", person=BUILD_SERVER, at=NOW + LATER).review_reasons == []
