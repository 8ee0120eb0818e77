"""A reviewer is told of dates under unknown headings when a date column that a rule uses is missing."""

import pytest

from tests.evidence.judging.policy_judging import judged
from tests.evidence.judging.register.test_policy_registers import table

CONSENT = {
    "consent_ref": "T-1", "system": "portal", "purpose": "newsletter", "text_version": "v1",
    "consent_on": "2026-02-01", "processing_from": "2026-02-02",
}  # fmt: skip


def points(**more):
    _, verdicts, judge = judged("consent-register", table(CONSENT | more), population=1)
    assert verdicts[""].verdict == "pass"
    return [str(point) for point in judge.to_review if "were not read" in str(point)]


def test_reviewer_is_told_of_dates_under_an_unknown_heading():
    (point,) = points(Cancelled="2026-05-01")
    assert '"Cancelled"' in point
    assert "withdrawn on" in point


@pytest.mark.parametrize("more", [{}, {"Cancelled": ""}, {"Colour": "red"}, {"Year": "2026"}])
def test_reviewer_is_not_told_of_other_unknown_headings(more):
    assert points(**more) == []


def test_reviewer_is_not_told_when_the_date_column_is_present():
    assert points(withdrawn_on="", executed_on="", Cancelled="2026-05-01") == []
