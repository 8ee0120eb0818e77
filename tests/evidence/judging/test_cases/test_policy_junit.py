"""Test cases: what fails, what passes, and what proves nothing."""

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
def test_verdict(cases, expected, checks):
    found = verdict(cases)
    assert (found.verdict, failing(found)) == (expected, checks)
    assert str(found.reason)


def test_errors_that_a_suite_only_declares_fail():
    assert failing(verdict("", errors="1", tests="0")) == ["suite-error"]


def test_levels_and_reasons():
    cases = "<testcase name='a'/><testcase name='b'><failure message='expected 403'/></testcase><testcase name='c'><skipped/></testcase>"
    levels, verdicts, _ = judged("junit", f"<testsuite name='s'>{cases}</testsuite>")
    assert levels == [("s.a", "pass"), ("s.b", "fail"), ("s.c", "")]
    assert "expected 403" in str(verdicts[""].failing[0][1])


def cases(*properties):
    def one(index, given):
        written = "".join(f"<property name='{k}' value='{v}'/>" for k, v in (p.split("=") for p in given.split()[1:]))
        inner = "<skipped/>" if given.startswith("skipped") else "<failure/>" if given.startswith("failed") else ""
        return f"<testcase name='{index}'><properties>{written}</properties>{inner}</testcase>"

    return "<testsuite name='s'>" + "".join(one(i, p) for i, p in enumerate(properties)) + "</testsuite>"


PAGE = ["passed page=/a level=anonymous", "passed page=/a level=wrong-role", "passed page=/a level=right-role"]


@pytest.mark.parametrize(
    ("given", "expected", "said"),
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
def test_every_page_that_is_named_must_be_covered(given, expected, said):
    found = judged("access-control-tests", cases(*given))[1][""]
    assert (found.verdict, said in str(found.reason)) == (expected, True), str(found.reason)


def test_a_password_policy_is_covered_at_each_place():
    checks = ("too-short", "common-word", "breached", "contains-username")
    each = [f"passed at={at} check={check}" for at in ("registration", "change", "reset") for check in checks]
    whole = ["accepted-strong", "anonymous-refused", "duplicate-username-refused", "lockout-or-throttle"]
    every = [*each, *(f"passed check={check}" for check in whole)]
    assert judged("password-policy-test", cases(*every))[1][""].verdict == "pass"
    for left_out in range(len(every)):
        found = judged("password-policy-test", cases(*every[:left_out], *every[left_out + 1 :]))[1][""]
        assert found.verdict == "none"
        assert every[left_out].split("=")[-1] in str(found.reason)


@pytest.mark.parametrize(("now", "before", "expected"), [(3, 4, "fail"), (3, 3, "pass"), (3, None, "pass")])
def test_fewer_cases_than_the_last_time_fail(now, before, expected):
    found = judged("access-control-tests", cases(*PAGE), executed=now, executed_before=before)[1][""]
    assert found.verdict == expected
    if expected == "fail":
        assert failing(found) == ["fewer-cases"]
        assert "3" in str(found.failing[0][1])
        assert "4" in str(found.failing[0][1])
    assert judged("junit", cases(*PAGE), executed=now, executed_before=before)[1][""].verdict == "pass"


def test_a_name_may_say_what_a_case_covers():
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
def test_a_run_that_is_not_complete_is_no_pass_and_says_why(cases, attributes):
    found = verdict(cases, **attributes)
    assert found.verdict == "none"
    assert any(word in str(found.reason) for word in ("untested", "declares"))
    assert verdict(cases + "<testcase name='c'><failure/></testcase>", **attributes).verdict == "fail"


def test_what_the_run_remarks_is_a_warning():
    _, verdicts, judge = judged(
        "junit", "<testsuite name='s'><testcase name='a'/><testcase name='b'><warning/></testcase></testsuite>"
    )
    assert verdicts[""].verdict == "pass"
    assert "warning" in str(judge.warnings[0])
    assert (
        judged("junit", "<testsuite name='s'><testcase name='b'><warning/></testcase></testsuite>")[1][""].verdict
        == "none"
    )


def test_a_case_of_which_nothing_is_known_covers_nothing():
    content = cases(*PAGE).replace(
        "</properties></testcase></testsuite>", "</properties><warning/></testcase></testsuite>"
    )
    found = judged("access-control-tests", content)[1][""]
    assert (found.verdict, "level=right-role" in str(found.reason)) == ("none", True)
