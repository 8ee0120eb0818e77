"""Conditions of registers: days, gaps in numbers, substitute columns, other registers."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.judging.register.conditions.condition import RegisterContext
from evidence.judging.register.conditions.row_conditions import EachIn
from evidence.judging.register.conditions.sequences import Numbered, Numbers
from evidence.judging.register.conditions.value_tests import condition_of
from evidence.judging.register.conditions.versions import Versions
from tests.evidence.judging.policy_judging import DAY, failing, judged
from tests.evidence.judging.register.test_policy_register_rules import ROWS
from tests.evidence.judging.register.test_policy_registers import ACCESS, table

LEFT = {"confidentiality-register": [{"person_ref": "P-1", "access_until": date(2026, 11, 21)}]}


@given(st.dates(), st.dates())
def test_past_includes_the_day_itself_and_ended_does_not(day, as_of):
    row = {"until": day}
    past, ended = (condition_of({"until": value}).holds(row, as_of) for value in ("past", "ended"))
    assert past == (ended or day == as_of)
    assert condition_of({"until": {"not": ["ended"]}}).holds(row, as_of) != ended
    assert not condition_of({"until": "ended"}).holds({"until": ""}, as_of)


@given(st.dictionaries(st.integers(0, 60), st.booleans(), min_size=1), st.randoms())
def test_gap_in_numbers_is_explained_by_an_adjacent_row(explained, random):
    numbers = Numbers(Numbered.model_validate({"column": "ref", "explained": "why"}))
    rows = list(explained.items())
    random.shuffle(rows)
    for number, has_reason in rows:
        numbers.add_row({"ref": f"I-{number}", "why": "tickets" if has_reason else ""}, passed=True, as_of=DAY)
    gaps = [pair for pair in pairwise(sorted(explained)) if pair[1] - pair[0] > 1]
    without = [gap for gap in gaps if not explained[gap[0]] and not explained[gap[1]]]
    assert len(list(numbers.missing(RegisterContext(DAY)))) == len(without)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 40))
def test_previous_version_is_accepted_on_the_first_day_of_a_new_version(first, later):
    change = first + timedelta(days=later)
    versions = [
        {"role": "r", "version": "1", "in_force_from": first},
        {"role": "r", "version": "2", "in_force_from": change},
    ]
    texts = Versions(versions)
    assert (texts.in_force("R", change), texts.in_force("R", change - timedelta(days=1))) == ("2", "1")
    for version, used, fails in (("1", change, False), ("2", change, False), ("1", change + timedelta(days=1), True)):
        moment = f"{used}T10:00:00+01:00"
        row = ROWS["eura"] | {
            "role": "r",
            "eura_version": version,
            "accepted_at": moment,
            "first_use_at": moment,
            "last_use_at": moment,
        }
        judgements = judged("eura", table(row), population=1, as_of=date(2031, 1, 1), others={"eura-text": versions})
        assert any("another-version" in check for check in failing(judgements[1]["portal"])) == fails


@pytest.mark.parametrize(
    ("countries", "inside"),
    [
        ("NL", True),
        ("nl|DE", True),
        ("", True),
        ("NL|US", False),
        ("EEA", True),
        ("GB", False),
        ("Nederland|Duitsland", True),
        ("Nederland|Verenigde Staten", False),
    ],
)
def test_each_in_eea_accepts_countries_of_the_economic_area_only(countries, inside):
    condition = EachIn.model_validate({"column": "from", "words": ["EEA"]})
    assert condition.holds({"from": countries}, RegisterContext(DAY)) == inside


def of_access(others, **changes):
    judgements = judged("access-review", table(ACCESS | changes), population=1, others=others)
    return failing(judgements[1]["portal"]), [str(point) for point in judgements[2].to_review]


def test_account_of_a_leaver_in_the_personnel_register_fails():
    assert of_access(LEFT) == (["leavers-by-hr"], [])
    assert of_access(LEFT, decision="intrekken", executed_on="2026-10-13", last_used_on="2026-10-01") == ([], [])
    assert of_access({"confidentiality-register": [{"person_ref": "P-1", "access_until": DAY}]}) == ([], [])


def test_reviewer_is_told_that_no_personnel_register_was_compared():
    fails, points = of_access({})
    assert (fails, len(points)) == ([], 1)
    assert "not compared with" in points[0]


def test_reviewer_is_told_that_a_personnel_register_has_no_references_in_common():
    """References beside staff numbers: the person who left would never be found."""
    others = {"confidentiality-register": [{"person_ref": "p-0123456789ab", "access_until": DAY - timedelta(days=9)}]}
    fails, points = of_access(others)
    assert (fails, len(points)) == ([], 1)
    assert "nothing in common" in points[0]


def test_term_of_a_breach_begins_on_the_day_found_when_no_day_known_is_filled():
    row = ROWS["incident-register"] | {"authority_told_at": "2026-11-06T09:00:00+01:00"}
    late = judged("incident-register", table(row), population=1)[1][""]
    assert failing(late) == ["I-1: authority-late"]
    aware = row | {"known_at": "2026-11-03T09:00:00+01:00"}
    assert failing(judged("incident-register", table(aware), population=1)[1][""]) == []
    long_after = row | {"known_at": "2026-11-05T10:00:00+01:00", "authority_told_at": "2026-11-06T10:00:00+01:00"}
    _, verdicts, judge = judged("incident-register", table(long_after), population=1)
    assert (failing(verdicts[""]), len(judge.to_review)) == ([], 1)


def test_failing_register_has_no_points_to_review():
    """Two rows: one is late with a measure, the other without; the second alone decides."""
    late = ROWS["patch-register"] | {"installed_on": "2026-11-16", "meanwhile": "port closed"}
    other = ROWS["patch-register"] | {"update_ref": "CVE-2026-2", "installed_on": "2026-11-16"}
    _, verdicts, judge = judged("patch-register", table(late, other), population=2)
    assert failing(verdicts[""]) == ["portal/CVE-2026-2: installed-late"]
    assert judge.to_review == []
