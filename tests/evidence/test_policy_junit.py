"""Test cases: what fails, what passes, and what proves nothing."""

import pytest

from tests.evidence.judging import failing, judged


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
