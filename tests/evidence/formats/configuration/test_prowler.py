"""Prowler and OCSF: verdicts and life cycles, scans that show nothing, and files that are read back."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.findings import SET_ASIDE, value_of


def read(document, *, recognised=True):
    content = (document if isinstance(document, str) else json.dumps(document)).encode()
    if recognised:
        assert recognise(content[:65_536]).NAME == "prowler"
    run, results = formats()["prowler"].read(io.BytesIO(content))
    return run, list(results)


def event(check="a", code="PASS", product="Prowler", **changed):
    return {
        "class_uid": 2004,
        "metadata": {"event_code": check, "product": {"name": product, "version": "5.13.0"}},
        "finding_info": {"title": "t", "uid": "u"},
        "status_code": code,
        "status": "New",
        "severity": "High",
        "status_detail": "d",
        "resources": [{"uid": "r"}],
        "cloud": {"account": {"uid": "123456789012"}},
        "time_dt": "2025-11-20T03:00:00",
        **changed,
    }


def test_clean_scan_with_account_and_moment_is_complete():
    run, (result,) = read([event()])
    assert (run.complete, run.facts.examined, result.rating) == (True, ["123456789012"], "")


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([event(code="MANUAL")], "No check passed or failed"),
        ([event(cloud={}, time_dt="x")], "no account"),
        ([event(time_dt="")], "no moment"),
        ([event(), event(product="Posture")], "Findings of Posture"),
        (json.dumps(event()) + "\n", "Findings of prowler"),
        ("CHECK_ID;STATUS;STATUS_EXTENDED\na;PASS;x\n", "CSV of Prowler"),
    ],
)
def test_file_that_does_not_show_a_finished_scan_is_incomplete(document, problem):
    run, _ = read(document)
    assert not run.complete
    assert problem in str(run.remark)


def test_empty_array_is_not_recognised_and_shows_nothing():
    assert recognise(b"[\n \n]") is None
    run, results = read([], recognised=False)
    assert (results, run.complete) == ([], False)


@pytest.mark.parametrize(
    ("changed", "outcome", "aside"),
    [
        ({"status_code": "FAIL", "status": "New", "status_id": 3}, "fail", ""),
        ({"status_code": "FAIL", "status": "Suppressed"}, "fail", "suppressed"),
        ({"status_code": "FAIL", "status": None, "status_id": 3}, "fail", "suppressed"),
        ({"status_code": "FAIL", "status": "Resolved"}, "fail", "suppressed"),
        ({"status_code": "PASS", "status": "Suppressed"}, "pass", ""),
        ({"status_code": "MANUAL"}, "informational", ""),
        ({"status_code": "", "compliance": {"status_id": 1}}, "pass", ""),
        ({"status_code": "", "compliance": {"status_id": 3}}, "fail", ""),
        ({"status_code": "PASS", "compliance": {"status": "Failed", "status_id": 2}}, "fail", ""),
        ({"status_code": "", "compliance": {"status": "Warning"}}, "not evaluated", ""),
        ({"status_code": None}, "not evaluated", ""),
    ],
)
def test_verdict_and_life_cycle_are_two_things(changed, outcome, aside):
    run, (result,) = read([event(**changed)])
    assert (result.outcome, value_of(result, SET_ASIDE)) == (outcome, aside)
    assert run.facts.undecided == (outcome in {"informational", "not evaluated"})


@pytest.mark.parametrize(("time", "year"), [(1763607600, 2025), (1763607600123, 2025), ("x", None), (1e300, None)])
def test_moments_are_in_seconds_or_milliseconds(time, year):
    run, _ = read([event(time_dt="", time=time)])
    assert (run.started_at.year if run.started_at else None) == year


NAMES = st.from_regex(r"[a-z][a-z_0-9]{0,9}", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
ROWS = st.lists(
    st.tuples(NAMES, WORDS, st.sampled_from(["PASS", "FAIL", "MANUAL"]), st.booleans(), st.sampled_from(["low", "critical"]), WORDS),
    min_size=1,
    max_size=6,
)  # fmt: skip


def as_csv(rows):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(["CHECK_ID", "RESOURCE_UID", "STATUS", "MUTED", "SEVERITY", "STATUS_EXTENDED", "ACCOUNT_UID"])
    writer.writerows([*row, "1"] for row in rows)
    return text.getvalue()


@given(rows=ROWS)
def test_any_file_is_read_back(rows):
    ocsf = [
        event(check, status, resources=[{"uid": target}], status=muted and "Suppressed", severity=severity, status_detail=detail)
        for check, target, status, muted, severity, detail in rows
    ]  # fmt: skip
    native = [
        {"CheckID": check, "ResourceArn": target, "Status": status, "Muted": muted, "Severity": severity, "StatusExtended": detail}
        for check, target, status, muted, severity, detail in rows
    ]  # fmt: skip
    outcomes = {"PASS": "pass", "FAIL": "fail", "MANUAL": "informational"}
    expected = [
        (check, target, outcomes[status], severity, detail, muted and status == "FAIL")
        for check, target, status, muted, severity, detail in rows
    ]
    for document in (ocsf, "\n".join(map(json.dumps, ocsf)), native, as_csv(rows)):
        _, results = read(document)
        assert expected == [
            (each.check, each.target, each.outcome, each.severity, each.message, bool(value_of(each, SET_ASIDE)))
            for each in results
        ]
