"""The security page names tests that are there."""

import re
from pathlib import Path

HOUSE = Path(__file__).parents[1]
PAGE = (HOUSE / "docs" / "security.md").read_text(encoding="utf-8")
LINES = [line for line in PAGE.splitlines() if re.match(r"\| \d", line)]


def test_every_test_that_is_named_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 50
    for file, name in named:
        assert (HOUSE / file).is_file(), file
        assert f"\ndef {name}(" in (HOUSE / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_every_line_says_what_shows_it_or_that_nothing_does():
    assert len(LINES) > 80
    for line in LINES:
        words = ("::", "**gap**", "by its nature", "this page", "none", "one organisation")
        assert any(word in line for word in words), line
