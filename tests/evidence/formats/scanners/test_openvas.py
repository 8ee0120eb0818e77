"""OpenVAS: scans that are not done, hosts without an end, overrides, filters, and files that are read back."""

import io
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise
from evidence.formats.findings import SET_ASIDE, value_of
from evidence.formats.vex_statements import EACH, components_of, values_of

DONE = "<scan_run_status>Done</scan_run_status>"
END = "<scan_end>2026-03-04T08:10:05Z</scan_end>"
HOST = "<host><ip>192.0.2.10</ip><end>2026-03-04T08:10:00Z</end></host>"


def result(threat="High", severity="7.5", name="n", host="192.0.2.10", extra=""):
    return (
        f"<result><name>{escape(name)}</name><host>{host}<asset/></host><port>443/tcp</port><nvt oid='1.2'/>"
        f"<threat>{threat}</threat><severity>{severity}</severity>{extra}</result>"
    )


def read(*results, status=DONE, hosts=HOST, end=END, extra="", wrap='<report format_id="1">{}</report>'):
    inner = f"<report><gmp/>{status}<results>{''.join(results)}</results>{extra}{hosts}{end}</report>"
    content = wrap.format(inner).encode()
    file_format = recognise(content[:65_536])
    assert file_format.NAME == "openvas"
    run, read_results = file_format.read(io.BytesIO(content))
    return run, list(read_results)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"status": ""}, "status -"),
        ({"status": "<scan_run_status>Stopped</scan_run_status>"}, "status Stopped"),
        ({"end": "<scan_end/>"}, "not say that the scan is done"),
        ({"hosts": ""}, "names no host"),
        ({"hosts": HOST + "<host><ip>192.0.2.11</ip><end/></host>"}, "to the end: 192.0.2.11"),
        ({"extra": "<errors><count>1</count><error><host>192.0.2.10</host></error></errors>"}, "1 error:"),
        ({"extra": "<result_count>9<full>9</full><filtered>9</filtered></result_count>"}, "0 of 9"),
    ],
)
def test_scan_is_complete_only_if_the_report_says_so(parts, problem):
    run, _ = read(**parts)
    assert not run.complete
    assert problem in str(run.remark)


def test_clean_scan_is_complete_with_its_hosts():
    run, results = read()
    assert (run.complete, results, run.targets) == (True, [], {"192.0.2.10"})


def test_answer_of_gmp_is_read_too():
    wrap = '<get_reports_response status="200"><report format_id="1">{}</report></get_reports_response>'
    run, results = read(result(), wrap=wrap)
    assert (run.complete, len(results)) == (True, 1)


@pytest.mark.parametrize(
    ("threat", "severity", "outcome", "rating"),
    [
        ("Critical", "9.8", "fail", "critical"),
        ("High", "9.8", "fail", "critical"),
        ("High", "", "fail", "high"),
        ("Medium", "5.0", "fail", "medium"),
        ("Low", "2.0", "fail", "low"),
        ("Alarm", "", "fail", "high"),
        ("Log", "0.0", "informational", "info"),
        ("Debug", "", "informational", "info"),
        ("Log", "8.0", "fail", "high"),
        ("Terrible", "", "fail", "unknown"),
        ("", "", "fail", "unknown"),
        ("Error", "-3.0", "error", "high"),
    ],
)
def test_threat_and_score_give_outcome_and_rating(threat, severity, outcome, rating):
    _, (finding,) = read(result(threat, severity))
    assert (finding.outcome, finding.rating) == (outcome, rating)


@pytest.mark.parametrize(("threat", "severity"), [("False Positive", "-1.0"), ("Log", "0.0"), ("Low", "1.0")])
def test_override_to_less_keeps_the_first_rating_and_is_set_aside(threat, severity):
    run, (finding,) = read(result(threat, severity, extra="<original_severity>9.0</original_severity>"))
    assert (finding.outcome, finding.rating, value_of(finding, SET_ASIDE)) == ("fail", "critical", "suppressed")
    assert run.facts.set_aside == 1


def test_findings_that_the_filter_leaves_out_are_counted_once():
    low = "<full>3</full><filtered>1</filtered>"
    run, _ = read(
        extra=f"<result_count><info deprecated='1'>{low}</info><low>{low}</low><log>{low}</log></result_count>"
    )
    assert run.facts.left_out == 2


def references(number):
    return (
        "<refs>" + "".join(f"<ref type='cve' id='CVE-{n}'/>" for n in range(number)) + "<ref type='url' id='x'/></refs>"
    )


@pytest.mark.parametrize(("number", "last"), [(0, None), (2, "CVE-1"), (200, "CVE-199"), (203, "")])
def test_vulnerabilities_and_the_detected_product_are_known(number, last):
    detail = "<detail><name>{}</name><value>{}</value></detail>"
    details = detail.format("location", "22/tcp") + detail.format("product", "cpe:/a:openbsd:openssh:8.4p1")
    detection = f"<detection><result id='1'><details>{details}</details></result></detection>"
    written = result(extra=detection).replace(
        "<nvt oid='1.2'/>", f"<nvt oid='1.2'><name>o</name>{references(number)}</nvt>"
    )
    _, (finding,) = read(written)
    numbers = values_of(finding, EACH)
    assert (numbers[-1] if numbers else None) == last
    assert components_of(finding) == [["cpe:/a:openbsd:openssh:8.4p1"]]
    assert finding.message == "443/tcp: n"


def test_other_reports_are_not_taken():
    assert recognise(b"<report><name>Annual</name></report>") is None


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\r;:"), min_size=1, max_size=12
)
SEVERITIES = {"High": "7.5", "Medium": "5.0", "Low": "1.0", "Log": "0.0"}
FINDINGS = st.lists(st.tuples(st.sampled_from(sorted(SEVERITIES)), NAMES, st.integers(1, 250)), max_size=6)


@given(findings=FINDINGS, done=st.booleans())
def test_any_report_is_read_back(findings, done):
    written = [result(threat, SEVERITIES[threat], name, f"192.0.2.{last}") for threat, name, last in findings]
    run, results = read(*written, status=DONE if done else "")
    assert run.complete is done
    assert run.targets == {"192.0.2.10", *(f"192.0.2.{last}" for *_, last in findings)}
    assert [(each.severity, each.target, each.message) for each in results] == [
        (threat, f"192.0.2.{last}", f"443/tcp: {name}") for threat, name, last in findings
    ]
