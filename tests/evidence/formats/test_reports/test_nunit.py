"""NUnit: suites that broke outside their cases, counts of both versions, words that are no pass, files read back."""

import io
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise


def read(content):
    content = content.encode()
    file_format = recognise(content[:65_536])
    assert file_format.NAME == "nunit"
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


def case(word="Passed", name="a", inner=""):
    return f"<test-case fullname={quoteattr(name)} result={quoteattr(word)}>{inner}</test-case>"


def run_of(body, attributes='result="Passed"', suite=""):
    return f"<test-run {attributes}><test-suite name='s' {suite}>{body}</test-suite></test-run>"


@pytest.mark.parametrize(
    ("word", "expected", "complete"),
    [
        ("Passed", "pass", True),
        ("Failed", "fail", True),
        ("Skipped", "skipped", True),
        ("Inconclusive", "skipped", False),
        ("Warning", "skipped", False),
        ("PASSED", "not evaluated", False),
        ("", "not evaluated", False),
    ],
)
def test_only_known_words_are_outcomes(word, expected, complete):
    run, (result,) = read(run_of(case(word)))
    assert (result.outcome, run.complete) == (expected, complete)


def test_pass_with_a_failure_is_no_pass():
    run, (result,) = read(run_of(case(inner="<failure><message>no</message></failure>")))
    assert (result.outcome, run.complete) == ("not evaluated", False)


@pytest.mark.parametrize(
    ("attributes", "complete"),
    [
        ('total="1" passed="1" failed="0"', True),
        ('testcasecount="7" total="1" passed="1"', True),  # others were filtered out
        ('total="2" passed="1" failed="1"', False),
        ('total="2" passed="2"', False),
        ('total="0" passed="0"', False),
        ('total="1" passed="1" skipped="1"', False),
        ('total="x"', False),
    ],
)
def test_counts_that_differ_leave_the_run_incomplete(attributes, complete):
    assert read(run_of(case(), attributes))[0].complete is complete
    assert read(run_of(case(), suite=attributes))[0].complete is complete


@pytest.mark.parametrize("site", ["SetUp", "TearDown", ""])
def test_suite_that_broke_outside_its_cases_is_told(site):
    failure = "<failure><message>no database</message></failure>"
    run, (result,) = read(run_of(failure + case(), 'result="Failed" site="Child"', f'result="Failed" site="{site}"'))
    assert (result.outcome, run.complete) == ("pass", False)
    assert (run.facts.suite_errors, run.facts.suite_error) == (1, "no database")


def test_suites_around_a_failed_case_did_not_break():
    run, _ = read(run_of(case("Failed"), 'result="Failed"', 'result="Failed" site="Child"'))
    assert (run.complete, run.facts.suite_errors) == (True, 0)


def old(body, attributes):
    return f"<test-results {attributes}><test-suite name='s'><results>{body}</results></test-suite></test-results>"


@pytest.mark.parametrize(
    ("attributes", "complete"),
    [
        ('total="1" not-run="1" errors="0" failures="0"', True),
        ('total="2" not-run="1"', True),  # with those that did not run, as some writers count
        ('total="3" not-run="1"', False),
        ('total="0" not-run="1"', False),
        ('total="1" not-run="2"', False),
        ('total="1" not-run="1" failures="1"', False),
    ],
)
def test_version_2_counts_cases_that_ran_apart(attributes, complete):
    run, results = read(old(case("Success") + case("Ignored"), attributes))
    assert [each.outcome for each in results] == ["pass", "skipped"]
    assert run.complete is complete


@pytest.mark.parametrize(
    ("success", "outcome", "complete"), [("True", "pass", True), ("False", "not evaluated", False)]
)
def test_success_that_is_denied_is_no_pass(success, outcome, complete):
    body = f'<test-case name="a" executed="True" result="Success" success="{success}"/>'
    run, (result,) = read(old(body, 'total="1"'))
    assert (result.outcome, run.complete) == (outcome, complete)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('executed="True" success="True"', "pass"),
        ('executed="True" success="False"', "fail"),
        ('executed="False"', "skipped"),
        ("", "not evaluated"),
    ],
)
def test_files_before_2_5_have_no_result(attributes, expected):
    _, (result,) = read(old(f"<test-case name='a' {attributes}/>", ""))
    assert result.outcome == expected


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\r"), min_size=1, max_size=12
)
NEW = {"Passed": "pass", "Failed": "fail", "Skipped": "skipped"}
OLD = {"Success": "pass", "Failure": "fail", "Error": "error", "Ignored": "skipped"}


@given(cases=st.lists(st.tuples(NAMES, st.sampled_from(sorted(NEW)), NAMES), max_size=6), lost=st.integers(0, 2))
def test_any_file_is_read_back(cases, lost):
    words = [word for _, word, _ in cases]
    counts = f'total="{len(cases) + lost}" passed="{words.count("Passed") + lost}" failed="{words.count("Failed")}"'
    body = "".join(
        case(word, name, f"<failure><message>{escape(said)}</message></failure>" if word == "Failed" else "")
        for name, word, said in cases
    )
    run, results = read(run_of(body, counts))
    assert run.complete is (lost == 0)
    assert [(each.check, each.outcome) for each in results] == [(name, NEW[word]) for name, word, _ in cases]
    assert [each.message for each in results if each.outcome == "fail"] == [
        said for _, word, said in cases if word == "Failed"
    ]


@given(words=st.lists(st.sampled_from(sorted(OLD)), max_size=6))
def test_any_file_of_version_2_is_read_back(words):
    ran = len(words) - words.count("Ignored")
    counts = f'errors="{words.count("Error")}" failures="{words.count("Failure")}" not-run="{words.count("Ignored")}"'
    run, results = read(old("".join(map(case, words)), f'total="{ran}" {counts}'))
    assert run.complete
    assert [each.outcome for each in results] == [OLD[word] for word in words]
