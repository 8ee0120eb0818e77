"""Which row has the names of the columns: titles and names of groups may stand above it."""

import pytest

from evidence.formats.tables.table_head import header_at

NAMES = ["Nr.", "Soort", "Getekend", "Vanaf", "Tot", "Dossier"]
RECORD = ["14", "inhuur", "2026-01-05", "2026-02-01", "", "HR-14"]


@pytest.mark.parametrize(
    "groups",
    [
        ["Medewerker", "", "Verklaring", "Toegang", "", ""],
        ["Medewerker", "", "", "Toegang", "", "Overig"],
        ["", "Verklaring", "", "Toegang", "", "Overig"],
    ],
)
def test_names_of_groups_above_the_names_of_the_columns_are_not_these(groups):
    assert header_at([["Geheimhouding"], groups, NAMES, RECORD]) == 2


@pytest.mark.parametrize(
    "record",
    [
        RECORD[:-1] + ["HR-14"],
        ["arts", "lezen", "ja", "arts", "ja", "dossier"],  # the same word twice
        ["arts", "lezen", "2026-01-05", "ja", "nee", "dossier"],
    ],
)
def test_a_record_is_never_taken_for_the_names_though_some_columns_have_none(record):
    names = ["Rol", "", "Datum", "Mag", "", ""]
    assert header_at([names, record, record]) == 0


def test_a_wider_record_of_words_below_almost_all_names_is_a_record():
    assert header_at([["Rol", "Onderdeel", "Mag", ""], ["arts", "dossier", "lezen", "altijd"]]) == 0
