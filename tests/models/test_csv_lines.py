"""Lines of CSV exports: quoting, delimiters and formulas."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from models.csv_lines import csv_line


def test_formula_gets_an_apostrophe():
    assert csv_line("=1+1", "@x", "plain", "+31 6") == "'=1+1,'@x,plain,'+31 6\r\n"


def test_delimiter_is_used_and_quoted():
    assert csv_line("a;b", "c,d", delimiter=";") == '"a;b";c,d\r\n'


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=4))
def test_line_reads_back_without_formulas(cells):
    (row,) = csv.reader(io.StringIO(csv_line(*cells), newline=""))
    assert [value.removeprefix("'") for value in row] == [cell.removeprefix("'") for cell in cells]
    assert not any(value[:1] in tuple("=+-@\t\r") for value in row)
