"""CSV headings that end in a full stop."""

import pytest

from evidence.formats import recognise


@pytest.mark.parametrize("name", ["Verwerking gestopt d.d.", "Opm.", "Uitgevoerd d.d.", "Getekend door klant d.d."])
def test_table_whose_last_heading_ends_in_an_abbreviation_is_recognised(name):
    assert recognise(f"Account;Kenmerk;{name}\nc-1;T-1;03-02-2026\nc-2;T-2;04-02-2026\n".encode()).NAME == "csv"


def test_sentence_with_commas_is_not_read_as_a_table():
    recognised = recognise(
        b"First we look, then we write it down in the list.\nAfter that, we close it, and go home.\n"
    )
    assert recognised is None or recognised.NAME != "csv"
