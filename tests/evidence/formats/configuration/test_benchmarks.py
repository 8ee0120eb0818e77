"""kube-bench and Docker Bench: scans that show nothing, what is left to a person, and files that are read back."""

import io
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise


def read(name, document):
    content = (document if isinstance(document, str) else json.dumps(document)).encode()
    assert name == recognise(content[:65_536]).NAME
    run, results = formats()[name].read(io.BytesIO(content))
    return run, list(results)


def controls(*checks, **changed):
    counts = Counter(status for _, status in checks)
    results = [{"test_number": number, "test_desc": "d", "status": status} for number, status in checks]
    totals = {f"total_{name}": counts[name.upper()] for name in ("pass", "fail", "warn", "info")}
    return {"id": "4", "version": "1.5", "text": "Worker", "node_type": "node", "tests": [{"results": results}], **totals, **changed}  # fmt: skip


def bench(*checks, **changed):
    results = [{"id": number, "desc": "d", "result": status} for number, status in checks]
    return {"dockerbenchsecurity": "1.6.0", "start": 1763607600, "tests": [{"desc": "Host", "results": results}], "end": 1763607614, **changed}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "document", "examined"),
    [("kubebench", controls(("1", "PASS")), "Worker (1.5)"), ("docker_bench", bench(("1", "PASS")), "Host")],
)
def test_clean_scan_is_complete(name, document, examined):
    run, _ = read(name, document)
    assert (run.complete, run.facts.examined, run.facts.may_need_review) == (True, [examined], False)


@pytest.mark.parametrize(
    ("name", "document", "problem"),
    [
        ("kubebench", {"Controls": None, "Totals": {"total_pass": 0}}, "nothing was checked"),
        ("kubebench", controls(("1", "PASS"), total_pass=2), "do not agree"),
        ("kubebench", [controls(("1", "PASS")), controls(("1", "PASS"), total_fail=None)], "do not agree"),
        ("kubebench", [controls(("1", "PASS")), controls(total_fail=3)], "do not agree"),
        ("docker_bench", bench(), "no check"),
        ("docker_bench", bench(("1", "PASS"), end=None), "no end"),
    ],
)
def test_scan_that_checked_nothing_or_lost_checks_is_incomplete(name, document, problem):
    run, _ = read(name, document)
    assert not run.complete
    assert problem in str(run.remark)


@pytest.mark.parametrize(
    ("name", "document", "undecided", "left_out"),
    [
        ("kubebench", controls(("1", "WARN"), ("2", "WARN"), ("3", "INFO"), ("4", "OTHER")), 3, 1),
        ("docker_bench", bench(("1", "NOTE"), ("2", "INFO"), ("3", "OTHER")), 2, 0),
    ],
)
def test_checks_left_to_a_person_or_skipped_need_review(name, document, undecided, left_out):
    run, results = read(name, document)
    assert (run.facts.undecided, run.facts.left_out) == (undecided, left_out)
    assert not any(each.outcome in {"pass", "fail"} for each in results)


def test_failing_check_has_an_unknown_severity():
    _, (fail,) = read("kubebench", controls(("1", "FAIL")))
    _, (warn,) = read("docker_bench", bench(("1", "WARN")))
    assert {(each.outcome, each.severity, each.rating) for each in (fail, warn)} == {("fail", "", "unknown")}


KUBE = {"PASS": "pass", "FAIL": "fail", "WARN": "informational", "INFO": "informational"}
DOCKER = {"PASS": "pass", "WARN": "fail", "NOTE": "skipped", "INFO": "informational"}
NUMBERS = st.from_regex(r"[1-9](\.[1-9]){1,2}", fullmatch=True)


@given(
    groups=st.lists(
        st.lists(st.tuples(NUMBERS, st.sampled_from(sorted(KUBE))), min_size=1, max_size=5), min_size=1, max_size=3
    ),
    layout=st.sampled_from(["object", "array", "documents"]),
    sort=st.booleans(),
)
def test_any_file_of_kube_bench_is_read_back(groups, layout, sort):
    documents = [controls(*checks, node_type=f"n{number}") for number, checks in enumerate(groups)]
    content = {
        "object": json.dumps({"Controls": documents, "Totals": {"total_pass": 0}}, sort_keys=sort),
        "array": json.dumps(documents, sort_keys=sort),
        "documents": "\n".join(json.dumps(each, sort_keys=sort) for each in documents),
    }[layout]
    run, results = read("kubebench", content)
    assert run.complete
    assert [(each.check, each.target, each.outcome) for each in results] == [
        (check, f"n{number}", KUBE[status]) for number, checks in enumerate(groups) for check, status in checks
    ]


@given(checks=st.lists(st.tuples(NUMBERS, st.sampled_from(sorted(DOCKER))), max_size=8), ended=st.booleans())
def test_any_file_of_docker_bench_is_read_back(checks, ended):
    run, results = read("docker_bench", bench(*checks, end=1763607614 if ended else 0))
    assert run.complete is (ended and bool(checks))
    assert [(each.check, each.target, each.outcome) for each in results] == [
        (check, "Host", DOCKER[status]) for check, status in checks
    ]
