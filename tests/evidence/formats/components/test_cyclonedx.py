"""CycloneDX: what stays open, ratings, relatives, and files that are read back from JSON and XML."""

import io
import json
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.vex_statements import components_of, statement_of


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
        ([{"id": "a", "analysis": {"state": "not_affected", "detail": " . "}}], "without a justification"),
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


PURL = "pkg:npm/forms@2.1"
ANALYSIS = {"state": "not_affected", "justification": "code_not_reachable", "lastUpdated": "2026-11-05T00:00:00Z"}


def with_analysis(ref, analysis=None):
    metadata = {
        "timestamp": "2026-11-01T00:00:00Z",
        "authors": [{"name": "Duinroos"}],
        "component": {"bom-ref": "app", "name": "portal", "version": "1", "purl": "pkg:oci/portal@1"},
    }
    outer = {"bom-ref": "outer", "name": "o", "components": [{"bom-ref": "inner", "name": "forms", "purl": PURL}]}
    vulnerability = {"id": "CVE-1", "references": [{"id": "GHSA-1"}], "affects": [{"ref": ref}]}
    if analysis:
        vulnerability["analysis"] = analysis
    return {**bom(vulnerability), "components": [outer], "metadata": metadata}


@pytest.mark.parametrize(
    ("ref", "about"),
    [
        ("inner", [(PURL, "")]),
        ("app", [("pkg:oci/portal@1", "")]),
        (PURL, [(PURL, "")]),
        ("urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#inner", [(PURL, "")]),
        ("urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm/forms%402.1", [(PURL, "")]),
        ("outer", []),
        ("unknown", []),
    ],
)
def test_analysis_is_a_statement_on_the_component_that_it_affects(ref, about):
    run, (result,) = read(with_analysis(ref, ANALYSIS))
    made = statement_of(result)
    assert made.about == tuple(about)
    assert set(made.vulnerabilities) == {"CVE-1", "GHSA-1"}
    assert (made.author, made.moment[:10], made.since[:10]) == ("Duinroos", "2026-11-05", "2026-11-01")
    assert (run.facts.statements, run.facts.only_statements) == (1, True)
    assert run.facts.products == ["pkg:oci/portal@1"]


def test_vulnerability_without_an_analysis_is_a_finding_with_its_component():
    run, (result,) = read(with_analysis("inner"))
    assert statement_of(result) is None
    assert components_of(result) == [[PURL]]
    assert (run.facts.statements, run.facts.only_statements) == (0, False)


def test_xml_has_the_same_statement():
    content = f"""<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><metadata><timestamp>2026-11-01T00:00:00Z</timestamp>
    <authors><author><name>Duinroos</name></author></authors><component type="application" bom-ref="app"><name>portal
    </name><version>1</version><purl>pkg:oci/portal@1</purl></component></metadata><components><component
    bom-ref="outer"><name>o</name><components><component bom-ref="inner"><name>forms</name><purl>{PURL}</purl>
    </component></components></component></components><vulnerabilities><vulnerability><id>CVE-1</id><references>
    <reference><id>GHSA-1</id></reference></references><analysis><state>not_affected</state><justification>
    code_not_reachable</justification><lastUpdated>2026-11-05T00:00:00Z</lastUpdated></analysis><affects><target>
    <ref>inner</ref></target></affects></vulnerability></vulnerabilities></bom>""".encode()
    run, (result,) = read(content)
    document_run, (from_json,) = read(with_analysis("inner", ANALYSIS))
    assert statement_of(result) == statement_of(from_json)
    assert (run.facts.products, run.facts.examined) == (document_run.facts.products, document_run.facts.examined)


def test_element_within_a_value_is_left_out():
    content = b'<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><vulnerabilities><vulnerability><id>a<b>c</b></id></vulnerability></vulnerabilities></bom>'
    _, (result,) = read(content)
    assert result.check == "-"
