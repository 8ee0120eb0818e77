"""Judging test cases: fail, pass, and no verdict."""

import pytest

from tests.evidence.judging.policy_judging import failing, judged


def verdict(cases, **attributes):
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return judged("junit", f"<testsuite name='s'{written}>{cases}</testsuite>")[1][""]


@pytest.mark.parametrize(
    ("cases", "expected", "checks"),
    [
        ("<testcase name='a'/>", "pass", []),
        ("<testcase name='a'/><testcase name='b'><skipped/></testcase>", "pass", []),
        ("<testcase name='a'/><testcase name='b'><failure message='no'/></testcase>", "fail", ["s.b"]),
        ("<testcase name='a'><error/></testcase>", "fail", ["s.a"]),
        ("<testcase name='a'><failure/></testcase><testcase name='a'><error/></testcase>", "fail", ["s.a"]),
        ("<testcase name='a'><flakyFailure message='x'/></testcase>", "pass", []),
        ("", "none", []),
        ("<testcase name='a'><skipped/></testcase>", "none", []),
        ("<testcase name='a' status='notrun'/>", "none", []),
        ("<error message='class not found'/>", "fail", ["suite-error"]),
        ("<testcase name='a'/><error message='class not found'/>", "fail", ["suite-error"]),
    ],
)
def test_verdict_follows_from_outcomes(cases, expected, checks):
    outcome = verdict(cases)
    assert (outcome.verdict, failing(outcome)) == (expected, checks)
    assert str(outcome.reason)


def test_errors_only_declared_by_a_suite_fail():
    assert failing(verdict("", errors="1", tests="0")) == ["suite-error"]


def test_levels_and_reasons():
    cases = "<testcase name='a'/><testcase name='b'><failure message='expected 403'/></testcase><testcase name='c'><skipped/></testcase>"
    levels, verdicts, _ = judged("junit", f"<testsuite name='s'>{cases}</testsuite>")
    assert levels == [("s.a", "pass"), ("s.b", "fail"), ("s.c", "")]
    assert "expected 403" in str(verdicts[""].failing[0][1])


def cases(*properties):
    def case_xml(index, properties):
        written = "".join(
            f"<property name='{k}' value='{v}'/>" for k, v in (p.split("=") for p in properties.split()[1:])
        )
        inner = (
            "<skipped/>"
            if properties.startswith("skipped")
            else "<failure/>"
            if properties.startswith("failed")
            else ""
        )
        return f"<testcase name='{index}'><properties>{written}</properties>{inner}</testcase>"

    return "<testsuite name='s'>" + "".join(case_xml(i, p) for i, p in enumerate(properties)) + "</testsuite>"


PAGE = ["passed page=/a level=anonymous", "passed page=/a level=wrong-role", "passed page=/a level=right-role"]


@pytest.mark.parametrize(
    ("named", "expected", "message"),
    [
        (PAGE, "pass", "All 3"),
        (PAGE[:2], "none", "page=/a level=right-role"),
        ([*PAGE[:2], "skipped page=/a level=right-role"], "none", "page=/a level=right-role"),
        ([*PAGE, "skipped page=/b level=anonymous"], "none", "page=/b level=anonymous"),
        ([*PAGE, "failed page=/b level=anonymous"], "fail", "One check"),
        (["passed level=anonymous"], "none", "page=..."),
        (["passed"], "none", "page=..."),
    ],
)
def test_every_named_page_must_be_covered(named, expected, message):
    outcome = judged("access-control-tests", cases(*named))[1][""]
    assert (outcome.verdict, message in str(outcome.reason)) == (expected, True), str(outcome.reason)


def test_password_policy_must_be_covered_at_each_place():
    checks = ("too-short", "common-word", "breached", "contains-username")
    each = [f"passed at={at} check={check}" for at in ("registration", "change", "reset") for check in checks]
    whole = ["accepted-strong", "anonymous-refused", "duplicate-username-refused", "lockout-or-throttle"]
    every = [*each, *(f"passed check={check}" for check in whole)]
    assert judged("password-policy-test", cases(*every))[1][""].verdict == "pass"
    for left_out in range(len(every)):
        outcome = judged("password-policy-test", cases(*every[:left_out], *every[left_out + 1 :]))[1][""]
        assert outcome.verdict == "none"
        assert every[left_out].split("=")[-1] in str(outcome.reason)


@pytest.mark.parametrize(("now", "before", "expected"), [(3, 4, "fail"), (3, 3, "pass"), (3, None, "pass")])
def test_fewer_cases_than_last_time_fail(now, before, expected):
    outcome = judged("access-control-tests", cases(*PAGE), executed=now, executed_before=before)[1][""]
    assert outcome.verdict == expected
    if expected == "fail":
        assert failing(outcome) == ["fewer-cases"]
        assert "3" in str(outcome.failing[0][1])
        assert "4" in str(outcome.failing[0][1])
    assert judged("junit", cases(*PAGE), executed=now, executed_before=before)[1][""].verdict == "pass"


def test_case_name_can_state_what_it_covers():
    named = "<testcase name='t[page=/a][level=anonymous][level=wrong-role]'/><testcase name='t[page=/a][level=right-role]'/>"
    assert judged("access-control-tests", f"<testsuite name='s'>{named}</testsuite>")[1][""].verdict == "pass"


@pytest.mark.parametrize(
    ("cases", "attributes"),
    [
        ("<testcase name='a'/><testcase name='b' status='untested'/>", {}),
        ("<testcase name='a'/><testcase name='b'/>", {"tests": "2", "failures": "1"}),
        ("<testcase name='a'/>", {"tests": "5"}),
    ],
)
def test_incomplete_run_is_no_pass_and_has_a_reason(cases, attributes):
    outcome = verdict(cases, **attributes)
    assert outcome.verdict == "none"
    assert any(phrase in str(outcome.reason) for phrase in ("untested", "declares"))
    assert verdict(cases + "<testcase name='c'><failure/></testcase>", **attributes).verdict == "fail"


def test_remark_of_the_run_is_a_warning():
    _, verdicts, judge = judged(
        "junit", "<testsuite name='s'><testcase name='a'/><testcase name='b'><warning/></testcase></testsuite>"
    )
    assert verdicts[""].verdict == "pass"
    assert "warning" in str(judge.warnings[0])
    assert (
        judged("junit", "<testsuite name='s'><testcase name='b'><warning/></testcase></testsuite>")[1][""].verdict
        == "none"
    )


def test_case_with_unknown_status_covers_nothing():
    content = cases(*PAGE).replace(
        "</properties></testcase></testsuite>", "</properties><warning/></testcase></testsuite>"
    )
    outcome = judged("access-control-tests", content)[1][""]
    assert (outcome.verdict, "level=right-role" in str(outcome.reason)) == ("none", True)


def sharing(*ways, without=""):
    checks = ("only-what-was-shared", "others-see-nothing", "gone-after-withdrawal")
    names = [f"[share={way}][check={check}]" for way in ways for check in checks if check != without]
    cases = "".join(f"<testcase name='{name}'/>" for name in (*names, "[check=other-sharing-refused]"))
    _, verdicts, judge = judged("shared-insight-tests", f"<testsuite name='s'>{cases}</testsuite>")
    return verdicts[""], [str(point) for point in judge.to_review]


def test_each_way_of_sharing_is_tested_and_what_else_is_refused():
    assert (
        judged("shared-insight-tests", "<testsuite name='s'><testcase name='a'/></testsuite>")[1][""].verdict == "none"
    )
    assert (sharing("record")[0].verdict, sharing("record")[1]) == ("pass", [])
    incomplete, _ = sharing("record", without="gone-after-withdrawal")
    assert str(incomplete.reason) == "No passed case covers share=record check=gone-after-withdrawal."


def test_someone_else_looks_where_no_way_of_sharing_is_named():
    outcome, points = sharing()
    assert (outcome.verdict, points) == ("pass", ["No case names share=...; look whether there is none."])
