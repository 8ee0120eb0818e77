"""A pass at an address that was withdrawn, or had ended before the test, counts for nothing from that moment on."""

import io
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from access.permissions import AUDITOR, BUILT_IN, SECURITY_OFFICER, NotAllowed, Person
from controls.errors import NotPossible as NotPossibleForControls
from controls.scope import target_addresses
from evidence.errors import NotPossible
from evidence.formats import recognise
from evidence.intake.judged_again.withdrawn_addresses import DEFAULT_PORTS, end_address, withdraw_address
from evidence.integrity.evidence import EvidenceComparison, problems
from evidence.judging.policies import policies
from evidence.library import evidence_items
from models.transaction import reading, writing
from readiness import readiness
from tests.access.limited import redefine
from tests.dashboard.proof import dated_scan
from tests.evidence.formats.test_samples import EXPECTATIONS, sample
from tests.evidence.intake.test_inside_addresses import scans
from tests.evidence.intake.test_judging_again import judge, what_changed
from tests.evidence.office import COLLEAGUE, DAY, NOW, Office

HOST, OTHER = "portal.example.nl", "www.example.net"
ANNA = Person("Anna", frozenset({SECURITY_OFFICER}))
BO = Person("Bo", frozenset({SECURITY_OFFICER}))
SCANNED = {"requirements": ("tls-scan",), "person": ANNA}
HOUR = timedelta(hours=1)


def recorded(office: Office, address: str = OTHER, *, person: Person = BO, at: datetime = NOW - 24 * HOUR) -> str:
    with writing(office.engine, at) as (session, now):
        return target_addresses.record_address(session, person, "portal", HOST, address, date(2026, 1, 1), now)


def withdraw(office: Office, key: str, at: datetime = NOW + HOUR) -> None:
    with writing(office.engine, at) as (session, now):
        withdraw_address(session, BO, key, now)


def end(office: Office, key: str, last_day: date | None, at: datetime = NOW + HOUR) -> None:
    with writing(office.engine, at) as (session, now):
        end_address(session, BO, key, last_day, now)


def status(office: Office, known: datetime, requirement: str = "tls-scan", on: date = DAY) -> str:
    with reading(office.engine) as session:
        cells = readiness(session, BUILT_IN, on, known).cells
    return next(row.status for row in cells if row.key == (requirement, "portal", HOST))


def reasons(office: Office, evidence: str) -> list[str]:
    with reading(office.engine) as session:
        return [str(cell.reason) for cell in evidence_items.evidence(session, BUILT_IN, evidence).coverage]


def test_pass_at_a_withdrawn_address_counts_for_nothing_from_then_on(office: Office) -> None:
    key = recorded(office)
    filed = office.deliver(dated_scan(OTHER, DAY.isoformat()), **SCANNED)
    assert filed.review_reasons == []
    withdraw(office, key)
    assert status(office, NOW + HOUR / 2) == "demonstrated", "what was known then stays"
    assert status(office, NOW + 2 * HOUR) == "missing"
    assert reasons(office, filed.evidence) == [
        (
            f"{OTHER} was withdrawn as an address of {HOST}, so what was tested there counts for nothing. "
            "If it is one, record it again and judge this evidence again."
        )
    ]
    assert "evidence.judge" in office.column("activity", "verb")


def test_acceptance_by_a_reviewer_does_not_bring_it_back(small_office: Office) -> None:
    key = recorded(small_office, person=ANNA)
    filed = small_office.deliver(dated_scan(OTHER, DAY.isoformat()), **SCANNED)
    small_office.review(filed.evidence, "accepted")
    assert status(small_office, NOW + HOUR / 2) == "demonstrated"
    withdraw(small_office, key)
    small_office.review(filed.evidence, "accepted", at=NOW + 2 * HOUR)
    assert status(small_office, NOW + 3 * HOUR) == "missing"


def test_declared_address_that_was_recorded_later_and_withdrawn_counts_for_nothing_either(small_office: Office) -> None:
    place = {"targets": {OTHER: ("portal", HOST)}}
    filed = small_office.deliver(dated_scan(OTHER, DAY.isoformat()), **SCANNED, **place)
    small_office.review(filed.evidence, "accepted")
    withdraw(small_office, recorded(small_office, at=NOW + HOUR), NOW + 2 * HOUR)
    assert status(small_office, NOW + 3 * HOUR) == "missing"
    with pytest.raises(NotPossible, match="Nothing has changed"):
        judge(small_office, filed.evidence, at=NOW + 3 * HOUR)


def test_fail_at_a_withdrawn_address_stays(small_office: Office) -> None:
    key = recorded(small_office)
    small_office.deliver(dated_scan(OTHER, DAY.isoformat(), weak=True), **SCANNED)
    withdraw(small_office, key)
    assert status(small_office, NOW + 2 * HOUR) == "failing"


def test_fail_that_the_pass_replaced_is_open_again(small_office: Office) -> None:
    key = recorded(small_office)
    small_office.deliver(dated_scan(OTHER, "2027-03-02", weak=True), **SCANNED)
    small_office.deliver(dated_scan(OTHER, DAY.isoformat()), **SCANNED)
    withdraw(small_office, key)
    assert status(small_office, NOW + 2 * HOUR) == "failing"


def test_pass_that_names_another_recorded_address_too_stays(small_office: Office) -> None:
    key = recorded(small_office)
    scan = dated_scan(HOST, DAY.isoformat())
    filed = small_office.deliver(scan, dated_scan(OTHER, DAY.isoformat()), **SCANNED)
    own = small_office.deliver(scan + b"\n", **SCANNED)
    withdraw(small_office, key)
    assert status(small_office, NOW + 2 * HOUR) == "demonstrated"
    assert [cell.verdict for cell in filed.covered] == [cell.verdict for cell in own.covered] == ["pass"]
    assert "evidence.judge" not in small_office.column("activity", "verb")


def test_address_that_ended_before_the_test_counts_as_withdrawn(small_office: Office) -> None:
    key = recorded(small_office)
    filed = small_office.deliver(dated_scan(OTHER, DAY.isoformat()), **SCANNED)
    end(small_office, key, DAY)
    assert status(small_office, NOW + 2 * HOUR) == "demonstrated", "it was tested on its last day"
    end(small_office, key, DAY - timedelta(days=1), NOW + 3 * HOUR)
    assert status(small_office, NOW + 4 * HOUR) == "missing"
    assert reasons(small_office, filed.evidence) == [
        (
            f"{OTHER} was an address of {HOST} until 2 March 2027, before it was tested, so what was tested there counts "
            "for nothing. If it still was one, change its last day and judge this evidence again."
        )
    ]


def test_address_recorded_again_lets_it_be_judged_again_and_someone_else_review_it(office: Office) -> None:
    key = recorded(office)
    filed = office.deliver(dated_scan(OTHER, DAY.isoformat()), **SCANNED)
    withdraw(office, key)
    assert what_changed(office, filed.evidence) == []
    recorded(office, at=NOW + 2 * HOUR)
    again = f"{OTHER} is recorded again as an address of {HOST}."
    assert what_changed(office, filed.evidence) == [again]
    judged = judge(office, filed.evidence, NOW + 3 * HOUR, ANNA)
    assert [cell.verdict for cell in judged.covered] == ["pass"]
    assert list(map(str, judged.review_reasons)) == [again]
    assert status(office, NOW + 4 * HOUR) == "in_review"
    office.review(filed.evidence, "accepted", COLLEAGUE, at=NOW + 5 * HOUR)
    assert status(office, NOW + 6 * HOUR) == "demonstrated"


def test_reopened_address_lets_it_be_judged_again(small_office: Office) -> None:
    key = recorded(small_office)
    filed = small_office.deliver(dated_scan(OTHER, DAY.isoformat()), **SCANNED)
    end(small_office, key, DAY - timedelta(days=1))
    end(small_office, key, None, NOW + 2 * HOUR)
    judge(small_office, filed.evidence, NOW + 3 * HOUR)
    assert status(small_office, NOW + 4 * HOUR) == "in_review"


def test_scan_from_inside_waits_when_the_inside_address_is_withdrawn(office: Office) -> None:
    with writing(office.engine, NOW - 48 * HOUR) as (session, now):
        redefine(session, now, "port-scan", policy="expected-exposure")
    key = recorded(office, "10.0.0.7")
    for requirement in ("tls-scan", "port-scan"):
        filed = office.deliver(scans("10.0.0.7")[requirement], requirements=(requirement,), person=ANNA)
        assert filed.review_reasons == []
    withdraw(office, key)
    for requirement in ("tls-scan", "port-scan"):
        assert status(office, NOW + 2 * HOUR, requirement, NOW.date()) == "in_review"


def test_judging_again_by_another_edition_keeps_the_doubt(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = recorded(small_office, "10.0.0.7")
    filed = small_office.deliver(scans("10.0.0.7")["tls-scan"], requirements=("tls-scan",), person=ANNA)
    withdraw(small_office, key)
    monkeypatch.setattr(policies()["tls-ncsc-nl@2025-05"], "sha256", "of another edition")
    judge(small_office, filed.evidence, NOW + 2 * HOUR)
    assert status(small_office, NOW + 3 * HOUR) == "in_review"


def test_log_and_database_agree_after_a_withdrawal(office: Office) -> None:
    key = recorded(office)
    office.deliver(dated_scan(OTHER, DAY.isoformat()), **SCANNED)
    withdraw(office, key)
    with reading(office.engine) as session:
        assert list(problems(session, EvidenceComparison())) == []


def test_withdrawing_twice_is_refused_and_records_nothing(small_office: Office) -> None:
    key = recorded(small_office)
    withdraw(small_office, key)
    for change in (lambda: withdraw(small_office, key), lambda: end(small_office, key, None)):
        with pytest.raises(NotPossibleForControls, match=f"{OTHER} was withdrawn as an address of {HOST} already"):
            change()
    assert small_office.count("target_address") == 2


@pytest.mark.parametrize("verb", [end_address, withdraw_address])
def test_only_who_may_change_the_scope_changes_addresses(small_office: Office, verb) -> None:
    key = recorded(small_office)
    arguments = (key, DAY) if verb is end_address else (key,)
    with writing(small_office.engine, NOW) as (session, now), pytest.raises(NotAllowed):
        verb(session, Person("Ada", frozenset({AUDITOR})), *arguments, now)


def test_pass_without_results_of_a_name_waits(small_office: Office) -> None:
    """A port scan that lists no port does not store what it named."""
    with writing(small_office.engine, NOW - 48 * HOUR) as (session, now):
        redefine(session, now, "port-scan", policy="expected-exposure")
    key = recorded(small_office)
    content = scans("192.0.2.7")["port-scan"].replace(HOST.encode(), OTHER.encode())
    closed = re.sub(rb"<port protocol.*?</port>", b"", content).replace(
        b'"filtered" count="65535"/>',
        b'"closed" count="65535"><extrareasons reason="reset" count="65535"/></extraports>',
    )
    filed = small_office.deliver(closed, requirements=("port-scan",), person=ANNA)
    assert [cell.verdict for cell in filed.covered] == ["pass"]
    withdraw(small_office, key)
    assert status(small_office, NOW + 2 * HOUR, "port-scan", NOW.date()) == "in_review"


@pytest.mark.parametrize("expectation", [path for path in EXPECTATIONS if "refused" not in sample(path)[1]])
def test_passes_of_every_format_that_names_addresses_are_judged(expectation: Path) -> None:
    content = sample(expectation)[0].read_bytes()
    file_format = recognise(content[:65_536])
    assert file_format is not None
    run, results = file_format.read(io.BytesIO(content))
    list(results)
    if run.targets:
        assert DEFAULT_PORTS[file_format.NAME] == run.default_port


ZAP = """<OWASPZAPReport version="2.11.1" generated="{day}">
 <site name="https://{host}" host="{host}" port="443" ssl="true"><alerts><alertitem><pluginid>10011</pluginid>
 <alertRef>10011</alertRef><alert>Cookie</alert><name>Cookie</name><riskcode>1</riskcode><confidence>2</confidence>
 <instances><instance><uri>https://{host}/a</uri></instance></instances></alertitem></alerts></site></OWASPZAPReport>"""


def test_scan_for_vulnerabilities_falls_with_its_address_too(office: Office) -> None:
    with writing(office.engine, NOW - 48 * HOUR) as (session, now):
        redefine(session, now, "tls-scan", policy="vulnerability-scan", formats=["zap_xml"])
    key = recorded(office)
    filed = office.deliver(
        ZAP.format(host=OTHER, day=f"{DAY:%a, %d %b %Y} 03:00:00").encode(), names=("zap.xml",), **SCANNED
    )
    assert [cell.verdict for cell in filed.covered] == ["pass"]
    assert filed.review_reasons == []
    withdraw(office, key)
    assert status(office, NOW + HOUR / 2) == "demonstrated", "as was known before"
    assert status(office, NOW + 2 * HOUR) == "missing"
