"""Clean reports of benchmarks that say of themselves that they missed something: none is accepted by itself."""

import pytest

from tests.evidence.office import Office
from tests.evidence.reports_of_tools import (
    after_a_review,
    checkov,
    checkov_check,
    docker_bench,
    inspec,
    judged,
    kube_bench,
    oscal,
    oscal_xml,
    prowler,
    require_reports,
    xccdf,
)

SELECTED = "<reviewed-controls><control-selection>{}</control-selection></reviewed-controls>"

WHOLE = [
    prowler(),
    prowler(regions=("westeurope",), checks=50, provider="azure"),
    prowler(regions=("",), checks=12, services=3, provider="github"),
    docker_bench(),
    docker_bench("12345"),
    kube_bench(["PASS"] * 3),
    kube_bench(["PASS"], group={"pass": 1, "fail": 0, "warn": 0, "info": 0}),
    checkov(),
    xccdf(),
    xccdf(["pass", "notapplicable", "notselected", "informational"]),
    xccdf(score=""),
    xccdf(score='<score system="urn:xccdf:scoring:flat-unweighted" maximum="5">5</score>'),
    inspec(),
    inspec(control={"status": "passed"}),
    oscal(),
    oscal(observation={"expires": "2027-06-01T00:00:00Z"}),
    oscal(result={"reviewed-controls": {"control-selections": [{"include-all": {}}]}}),
    oscal(result={"risks": [{"uuid": "k1", "status": "closed"}]}),
    oscal_xml(SELECTED.format('<include-control control-id="ac-1"/>')),
]


@pytest.mark.parametrize("whole", WHOLE)
def test_whole_run_tells_nothing_that_someone_must_look_at(whole: bytes) -> None:
    verdicts, told = judged("bench", whole)
    assert verdicts == {"pass"}
    assert "\n" not in told


REVIEWED = {
    "include-controls": {"control-selections": [{"include-controls": [{"control-id": "ac-1"}, {"control-id": "ac-2"}]}]},
    "exclude-controls": {
        "control-selections": [{"include-all": {}, "exclude-controls": [{"control-id": "ac-2"}, {"control-id": "ac-3"}]}]
    },
    "statements": {
        "control-selections": [{"include-controls": [{"control-id": "ac-1", "statement-ids": ["ac-1_smt.a"]}]}]
    },
}  # fmt: skip
SATISFIED = {"type": "objective-id", "target-id": "ac-1_obj", "status": {"state": "satisfied"}}

PASSED = [{"name": "result", "value": "pass"}]

DOUBTFUL = [
    (prowler(regions=("eu-west-1",)), "only of eu-west-1"),
    (prowler(regions=("eu-west-1", "us-east-1")), "only of eu-west-1, us-east-1"),
    (prowler(checks=20), "only 20 checks"),
    (prowler().replace(b'"FAIL"', b'"PASS"'), "--status PASS"),
    (prowler(services=4), "only 4 services"),
    (prowler(status_code="MANUAL"), "leaves one result to a person"),
    (prowler(status="Suppressed", status_code="FAIL"), "does not count"),
    (prowler(status="Suppressed", status_code="FAIL", severity="Low"), "does not count"),
    (docker_bench(checks=15), "counted 15 checks"),
    (docker_bench("12"), "sections 3, 4, 5"),
    (docker_bench(result="NOTE"), "leaves one result to a person"),
    (docker_bench(result="OTHER"), "leaves one result to a person"),
    (kube_bench(["PASS", "WARN"]), "leaves one result to a person"),
    (kube_bench(["PASS", "INFO"]), "leave one finding out"),
    (checkov(summary={"passed": 9}), "9 checks that passed, and lists 4"),
    (checkov({"skipped_checks": [checkov_check("CKV_9", "SKIPPED")]}, {"skipped": 1}), "does not count"),
    (checkov(summary={"skipped": 2}), "leave 2 findings out"),
    (checkov({"passed_checks": [checkov_check(f"CKV_{n}", "PASSED" if n else "UNKNOWN") for n in range(9)]}),
     "leaves one result to a person"),
    (xccdf(["pass"] * 5 + ["notchecked"]), "leaves one result to a person"),
    (xccdf(score='<score system="urn:xccdf:scoring:default" maximum="100">71.25</score>'), "score (71.25"),
    (xccdf(score='<score system="urn:xccdf:scoring:flat-unweighted" maximum="9">5</score>'), "score (5"),
    (inspec({"status": "skipped", "skip_message": "m"}), "leaves one result to a person"),
    (inspec({"status": "failed"}, {"waiver_data": {"justification": "j"}}), "does not count"),
    (inspec({"skip_message": "No sshd here"}), "leaves one result to a person"),
    (inspec(profile={"status": "skipped"}), "leaves one result to a person"),
    (oscal(result={"reviewed-controls": REVIEWED["include-controls"]}), "ac-2"),
    (oscal(result={"reviewed-controls": REVIEWED["exclude-controls"]}), "ac-2, ac-3"),
    (oscal(result={"reviewed-controls": REVIEWED["statements"]}), "ac-1_smt.a"),
    (oscal(result={"risks": [{"uuid": "k1", "title": "r", "status": "open"}]}), "one risk"),
    (oscal({"related-risks": [{"risk-uuid": "k1"}]}, result={"risks": [{"uuid": "k1", "status": "open"}]}),
     "one risk"),
    (oscal(observation={"collected": "2026-03-03T05:00:00Z"}), "3 March 2026"),
    (oscal(observation={"expires": "2027-03-01T05:00:00Z"}), "1 March 2027"),
    (oscal(observation={"props": [{"name": "result", "value": "fail"}]}), "leaves one result to a person"),
    (oscal({"target": {**SATISFIED, "implementation-status": {"state": "planned"}}}), "leaves one result"),
    (oscal({"related-observations": []}), "leaves one result to a person"),
    (oscal(observation={"methods": ["INTERVIEW"], "props": PASSED}, result={"findings": []}), "leaves one result"),
    (oscal_xml(SELECTED.format('<include-all/><exclude-control control-id="ac-2"/>')), "ac-2"),
    (oscal_xml(SELECTED.format('<include-control control-id="ac-1"/><include-control control-id="ac-9"/>')), "ac-9"),
    (oscal_xml(SELECTED.format('<include-control control-id="ac-1"><statement-id>ac-1_smt.a</statement-id>'
                               "</include-control>")), "ac-1_smt.a"),
    (oscal_xml('<risk uuid="k"><status>open</status></risk>'), "one risk"),
    (oscal_xml('<observation uuid="o2"><collected>2026-01-03T05:00:00Z</collected></observation>'), "3 January 2026"),
    (oscal_xml(target='<implementation-status state="planned"/>'), "leaves one result"),
    (xccdf(attributes='time="2026-03-03T05:00:00+00:00"'), "3 March 2026"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "reason"), DOUBTFUL)
def test_report_that_may_have_missed_something_says_so(content: bytes, reason: str) -> None:
    verdicts, told = judged("bench", content)
    assert verdicts == {"pass"}
    assert reason in told.rpartition("\n")[0]


NOTHING_SHOWN = [
    (docker_bench(end=0), "no end"),
    (kube_bench(total_warn=3), "do not agree"),
    (kube_bench(group={"fail": 2}), "do not agree"),
    (checkov({"parsing_errors": ["/b.tf"]}, {"parsing_errors": 1}), "could not parse"),
    (xccdf(["pass"] * 5 + ["unknown"]), "could not be carried out"),
    (xccdf(["pass"] * 5 + ["error"]), "could not be carried out"),
    (inspec({"exception": "RuntimeError"}), "could not be carried out"),
    (inspec({"backtrace": ["x"]}), "could not be carried out"),
    (inspec(control={"status": "error"}), "could not be carried out"),
    (oscal(result={"end": None}), "no end"),
]


@pytest.mark.parametrize(("content", "reason"), NOTHING_SHOWN)
def test_report_that_says_it_is_not_whole_shows_nothing(content: bytes, reason: str) -> None:
    verdicts, told = judged("bench", content)
    assert verdicts == {"none"}
    assert reason in told


FAILING = [
    checkov({"passed_checks": [checkov_check("CKV_0", "FAILED")]}, {"passed": 1}),
    inspec(control={"status": "failed"}),
]


@pytest.mark.parametrize("content", FAILING)
def test_failure_among_what_passed_fails(content: bytes) -> None:
    assert judged("bench", content)[0] == {"fail"}


CHANGED = [
    (xccdf(), xccdf(inside='<tailoring-file id="t" href="x" time="x" version="1"/>'), "No review has accepted a scan"),
    (xccdf(), xccdf(["pass"] * 4 + ["notselected"]), "tested rule_4; this one does not"),
    (inspec(), inspec(control={"waiver_data": {"justification": "j", "skipped_due_to_waiver": True}, "results": []}),
     "tested c9; this one does not"),
    (inspec(), inspec(controls=9), "tested c9; this one does not"),
    (prowler(), prowler(regions=("eu-west-1",)), "only of eu-west-1"),
]  # fmt: skip


@pytest.mark.parametrize(("whole", "content", "reason"), CHANGED)
def test_run_of_less_than_a_review_accepted_waits(
    small_office: Office, whole: bytes, content: bytes, reason: str
) -> None:
    require_reports(small_office)
    filed = after_a_review(small_office, "bench", whole, content)
    assert {cell.verdict for cell in filed.covered} == {"pass"}
    assert filed.needs_review
    assert reason in " ".join(str(each) for each in filed.review_reasons)
