"""SARIF: levels, whether the scan finished, versions, and any file that is built is read back."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise
from evidence.formats.findings import FINDING_KIND, SET_ASIDE, value_of
from evidence.formats.values import Unreadable

DRIVER = {"driver": {"name": "Ziener"}}
FINISHED = [{"executionSuccessful": True}]


def read(document, *, encoding="utf-8"):
    content = (document if isinstance(document, str) else json.dumps(document)).encode(encoding)
    file_format = recognise(content[:65_536])
    assert file_format.NAME == "sarif"
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


def log(*runs, version="2.1.0"):
    return {"version": version, "runs": [{"tool": DRIVER, "invocations": FINISHED, **run} for run in runs]}


def result(**fields):
    return {"ruleId": "Z1", "message": {"text": "m"}, **fields}


@pytest.mark.parametrize(
    ("own", "rule", "severity", "rating"),
    [
        ({}, {}, "warning", "medium"),
        ({"level": "error"}, {}, "error", "high"),
        ({"level": "none"}, {}, "none", "info"),
        ({}, {"defaultConfiguration": {"level": "note"}}, "note", "low"),
        ({"level": "error"}, {"properties": {"security-severity": "9.8"}}, "error 9.8", "critical"),
        ({"properties": {"security-severity": "4.0"}}, {"properties": {"security-severity": "9.8"}}, "warning 4.0", "medium"),
        ({"level": "error"}, {"properties": {"security-severity": "0.0"}}, "error 0.0", "high"),
        ({"level": "error"}, {"properties": {"security-severity": "high"}}, "error high", "high"),
    ],
)  # fmt: skip
def test_severity_is_the_level_with_the_score(own, rule, severity, rating):
    tool = {"driver": {"name": "Ziener", "rules": [{"id": "Z1", **rule}]}}
    _, (read_result,) = read(log({"results": [result(**own)], "tool": tool}))
    assert (read_result.severity, read_result.rating) == (severity, rating)


def test_overridden_level_of_an_extension():
    override = {"descriptor": {"index": 0, "toolComponent": {"index": 0}}, "configuration": {"level": "error"}}
    tool = {"driver": {"name": "Ziener"}, "extensions": [{"name": "x", "rules": [{"id": "Z1"}]}]}
    invocations = [{"executionSuccessful": True, "ruleConfigurationOverrides": [override]}]
    _, (read_result,) = read(log({"results": [result()], "tool": tool, "invocations": invocations}))
    assert read_result.severity == "error"


@pytest.mark.parametrize(
    ("run", "problem"),
    [
        ({}, "no list of results"),
        ({"results": None}, "no list of results"),
        ({"results": [], "invocations": []}, "does not say that the tool finished"),
        ({"results": [], "invocations": [{"executionSuccessful": False}]}, "did not finish successfully"),
        ({"results": [], "invocations": [{"exitCode": 0}]}, "did not finish successfully"),
        ({"results": [], "invocations": [*FINISHED, {"executionSuccessful": False}]}, "did not finish successfully"),
        (
            {"results": [], "invocations": [{**FINISHED[0], "toolExecutionNotifications": [{"level": "error"}]}]},
            "met an error",
        ),
        ({"results": [], "externalPropertyFileReferences": {"results": [{"itemCount": 3}]}}, "another file"),
    ],
)
def test_scan_is_complete_only_if_its_file_says_so(run, problem):
    read_run, results = read(log(run))
    assert not read_run.complete
    assert problem in str(read_run.remark)
    assert results == []


def test_one_of_several_runs_that_did_not_finish_makes_the_file_incomplete():
    run, results = read(log({"results": [result()]}, {"results": [result()], "invocations": []}))
    assert (len(results), run.complete) == (2, False)
    assert "One of 2 runs" in str(run.remark)
    assert not read({"version": "2.1.0", "runs": [], "$schema": "sarif"})[0].complete


def test_runs_of_several_tools_are_all_read_with_their_own_rules():
    rules = [
        {"id": "A", "defaultConfiguration": {"level": "error"}},
        {"id": "B", "defaultConfiguration": {"level": "note"}},
    ]
    runs = [
        {"results": [{"ruleIndex": 0}], "tool": {"driver": {"name": name, "version": "1", "rules": [rule]}}}
        for name, rule in zip(("Ziener", "Kijker"), rules, strict=True)
    ]
    run, results = read(log(*runs))
    assert (run.tool, run.tool_version, run.complete) == ("Ziener, Kijker", "1", True)
    assert [(each.check, each.severity) for each in results] == [("A", "error"), ("B", "note")]


@pytest.mark.parametrize(
    ("fields", "aside"),
    [
        ({}, ""),
        ({"suppressions": []}, ""),
        ({"suppressions": [{"kind": "inSource"}]}, "suppressed"),
        ({"suppressions": [{"kind": "inSource"}, {"kind": "external", "status": "underReview"}]}, ""),
        ({"suppressions": [{"kind": "external", "status": "accepted"}]}, "suppressed"),
        ({"baselineState": "absent"}, "gone"),
        ({"baselineState": "unchanged"}, ""),
    ],
)
def test_finding_is_set_aside_only_by_a_suppression_in_force_or_when_it_is_gone(fields, aside):
    _, (read_result,) = read(log({"results": [result(**fields)]}))
    assert value_of(read_result, SET_ASIDE) == aside


@pytest.mark.parametrize(
    ("tool", "tags", "kind"),
    [
        ("gitleaks", [], "secret"),
        ("Trivy", ["vulnerability", "security"], "vulnerability"),
        ("Trivy", ["secret"], "secret"),
        ("Ziener", ["maintainability", 3], "weakness"),
    ],
)
def test_kind_of_finding_is_by_the_rule_or_the_tool(tool, tags, kind):
    driver = {"name": tool, "rules": [{"id": "Z1", "properties": {"tags": tags}}]}
    _, (read_result,) = read(log({"results": [result()], "tool": {"driver": driver}}))
    assert value_of(read_result, FINDING_KIND) == kind


def test_earlier_and_later_versions_are_read_and_a_later_one_is_told():
    run, results = read(log({"results": [result(level="pass"), result(level="notApplicable")]}, version="2.0.0"))
    assert ([each.outcome for each in results], run.remark) == (["pass", "not applicable"], None)
    run, _ = read(log({"results": []}, version="2.2"))
    assert (run.complete, "2.2" in str(run.remark)) == (True, True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_and_utf16_are_read(encoding):
    run, results = read(log({"results": [result(message={"text": "Cliënt"})]}), encoding=encoding)
    assert (run.complete, results[0].message) == (True, "Cliënt")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"version":"2.1.0","runs":[{"tool":{},"results":[{"kind":"fail","kind":"pass"}]}]}', "kind stands twice"),
        ('{"version":"2.1.0","runs":[{"tool":{},"results":[{"kind":"fail"}],"results":[]}]}', "results stands twice"),
        ('{"version":"2.1.0","runs":[{"tool":{},"results":["geheim"]}]}', "record 1: expected an object"),
        ('{"version":"2.1.0","runs":[{"tool":{},"results":[]},3],"$schema":"sarif"}', "run 2: expected an object"),
        ('{"version":"2.1.0","runs":[{"tool":{},"results":[{"a":NaN,"geheim":1}]}]}', "not valid JSON"),
        ('{"version":"2.1.0","runs":[{"tool":{},"results":[{}]}]} {}', "follows the end"),
        ('{"version":"2.1.0","runs":[{"tool":{},"results":[' + '{"a":' * 100, "nested deeper"),
        ('{"version":"2.1.0","runs":[{"tool":{},"results":[' + "[" * 100, "nested deeper"),
    ],
)
def test_malformed_files_are_refused_with_the_place_and_no_content(content, problem):
    with pytest.raises(Unreadable, match=problem) as refusal:
        read(content)
    assert "geheim" not in str(refusal.value)


def test_names_that_look_like_a_place_are_no_results():
    run, results = read(
        '{"version":"2.1.0","runs":[{"tool":{},"results":null}],"runs[].results[]":{},"runs[]":{"results":[{}]}}'
    )
    assert (results, run.complete) == ([], False)


@pytest.mark.parametrize("results", ['{"item":{}}', '"none"', "true", "1"])
def test_results_that_are_no_list_are_refused(results):
    with pytest.raises(Unreadable, match=r"expected a list under runs\[\].results"):
        read('{"version":"2.1.0","runs":[{"tool":{},"results":' + results + "}]}")


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)
KINDS = {
    "pass": "pass", "fail": "fail", "informational": "informational", "notApplicable": "not applicable",
    "open": "not evaluated", "review": "not evaluated", "": "fail",
}  # fmt: skip
RESULTS = st.lists(
    st.tuples(
        NAMES, st.sampled_from(sorted(KINDS)), st.sampled_from(["error", "warning", "note", "none"]), NAMES, NAMES
    ),
    max_size=6,
)


@given(runs=st.lists(RESULTS, min_size=1, max_size=4), results_first=st.booleans(), indent=st.sampled_from([None, 2]))
def test_any_file_is_read_back(runs, results_first, indent):
    def written(rows):
        rules = [{"id": rule, "defaultConfiguration": {"level": level}} for rule, _, level, _, _ in rows]
        results = [
            {"ruleIndex": at, "ruleId": rule, **({"kind": kind} if kind else {}), "message": {"text": message},
             "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}}}]}
            for at, (rule, kind, _, message, uri) in enumerate(rows)
        ]  # fmt: skip
        scanned = [{"location": {"uri": "src/a.py"}}]
        head = {
            "tool": {"driver": {"name": "Ziener", "rules": rules}}, "invocations": FINISHED, "artifacts": scanned
        }  # fmt: skip
        return {"results": results, **head} if results_first else {**head, "results": results}

    run, results = read(json.dumps({"version": "2.1.0", "runs": list(map(written, runs))}, indent=indent))
    rows = [row for rows in runs for row in rows]
    assert run.complete
    assert [(each.check, each.outcome, each.message, each.target) for each in results] == [
        (rule, KINDS[kind], message, uri) for rule, kind, _, message, uri in rows
    ]
    assert [each.severity for each in results if each.outcome == "fail"] == [
        level for _, kind, level, _, _ in rows if KINDS[kind] == "fail"
    ]


def run_of(results, **more):
    driver = {"driver": {"name": "Ziener", "rules": [{"id": "a"}]}}
    return {
        "tool": driver,
        "invocations": FINISHED,
        "artifacts": [{"location": {"uri": "a.py"}}],
        "results": results,
    } | more


def read_runs(*runs):
    run, results = read(json.dumps({"version": "2.1.0", "runs": runs}))
    return run, list(results)


@pytest.mark.parametrize("kind", ["pass", "informational", "notApplicable"])
def test_level_of_a_result_that_does_not_fail_contradicts_it(kind):
    _, results = read_runs(run_of([{"ruleId": "a", "kind": kind, "level": "error", "message": {"text": "m"}}]))
    assert [each.outcome for each in results] == ["not evaluated"]


def test_each_of_several_runs_says_what_it_scanned():
    run, _ = read_runs(run_of([]), run_of([], artifacts=[]))
    assert not run.complete
    settings = [{"location": {"uri": "tool.yaml"}, "roles": ["toolSpecifiedConfiguration"]}]
    run, _ = read_runs(run_of([]), run_of([], artifacts=settings))
    assert not run.complete


def test_conversion_that_failed_is_no_finished_scan():
    run, _ = read_runs(run_of([], conversion={"tool": {}, "invocation": {"executionSuccessful": False}}))
    assert not run.complete


def test_results_outside_the_runs_are_told():
    outside = [{"results": [{"ruleId": "a", "level": "error", "message": {"text": "m"}}]}]
    content = {"version": "2.1.0", "runs": [run_of([])], "inlineExternalProperties": outside}
    run, results = read(json.dumps(content))
    assert list(results) == [] and not run.complete
