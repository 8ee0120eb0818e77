"""Lines of totals above, in and below a table: no rows of it, and never a way to leave a row out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats.tables.row_marks import is_total
from evidence.formats.values import Result
from tests.evidence.formats.workbooks import table as sheet
from tests.evidence.formats.workbooks import workbook
from tests.evidence.judging.policy_judging import judged
from tests.evidence.judging.register.test_policy_registers import access, table


def row(*cells):
    return Result(1, "row 1", "", "informational", "", "", tuple((f"c{n}", cell) for n, cell in enumerate(cells)))


@pytest.mark.parametrize(
    "cells",
    [
        ("Totaal", "", "3"),
        ("", "Total:", "12", "80 %"),
        ("Eindtotaal",),
        ("Subtotaal", "1.204,50"),
        ("3", "Totaal"),
        ("12", "", "Grand total", "€ 1.204,50"),
        ("Som", "37:30"),
        ("Aantal: 12",),
        ("Aantal", "12"),
        ("Totaal aantal medewerkers: 12",),
        ("Totaal aantal", "12"),
        ("Total number of people = 12",),
        ("Aantal koppelingen: 12", "", "3"),
        ("Gemiddelde", "4,5"),
        ("Gem.", "4,5"),
        ("", "Average", "4.5"),
        ("Totaal 20 klanten", "", "40700"),
        ("Totaal", "12 partijen"),
        ("12 in total",),
        ("Totaal: 12 klanten",),
        ("In totaal 12 verzoeken",),
        ("12 totaal",),
    ],
)
def test_a_line_of_totals_is_recognised(cells):
    assert is_total(row(*cells))


@pytest.mark.parametrize(
    "cells",
    [
        (),
        ("",),
        ("Totaal", "persoonlijk"),
        ("Totaal", "02.11.2026"),
        ("Totaal Zorg", "3"),
        ("Total Energies", "3"),
        ("Aantal Jansen", "3"),
        ("1003", "Som", ""),
        ("1003", "Count"),
        ("Totaal", "Totaal"),
        ("12", "13"),
        ("Totaal", "2026-11-02"),
        ("Totaal BV", "3"),
        ("Total", "x"),
        ("Totaal 24 BV", "3"),
        ("Som", "12 partijen"),
        ("Totaal", "12 partijen", "hosting"),
        ("Totaal", "12 partijen", "3 landen"),
        ("Totaal Zorg", "12 partijen"),
        ("12 totaal", "verwerker"),
    ],
)
def test_any_other_row_is_judged(cells):
    assert not is_total(row(*cells))


@given(st.lists(st.text(max_size=8), max_size=5))
def test_line_with_text_beside_its_label_is_not_a_total(cells):
    if any(sign.isalpha() for cell in cells for sign in cell) and not any(map(str.isdigit, "".join(cells))):
        assert not is_total(row("Totaal", *cells))


def test_a_register_passes_with_a_line_of_totals_and_says_so():
    content = table(access()) + "Totaal;1"
    _, verdicts, judge = judged("access-review", content, population=1)
    assert verdicts["portal"].verdict == "pass"
    assert [str(warning) for warning in judge.warnings if "totals" in str(warning)]


@pytest.mark.parametrize("place", [0, 1, 4, 9])
@pytest.mark.parametrize("label", ["Totaal", "Gemiddelde"])
def test_line_of_totals_with_its_label_in_any_column_is_left_out(place, label):
    cells = [""] * len(access())
    cells[place] = label
    levels, verdicts, judge = judged("access-review", table(access()) + ";".join(cells), population=1)
    assert verdicts["portal"].verdict == "pass"
    assert [level for _, level in levels] == ["pass", ""]
    assert "Row 3 is a line of totals and is left out." in map(str, judge.warnings)


def test_line_of_totals_above_the_header_is_skipped():
    line = ["Totaal", *["3"] * (len(access()) - 1)]
    _, verdicts, judge = judged("access-review", f"{';'.join(line)}\n{table(access())}", population=1)
    assert verdicts["portal"].verdict == "pass"
    assert any("row 2; what stands above" in str(warning) for warning in judge.warnings)


def test_message_about_totals_names_the_sheet():
    rows = [tuple(access()), tuple(access().values()), ("", "Totaal", "1")]
    other = [tuple(access()), tuple(access(account_ref="A-2").values())]
    _, verdicts, judge = judged("access-review", workbook(sheet(*rows), sheet(*other)), population=2)
    assert verdicts["portal"].verdict == "pass"
    assert 'Row 3 of sheet "Blad 1" is a line of totals and is left out.' in map(str, judge.warnings)


def test_row_whose_name_begins_like_a_total_is_judged():
    content = table(access(), access(account_ref="Totaal", task_reason=""))
    _, verdicts, _ = judged("access-review", content, population=2)
    assert verdicts["portal"].verdict == "fail"


@pytest.mark.parametrize("cell", ["1" * 10_000 + "x", "Totaal " * 1_500, "aantal " + "1" * 10_000 + "x", " -" * 5_000])
def test_a_long_cell_takes_little_time(cell):
    began = time.process_time()
    assert not is_total(row("12", cell))
    assert time.process_time() - began < 0.5
