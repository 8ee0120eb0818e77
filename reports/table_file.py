"""A table as a CSV or XLSX file, in which no cell is ever a formula."""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import xlsxwriter

from models.csv_lines import csv_line

MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # by which Excel recognises UTF-8
_WIDEST: Final = 60  # characters of a column

Cell = str | int | float | date | None


def sheet(kind: str, title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as a file. `kind`: csv or xlsx; `title`: of the sheet; dates stay dates in XLSX."""
    return _csv(head, rows) if kind == "csv" else _xlsx(title, head, list(rows))


def _csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    lines = [csv_line(*head, delimiter=";")]
    lines += [csv_line(*("" if cell is None else str(cell) for cell in row), delimiter=";") for row in rows]
    return (_BOM + "".join(lines)).encode()


def _xlsx(title: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        page = book.add_worksheet(title[:31].translate(str.maketrans("[]:*?/\\", "()     ")))
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        page.write_row(0, 0, head, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(number, column, cell, day)
                elif isinstance(cell, (int, float)):
                    page.write_number(number, column, cell, wrapped)
                else:
                    page.write_string(number, column, cell or "", wrapped)
        for column, name in enumerate(head):
            longest = max([len(name), *(len(str(row[column] or "")) for row in rows)])
            page.set_column(column, column, min(longest + 2, _WIDEST))
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, max(1, len(rows)), len(head) - 1)
    return stream.getvalue()
