"""A scan handed in together with VEX documents, from upload to readiness."""

import json

import pytest

from access.permissions import BUILT_IN
from dashboard.app_pages.evidence_item.sections import result_table
from evidence.errors import Unfitting
from evidence.intake.verdicts import vex_of_delivery
from evidence.judging.policies import policies
from evidence.library.results import results
from locales import Language
from models.transaction import reading
from tests.evidence.office import COLLEAGUE, DAY

LODAS = "pkg:npm/lodas@4.17.20"
IMAGE = "pkg:oci/portal@sha256%3A01"


@pytest.fixture(autouse=True)
def counts_at_once(monkeypatch):
    """Findings have no term here, as these tests are about statements."""
    policy = policies()["vulnerability-scan"]
    monkeypatch.setattr(policy, "rules", policy.rules.model_copy(update={"terms": {}}))


def trivy(*vulnerabilities, moment="2027-03-03T08:00:00Z"):
    found = [
        {
            "VulnerabilityID": check, "VendorIDs": ["GHSA-1"], "PkgName": "lodas", "InstalledVersion": "4.17.20",
            "Severity": "HIGH", "PkgIdentifier": {"PURL": LODAS}, "Title": "Prototype",
        }
        for check in vulnerabilities
    ]  # fmt: skip
    result = {"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": found}
    return json.dumps(
        {
            "SchemaVersion": 2, "CreatedAt": moment, "ArtifactName": "registry.example.nl/portal:1",
            "Metadata": {"RepoDigests": ["registry.example.nl/portal@sha256:01"]}, "Results": [result],
        }
    ).encode()  # fmt: skip


def openvex(status, moment="2027-01-05T08:00:00Z", products=(LODAS,), name="CVE-1", **more):
    statement = {"vulnerability": {"name": name}, "products": list(products), "status": status, **more}
    head = {"@context": "https://openvex.dev/ns/v0.2.0", "author": "Duinroos", "timestamp": moment, "tooling": "vexctl"}
    return json.dumps({**head, "statements": [statement]}).encode()


def justified(**more):
    return openvex("not_affected", justification="vulnerable_code_not_in_execute_path", **more)


def csaf(status, purl=LODAS):
    product = {"product_id": "P", "name": "lodas", "product_identification_helper": {"purl": purl}}
    vulnerability = {
        "cve": "CVE-1", "product_status": {status: ["P"]}, "flags": [{"label": "component_not_present", "product_ids": ["P"]}],
    }  # fmt: skip
    dates = {"initial_release_date": "2027-02-01T00:00:00Z", "current_release_date": "2027-02-01T00:00:00Z"}
    head = {"csaf_version": "2.0", "publisher": {"name": "Leverancier"}, "tracking": {"status": "final", **dates}}
    return json.dumps(
        {"document": head, "product_tree": {"full_product_names": [product]}, "vulnerabilities": [vulnerability]}
    ).encode()


def cyclonedx(state, **analysis):
    component = {"bom-ref": "1", "name": "lodas", "purl": LODAS}
    vulnerability = {"id": "GHSA-1", "analysis": {"state": state, **analysis}, "affects": [{"ref": "1"}]}
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"timestamp": "2027-02-01T00:00:00Z"}}
    return json.dumps({**head, "components": [component], "vulnerabilities": [vulnerability]}).encode()


def deliver(office, *contents, **more):
    return office.deliver(*contents, requirements=("scan",), **more)


def verdict(filed):
    (cell,) = filed.covered
    return cell.verdict


def test_finding_without_a_document_fails(office):
    assert verdict(deliver(office, trivy("CVE-1"))) == "fail"


@pytest.mark.parametrize(
    "document",
    [
        justified(),
        justified(name="GHSA-1"),
        justified(products=[{"@id": IMAGE, "subcomponents": [{"@id": LODAS}]}]),
        justified(products=[{"@id": IMAGE}]),
        openvex("fixed"),
        openvex("under_investigation", moment="2027-03-01T08:00:00Z"),
        csaf("known_not_affected"),
        csaf("first_fixed"),
        cyclonedx("not_affected", justification="code_not_reachable"),
        cyclonedx("resolved"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_statement_takes_the_finding_out_and_waits_for_someone_else(office, document, first):
    filed = deliver(office, *((document, trivy("CVE-1")) if first else (trivy("CVE-1"), document)))
    assert verdict(filed) == "pass"
    assert filed.needs_review
    assert any(
        "statement in a VEX document, which a person wrote: CVE-1" in str(reason) for reason in filed.review_reasons
    )
    assert office.column("series", "tool") == ["trivy"]
    assert office.column("evidence", "format") == ["trivy"]
    assert office.column("coverage", "first_day") == [DAY]
    assert office.status("scan") != "demonstrated"
    office.review(filed.evidence, "accepted", COLLEAGUE)
    assert office.status("scan") == "demonstrated"


@pytest.mark.parametrize(
    "document",
    [
        openvex("not_affected"),
        openvex("affected"),
        justified(products=["pkg:npm/lodas"]),
        justified(products=["pkg:npm/lodas@4.17.21"]),
        justified(products=["lodas"]),
        justified(name="CVE-2"),
        openvex("under_investigation", moment="2027-01-05T08:00:00Z"),
        csaf("known_not_affected", "pkg:npm/lodas@4"),
        csaf("known_affected"),
        cyclonedx("exploitable"),
        cyclonedx("not_affected"),
    ],
)
def test_other_statement_keeps_it_failing(office, document):
    assert verdict(deliver(office, trivy("CVE-1"), document)) == "fail"


def test_later_statement_in_another_document_counts(office):
    later = openvex("affected", moment="2027-02-05T08:00:00Z")
    assert verdict(deliver(office, trivy("CVE-1"), justified(), later)) == "fail"


def test_statement_takes_no_other_finding_out(office):
    filed = deliver(office, trivy("CVE-1", "CVE-3"), justified())
    (cell,) = filed.covered
    assert (cell.verdict, [check for check, _ in cell.failing]) == ("fail", ["CVE-3 package-lock.json"])


def test_document_alone_is_no_proof(office):
    filed = deliver(office, justified())
    (cell,) = filed.covered
    assert cell.verdict == "none"
    assert "does not show that a scan looked" in str(cell.reason)


def test_statement_is_stored_with_the_finding(office):
    deliver(office, trivy("CVE-1"), justified())
    levels = dict(zip(office.column("test_result", "level"), office.column("test_result", "message"), strict=True))
    assert set(levels) == {"by statement", "statement"}
    assert levels["by statement"].endswith(
        " — VEX: not_affected; vulnerable_code_not_in_execute_path; Duinroos; 2027-01-05"
    )


def test_evidence_page_says_which_statement_takes_a_finding_out(office):
    filed = deliver(office, trivy("CVE-1"), justified())
    with reading(office.engine) as session:
        rows = {row.level: row for row in results(session, BUILT_IN, filed.evidence).rows}
    shown = result_table(Language("nl"), list(rows.values()))
    assert "Telt niet mee, door een VEX-verklaring" in shown
    statement = "not_affected; vulnerable_code_not_in_execute_path; Duinroos; 2027-01-05"
    assert f"Het telt niet mee door een verklaring in een VEX-document: {statement}." in shown
    assert "Dit is een verklaring, geen bevinding van een scan." in shown


def test_investigation_ends_the_validity(office):
    filed = deliver(office, trivy("CVE-1"), openvex("under_investigation", moment="2027-03-01T08:00:00Z"))
    office.review(filed.evidence, "accepted", COLLEAGUE)
    assert [str(day) for day in office.column("coverage", "explicit_end")] == ["2027-03-15"]


def test_clean_scan_beside_a_document_that_says_affected_waits_for_a_review(office):
    filed = deliver(office, trivy(), openvex("affected"))
    assert verdict(filed) == "pass"
    assert any("says of one vulnerability that it affects" in str(reason) for reason in filed.review_reasons)


def test_too_many_statements_are_refused(office, monkeypatch):
    monkeypatch.setattr(vex_of_delivery, "_MOST", 0)
    with pytest.raises(Unfitting, match="more than 0"):
        deliver(office, trivy("CVE-1"), justified())
