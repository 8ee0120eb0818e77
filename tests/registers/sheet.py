"""Realistic registers, written as a table in a text, and the bytes of the files that they are exported to."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Sequence[str]]
_DAY, _MOMENT = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?")
_YES_NO = {"WAAR": True, "ONWAAR": False}


@dataclass(frozen=True)
class Violation:
    """One realistic violation: the changed cells of the row that has `at` in some cell. `named`: the name in the reason."""

    at: str
    changes: Mapping[str, str]
    named: str = ""


@dataclass(frozen=True)
class Register:
    """One register. `table`: one line per row, cells separated by bars, headings first.

    `counts`: the population, by system if there are several. `accepted`: registers accepted before it, by policy.
    `correction`: the one entry of the proposed mapping that a person would correct.
    """

    name: str
    policy: str
    table: str
    violation: Violation
    counts: int | Mapping[str, int]
    form: Callable[[Rows], bytes]
    file: str = "register.xlsx"
    systems: tuple[str, ...] = ()
    first_day: date | None = None
    accepted: Mapping[str, str] = field(default_factory=dict)
    correction: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> list[list[str]]:
        return cells(self.table)

    def good(self) -> bytes:
        return self.form(self.rows)

    def bad(self) -> bytes:
        """The file with the violation."""
        head, *rows = self.rows
        row = next(row for row in rows if self.violation.at in row)
        for heading, value in self.violation.changes.items():
            row[head.index(heading)] = value
        return self.form([head, *rows])

    @property
    def named(self) -> str:
        """The text that names the row of the violation in the reasons."""
        return self.violation.named or self.violation.at


def cells(table: str) -> list[list[str]]:
    """The cells of each line of a table; `\\n` in one is a line break."""
    lines = [line.strip() for line in table.strip().splitlines()]
    return [[cell.strip().replace("\\n", "\n") for cell in line.split("|")] for line in lines]


# ── The bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def csv_file(
    *, mark: str = ",", encoding: str = "utf-8", above: Rows = (), below: Rows = ()
) -> Callable[[Rows], bytes]:
    """CSV as a program or spreadsheet writes it, with title lines above the table, if any."""

    def form(rows: Rows) -> bytes:
        written = io.StringIO()
        csv.writer(written, delimiter=mark, lineterminator="\r\n").writerows([*above, *rows, *below])
        return written.getvalue().encode(encoding)

    return form


def excel_nl() -> Callable[[Rows], bytes]:
    """CSV as a Dutch Excel saves it: semicolons and Windows-1252."""
    return csv_file(mark=";", encoding="cp1252")


def xlsx(
    *,
    sheet: str = "Blad1",
    above: Rows = (),
    below: Rows = (),
    others: Mapping[str, Rows] | None = None,
    merged: str = "",
    dates: str = "dd-mm-yyyy",
) -> Callable[[Rows], bytes]:
    """A workbook with real dates, numbers and booleans, and other sheets beside the register."""

    def form(rows: Rows) -> bytes:
        book = Workbook()
        page = book.active
        assert page is not None
        page.title = sheet
        for row in [*above, *rows, *below]:
            page.append([_value(cell) for cell in row])
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell.value, date):
                    cell.number_format = f"{dates} hh:mm" if isinstance(cell.value, datetime) else dates
        if merged:
            page.merge_cells(merged)
        for name, content in (others or {}).items():
            other = book.create_sheet(name, 0)
            for row in content:
                other.append(list(row))
        written = io.BytesIO()
        book.save(written)
        return written.getvalue()

    return form


def _value(cell: str) -> object:
    if _MOMENT.fullmatch(cell):
        return datetime.fromisoformat(cell)
    if _DAY.fullmatch(cell):
        return date.fromisoformat(cell)
    if cell.isdigit() and (cell == "0" or cell[0] != "0"):
        return int(cell)
    return _YES_NO.get(cell, cell or None)
