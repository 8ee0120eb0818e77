"""JUnit XML: outcomes of cases, completeness and moments of runs, and refusals with their cause."""

import io
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone

import pytest

from evidence.formats import formats, recognise
from evidence.formats.values import Unreadable


def read(content):
    content = content if isinstance(content, bytes) else content.encode()
    file_format = recognise(content[:65_536])
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


def suite(cases, **attributes):
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<testsuite name='s'{written}>{cases}</testsuite>"


def outcomes(cases):
    return [result.outcome for result in read(suite(cases))[1]]


# ── What passes ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", ["passed", "PASS", "Success", "successful", "ok", " run ", "completed", ""])
@pytest.mark.parametrize("attribute", ["status", "result", "outcome", "state"])
def test_status_known_to_mean_passed_passes(attribute, status):
    run, (only,) = read(suite(f"<testcase name='a' {attribute}='{status}'/>"))
    assert (only.outcome, run.complete, run.remark) == ("pass", True, None)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("FAILED", "fail"),
        ("fail", "fail"),
        ("error", "error"),
        ("Broken", "error"),
        ("timeout", "error"),
        ("Timed out", "error"),
        ("aborted", "error"),
        ("interrupted", "error"),
        ("skipped", "skipped"),
        ("disabled", "skipped"),
        ("notrun", "skipped"),
    ],
)
def test_known_status_other_than_passed_has_its_outcome(status, outcome):
    run, (only,) = read(suite(f"<testcase name='a' status='{status}'/>"))
    assert (only.outcome, run.complete) == (outcome, True)


@pytest.mark.parametrize(
    "status",
    [
        "untested",
        "Undefined",
        "pending",
        "todo",
        "blocked",
        "inconclusive",
        "unstable",
        "excluded",
        "filtered",
        "cancelled",
        "xfail",
        "NotExecuted",
        "warning",
        "flaky",
        "unknown",
        "geslaagd",
    ]
    + ["not run"],
)
def test_unknown_status_is_reported_and_makes_the_run_incomplete(status):
    run, (good, other) = read(suite(f"<testcase name='a' status='passed'/><testcase name='b' result='{status}'/>"))
    assert (good.outcome, other.outcome) == ("pass", "not evaluated")
    assert not run.complete
    assert status in str(run.remark)


def test_worst_of_several_statuses_counts():
    assert outcomes("<testcase name='a' status='passed' result='failed'/>") == ["fail"]
    assert outcomes("<testcase name='a' status='failed'><skipped/></testcase>") == ["fail"]
    assert outcomes("<testcase name='a' status='pending'><skipped/></testcase>") == ["skipped"]
    assert outcomes("<testcase name='a' success='False'/>") == ["not evaluated"]


@pytest.mark.parametrize("child", ["warning", "incomplete", "x:risky xmlns:x='urn:x'", "result"])
def test_unknown_element_is_reported_and_is_no_pass(child):
    closing = child.partition(" ")[0]
    run, (good, other) = read(
        suite(f"<testcase name='a'/><testcase name='b'><{child}>No tests found</{closing}></testcase>")
    )
    assert (good.outcome, other.outcome) == ("pass", "not evaluated")
    assert closing.rpartition(":")[2] in str(run.remark)
    assert "No tests found" not in str(run.remark)


@pytest.mark.parametrize("content", ["did not run", "\n  <properties/>\n  aborted\n", "<system-out>a</system-out>!"])
def test_loose_text_in_a_case_is_no_pass(content):
    run, (only,) = read(suite(f"<testcase name='a'>{content}</testcase>"))
    assert only.outcome == "not evaluated"
    assert "(text)" in str(run.remark)


@pytest.mark.parametrize(("attribute", "is_complete"), [("exitCode='139'", False), ("exitCode='0'", True)])
def test_suite_that_ended_with_an_error_is_incomplete(attribute, is_complete):
    run, _ = read(f"<testsuites {attribute}><testsuite name='s'><testcase name='a'/></testsuite></testsuites>")
    assert run.complete is is_complete


def test_descriptive_elements_do_not_prevent_a_pass():
    inside = (
        "<properties><property name='a' value='b'/></properties><system-out>x</system-out><system-err/><attachments/>"
    )
    run, (only,) = read(suite(f"<testcase name='a'>{inside}</testcase>"))
    assert (only.outcome, run.remark) == ("pass", None)


def test_failed_rerun_alone_is_no_pass():
    assert outcomes("<testcase name='a'><rerunFailure message='again'/></testcase>") == ["not evaluated"]


def test_elements_and_attributes_of_real_tools_do_not_prevent_a_pass():
    properties = "<properties><property name='a' value='b'/></properties><system-out>error</system-out><system-err/>"
    case = (
        "<testcase name='failed' classname='error' time='1' file='a' line='2' assertions='1' id='3' url='https://x' "
        "value_param='false' failures='0' errors='0' skipped='false' disabled='no' passed='true' feature='x' owner='me' "
        f"status='run' result='completed'>{properties}<attachments><attachment/></attachments></testcase>"
    )
    named = {"hostname": "failed", "package": "p", "id": "0", "errors": "0", "skipped": "0", "success": "1", "log": "x"}
    run, (only,) = read(suite(properties + case, **named, passed="1", total="1", retries="0", warnings="2"))
    assert (only.outcome, run.complete, run.remark) == ("pass", True, None)


@pytest.mark.parametrize(
    "attribute",
    ["skipped='true'", "skip='1'", "ignored='True'", "disabled='true'", "passed='false'", "failed='true'"]
    + ["conclusion='failure'", "verdict='fail'", "errors='1' failures='2'", "Status='Failed'", "test-status='failed'"]
    + ["mood='failed'", "x:result='red' xmlns:x='urn:x'", "isPassed='no'", "inconclusive='true'", "failure='no luck'"],
)
def test_attribute_that_means_not_passed_is_no_pass(attribute):
    assert "pass" not in outcomes(f"<testcase name='a' {attribute}/>")


@pytest.mark.parametrize(
    "child",
    ["<metadata><result>failed</result></metadata>", "<properties><failure/></properties>", "<Failure/>"]
    + ["<system-out><failure/></system-out>", "<group><failure/></group>", "<fatal/>", "<skipped><failure/></skipped>"]
    + ["<properties><property name='a'><error/></property></properties>", "<flakyFailure><failure/></flakyFailure>"],
)
def test_failure_at_any_depth_of_a_case_is_no_pass(child):
    assert outcomes(f"<testcase name='a'>{child}</testcase>")[0] not in ("pass", "skipped")


@pytest.mark.parametrize("around", ["{}", "<properties>{}</properties>", "<system-out>{}</system-out>"])
def test_case_continues_after_a_nested_case(around):
    inner = around.format("<testcase name='b'/>")
    _, results = read(suite(f"<testcase name='a'>{inner}<failure message='no'/></testcase><testcase name='c'/>"))
    assert [(result.check, result.outcome) for result in results] == [("s.b", "pass"), ("s.a", "fail"), ("s.c", "pass")]
    assert results[1].message == "no"


@pytest.mark.parametrize(
    "beside",
    ["<fatal/>", "<aborted/>", "<Error/>", "<rerunFailure/>", "<group><failure/></group>", "<skipped/>", "<group/>"]
    + ["<test name='x'><failure/></test>", "<TestCase><failure/></TestCase>", "<test-case result='Failed'/>"]
    + ["<metadata><result>failed</result></metadata>", "<system-out><failure/></system-out>", "<TestCase name='x'/>"]
    + ["<properties><testcase name='x'/></properties>", "<properties><testsuite failures='1'/></properties>"],
)
@pytest.mark.parametrize("around", ["{}", "<testsuites>{}</testsuites>"])
def test_unknown_content_of_a_suite_makes_the_run_incomplete(around, beside):
    run, _ = read(around.format(suite(f"<testcase name='a'/>{beside}")))
    assert not run.complete
    assert str(run.remark)


@pytest.mark.parametrize(
    "statement",
    ["status='untested'", "status='skipped'", "result='Inconclusive'", "failed='1'", "failure='1'", "error='1'"]
    + ["inconclusive='1'", "not-run='1'", "notrun='1'", "total='5'", "Tests='2'", "Failures='1'", "failures='1.0'"]
    + ["failures='1,000'", "tests='1 000'", "errors='0.5'", "failures='x'", "tests='NaN'", "skipped='true'"]
    + ["passed='5'", "success='false'", "mood='failed'", "failures='99999999999999999999'", "outcome='x'"],
)
def test_suite_status_that_cases_do_not_show_makes_the_run_incomplete(statement):
    run, _ = read(f"<testsuite name='s' {statement}><testcase name='a'/></testsuite>")
    assert not run.complete
    assert str(run.remark)


# ── What suites declare ──────────────────────────────────────────────────────────────────────────────────────────────

TWO = "<testcase name='a'/><testcase name='b'/>"


@pytest.mark.parametrize(
    ("cases", "declared"),
    [
        (TWO, {"tests": 2, "errors": 2}),
        (TWO, {"tests": 2, "failures": 1}),
        (TWO, {"tests": 3}),
        (TWO, {"tests": 2, "skipped": 1}),
        (TWO, {"tests": 2, "disabled": 1}),
        (TWO, {"tests": 2, "status": "failed"}),
        ("<testcase name='a'/><testcase name='b'><skipped/></testcase>", {"tests": 2, "failures": 1}),
    ],
)
@pytest.mark.parametrize("around", ["{}", "<testsuites>{}</testsuites>", "<testsuite name='outer'>{}</testsuite>"])
def test_declared_counts_that_cases_do_not_show_make_the_run_incomplete(around, cases, declared):
    run, results = read(around.format(suite(cases, **declared)))
    assert len(results) == 2
    assert not run.complete
    assert "declares" in str(run.remark)


def test_counts_declared_by_the_root_only_are_checked():
    run, _ = read(f"<testsuites tests='2' failures='1'>{suite(TWO, tests=2)}</testsuites>")
    assert not run.complete


@pytest.mark.parametrize(
    ("cases", "declared"),
    [
        (TWO, {"tests": 2, "failures": 0, "errors": 0, "skipped": 0}),
        (TWO, {"tests": "", "failures": "n/a"}),
        ("<testcase name='a'><failure/></testcase>", {"tests": 1, "errors": 1}),  # some tools count it as the other
        ("<testcase name='a'><error/></testcase>", {"tests": 1, "skipped": 1}),
        ("<testcase name='a' status='notrun'/>", {"tests": 1, "disabled": 1}),
        ("<testcase name='a'><flakyFailure/><flakyError/></testcase>", {"tests": 3, "failures": 1, "errors": 1}),
    ],
)
def test_run_is_complete_when_cases_show_the_declared_counts(cases, declared):
    assert read(suite(cases, **declared))[0].complete


@pytest.mark.parametrize("tests", ["0", "1"])
@pytest.mark.parametrize("around", ["{}", "<testsuites tests='2'>{}</testsuites>"])
def test_more_cases_than_declared_make_the_run_incomplete(around, tests):
    run, _ = read(around.format(suite(TWO, tests=tests)))
    counted = {"0": "0 test cases", "1": "1 test case"}[tests]
    assert (run.complete, f"declares {counted}, and holds 2" in str(run.remark)) == (False, True)


def test_too_few_cases_declared_by_the_root_only_make_the_run_incomplete():
    assert not read(f"<testsuites tests='1'>{suite(TWO, tests=2)}</testsuites>")[0].complete


@pytest.mark.parametrize(
    "content",
    [
        suite("<testcase name='a'/><testcase name='b'><skipped/></testcase>", tests=1),  # without what was skipped
        f"<testsuite name='o' tests='1'><testcase name='x'/>{suite(TWO, tests=2)}</testsuite>",  # only its own
        f"<testsuite name='o' tests='0'>{suite(TWO, tests=2)}</testsuite>",
        suite(TWO, passed=1),
    ],
)
def test_tools_that_count_fewer_cases_are_accepted(content):
    assert read(content)[0].complete


def with_property(name, value):
    return f"<testcase name='a'><properties><property name='{name}' value='{value}'/></properties></testcase>"


@pytest.mark.parametrize(
    ("name", "value", "outcome"),
    [
        ("result", "failed", "fail"),
        ("test.result", "FAILED", "fail"),
        ("Status", "error", "error"),
        ("outcome", "skipped", "skipped"),
        ("outcome", "xfail", "not evaluated"),
        ("verdict", "inconclusive", "not evaluated"),
        ("failed", "true", "fail"),
        ("outcome", "refused", "pass"),
        ("result", "passed", "pass"),
        ("failed", "0", "pass"),
        ("role", "failed", "pass"),
        ("", "failed", "pass"),
    ],
)
def test_property_that_means_not_passed_is_no_pass(name, value, outcome):
    run, (only,) = read(suite(with_property(name, value)))
    assert only.outcome == outcome
    assert run.complete == (outcome != "not evaluated")
    body = f"<testcase name='a'><properties><property name='{name}'>{value}</property></properties></testcase>"
    assert outcomes(body) == [outcome]


def test_suite_property_that_means_not_passed_makes_the_run_incomplete():
    properties = "<properties><property name='result' value='failed'/></properties>"
    run, _ = read(suite(properties + TWO))
    assert (run.complete, "result: failed" in str(run.remark)) == (False, True)
    assert read(suite("<properties><property value='failed'/><property name=''/></properties>" + TWO))[0].complete


# ── When it ran ──────────────────────────────────────────────────────────────────────────────────────────────────────

EVENING = datetime(2026, 11, 21, 23, 30)


@pytest.mark.parametrize(
    ("timestamp", "moment"),
    [
        ("2026-11-21T23:30:00", EVENING),
        ("2026-11-21T23:30:00.5", EVENING),
        ("2026-11-21 23:30", EVENING),
        ("2026-11-21T23:30:00Z", EVENING.replace(tzinfo=UTC)),
        ("2026-11-21T23:30:00 UTC", EVENING.replace(tzinfo=UTC)),
        ("2026-11-21T23:30:00-05:00", EVENING.replace(tzinfo=timezone(timedelta(hours=-5)))),
        ("2026-11-21T23:30:00 CET", EVENING),  # letters are no zone: as written
        ("21 Nov 2026 23:30:00 GMT", EVENING.replace(tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 21)),
        ("1970-01-01T00:00:00", None),
        ("0001-01-01T00:00:00", None),
        ("0", None),
        ("", None),
        ("20261121T233000Z", EVENING.replace(tzinfo=UTC)),
        ("20261121T233000+0100", EVENING.replace(tzinfo=timezone(timedelta(hours=1)))),
        ("2026/11/21 23:30:00", EVENING),
        ("2026-11-21T23:30:00+01:00[Europe/Amsterdam]", EVENING.replace(tzinfo=timezone(timedelta(hours=1)))),
        ("Sat Nov 21 23:30:00 2026", EVENING),
        ("Sat Nov 21 23:30:00 CET 2026", EVENING),
        ("Sat, 21 Nov 2026 23:30:00 +0100", EVENING.replace(tzinfo=timezone(timedelta(hours=1)))),
        ("1795303800", EVENING.replace(tzinfo=UTC)),
        ("1795303800000", EVENING.replace(tzinfo=UTC)),
        ("1795303800.0", EVENING.replace(tzinfo=UTC)),
    ],
)
def test_moment_is_read_as_written(timestamp, moment):
    started = read(suite(TWO, timestamp=timestamp))[0].started_at
    assert started == moment
    assert moment is None or (started.tzinfo is None) == (moment.tzinfo is None)


def test_run_lasts_from_its_first_suite_to_the_end_of_its_last():
    first = suite(TWO, timestamp="2026-11-20T09:00:00+01:00", time="90")
    last = suite(TWO, timestamp="2026-11-20T10:00:00+01:00", time="1,800.5")
    run, _ = read(f"<testsuites timestamp='2026-11-20T09:00:00+01:00'>{last}{first}</testsuites>")
    assert run.started_at.isoformat() == "2026-11-20T09:00:00+01:00"
    assert run.ended_at.isoformat() == "2026-11-20T10:30:00.500000+01:00"


@pytest.mark.parametrize("time", ["", "x", "-5", "nan", "inf", "1e99"])
def test_impossible_duration_is_ignored(time):
    run, _ = read(suite(TWO, timestamp="2026-11-21T23:30:00", time=time))
    assert run.started_at == run.ended_at == EVENING


def test_moments_with_and_without_a_zone_stay_as_written():
    run, _ = read(
        f"<testsuites>{suite(TWO, timestamp='2026-11-21T23:30:00Z')}{suite(TWO, timestamp='2026-11-22T00:30:00')}</testsuites>"
    )
    assert (run.started_at, run.ended_at) == (EVENING.replace(tzinfo=UTC), datetime(2026, 11, 22, 0, 30))


UNREADABLE = [
    "04/03/2026 08:00:00",
    "04-03-2026",
    "4 maart 2026",
    "2026-13-01T00:00:00",
    "2026-03-04T8u",
    "20260304080000",
]


@pytest.mark.parametrize("value", UNREADABLE)
@pytest.mark.parametrize("attribute", ["timestamp", "start-time", "date", "startedAt", "Run_Date"])
def test_moment_in_another_notation_is_refused_with_the_expected_one(attribute, value):
    for content in (
        suite(TWO, **{attribute: value}),
        f"<testsuites {attribute}='{value}'>{suite(TWO)}</testsuites>",
        suite(f"<testcase name='a' {attribute}='{value}'/>"),
    ):
        with pytest.raises(Unreadable, match=f"{attribute} .*ISO 8601") as refusal:
            read(content)
        assert value not in str(refusal.value)


@pytest.mark.parametrize("attribute", ["start-time", "date", "start", "started", "startTime", "begin", "run_date"])
def test_moment_under_another_attribute_name_is_read(attribute):
    assert read(suite(TWO, **{attribute: "2026-11-21T23:30:00"}))[0].started_at == EVENING


@pytest.mark.parametrize("attribute", ["start='0.25'", "time='1772582400'", "start='1250'", "run='17'", "date=''"])
def test_value_that_is_no_moment_is_ignored(attribute):
    assert read(f"<testsuite {attribute}>{TWO}</testsuite>")[0].started_at is None


def test_moments_of_cases_are_read():
    run, _ = read(
        suite("<testcase timestamp='2026-11-21T23:30:00' time='60'/><testcase timestamp='2026-11-22T00:10:00'/>")
    )
    assert (run.started_at, run.ended_at) == (EVENING, datetime(2026, 11, 22, 0, 10))


DATED = {"timestamp": "2026-11-21T23:30:00"}


@pytest.mark.parametrize(
    "content",
    [
        suite(TWO) + suite("<testcase name='c'/>", **DATED),
        suite("<testcase name='c'/>", **DATED) + suite(TWO),
        suite(suite("<testcase name='c'/>", **DATED) + "<testcase name='a'/>"),
        suite(TWO, timestamp="1970-01-01T00:00:00") + suite("", **DATED),
        suite("<testcase name='a'/><testcase name='b' timestamp='2026-11-21T23:30:00'/>"),
        suite("", **DATED) + "<testcase name='a'/>",
    ],
)
def test_moment_of_a_suite_does_not_apply_to_another(content):
    run, _ = read(f"<testsuites>{content}</testsuites>")
    assert (run.started_at, run.ended_at) == (None, None)


@pytest.mark.parametrize(
    "content",
    [
        suite(suite(TWO), **DATED),
        suite("") + suite(TWO, **DATED),
        suite("<testcase name='a'><skipped/></testcase><testcase timestamp='2026-11-21T23:30:00'/>"),
    ],
)
def test_moment_applies_to_nested_suites_and_cases(content):
    assert read(f"<testsuites>{content}</testsuites>")[0].started_at == EVENING


# ── What the bytes are ───────────────────────────────────────────────────────────────────────────────────────────────

DECLARED = '<?xml version="1.0" encoding="{}"?>' + suite("<testcase name='één'/>")


@pytest.mark.parametrize(
    ("says", "written"),
    [
        ("utf-16", "utf-8"),  # a string of .NET, written as UTF-8
        ("UTF-16LE", "utf-8"),
        ("utf-16", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-16-le"),
        ("utf-16", "utf-16-be"),
        ("utf8", "utf-8"),
        ("latin-1", "latin-1"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
    ],
)
def test_encoding_is_determined_by_the_bytes(says, written):
    assert read(DECLARED.format(says).encode(written))[1][0].check == "s.één"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (DECLARED.format("utf-8").encode("cp1252"), "not utf-8"),
        (DECLARED.format("utf-16").encode("cp1252"), "not UTF-8"),
        (DECLARED.format("us-ascii").encode(), "not us-ascii"),
        (DECLARED.format("utf-16").encode("utf-16") + b"<", "not utf-16"),
        (DECLARED.format("utf-7").encode(), "utf-7"),
        (suite("<testcase name='a'>&#27;[31m</testcase>").encode(), r"U\+001B \(escape\)"),
        (suite("<testcase name='\x1b[31m'/>").encode(), r"U\+001B \(escape\)"),
        (suite("<testcase name='a'>\x08</testcase>").encode(), r"U\+0008 \(backspace\)"),
        (suite("<testcase name='a'>&#xFFFF;</testcase>").encode(), r"U\+FFFF"),
        (suite(TWO).encode() * 2, "to a new file"),
        (suite(TWO).encode() + b'\n<?xml version="1.0"?>' + suite(TWO).encode(), "Scan to a new file"),
        (suite(TWO).encode()[:-4], "cut off"),
        (b"<testsuite><testcase", "cut off"),
        (suite("<testcase name='a'><![CDATA[ x").encode()[:60], "cut off"),
        (suite("<testcase name='a'>wachtwoord & co</testcase>").encode(), "well-formed"),
        (b"<testsuite name='" + b"x" * (11 << 20) + b"'/>", "single value"),
    ],
)
def test_unreadable_report_is_refused_with_its_cause_and_no_content(content, message):
    with pytest.raises(Unreadable, match=message) as refusal:
        read(content)
    assert "wachtwoord" not in str(refusal.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("begin", "end"),
    [("<system-out><![CDATA[", "]]></system-out>"), ("<!--", "-->"), ("<system-out>", "</system-out>")],
)
def test_long_output_is_read_in_little_memory(encoding, begin, end):
    line = "regel met uitvoer é\n"
    content = (suite(f"<testcase name='a'>{begin}{line * 600_000}{end}</testcase><testcase name='b'/>")).encode(
        encoding
    )
    assert len(content) > 11 << 20
    stream = io.BytesIO(content)
    tracemalloc.start()
    try:
        run, results = formats()["junit"].read(stream)
        assert [result.outcome for result in results] == ["pass", "pass"]
        assert tracemalloc.get_traced_memory()[1] < 2 << 20
    finally:
        tracemalloc.stop()
    assert run.complete
