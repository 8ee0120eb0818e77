"""Lines of CSV exports: quoting, delimiters and formulas."""

import csv
import io
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.csv_lines import csv_line

FORMULA = tuple("=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH COMMERCIAL AT}")


def test_formula_gets_an_apostrophe():
    assert csv_line("=1+1", "@x", "plain", "+31 6", "\uff1d1") == "'=1+1,'@x,plain,'+31 6,'\uff1d1\r\n"


def test_delimiter_is_used_and_quoted():
    assert csv_line("a;b", "c,d", delimiter=";") == '"a;b";c,d\r\n'


@pytest.mark.parametrize("cell", ["a=1", "2026-11-30", "a - b", "a, b-c", "x@example.org", "f(a, b) + 1", "'=1"])
def test_other_text_stays_as_it_is(cell):
    assert next(csv.reader([csv_line(cell)])) == [cell]


@pytest.mark.parametrize(
    "cell", [" =1", "\t=1", "\n=1", "x,=1", "x; =1", "x\n=1", 'x,"=1', 'x","=1', "x|-1", "\ufeff=1"]
)
def test_formula_is_found_behind_blanks_and_other_delimiters(cell):
    assert "'=" in csv_line(cell) or "'-" in csv_line(cell)


CELLS = st.text(st.sampled_from("ab'\"=-,;|\t\n \ufeff"), max_size=12)


@given(st.lists(CELLS, min_size=2, max_size=4), st.sampled_from(",;"), st.sampled_from(",;\t|"))
def test_no_cell_is_a_formula_in_a_program_that_expects_another_delimiter(cells, written, read):
    rows = csv.reader(io.StringIO(csv_line(*cells, delimiter=written), newline=""), delimiter=read)
    assert not any(value.strip(' \t\r\n"\ufeff').startswith(FORMULA) for row in rows for value in row)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0'")), min_size=2, max_size=4))
def test_line_reads_back_without_formulas(cells):
    (row,) = csv.reader(io.StringIO(csv_line(*cells), newline=""))
    assert [value.replace("'", "") for value in row] == cells
    assert not any(value.startswith(FORMULA) for value in row)


def test_long_text_costs_its_length():
    start = process_time()
    csv_line(" \t,;" * 50_000 + "x")
    assert process_time() - start < 0.5
