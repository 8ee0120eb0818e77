"""Cells merged over several rows: each of these rows has what stands in them, and no other row."""

import io

from openpyxl import Workbook

from evidence.formats.tables.xlsx_register import read

HEADER = ["systeem", "account", "besluit"]


def rows_of(*rows, merged=(), more=0):
    book, content = Workbook(), io.BytesIO()
    for row in [HEADER, *rows]:
        book.active.append(row)
    for place in merged:
        book.active.merge_cells(place)
    for _ in range(more):
        book.active.append(["x" * 400, "y", "z"])
    book.save(content)
    _, results = read(io.BytesIO(content.getvalue()))
    return [[cell for _, cell in result.properties][:3] for result in results]


def test_cell_merged_over_rows_stands_in_each_of_them():
    rows = rows_of(["p", "a", "ja"], [None, "b", "nee"], [None, "c", "ja"], merged=["A2:A3"])
    assert rows == [["p", "a", "ja"], ["p", "b", "nee"], ["", "c", "ja"]]


def test_last_cell_of_a_row_may_be_merged_too():
    rows = rows_of(["p", "a", "ja"], ["p", "b", None], merged=["C2:C3"])
    assert rows == [["p", "a", "ja"], ["p", "b", "ja"]]


def test_cells_merged_over_columns_or_over_an_empty_cell_say_nothing():
    assert rows_of(["p", "a", None], [None, "b", "nee"], merged=["B2:C2"]) == [["p", "a"], ["", "b", "nee"]]
    assert rows_of([None, "a", "ja"], [None, "b", "nee"], merged=["A2:A3"]) == [["", "a", "ja"], ["", "b", "nee"]]


def test_too_many_merged_rows_are_no_hand_made_table():
    assert rows_of(["p", "a", "ja"], [None, "b", "nee"], merged=["A2:A12003"])[1] == ["", "b", "nee"]
