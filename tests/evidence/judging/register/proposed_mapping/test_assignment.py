"""The heaviest assignment: compared with all assignments of small tables."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.judging.register.proposed_mapping.assignment import likeliest_pairs, margin

ROWS, NAMES = "abc", "pqr"
WEIGHTS = st.dictionaries(
    st.sampled_from(ROWS), st.dictionaries(st.sampled_from(NAMES), st.integers(1, 9).map(float)), max_size=3
)


def heaviest(weights):
    """The most that any assignment weighs, each row and name at most once."""
    places = [*NAMES, *(None,) * len(weights)]
    return max(
        sum(weights[row].get(name, 0.0) for row, name in zip(weights, order, strict=False))
        for order in permutations(places, len(weights))
    )


@given(WEIGHTS)
def test_pairs_weigh_as_much_as_any_others(weights):
    pairs = likeliest_pairs(weights)
    assert len(set(pairs.values())) == len(pairs)
    assert sum(weights[row][name] for row, name in pairs.items()) == heaviest(weights)


@pytest.mark.parametrize(("other", "apart"), [(5.0, 0.0), (3.0, 2.0), (None, 5.0)])
def test_margin_is_what_is_lost_without_a_pair(other, apart):
    weights = {"a": {"p": 5.0} | ({"q": other} if other else {})}
    assert margin(weights, "a", {"a": "p"}) == apart
