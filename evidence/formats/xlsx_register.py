"""XLSX: a register kept in a spreadsheet. The first sheet with a header; one result per row, as of a CSV.

Values only: of a formula what was calculated last, of a date its day. Macros, encryption and archives that unpack to
far more than they hold are refused before anything is read here (`media.py`).
"""

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from evidence.formats.csv_register import EXTRA
from evidence.formats.values import INFORMATIONAL, LONGEST_MESSAGE, Result, Run, Unreadable, storable
from locales import text

NAME = "xlsx"
TITLE = "Excel (XLSX)"
TABLE = True  # its results are rows, which no tool judged

_LONGEST_NAME = 120
_SHOWN = 1_000  # characters of a row that the list of results shows
_MOST_COLUMNS, _MOST_ROWS = 200, 200_000
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    SyntaxError,  # of XML, by either parser
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OverflowError,
    NotImplementedError,  # a method of packing that is not known
)


def recognises(head: bytes) -> bool:
    """Whether it is a zip with a workbook in it."""
    return head.startswith(b"PK\x03\x04") and b"xl/" in head


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """The run, with its columns known at once; its results follow. Raises `Unreadable`, also while iterating."""
    with _readable():
        rows = _sheet(stream)
        columns = [storable(name, _LONGEST_NAME) for name in next(rows, [])]
    if not columns:
        raise Unreadable(
            text("No sheet of this workbook begins with a row of column names; expected at least two names.")
        )
    return Run(NAME, NAME, facts={"columns": json.dumps(columns)}), _results(rows, columns)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise Unreadable(
            text("This workbook is damaged or of a kind that is not known; save it as XLSX again.")
        ) from error


def _sheet(stream: BinaryIO) -> Iterator[list[str]]:
    """The rows of the first sheet with a header, as texts; the header first, empty rows left out."""
    if stream.read(4) != b"PK\x03\x04":
        raise ValueError("no zip")
    stream.seek(0)
    workbook = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    for sheet in workbook.worksheets:
        rows = (_texts(row) for row in sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS))
        header = next((row for row in rows if any(row)), [])
        while header and not header[-1]:
            header.pop()
        if len(header) > 1 and sum(map(bool, header)) > 1:
            yield header
            yield from rows
            return


def _texts(row: tuple[Any, ...]) -> list[str]:
    return [_text(value) for value in row]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _results(rows: Iterator[list[str]], columns: list[str]) -> Iterator[Result]:
    position = 0
    while True:
        with _readable():
            row = next(rows, None)
        if row is None:
            return
        if not any(row):
            continue
        position += 1
        if position > _MOST_ROWS:
            raise Unreadable(text("This workbook has more than {n} rows; hand it in as CSV.", n=_MOST_ROWS))
        cells = [storable(cell, LONGEST_MESSAGE) for cell in row]
        named = dict(zip(columns, cells, strict=False))
        if extra := [cell for cell in cells[len(columns) :] if cell]:
            named[EXTRA] = " ".join(extra)
        shown = "; ".join(cells[: len(columns)])[:_SHOWN]
        yield Result(position, f"row {position}", "", INFORMATIONAL, "", shown, tuple(named.items()))
