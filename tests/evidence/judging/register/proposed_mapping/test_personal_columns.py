"""Columns with personal data are recognised by their values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.judging.personal_data.headings_and_values import personal_column
from tests.evidence.judging.register.proposed_mapping.test_proposal import proposed
from tests.evidence.judging.register.test_policy_registers import access, table


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["Jan Jansen", "Petra de Vries", "A. van den Berg"], "name"),
        (["Jansen, Jan", "Vries, Petra de"], "name"),
        (["jan@example.org", "petra@example.org", ""], "e-mail"),
        (["06-12345678", "+31 6 12345678", "020-1234567"], "phone"),
        (["111222333", "123456782"], "BSN"),
        (["NL91 ABNA 0417 1643 00", "NL02ABNA0123456789"], "IBAN"),
    ],
)
def test_column_with_personal_data_is_recognised_by_its_values(cells, kind):
    assert personal_column("kolom", cells, may_name=True) == kind


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("account", ["u-9f2c", "a.jansen", "P-1"]),
        ("nr", ["123456789", "222333444", "987654321"]),
        ("plaats", ["Den Haag", "Bergen op Zoom"]),
        ("Leverancier", ["Acme Zorg", "Voorbeeld Datacenter"]),
        ("kolom", ["Jan Jansen"]),
        ("kolom", ["Jan Jansen", "support", "beheer", "ontwikkeling"]),
        ("kolom", ["192.0.2.1", "192.0.2.7"]),
        ("kolom", []),
    ],
)
def test_column_without_personal_data_is_not_recognised(heading, cells):
    assert personal_column(heading, cells, may_name=True) is None


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_cells_have_a_known_kind_or_none(cells):
    assert personal_column("kolom", cells, may_name=False) in (None, "e-mail", "phone", "BSN", "IBAN")


def test_names_are_replaced_in_required_columns_and_left_out_elsewhere():
    rows = [
        access(person_ref=name, account_ref=f"A-{number}", Volledig=name, decided_by_ref="P-9")
        for number, name in enumerate(("Jan Jansen", "Petra de Vries"))
    ]
    proposal = proposed("access-review", table(*rows))
    assert proposal.asks
    assert proposal.mapping.personal == {"person_ref": "reference", "Volledig": "leave out"}


def test_names_under_the_heading_of_a_required_column_are_replaced():
    names = ["Naam medewerker" if name == "person_ref" else name for name in access()]
    proposal = proposed("access-review", table(access(person_ref="Jan"), names=names))
    assert proposal.mapping.columns == {"person_ref": "Naam medewerker"}
    assert proposal.mapping.personal == {"Naam medewerker": "reference"}
