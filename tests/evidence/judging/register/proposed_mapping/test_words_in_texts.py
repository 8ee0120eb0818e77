"""Values of a list inside longer texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.judging.register.proposed_mapping.words_in_texts import value_within

LIST = {"toegang": "allow", "geen toegang": "deny", "arbeidsovereenkomst": "contract", "einde contract": "ended"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("art. 7 arbeidsovereenkomst", "contract"),
        ("geen toegang (melding)", "deny"),
        ("nee, geen toegang", "deny"),
        ("einde van het contract", "ended"),
        ("Iets anders (toegang)", "allow"),
        ("toegang, volgens arbeidsovereenkomst", "allow"),
        ("niet in de arbeidsovereenkomst", None),
        ("ja", None),
        ("", None),
    ],
)
def test_longest_and_first_spelling_counts_and_a_denial_none(text, value):
    assert value_within(text, LIST) == value


@given(st.text(), st.sampled_from(list(LIST)))
def test_value_found_is_one_of_the_list(text, spelling):
    assert value_within(f"{text} {spelling}", LIST) in {*LIST.values(), None}
