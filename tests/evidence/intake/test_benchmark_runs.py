"""Runs of benchmarks, from a file to the status: a profile, a share of the checks, and what a person changed."""

import json
from datetime import timedelta
from typing import Any

import pytest

from models.transaction import writing
from tests.access.limited import redefine
from tests.evidence.office import DAY, NOW, Office


@pytest.fixture
def office_with_benchmark(office: Office) -> Office:
    """The requirement `scan` is judged by the policy for benchmarks."""
    with writing(office.engine, NOW - timedelta(days=2)) as (session, now):
        redefine(session, now, "scan", policy="configuration-benchmark", formats=["xccdf", "inspec_hdf"])
    return office


def xccdf(*results: str, profile: str = "web", override: str = "", minute: int = 0) -> bytes:
    written = "".join(
        f'<rule-result idref="r{number}" severity="low"><result>{result}</result>{override}</rule-result>'
        for number, result in enumerate(results)
    )
    return (
        f'<TestResult xmlns="http://checklists.nist.gov/xccdf/1.2" id="t" test-system="cpe:/a:redhat:openscap:1.3.7" '
        f'start-time="{DAY}T05:00:00Z" end-time="{DAY}T05:{10 + minute}:00Z"><benchmark href="b.xml" id="base"/>'
        f'<profile idref="{profile}"/><target>web1</target>{written}</TestResult>'
    ).encode()


def inspec(*statuses: str, impact: float = 0.5) -> bytes:
    controls = [
        {
            "id": f"c{number}",
            "impact": impact,
            "results": [{"status": status, "code_desc": "d", "start_time": f"{DAY}T05:00:00Z"}],
        }
        for number, status in enumerate(statuses)
    ]
    profiles = [{"name": "ssh", "sha256": "0", "controls": controls}]
    report = {"platform": {"name": "debian"}, "profiles": profiles, "statistics": {"duration": 1}, "version": "6"}
    return json.dumps(report).encode()


def deliver(office: Office, content: bytes, name: str = "scan.xml") -> Any:
    return office.deliver(content, requirements=("scan",), names=(name,))


@pytest.mark.parametrize(
    ("content", "name"), [(xccdf(*["pass"] * 4, "fail"), "scan.xml"), (inspec(*["passed"] * 4, "failed"), "scan.json")]
)
def test_run_with_a_sufficient_share_demonstrates_its_requirement(
    office_with_benchmark: Office, content: bytes, name: str
) -> None:
    office = office_with_benchmark
    filed = deliver(office, content, name)
    assert [cell.verdict for cell in filed.covered] == ["pass"]
    office.review(filed.evidence, "accepted")
    assert office.status("scan") == "demonstrated"
    assert office.column("test_run", "complete") == [True]
    assert office.column("test_run", "examined") == [["web1 (web)"] if name == "scan.xml" else ["debian (ssh)"]]


@pytest.mark.parametrize(
    ("content", "name", "checks"),
    [
        (xccdf("pass", "fail"), "scan.xml", ["passed-share"]),
        (inspec(*["passed"] * 9, "failed", impact=0.7), "scan.json", ["c9 d"]),
    ],
)
def test_run_with_too_small_a_share_or_a_serious_failure_fails(
    office_with_benchmark: Office, content: bytes, name: str, checks: list[str]
) -> None:
    filed = deliver(office_with_benchmark, content, name)
    assert [check for check, _ in filed.covered[0].failing] == checks
    assert office_with_benchmark.status("scan") == "failing"


def test_run_of_another_profile_waits_for_a_review(office_with_benchmark: Office) -> None:
    office = office_with_benchmark
    office.review(deliver(office, xccdf("pass")).evidence, "accepted")
    assert not deliver(office, xccdf("pass", minute=1)).needs_review
    other = deliver(office, xccdf("pass", minute=2, profile="lax"))
    assert "web1 (lax)" in str(other.review_reasons)


def test_run_that_leaves_out_a_check_waits_for_a_review(office_with_benchmark: Office) -> None:
    office = office_with_benchmark
    office.review(deliver(office, xccdf("pass", "pass", "pass", "pass", "fail")).evidence, "accepted")
    assert not deliver(office, xccdf("pass", "pass", "pass", "pass", "fail", minute=1)).needs_review
    fewer = deliver(office, xccdf("pass", "pass", "pass", "pass", "notselected", minute=2))
    assert [str(reason) for reason in fewer.review_reasons] == [
        "The run that counted last tested r4; this one does not."
    ]


def test_result_that_someone_overrode_waits_for_a_review(office_with_benchmark: Office) -> None:
    office = office_with_benchmark
    office.review(deliver(office, xccdf("pass")).evidence, "accepted")
    override = "<override><old-result>fail</old-result><new-result>notapplicable</new-result></override>"
    changed = xccdf("notapplicable", minute=1, override=override).replace(
        b"<rule-result", b'<rule-result idref="x"><result>pass</result></rule-result><rule-result', 1
    )
    filed = deliver(office, changed)
    assert [cell.verdict for cell in filed.covered] == ["pass"]
    assert "someone changed or accepted it" in str(filed.review_reasons)
