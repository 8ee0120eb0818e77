"""The security page names existing tests."""

import re
from pathlib import Path

HOUSE = Path(__file__).parents[1]
PAGE = (HOUSE / "docs" / "security.md").read_text(encoding="utf-8")
LINES = [line for line in PAGE.splitlines() if re.match(r"\| \d", line)]


def test_every_named_test_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 50
    for file, name in named:
        assert (HOUSE / file).is_file(), file
        assert f"\ndef {name}(" in (HOUSE / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_every_line_names_its_evidence_or_a_gap():
    assert len(LINES) > 80
    for line in LINES:
        markers = ("::", "**gap**", "by its nature", "this page", "none", "one organisation")
        assert any(marker in line for marker in markers), line
