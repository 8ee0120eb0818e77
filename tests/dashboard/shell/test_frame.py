"""The frame around every page."""

import pytest

from dashboard.shell.frame import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Karin de Vries", "KV"), ("anna bakker", "AB"), ("Ørjan", "Ø"), ("  ", ""), ("<b> x", "<X")],
)
def test_initials_are_of_the_first_and_the_last_word(name, letters):
    assert initials(name) == letters
