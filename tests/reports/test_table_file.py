"""Tables as files: dates stay dates, and nothing is a formula."""

import csv
import io
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from reports.table_file import sheet

HEAD = ["Name", "Day"]
EVIL = ["=1+1", "@SUM(A1)", "+1", "-1", '=HYPERLINK("http://x")']


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_csv_has_head_and_rows():
    assert read_csv(sheet("csv", "T", HEAD, [["a;b", date(2026, 3, 4)], [None, None]])) == [
        HEAD, ["a;b", "2026-03-04"], ["", ""],
    ]  # fmt: skip


def test_xlsx_keeps_dates_and_numbers():
    page = load_workbook(io.BytesIO(sheet("xlsx", "A/B: [title]", HEAD, [["a", date(2026, 3, 4)], [3, None]]))).active
    assert [cell.value for cell in page[1]] == HEAD
    assert page["B2"].value == datetime(2026, 3, 4)
    assert page["A3"].value == 3


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_a_formula(kind, text):
    content = sheet(kind, "T", HEAD, [[text, None]])
    if kind == "csv":
        assert read_csv(content)[1][0] == f"'{text}"
    else:
        cell = load_workbook(io.BytesIO(content)).active["A2"]
        assert (cell.data_type, cell.value) == ("s", text)


TEXTS = st.text(st.characters(exclude_categories=["C"]), max_size=50)


@given(rows=st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
def test_any_text_can_be_read_back(rows):
    page = load_workbook(io.BytesIO(sheet("xlsx", "T", HEAD, rows))).active
    assert [[cell.value or "" for cell in row] for row in page.iter_rows(min_row=2, max_row=1 + len(rows))][
        : len(rows)
    ] == rows
