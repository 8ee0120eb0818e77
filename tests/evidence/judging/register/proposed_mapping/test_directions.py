"""Headings that begin with a direction."""

import pytest

from evidence.judging.register.proposed_mapping.directions import directed
from tests.evidence.judging.register.proposed_mapping.test_guessed_headings import RULE, renamed
from tests.evidence.judging.register.proposed_mapping.test_proposal import proposed


@pytest.mark.parametrize(
    ("heading", "expected"),
    [("Van zone", True), ("From zone", True), ("Naar zone", False), ("to", None), ("Zone van", None), ("Zone", None)],
)
def test_direction_is_the_first_of_a_few_words(heading, expected):
    assert directed(["bron", "van"], heading) is expected
    assert directed(["bron"], heading) is None


@pytest.mark.parametrize(("source", "destination"), [("Van zone", "Naar zone"), ("Vanuit netwerk", "Naar netwerk")])
def test_source_and_destination_are_never_proposed_the_wrong_way_round(source, destination):
    found = proposed("firewall-rule-review", renamed(RULE, source=source, destination=destination)).mapping.columns
    assert (found["source"], found["destination"]) == (source, destination)
