"""CycloneDX: what stays open, ratings, relatives, and files that are read back from JSON and XML."""

import io
import json
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise


def read(document):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    assert recognise(content[:65_536]).NAME == "cyclonedx"
    run, results = formats()["cyclonedx"].read(io.BytesIO(content))
    return run, list(results)


def bom(*vulnerabilities):
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": list(vulnerabilities)}


@pytest.mark.parametrize(
    ("vulnerabilities", "problem"),
    [
        ([], "not that a scan looked"),
        ([{"id": "a", "analysis": {"state": "resolved"}}], "not that a scan looked"),
        ([{"id": "a", "analysis": {"state": "in_triage"}}], "One vulnerability is still being examined"),
        ([{"id": "a"}, {"id": "b", "analysis": {}}], "2 vulnerabilities have no analysis"),
        ([{"id": "a", "analysis": {"state": "another"}}], "no analysis"),
        ([{"id": "a", "analysis": {"state": "not_affected"}}], "without a justification"),
    ],
)
def test_bill_of_materials_never_shows_a_finished_scan(vulnerabilities, problem):
    run, _ = read(bom(*vulnerabilities))
    assert not run.complete
    assert problem in str(run.remark)


@pytest.mark.parametrize(
    ("ratings", "severity", "rating"),
    [
        ([], "", "unknown"),
        ([{"severity": "low"}, {"severity": "critical"}, {"severity": "high"}], "critical", "critical"),
        ([{"severity": "unknown"}, {"score": 5.1}], "5.1", "medium"),
        ([{"severity": "none"}], "none", "info"),
    ],
)
def test_worst_of_several_ratings_counts(ratings, severity, rating):
    _, (result,) = read(bom({"id": "a", "ratings": ratings, "analysis": {"state": "exploitable"}}))
    assert (result.severity, result.rating) == (severity, rating)


@pytest.mark.parametrize("tools", [[{"name": "s", "version": "1"}], {"components": [{"name": "s", "version": "1"}]}])
def test_tool_is_named_in_both_layouts(tools):
    run, _ = read({**bom(), "metadata": {"tools": tools, "component": {"name": "portal", "version": "2"}}})
    assert (run.tool, run.tool_version, run.facts.examined) == ("s", "1", ["portal 2"])


@pytest.mark.parametrize("content", [b"<bom/>", b'{"bom": "CycloneDX"}', b'{"bomFormat": "SPDX"}'])
def test_other_bills_are_not_recognised(content):
    recognised = recognise(content)
    assert recognised is None or recognised.NAME != "cyclonedx"


STATES = {
    "exploitable": "fail", "in_triage": "informational", "resolved": "pass", "resolved_with_pedigree": "pass",
    "false_positive": "pass", "not_affected": "pass", "": "not evaluated",
}  # fmt: skip
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
ROWS = st.lists(
    st.tuples(
        NAMES, st.sampled_from(sorted(STATES)), st.sampled_from(["low", "critical"]), st.lists(NAMES, max_size=2)
    ),
    max_size=5,
)


def as_xml(rows):
    body = "".join(
        f"<vulnerability><id>{escape(check)}</id><ratings><rating><severity>{severity}</severity></rating></ratings>"
        + (f"<analysis><state>{state}</state></analysis>" if state else "")
        + "<affects>"
        + "".join(f"<target><ref>{escape(ref)}</ref></target>" for ref in refs)
        + "</affects></vulnerability>"
        for check, state, severity, refs in rows
    )
    bom_start = '<bom xmlns="http://cyclonedx.org/schema/bom/1.5">'
    return f"{bom_start}<vulnerabilities>{body}</vulnerabilities></bom>".encode()


@given(rows=ROWS)
def test_any_file_is_read_back(rows):
    document = bom(
        *(
            {
                "id": check,
                "ratings": [{"severity": severity}],
                "affects": [{"ref": ref} for ref in refs],
                **({"analysis": {"state": state}} if state else {}),
            }
            for check, state, severity, refs in rows
        )
    )
    expected = [
        (check, STATES[state], severity, refs[0] if len(refs) == 1 else f"{refs[0]} (and 1 more)" if refs else "")
        for check, state, severity, refs in rows
    ]
    for each in (document, as_xml(rows)):
        _, results = read(each)
        assert expected == [(result.check, result.outcome, result.severity, result.target) for result in results]
