"""Checkov: scans that show nothing, kinds and severities, and files that are read back."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.findings import FINDING_KIND, SET_ASIDE, value_of

CHECK = {"check_id": "CKV_X_1", "check_name": "n", "resource": "r", "file_path": "/a.tf", "severity": None}
COUNTERS = {"passed": 0, "failed": 0, "skipped": 0, "parsing_errors": 0, "resource_count": 0, "checkov_version": "3"}


def read(document):
    content = json.dumps(document).encode()
    assert recognise(content[:65_536]).NAME == "checkov"
    run, results = formats()["checkov"].read(io.BytesIO(content))
    return run, list(results)


def report(passed=(), failed=(), skipped=(), errors=(), **summary):
    counts = {"passed": len(passed), "failed": len(failed), "skipped": len(skipped), "parsing_errors": len(errors)}
    return {
        "check_type": "terraform",
        "results": {
            "passed_checks": list(passed),
            "failed_checks": list(failed),
            "skipped_checks": list(skipped),
            "parsing_errors": list(errors),
        },
        "summary": {**COUNTERS, **counts, **summary},
    }


def test_clean_scan_that_names_its_files_is_complete():
    run, (result,) = read(report(passed=[CHECK]))
    assert (run.complete, result.outcome, result.rating, run.facts.examined) == (True, "pass", "", ["/a.tf"])


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (COUNTERS, "nothing was checked"),
        (report(), "nothing was checked"),
        (report(passed=[CHECK], errors=["/b.tf"]), "one file"),
        (report(passed=[CHECK], parsing_errors=2), "2 files"),
        (report(passed=[CHECK], failed=[CHECK]) | {"summary": {**COUNTERS, "failed": 2}}, "does not agree"),
        ({name: value for name, value in report(passed=[CHECK]).items() if name != "summary"}, "missing"),
        ([report(passed=[CHECK]), {"check_type": "helm", "results": {"failed_checks": []}}], "missing"),
    ],
)
def test_scan_that_checked_nothing_or_not_everything_is_incomplete(document, problem):
    run, _ = read(document)
    assert not run.complete
    assert problem in str(run.remark)


def test_quiet_clean_scan_names_no_file_and_its_skips_need_review():
    quiet = report(passed=[CHECK] * 3, skipped=[CHECK] * 2)
    quiet["results"] = {"failed_checks": []}
    run, results = read(quiet)
    assert (results, run.facts.examined, run.facts.left_out) == ([], [], 2)


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({}, "misconfiguration"),
        ({"check_id": "CKV_SECRET_6"}, "secret"),
        ({"check_id": "BC_CVE_1", "vulnerability_details": {"id": "CVE-1"}}, "vulnerability"),
        ({"check_id": "BC_LIC_1", "vulnerability_details": {"license": "x"}}, "licence"),
    ],
)
def test_checkov_finds_several_kinds(changed, kind):
    _, (result,) = read(report(failed=[{**CHECK, **changed}]))
    assert value_of(result, FINDING_KIND) == kind


@pytest.mark.parametrize(
    ("severity", "rating"), [(None, "unknown"), ("MEDIUM", "medium"), ({"name": "HIGH", "level": 4}, "high")]
)
def test_severity_that_is_missing_is_unknown(severity, rating):
    _, (result,) = read(report(failed=[{**CHECK, "severity": severity}]))
    assert result.rating == rating


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=9)
CHECKS = st.lists(st.tuples(NAMES, NAMES, st.sampled_from([None, "LOW", "CRITICAL"])), max_size=4)


@given(reports=st.lists(st.tuples(CHECKS, CHECKS, CHECKS, st.lists(NAMES, max_size=2)), min_size=1, max_size=3))
def test_any_file_is_read_back(reports):
    documents = [
        report(
            *(
                [{**CHECK, "check_id": check, "resource": resource, "severity": severity} for check, resource, severity in rows]
                for rows in lists
            ),
            errors=errors,
        )
        for *lists, errors in reports
    ]  # fmt: skip
    run, results = read(documents if len(documents) > 1 else documents[0])
    lists = [(passed, failed, skipped) for passed, failed, skipped, _ in reports]
    assert run.complete is (not any(errors for *_, errors in reports) and any(map(any, lists)))
    expected = []
    for passed, failed, skipped, errors in reports:
        for outcome, rows in (("pass", passed), ("fail", failed), ("skipped", skipped)):
            expected += [(check, resource, outcome, severity or "") for check, resource, severity in rows]
        expected += [("parsing", error, "error", "") for error in errors]
    assert [(each.check, each.target, each.outcome, each.severity) for each in results] == expected
    aside = [each for each in results if value_of(each, SET_ASIDE)]
    assert len(aside) == run.facts.set_aside == sum(len(skipped) for _, _, skipped in lists)
