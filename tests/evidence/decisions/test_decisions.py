"""Exceptions, closed series and nonconformities: their conditions, and from when they are in force."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from access.permissions import BUILT_IN, NotAllowed, Person
from audits import nonconformities
from controls.errors import NotPossible as WrongText
from evidence.decisions import closed_series, exceptions
from evidence.decisions.failing_checks import open_failures
from evidence.errors import NotPossible, Unknown
from models.bulk_changes import table
from models.transaction import reading, writing
from readiness import readiness
from tests.evidence.office import DAY, FAILING, JUNIT, NOBODY, NOW, Office, tls_file

TODAY = date(2027, 3, 4)
CHECK = "roles.writer may"


def grant(office: Office, *, person: Person = BUILT_IN, at: datetime = NOW, **changed: Any) -> int:
    arguments = {
        "requirement": "role-tests",
        "system": "portal",
        "target": "",
        "tool": "junit",
        "check": CHECK,
        "reason": "repaired next week",
        "first_day": TODAY,
        "last_day": date(2027, 4, 1),
        **changed,
    }
    with writing(office.engine, at) as (session, now):
        return exceptions.grant_exception(session, person, **arguments, now=now)


def test_requirement_is_demonstrated_when_each_failing_check_is_excepted(office: Office) -> None:
    filed = office.deliver(FAILING)
    assert office.status("role-tests", on=TODAY) == "failing"
    grant(office, check=filed.covered[0].failing[0][0])
    assert office.status("role-tests", on=TODAY) == "demonstrated"
    assert office.status("role-tests", on=DAY) == "failing", "a decision of today never changes yesterday"
    assert "exception.grant" in office.column("activity", "verb")


def test_exception_is_logged_with_all_values(office: Office) -> None:
    office.deliver(FAILING)
    number = grant(office)
    with writing(office.engine, NOW + timedelta(days=2)) as (session, now):
        exceptions.revoke_exception(session, BUILT_IN, number, now)
    about = {
        "system": "portal",
        "target": "",
        "tool": "junit",
        "kind": "accepted risk",
        "check": CHECK,
        "reason": "repaired next week",
        "first_day": "2027-03-04",
        "last_day": "2027-04-01",
    }
    log = table("activity")
    with reading(office.engine) as session:
        logged = {row.verb: row.details for row in session.execute(select(log.c.verb, log.c.details))}
    assert logged["exception.grant"] == {"id": number, "in_force": "2027-03-04", **about}
    assert logged["exception.revoke"] == {"requirement": "role-tests", "revoked_day": "2027-03-06", **about}


TLS = ("tls-scan", "portal", "portal.example.nl")


def grant_several(office: Office, checks: list[str], *, kind: str = "accepted risk", at: datetime = NOW) -> list[int]:
    with writing(office.engine, at) as (session, now):
        last_day = date(2027, 4, 1)
        return exceptions.grant_exceptions(
            session, BUILT_IN, TLS, "testssl", checks, "replaced in April", TODAY, last_day, now, kind
        )


def weak_scan(office: Office) -> str:
    """A scan with two failing checks."""
    curves = tls_file("portal.example.nl").replace(b'"TLS1"', b'"FS_ECDHE_curves"')
    curves = curves.replace(b"not offered", b"secp192r1 sect163k1")
    return office.deliver(curves, requirements=("tls-scan",), last_day=DAY).evidence


def failing_checks_of(office: Office, evidence: str, at: datetime = NOW) -> dict[tuple[str, str, str], set[str]]:
    with reading(office.engine) as session:
        failures = open_failures(session, BUILT_IN, evidence, at)
    return {failure.cell: set(failure.checks) for failure in failures}


def test_several_checks_are_accepted_together_or_none(office: Office) -> None:
    evidence = weak_scan(office)
    failing = sorted(failing_checks_of(office, evidence)[TLS])
    assert len(failing) > 1
    with pytest.raises(NotPossible, match="nope does not fail"):
        grant_several(office, [*failing, "nope"])
    with pytest.raises(NotPossible, match="at least one"):
        grant_several(office, [])
    assert office.count("check_exception") == 0
    numbers = grant_several(office, [failing[0], failing[0], *failing[1:]], kind="false positive")
    assert len(numbers) == len(failing)
    assert sorted(office.column("check_exception", "check")) == failing
    assert set(office.column("check_exception", "kind")) == {"false positive"}
    assert office.status(*TLS, on=TODAY) == "demonstrated"
    assert TLS not in failing_checks_of(office, evidence), "nothing is left to accept"


def test_what_is_left_after_accepting_some_checks_keeps_failing(office: Office) -> None:
    evidence = weak_scan(office)
    first, *others = sorted(failing_checks_of(office, evidence)[TLS])
    grant_several(office, [first])
    assert failing_checks_of(office, evidence)[TLS] == set(others)
    assert office.status(*TLS, on=TODAY) == "failing"


def test_failures_that_a_newer_run_replaced_are_not_open(office: Office) -> None:
    failing = office.deliver(FAILING).evidence
    assert failing_checks_of(office, failing)
    office.deliver(JUNIT, at=NOW + timedelta(minutes=1))
    assert failing_checks_of(office, failing, NOW + timedelta(minutes=2)) == {}


def test_unknown_kind_of_exception_is_refused(small_office: Office) -> None:
    small_office.deliver(FAILING)
    with pytest.raises(
        NotPossible, match="whim is no kind of exception; expected one of accepted risk, false positive"
    ):
        grant(small_office, kind="whim")


def extend(office: Office, number: int, last_day: date, reason: str = "", at: datetime = NOW) -> int:
    with writing(office.engine, at) as (session, now):
        return exceptions.extend_exception(session, BUILT_IN, number, reason, last_day, now)


def test_extension_begins_the_day_after_and_both_stay_readable(office: Office) -> None:
    office.deliver(FAILING)
    first = grant(office, kind="false positive")
    later = NOW + timedelta(days=2)
    second = extend(office, first, date(2027, 5, 1), at=later)
    third = extend(office, first, date(2027, 6, 1), "once more", at=later)
    with reading(office.engine) as session:
        rows = {row.id: row for row in exceptions.exceptions(session, BUILT_IN)}
    assert (rows[first].last_day, rows[first].reason) == (date(2027, 4, 1), "repaired next week")
    assert (rows[second].in_force, rows[second].last_day) == (date(2027, 4, 2), date(2027, 5, 1))
    assert (rows[second].reason, rows[second].kind) == ("repaired next week", "false positive")
    assert (rows[third].in_force, rows[third].reason) == (date(2027, 5, 2), "once more")


def test_extension_is_refused_when_it_makes_no_sense(small_office: Office) -> None:
    small_office.deliver(FAILING)
    number = grant(small_office)
    with pytest.raises(NotPossible, match="It ends on 1 April 2027 already"):
        extend(small_office, number, date(2027, 4, 1))
    with pytest.raises(NotPossible, match="a year ahead"):
        extend(small_office, number, date(2028, 3, 5))
    with pytest.raises(Unknown):
        extend(small_office, 12345, date(2027, 5, 1))
    small_office.deliver(JUNIT, at=NOW + timedelta(minutes=1))
    with pytest.raises(NotPossible, match="Nothing fails in this series now"):
        extend(small_office, number, date(2027, 5, 1), at=NOW + timedelta(minutes=2))
    with writing(small_office.engine, NOW) as (session, now):
        exceptions.revoke_exception(session, BUILT_IN, number, now)
    with pytest.raises(NotPossible, match="revoked"):
        extend(small_office, number, date(2027, 5, 1), at=NOW + timedelta(minutes=2))


def test_exception_is_not_in_force_before_it_was_recorded(office: Office) -> None:
    office.deliver(FAILING)
    grant(office, first_day=date(2027, 1, 1))
    grant(office, first_day=date(2027, 3, 20), at=NOW + timedelta(minutes=1))
    assert office.column("check_exception", "in_force") == [TODAY, date(2027, 3, 20)]


def test_exception_lasts_a_year_at_most(small_office: Office) -> None:
    small_office.deliver(FAILING)
    with pytest.raises(NotPossible, match="expected 4 March 2028 at most"):
        grant(small_office, last_day=date(2028, 3, 5))
    grant(small_office, last_day=date(2028, 3, 4))


def test_exception_needs_a_check_that_fails_now_in_the_series(small_office: Office) -> None:
    with pytest.raises(Unknown, match="is no evidence by"):
        grant(small_office)
    small_office.deliver(FAILING)
    for check in ("nope", "roles.reader may not write"):
        with pytest.raises(NotPossible, match=f"{check} does not fail .* Failing checks: {CHECK}"):
            grant(small_office, check=check)
    with pytest.raises(Unknown, match="is no evidence by"):
        grant(small_office, tool="other")
    small_office.deliver(JUNIT, at=NOW + timedelta(minutes=1))
    with pytest.raises(NotPossible, match="Nothing fails in this series now"):
        grant(small_office, at=NOW + timedelta(minutes=2))
    assert small_office.count("check_exception") == 0


@pytest.mark.parametrize("name", ["protocol: TLS 1.0", "Version: TLS 1.0", "Versie: TLS 1.0", "TLS1"])
def test_check_can_be_named_as_results_and_pages_show_it(office: Office, name: str) -> None:
    at = {"requirement": "tls-scan", "target": "portal.example.nl", "tool": "testssl"}
    of_both = tls_file("portal.example.nl", "api.example.nl:8443", protocol="offered")
    office.deliver(of_both, requirements=("tls-scan",), last_day=DAY)
    grant(office, check=name, **at)
    assert office.column("check_exception", "check") == ["protocol: TLS 1.0"]
    with pytest.raises(NotPossible, match="TLS1_2 does not fail .* Failing checks: Version: TLS 1.0"):
        grant(office, check="TLS1_2", **at)


def test_result_name_with_several_failing_checks_is_refused(small_office: Office) -> None:
    curves = (
        tls_file("portal.example.nl")
        .replace(b'"TLS1"', b'"FS_ECDHE_curves"')
        .replace(b"not offered", b"secp192r1 sect163k1")
    )
    small_office.deliver(curves, requirements=("tls-scan",), last_day=DAY)
    with pytest.raises(NotPossible, match="shows several checks that fail; name one: Curve: .*, Curve: "):
        grant(small_office, requirement="tls-scan", target="portal.example.nl", tool="testssl", check="FS_ECDHE_curves")


def test_failure_can_be_excepted_while_a_newer_pass_waits_for_review(office: Office) -> None:
    of = ("reviewed-tests",)
    failing = office.deliver(FAILING, requirements=of).evidence
    office.deliver(JUNIT, requirements=of, at=NOW + timedelta(minutes=1))
    grant(office, requirement=of[0], at=NOW + timedelta(minutes=2))
    office.review(failing, "rejected", at=NOW + timedelta(minutes=3))
    with pytest.raises(NotPossible, match="Nothing fails"):
        grant(office, requirement=of[0], at=NOW + timedelta(minutes=4))


def test_revoked_exception_is_no_longer_in_force(office: Office) -> None:
    filed = office.deliver(FAILING)
    number = grant(office, check=filed.covered[0].failing[0][0])
    later = NOW + timedelta(days=2)
    with writing(office.engine, later) as (session, now):
        exceptions.revoke_exception(session, BUILT_IN, number, now)
    assert office.status("role-tests", on=date(2027, 3, 5)) == "demonstrated"
    assert office.status("role-tests", on=date(2027, 3, 6)) == "failing"
    with pytest.raises(NotPossible, match="already"), writing(office.engine, later) as (session, now):
        exceptions.revoke_exception(session, BUILT_IN, number, now)
    with pytest.raises(Unknown), writing(office.engine, later) as (session, now):
        exceptions.revoke_exception(session, BUILT_IN, 12345, now)


@pytest.mark.parametrize(
    ("changed", "kind", "says"),
    [
        ({"requirement": "nothing"}, Unknown, "nothing"),
        ({"requirement": "policy", "system": "", "tool": ""}, NotPossible, "record"),
        ({"system": "elsewhere"}, Unknown, "elsewhere"),
        ({"system": ""}, NotPossible, "each system"),
        ({"target": "portal.example.nl"}, NotPossible, "each system"),
        ({"tool": ""}, NotPossible, "names the tool"),
        ({"check": " "}, WrongText, "check"),
        ({"reason": ""}, WrongText, "reason"),
        ({"last_day": date(2027, 3, 3)}, NotPossible, "days to come"),
        ({"first_day": date(2027, 3, 10), "last_day": date(2027, 3, 9)}, NotPossible, "days to come"),
        ({"person": NOBODY}, NotAllowed, "may not"),
    ],
)
def test_exception_with_wrong_values_is_refused(
    small_office: Office, changed: dict[str, Any], kind: type[Exception], says: str
) -> None:
    small_office.deliver(FAILING)
    with pytest.raises(kind, match=says):
        grant(small_office, **changed)
    assert small_office.count("check_exception") == 0


def test_exception_for_a_target(small_office: Office) -> None:
    scan = tls_file("portal.example.nl", protocol="offered")
    filed = small_office.deliver(scan, requirements=("tls-scan",), first_day=DAY, last_day=DAY)
    where = {"requirement": "tls-scan", "target": "portal.example.nl", "tool": "testssl"}
    grant(small_office, **where, check=filed.covered[0].failing[0][0])
    assert small_office.count("check_exception") == 1


# ── Closing a series ─────────────────────────────────────────────────────────────────────────────────────────────────


def close(office: Office, tool: str = "old", at: datetime = NOW, **changed: Any) -> None:
    arguments = {"requirement": "role-tests", "system": "portal", "target": "", "reason": "replaced", **changed}
    with writing(office.engine, at) as (session, now):
        closed_series.close_series(session, BUILT_IN, **arguments, tool=tool, now=now)


def test_series_closes_after_a_newer_accepted_pass_of_another_tool(office: Office) -> None:
    office.deliver(FAILING, tool="old")
    with pytest.raises(NotPossible, match="newer accepted pass"):
        close(office)
    passing = office.deliver(JUNIT, tool="new", at=NOW + timedelta(minutes=1))
    with pytest.raises(NotPossible, match="newer accepted pass"):
        close(office, at=NOW + timedelta(minutes=1))  # its tool was declared, so it waits for a review
    office.review(passing.evidence, "accepted", at=NOW + timedelta(minutes=1))
    assert office.status("role-tests", on=TODAY) == "failing", "another tool's pass does not hide it"
    close(office, at=NOW + timedelta(minutes=2))
    assert office.status("role-tests", on=TODAY) == "demonstrated"
    with pytest.raises(NotPossible, match="already"):
        close(office, at=NOW + timedelta(minutes=3))


def test_series_does_not_close_after_an_older_pass(office: Office) -> None:
    office.deliver(JUNIT, tool="new")
    office.deliver(FAILING, tool="old", at=NOW + timedelta(minutes=1))
    with pytest.raises(NotPossible, match="newer accepted pass"):
        close(office, at=NOW + timedelta(minutes=2))


def test_series_does_not_close_after_a_waiting_or_rejected_pass(office: Office) -> None:
    delivery = {"requirements": ("reviewed-tests",)}
    office.deliver(FAILING, tool="old", **delivery)
    filed = office.deliver(JUNIT, tool="new", at=NOW + timedelta(minutes=1), **delivery)
    for decision in ("", "rejected"):
        if decision:
            office.review(filed.evidence, decision, at=NOW + timedelta(minutes=2))
        with pytest.raises(NotPossible, match="newer accepted pass"):
            close(office, requirement="reviewed-tests", at=NOW + timedelta(minutes=3))
    office.review(filed.evidence, "accepted", at=NOW + timedelta(minutes=4))
    close(office, requirement="reviewed-tests", at=NOW + timedelta(minutes=5))
    assert office.count("series_closing") == 1


def test_closing_needs_an_existing_series_of_a_test(small_office: Office) -> None:
    with pytest.raises(Unknown, match="is no evidence by"):
        close(small_office)
    with pytest.raises(NotPossible, match="not a test"):
        close(small_office, requirement="policy", system="")


# ── Nonconformities ──────────────────────────────────────────────────────────────────────────────────────────────────


def record(office: Office, at: datetime = NOW, **changed: Any) -> int:
    arguments = {"control": "iso:A.1", "grade": "major", "title": "No key list", "first_day": TODAY, **changed}
    with writing(office.engine, at) as (session, now):
        return nonconformities.record_nonconformity(session, BUILT_IN, **arguments, now=now)


def shut(office: Office, number: int, day: date, at: datetime) -> None:
    with writing(office.engine, at) as (session, now):
        nonconformities.close_nonconformity(session, BUILT_IN, number, day, now)


def control(office: Office, on: date) -> str:
    with reading(office.engine) as session:
        return readiness(session, BUILT_IN, on, datetime(2030, 1, 1, tzinfo=UTC)).controls["iso:A.1"].status


def test_major_nonconformity_lasts_until_its_closing_is_in_force(office: Office) -> None:
    number = record(office)
    assert control(office, TODAY) == "nonconforming"
    shut(office, number, TODAY, NOW + timedelta(days=10))
    assert control(office, date(2027, 3, 13)) == "nonconforming", "never before the day on which it was recorded"
    assert control(office, date(2027, 3, 14)) != "nonconforming"
    with pytest.raises(NotPossible, match="already"):
        shut(office, number, TODAY, NOW + timedelta(days=11))


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"control": "iso:A.9"}, Unknown),
        ({"grade": "huge"}, NotPossible),
        ({"title": ""}, WrongText),
        ({"first_day": date(2027, 3, 5)}, NotPossible),
    ],
)
def test_nonconformity_with_wrong_values_is_refused(
    small_office: Office, changed: dict[str, Any], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        record(small_office, **changed)
    assert small_office.count("nonconformity") == 0


def test_nonconformity_is_not_closed_before_its_first_day(small_office: Office) -> None:
    number = record(small_office)
    with pytest.raises(NotPossible, match="before its first day"):
        shut(small_office, number, DAY, NOW + timedelta(days=1))
    with pytest.raises(Unknown):
        shut(small_office, 999, TODAY, NOW + timedelta(days=1))


def test_nonconformities_with_the_same_title_are_separate_and_dated(office: Office) -> None:
    first, second = record(office), record(office, NOW + timedelta(minutes=1))
    shut(office, first, TODAY, NOW + timedelta(days=10))
    with reading(office.engine) as session:
        later = nonconformities.nonconformities(session, BUILT_IN, ["iso:A.1"], NOW + timedelta(days=11))
        before = nonconformities.nonconformities(session, BUILT_IN, ["iso:A.1"], NOW + timedelta(days=1))
    assert [
        (nonconformity.id, nonconformity.closed_day is None, nonconformity.closed_by) for nonconformity in later
    ] == [
        (second, True, ""),
        (first, False, BUILT_IN.name),
    ]
    assert {(nonconformity.id, nonconformity.closed_day) for nonconformity in before} == {(first, None), (second, None)}
