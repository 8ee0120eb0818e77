"""Titles of the product's own evidence are in the reader's language, those of people as they were written."""

from dataclasses import dataclass

import pytest

from evidence.library.evidence_titles import evidence_title, own_titles_with
from locales import Language


@dataclass(frozen=True)
class Evidence:
    title: str
    tool: str


@pytest.mark.parametrize(
    ("title", "tool", "expected"),
    [
        ("Access matrix", "Aantoonbaar access-matrix", "Toegangsmatrix"),
        ("HTTPS is the default: example.org", "Aantoonbaar https-by-default example.org", ": example.org"),
        ("Access matrix", "", "Access matrix"),
        ("Our own: test", "Aantoonbaar access-matrix", "Our own: test"),
    ],
)
def test_only_titles_of_own_checks_are_translated(title, tool, expected):
    shown = evidence_title(Language("nl"), Evidence(title, tool))
    assert shown.endswith(expected)
    assert (shown == title) == (expected == title)
    assert evidence_title(Language("en"), Evidence(title, tool)) == title


def test_own_titles_are_found_by_the_words_of_either_language():
    assert own_titles_with(" toegangsMATRIX ") == own_titles_with("access matrix") == ["Access matrix"]
    assert own_titles_with("no such words") == []
