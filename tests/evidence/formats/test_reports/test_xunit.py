"""xUnit.net: errors outside the tests, moments with and without a zone, words that are no pass, files read back."""

import io
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise

DATED = 'name="tests.dll" run-date="2026-03-04" run-time="08:00:01"'


def read(content):
    content = content.encode()
    file_format = recognise(content[:65_536])
    assert file_format.NAME == "xunit"
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


def case(word="Pass", name="a", inner=""):
    return f'<test name={quoteattr(name)} result="{word}">{inner}</test>'


def assembly(body, attributes=DATED, collection=""):
    return f"<assembly {attributes}><collection {collection}>{body}</collection></assembly>"


def assemblies(*written):
    return f"<assemblies>{''.join(written)}</assemblies>"


@pytest.mark.parametrize(
    ("word", "expected", "complete"),
    [
        ("Pass", "pass", True),
        ("Fail", "fail", True),
        ("Skip", "skipped", True),
        ("NotRun", "skipped", True),
        ("Passed", "not evaluated", False),
        ("", "not evaluated", False),
    ],
)
def test_only_known_words_are_outcomes(word, expected, complete):
    run, (result,) = read(assemblies(assembly(case(word))))
    assert (result.outcome, run.complete) == (expected, complete)


def test_pass_with_a_failure_is_no_pass():
    run, (result,) = read(assemblies(assembly(case(inner="<failure/>"))))
    assert (result.outcome, run.complete) == ("not evaluated", False)


def test_error_outside_the_tests_is_told():
    errors = '<errors><error type="test-class-cleanup" name="Tests"><failure><message>busy</message></failure></error></errors>'
    run, _ = read(assemblies(f'<assembly {DATED} errors="1">{errors}<collection>{case()}</collection></assembly>'))
    assert (run.complete, run.facts.suite_errors, run.facts.suite_error) == (False, 1, "busy")
    run, _ = read(assemblies(assembly(case(), f'{DATED} errors="1"')))
    assert (run.complete, run.facts.suite_errors) == (False, 1)


@pytest.mark.parametrize(
    ("counts", "complete"),
    [
        ('total="1" passed="1" failed="0" skipped="0"', True),
        ('total="2" passed="2"', False),
        ('total="1" failed="1"', False),
        ('total="0"', False),
        ('total="1" passed="1" not-run="1"', False),
    ],
)
def test_counts_that_differ_leave_the_run_incomplete(counts, complete):
    assert read(assemblies(assembly(case(), f"{DATED} {counts}")))[0].complete is complete
    assert read(assemblies(assembly(case(), DATED, counts)))[0].complete is complete


def test_moment_with_a_zone_goes_before_the_one_of_the_machine():
    moments = 'start-rtf="2026-03-04T07:00:01.5+00:00" finish-rtf="2026-03-04T07:00:09+00:00"'
    run, _ = read(assemblies(assembly(case(), f"{DATED} {moments}")))
    assert (run.started_at, run.ended_at) == (
        datetime(2026, 3, 4, 7, 0, 1, 500_000, UTC),
        datetime(2026, 3, 4, 7, 0, 9, tzinfo=UTC),
    )


def test_moment_of_one_assembly_is_not_that_of_another():
    run, _ = read(assemblies(assembly(case()), assembly(case(), 'name="other.dll"')))
    assert run.started_at is None


def test_version_1_has_classes_and_a_root_of_its_own():
    body = f'<class name="Pages" total="1" passed="1" failed="0" skipped="0">{case()}</class>'
    run, results = read(f'<assembly {DATED} total="1" passed="1" failed="0" skipped="0">{body}</assembly>')
    assert (run.complete, len(results)) == (True, 1)


def test_other_files_with_such_a_root_are_not_taken():
    assert recognise(b'<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0"/>') is None


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\r"), min_size=1, max_size=12
)
OUTCOMES = {"Pass": "pass", "Fail": "fail", "Skip": "skipped", "NotRun": "skipped"}
CASES = st.lists(st.tuples(NAMES, st.sampled_from(sorted(OUTCOMES)), NAMES), max_size=6)


@given(groups=st.lists(CASES, max_size=3), lost=st.integers(0, 2))
def test_any_file_is_read_back(groups, lost):
    written = []
    for cases in groups:
        words = [word for _, word, _ in cases]
        counts = f'total="{len(cases) + lost}" failed="{words.count("Fail")}" skipped="{words.count("Skip")}"'
        body = "".join(
            case(word, name, f"<failure><message>{escape(said)}</message></failure>" if word == "Fail" else "")
            for name, word, said in cases
        )
        written.append(assembly(body, f"{DATED} {counts}"))
    run, results = read(assemblies(*written))
    assert run.complete is (lost == 0 or not groups)
    assert [(each.check, each.outcome) for each in results] == [
        (name, OUTCOMES[word]) for cases in groups for name, word, _ in cases
    ]
