"""Which of its values a column is proposed to have for a word that its policy does not know."""

import pytest

from evidence.judging.policies import policies
from evidence.judging.register.proposed_mapping.fitting_values import word_of


def meant(policy, key, written):
    return word_of(next(column for column in policies()[policy].rules.columns if column.key == key), written)


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("deels ingewilligd", "partly"),
        ("ingewilligd, deels", "partly"),
        ("gedeeltelijk afgewezen", "partly"),
        ("partially fulfilled", "partly"),
        ("geheel ingewilligd", "granted"),
        ("ingewilligd", "granted"),
        ("niet ingewilligd", "refused"),
    ],
)
def test_what_was_done_in_part_is_never_proposed_as_done(written, outcome):
    assert meant("request-register", "outcome", written) == outcome


@pytest.mark.parametrize(
    ("written", "relation"),
    [
        ("personeel leverancier", "supplier"),
        ("medewerker leverancier", "supplier"),
        ("ingehuurd personeel", "hired"),
        ("externe medewerker", "hired"),
        ("eigen personeel", "employee"),
        ("personeel", "employee"),
        ("vast personeel", "employee"),
    ],
)
def test_staff_of_others_is_not_proposed_as_an_employee(written, relation):
    assert meant("confidentiality-register", "relation", written) == relation


@pytest.mark.parametrize(
    "written",
    [
        "onder voorbehoud",
        "Onder voorbehoud behouden",
        "voorlopig behouden",
        "keep provisionally",
        "keep unless he leaves",
    ],
)
def test_decision_with_a_reservation_is_asked(written):
    assert meant("access-review", "decision", written) is None
    assert meant("access-review", "decision", "behouden, akkoord") == "keep"
