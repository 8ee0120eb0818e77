"""Severities on the common scale: it is the one of the tables, and words and scores have their place on it."""

import pytest

from evidence.formats.severity_words import RATINGS, by_score, by_word
from evidence.judging.words import SEVERITIES
from models.vocabulary import Severity


def test_scale_of_formats_is_that_of_the_tables_and_has_a_name():
    assert list(RATINGS) == list(Severity)
    assert list(SEVERITIES) == [*RATINGS, "secrets"]


@pytest.mark.parametrize(
    ("severity", "rating"),
    [("CRITICAL", "critical"), ("Moderate", "medium"), (" error ", "high"), ("None", "info"), ("", "unknown"), ("?", "unknown")],
)  # fmt: skip
def test_words_have_a_rating(severity, rating):
    assert by_word(severity) == rating


@pytest.mark.parametrize(
    ("score", "rating"),
    [("9.0", "critical"), (8.9, "high"), ("7", "high"), ("6.9", "medium"), ("0.1", "low"), (0, "info"),
     ("10.1", "unknown"), ("-1", "unknown"), ("nan", "unknown"), ("inf", "unknown"), ("", "unknown"), (None, "unknown")],
)  # fmt: skip
def test_scores_have_the_rating_of_their_band(score, rating):
    assert by_score(score) == rating
