"""Dependency-Check: scans that show nothing, severities, and files that are read back from JSON and XML."""

import io
import json
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.vex_statements import components_of

REPORT = {
    "reportSchema": "1.1",
    "scanInfo": {"engineVersion": "12.1.8", "dataSource": [{"name": "NVD"}]},
    "projectInfo": {"name": "portal", "reportDate": "2026-11-20T03:00:00Z"},
    "dependencies": [{"fileName": "mail.jar"}],
}
NAMESPACE = "https://jeremylong.github.io/DependencyCheck/dependency-check.2.5.xsd"


def read(content):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    assert recognise(content[:65_536]).NAME == "dependency_check"
    run, results = formats()["dependency_check"].read(io.BytesIO(content))
    return run, list(results)


def test_clean_scan_that_names_sources_moment_and_dependencies_is_complete():
    run, results = read(REPORT)
    assert (run.complete, results, run.facts.examined) == (True, [], ["mail.jar"])


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"dependencies": []}, "no dependency"),
        ({"scanInfo": {"engineVersion": "12"}}, "dataSource"),
        ({"projectInfo": {"name": "portal"}}, "reportDate"),
        ({"scanInfo": {**REPORT["scanInfo"], "analysisExceptions": [{"exception": {"message": "x"}}]}}, "one error"),
    ],
)
def test_scan_that_failed_or_compared_nothing_is_incomplete(changed, problem):
    run, _ = read({**REPORT, **changed})
    assert not run.complete
    assert problem in str(run.remark)


def test_errors_of_the_analysis_in_xml_are_counted_without_their_causes():
    run, _ = read(
        f'<analysis xmlns="{NAMESPACE}"><scanInfo><analysisExceptions><exception><message>a</message><cause/>'
        "</exception><exception/></analysisExceptions></scanInfo></analysis>".encode()
    )
    assert "2 errors" in str(run.remark)


@pytest.mark.parametrize(
    ("content", "rating"),
    [
        ({"severity": "moderate"}, "medium"),
        ({"cvssv3": {"baseScore": 9.8}}, "critical"),
        ({"severity": "0.0", "cvssv2": {"score": 7.2}}, "high"),
        ({"severity": "LOW", "cvssv3": {"baseScore": 9.8}}, "low"),
        ({}, "unknown"),
    ],
)
def test_severity_shown_by_the_tool_else_its_score_rates(content, rating):
    _, (result,) = read(
        {**REPORT, "dependencies": [{"fileName": "a", "vulnerabilities": [{"name": "CVE-1", **content}]}]}
    )
    assert result.rating == rating


@pytest.mark.parametrize("vulnerabilities", [["CVE-1"], {"name": "CVE-1"}, 1])
def test_vulnerabilities_of_another_shape_are_refused_and_not_lost(vulnerabilities):
    with pytest.raises(Exception, match="record 1: expected an object"):
        read({**REPORT, "dependencies": [{"fileName": "a", "vulnerabilities": vulnerabilities}]})


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
ROWS = st.lists(
    st.tuples(
        NAMES,
        st.lists(st.tuples(NAMES, st.sampled_from(["LOW", "MEDIUM", "HIGH", "CRITICAL"]), NAMES), max_size=3),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=5,
)


def as_json(rows):
    return {
        **REPORT,
        "dependencies": [
            {
                "fileName": file,
                "vulnerabilities": [{"name": n, "severity": s, "description": d} for n, s, d in found],
                "suppressedVulnerabilities": [{"name": "CVE-0", "severity": "HIGH"}] * suppressed,
            }
            for file, found, suppressed in rows
        ],
    }


def as_xml(rows):
    dependencies = "".join(
        f"<dependency><fileName>{escape(file)}</fileName><vulnerabilities>"
        + "".join(
            f"<vulnerability><name>{escape(n)}</name><severity>{s}</severity><description>{escape(d)}</description>"
            "</vulnerability>"
            for n, s, d in found
        )
        + "<suppressedVulnerability><name>CVE-0</name></suppressedVulnerability>" * suppressed
        + "</vulnerabilities></dependency>"
        for file, found, suppressed in rows
    )
    return (
        f'<analysis xmlns="{NAMESPACE}"><scanInfo><dataSource/></scanInfo><projectInfo><reportDate>2026-11-20T03:00:00Z'
        f"</reportDate></projectInfo><dependencies>{dependencies}</dependencies></analysis>"
    ).encode()


@given(rows=ROWS)
def test_any_file_is_read_back(rows):
    for document in (as_json(rows), as_xml(rows)):
        run, results = read(document)
        assert run.complete
        assert run.facts.left_out == sum(suppressed for _, _, suppressed in rows)
        assert [(each.check, each.target, each.severity, each.message) for each in results] == [
            (name, file, severity, message) for file, found, _ in rows for name, severity, message in found
        ]


def test_vulnerability_names_the_package_of_its_dependency():
    vulnerable = {"name": "CVE-2026-1", "severity": "HIGH"}
    packages = [{"id": "pkg:maven/a/mail@1"}]
    dependencies = [
        {"fileName": "mail.jar", "packages": packages, "vulnerabilities": [vulnerable]},
        {"fileName": "other.jar", "vulnerabilities": [vulnerable]},
    ]
    _, results = read({**REPORT, "dependencies": dependencies})
    assert [components_of(result) for result in results] == [[["pkg:maven/a/mail@1"]], [[]]]
