"""Trivy: its layouts by version and what was scanned, scans that show nothing, and files that are read back."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.findings import FINDING_KIND, SET_ASIDE, value_of
from evidence.formats.vex_statements import ALIAS, components_of, values_of


def read(document, *, recognised=True):
    content = json.dumps(document).encode()
    if recognised:
        assert recognise(content[:65_536]).NAME == "trivy"
    run, results = formats()["trivy"].read(io.BytesIO(content))
    return run, list(results)


CVE = {"VulnerabilityID": "CVE-2026-1", "PkgName": "a", "Severity": "HIGH"}
RESULT = {"Target": "package-lock.json", "Class": "lang-pkgs", "Vulnerabilities": [CVE]}


def report(*results, **head):
    return {"SchemaVersion": 2, "ArtifactName": "portal:1", "Results": list(results), **head}


@pytest.mark.parametrize(
    ("document", "examined"),
    [
        (report(RESULT), ["portal:1", "package-lock.json"]),
        ([RESULT], ["package-lock.json"]),
        ({"ClusterName": "c", "Resources": [{"Kind": "Pod", "Results": [RESULT]}]}, ["c", "package-lock.json"]),
        ({"ClusterName": "c", "Vulnerabilities": [{"Kind": "Pod", "Results": [RESULT]}]}, ["c", "package-lock.json"]),
        ({"ClusterName": "c", "Findings": [{"Kind": "Pod", "Results": [RESULT]}]}, ["c", "package-lock.json"]),
    ],
)
def test_layouts_of_all_versions_are_read(document, examined):
    run, (result,) = read(document)
    assert (result.check, result.target, result.rating) == ("CVE-2026-1", "package-lock.json", "high")
    assert (run.complete, run.facts.examined, run.started_at) == (True, examined, None)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (report(), "names nothing in which it looked"),
        ({"SchemaVersion": 2, "ArtifactName": "portal:1"}, "names nothing in which it looked"),
        (report({"Target": "a", "Class": "license", "Licenses": []}), "names nothing in which it looked"),
        (report({**RESULT, "Vulnerabilities": []}, Metadata={"OS": {"EOSL": True}}), "no longer supported"),
        (
            {"ClusterName": "c", "Resources": [{"Results": [RESULT]}, {"Kind": "Pod", "Error": "unauthorized"}]},
            "could not scan a part of the cluster",
        ),
    ],
)
def test_scan_that_looked_at_nothing_or_not_at_all_is_incomplete(document, problem):
    run, _ = read(document)
    assert not run.complete
    assert problem in str(run.remark)


@pytest.mark.parametrize(
    ("failures", "doubts"), [(1, []), (2, ["one check that failed"]), (8, ["7 checks that failed"])]
)
def test_failed_checks_that_are_counted_and_not_listed_are_doubted(failures, doubts):
    listed = [{"ID": "DS-1", "Status": "FAIL"}, {"ID": "DS-2", "Status": "PASS"}]
    summary = {"Successes": 1, "Failures": failures}
    config = {"Target": "Dockerfile", "Class": "config", "MisconfSummary": summary, "Misconfigurations": listed}
    run, _ = read(report(RESULT, config))
    assert len(run.doubts) == len(doubts)
    assert all(told in str(doubt) for told, doubt in zip(doubts, run.doubts, strict=True))


@pytest.mark.parametrize("document", [None, []])
def test_word_null_and_an_empty_list_are_not_recognised_and_show_nothing(document):
    assert recognise(json.dumps(document).encode()) is None
    run, results = read(document, recognised=False)
    assert (results, run.complete) == ([], False)


def test_clean_result_of_packages_is_a_finished_scan():
    run, results = read(report({"Target": "portal (alpine 3.22)", "Class": "os-pkgs", "Type": "alpine"}))
    assert (results, run.complete) == ([], True)


def test_later_schema_is_told():
    run, _ = read(report(RESULT, SchemaVersion=3))
    assert "schema 3" in str(run.remark)
    assert run.complete


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Vulnerabilities", "Misconfigurations", "Secrets", "Licenses"]),
        st.text("ABC-0189", min_size=1, max_size=12),
        st.sampled_from(["UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL"]),
        st.sampled_from(["PASS", "FAIL", "EXCEPTION", "not_affected", "fixed", ""]),
    ),
    max_size=8,
)
NAMES = {"Vulnerabilities": "VulnerabilityID", "Misconfigurations": "ID", "Secrets": "RuleID", "Licenses": "Name"}
KINDS = {
    "Vulnerabilities": "vulnerability", "Misconfigurations": "misconfiguration", "Secrets": "secret", "Licenses": "licence",
}  # fmt: skip
CHECKED = {"PASS": "pass", "FAIL": "fail", "EXCEPTION": "skipped"}


def outcome(name, status):
    if name == "Misconfigurations":
        return CHECKED.get(status, "not evaluated")
    return "informational" if name == "Licenses" else "fail"


@given(results=st.lists(ROWS, min_size=1, max_size=4), sort=st.booleans())
def test_any_file_is_read_back(results, sort):
    written = []
    for number, rows in enumerate(results):
        lists = {}
        for name, check, severity, status in rows:
            lists.setdefault(name, []).append({NAMES[name]: check, "Severity": severity, "Status": status})
        written.append({"Target": f"t{number}", **lists})
    document = json.loads(json.dumps(report(*written), sort_keys=sort))
    run, read_results = read(document)
    assert run.complete
    expected = [
        (check, f"t{number}", outcome(name, status), severity, KINDS[name])
        for number, rows in enumerate(results)
        for name, check, severity, status in rows
    ]
    seen = [
        (each.check, each.target, each.outcome, each.severity, value_of(each, FINDING_KIND)) for each in read_results
    ]
    assert sorted(seen) == sorted(expected)
    aside = [each for each in read_results if value_of(each, SET_ASIDE)]
    assert len(aside) == sum(
        (name == "Vulnerabilities" and status == "not_affected")
        or (name == "Misconfigurations" and status == "EXCEPTION")
        for rows in results
        for name, _, _, status in rows
    )


def test_vulnerability_names_its_package_and_the_scan_its_image():
    named = {**CVE, "VendorIDs": ["GHSA-1"], "PkgIdentifier": {"PURL": "pkg:npm/a@1"}}
    digests = ["registry.example.nl/team/portal@sha256:01", "portal:latest"]
    metadata = {"RepoDigests": digests, "ImageConfig": {"architecture": "amd64"}}
    run, results = read(report({**RESULT, "Vulnerabilities": [named, CVE]}, Metadata=metadata))
    assert [values_of(result, ALIAS) for result in results] == [["GHSA-1"], []]
    assert [components_of(result) for result in results] == [[["pkg:npm/a@1"]], [[]]]
    assert run.facts.products == [
        "pkg:oci/portal@sha256%3A01?repository_url=registry.example.nl/team/portal&arch=amd64"
    ]


def test_packages_without_one_vulnerability_wait_for_a_review():
    package = {"Target": "portal:1 (debian 13.1)", "Class": "os-pkgs", "Packages": [{"Name": "libc6"}]}
    run, _ = read(report(package, {"Target": "a.env", "Class": "secret"}))
    assert any("lists packages" in str(doubt) for doubt in run.doubts)
    run, _ = read(report({**package, "Vulnerabilities": [CVE]}))
    assert not any("lists packages" in str(doubt) for doubt in run.doubts)
