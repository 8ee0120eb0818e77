"""Findings of scanners, from a file to the status: what is kept, what fails, and what shows nothing."""

import json
from datetime import date
from typing import Any

import pytest

from evidence.library import evidence_items
from evidence.library.results import results
from models.transaction import reading
from tests.evidence.office import COLLEAGUE, DAY, Office

SEEN = "2027-01-05T05:00:00Z"  # so long ago that every term has ended


def sarif(*findings: dict[str, Any], finished: bool = True, scanned: str = "src/a.py", minute: int = 0) -> bytes:
    run = {
        "tool": {"driver": {"name": "Ziener", "version": "4.2"}},
        "artifacts": [{"location": {"uri": scanned}}],
        "results": [
            {"ruleId": "Z1", "message": {"text": "m"}, "provenance": {"firstDetectionTimeUtc": SEEN}, **finding}
            for finding in findings
        ],
    }
    if finished:
        run["invocations"] = [
            {
                "executionSuccessful": True,
                "startTimeUtc": f"{DAY}T05:00:00Z",
                "endTimeUtc": f"{DAY}T05:{10 + minute}:00Z",
            }
        ]
    return json.dumps({"version": "2.1.0", "runs": [run]}).encode()


def deliver(office: Office, content: bytes, **days: date) -> Any:
    return office.deliver(content, requirements=("scan",), names=("scan.sarif",), **days)


def test_finished_scan_within_the_limits_demonstrates_its_requirement(office: Office) -> None:
    filed = deliver(office, sarif({"level": "note"}))
    assert [cell.verdict for cell in filed.covered] == ["pass"]
    assert office.status("scan") == "in_review"
    office.review(filed.evidence, "accepted")
    assert office.status("scan") == "demonstrated"
    assert office.column("test_run", "tool") == ["Ziener"]
    assert office.column("test_run", "complete") == [True]
    assert office.column("test_run", "examined") == [["src/a.py"]]
    assert (office.column("test_result", "severity"), office.column("test_result", "rating")) == (["note"], ["low"])


def test_serious_finding_fails_and_is_explained(office: Office) -> None:
    filed = deliver(office, sarif({"level": "error"}, {"level": "note"}))
    assert [check for check, _ in filed.covered[0].failing] == ["Z1"]
    assert office.status("scan") == "failing"
    with reading(office.engine) as session:
        found = results(session, COLLEAGUE, filed.evidence).rows
        detail = evidence_items.evidence(session, COLLEAGUE, filed.evidence)
    assert [(row.rating, row.level) for row in found] == [("high", "fail"), ("low", "within")]
    assert all(row.explained[0].why for row in found)
    assert detail.runs[0].examined == ["src/a.py"]


def test_empty_list_of_a_scan_that_does_not_say_it_finished_shows_nothing(office: Office) -> None:
    filed = deliver(office, sarif(finished=False), first_day=DAY, last_day=DAY)
    assert [cell.verdict for cell in filed.covered] == ["none"]
    assert "executionSuccessful" in str(filed.covered[0].reason)
    assert office.status("scan") != "demonstrated"


@pytest.mark.parametrize(
    ("suppression", "status"),
    [({"kind": "inSource"}, "in_review"), ({"kind": "inSource", "status": "rejected"}, "failing")],
)
def test_finding_that_the_file_itself_accepts_waits_for_someone_else(
    office: Office, suppression: dict[str, str], status: str
) -> None:
    deliver(office, sarif({"level": "error", "suppressions": [suppression]}))
    assert office.status("scan") == status


def test_scan_of_what_no_review_accepted_here_waits_for_one(office: Office) -> None:
    first = deliver(office, sarif())
    assert [str(reason) for reason in first.review_reasons] == [
        "No review has accepted a scan of src/a.py by Ziener for this; see whether it is what must be scanned."
    ]
    office.review(first.evidence, "accepted")
    assert not deliver(office, sarif(minute=1)).needs_review
    assert deliver(office, sarif(minute=2, scanned="elsewhere/b.py")).needs_review
    assert deliver(office, sarif(minute=3, scanned="elsewhere/b.py")).needs_review, "a scan that waits confirms nothing"


def test_rejected_scan_confirms_nothing(office: Office) -> None:
    office.review(deliver(office, sarif()).evidence, "rejected")
    assert deliver(office, sarif(minute=1)).needs_review
