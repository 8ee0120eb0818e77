"""TRX: classes that stand after the results, data-driven rows, runs that broke or were cut off, files read back."""

import io
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise

NAMESPACE = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010"


def read(content, encoding="utf-8"):
    content = content.encode(encoding)
    file_format = recognise(content[:65_536])
    assert file_format.NAME == "trx"
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


def result(outcome="Passed", name="a", message="", inner=""):
    error = f"<Output><ErrorInfo><Message>{escape(message)}</Message></ErrorInfo></Output>" if message else ""
    return (
        f'<UnitTestResult testId="1" testName={quoteattr(name)} outcome={quoteattr(outcome)}>{error}{inner}'
        "</UnitTestResult>"
    )


def trx(results="", summary='<ResultSummary outcome="Completed"/>', definitions=""):
    return (
        f'<TestRun xmlns="{NAMESPACE}"><Results>{results}</Results>'
        f"<TestDefinitions>{definitions}</TestDefinitions>{summary}</TestRun>"
    )


def summary(outcome="Completed", info="", **counters):
    written = " ".join(f'{name}="{number}"' for name, number in counters.items())
    return f'<ResultSummary outcome="{outcome}"><Counters {written}/>{info}</ResultSummary>'


@pytest.mark.parametrize(
    ("outcome", "expected", "complete"),
    [
        ("Passed", "pass", True),
        ("Failed", "fail", True),
        ("Error", "error", True),
        ("Timeout", "error", True),
        ("Aborted", "error", True),
        ("NotExecuted", "skipped", True),
        ("Inconclusive", "skipped", False),
        ("PassedButRunAborted", "skipped", False),
        ("Warning", "skipped", False),
        ("Completed", "skipped", False),
        ("passed", "not evaluated", False),
        ("Great", "not evaluated", False),
        ("", "not evaluated", False),
    ],
)
def test_only_known_words_are_outcomes(outcome, expected, complete):
    run, (case,) = read(trx(result(outcome)))
    assert (case.outcome, run.complete) == (expected, complete)


def test_pass_with_an_error_message_is_no_pass():
    run, (case,) = read(trx(result("Passed", message="expected 403")))
    assert (case.outcome, run.complete) == ("not evaluated", False)


@pytest.mark.parametrize(
    ("written", "complete", "broken"),
    [
        ("", False, 0),
        (summary("Completed"), True, 0),
        (summary("Passed", total=1, passed=1), True, 0),
        (summary("Completed", total=2, passed=2), False, 0),
        (summary("Completed", total=1, passed=0, failed=1), False, 0),
        (summary("Completed", total=0), False, 0),
        (summary("Completed", total="many"), False, 0),
        (summary("Aborted", total=1, passed=1), False, 1),
        (summary("InProgress", total=1, passed=1), False, 0),
        (summary("Failed", total=1, passed=1), False, 1),
        (summary("Completed", '<RunInfos><RunInfo outcome="Error"><Text>host died</Text></RunInfo></RunInfos>'), False, 1),
        (summary("Completed", '<RunInfos><RunInfo outcome="Warning"><Text>slow</Text></RunInfo></RunInfos>'), True, 0),
    ],
)  # fmt: skip
def test_summary_says_whether_the_run_finished(written, complete, broken):
    run, (case,) = read(trx(result(), written))
    assert (case.outcome, run.complete, run.facts.suite_errors) == ("pass", complete, broken)
    assert run.complete or run.remark


def test_error_of_the_run_that_only_repeats_a_failed_case_breaks_nothing():
    info = '<RunInfos><RunInfo outcome="Error"><Text>[xUnit.net] a [FAIL]</Text></RunInfo></RunInfos>'
    run, _ = read(trx(result("Failed"), summary("Failed", info, total=1, failed=1)))
    assert (run.complete, run.facts.suite_errors) == (True, 0)


@pytest.mark.parametrize(("total", "complete"), [(1, False), (2, True), (3, True), (4, False)])
def test_data_driven_test_is_counted_by_writers_beside_its_rows_or_not(total, complete):
    rows = f"<InnerResults>{result()}{result()}</InnerResults>"
    run, results = read(trx(result(inner=rows), summary("Completed", total=total, passed=total)))
    assert (len(results), run.complete) == (3, complete)


def test_class_and_properties_stand_after_the_results():
    definitions = (
        '<UnitTest name="a" id="1"><Properties><Property><Key>level</Key><Value>anonymous</Value></Property></Properties>'
        '<Execution id="2"/><TestMethod className="Pages, Example, Version=1.0" name="a"/></UnitTest>'
    )
    _, (case,) = read(trx(result(), definitions=definitions))
    assert (case.check, case.properties) == ("Pages.a", (("level", "anonymous"),))


def test_file_in_utf_16_is_recognised():
    _, results = read('<?xml version="1.0" encoding="utf-16"?>' + trx(result()), "utf-16")
    assert len(results) == 1


def test_other_files_with_such_a_root_are_not_taken():
    assert recognise(b"<TestRun><Step/></TestRun>") is None


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\r"), min_size=1, max_size=12
)
OUTCOMES = {"Passed": "pass", "Failed": "fail", "Timeout": "error", "NotExecuted": "skipped"}


@given(cases=st.lists(st.tuples(NAMES, st.sampled_from(sorted(OUTCOMES)), NAMES), max_size=6), lost=st.integers(0, 2))
def test_any_file_is_read_back(cases, lost):
    written = "".join(result(word, name, "" if word == "Passed" else said) for name, word, said in cases)
    words = [word for _, word, _ in cases]
    counters = {
        "total": len(cases) + lost,
        "passed": words.count("Passed") + lost,
        "failed": words.count("Failed"),
        "timeout": words.count("Timeout"),
    }
    run, results = read(trx(written, summary("Failed" if "Failed" in words else "Completed", **counters)))
    assert run.complete is (lost == 0)
    assert [(each.check, each.outcome, each.message) for each in results] == [
        (name, OUTCOMES[word], "" if word == "Passed" else said) for name, word, said in cases
    ]
