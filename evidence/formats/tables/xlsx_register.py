"""XLSX: a register kept in a spreadsheet, one result per row, as of a CSV.

Read are the visible sheets with the columns of a register that is known, else those that come nearest. Titles may
stand above the names of the columns. Everything is streamed, so that a file costs what its bytes weigh.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from evidence.formats.facts import Head, TableFacts
from evidence.formats.tables.csv_register import EXTRA
from evidence.formats.tables.grouped_rows import first_cells, with_added, with_facts, with_groups
from evidence.formats.tables.notes import with_notes
from evidence.formats.tables.row_marks import MARKS
from evidence.formats.tables.table_head import LONGEST_NAME, LOOKED_AT, SHEET, Match, names_of_columns, unknown
from evidence.formats.tables.xlsx_merges import filled_down, merged_down
from evidence.formats.tables.xlsx_package import Package
from evidence.formats.tables.xlsx_sheet import SheetRow, rows
from evidence.formats.tables.xlsx_workbook import Sheet, Workbook
from evidence.formats.values import INFORMATIONAL, Result, Run, Unreadable
from locales import text

NAME = "xlsx"
TITLE = "Excel (XLSX)"
ABOUT = text(
    "The visible sheets of a workbook with a table, judged as a register, or as test results with a row for each check."
    " Formulas count with the value that was stored; hidden sheets are told and not read."
)
RECOGNISED_BY = text("It is a ZIP file with the parts of a workbook.")
COMMANDS: tuple[str, ...] = ()
TABLE = True  # its results are rows, which no tool judged
TAKEN_AS = "junit"  # where the rows are test results

_SHOWN = 1_000  # characters of a row that the list of results shows
_MOST_LOOKED_AT = 50  # visible sheets
_PARTS = (b"xl/", b"workbook.xml", b"workbook.bin", b"[Content_Types].xml", b"_rels/.rels")
_OTHERS = (b"word/", b"ppt/", b"mimetypeapplication/vnd.oasis")


def recognises(head: bytes) -> bool:
    """Whether it is a zip with a workbook in it, or with the parts that every document has and no other document's."""
    if not head.startswith(b"PK\x03\x04") or any(part in head for part in _OTHERS):
        return False
    return any(part in head for part in _PARTS)


def read(stream: BinaryIO, match: Match = unknown) -> tuple[Run, Iterator[Result]]:
    """The run, with its columns known at once; its results follow. Raises `Unreadable`, also while iterating."""
    workbook = Workbook(Package(stream))
    sheets = workbook.sheets
    if len(sheets) > _MOST_LOOKED_AT or len(workbook.hidden) > _MOST_LOOKED_AT:
        raise Unreadable(
            text(
                "This workbook has more than {n} visible or hidden sheets; upload only the sheet with the register.",
                n=_MOST_LOOKED_AT,
            )
        )
    tables = [table for sheet in sheets if (table := _found(workbook, sheet, match))]
    if not tables:
        raise Unreadable(
            text(
                "No visible sheet of this workbook has a row of column names near its top; expected at least two "
                "names. Sheets: {sheets}.",
                sheets=", ".join(sheet.name for sheet in sheets) or "-",
            )
        )
    chosen = _chosen(tables, match)
    others = [sheet.name for sheet in sheets if all(sheet is not table.sheet for table in chosen)]
    hidden = [
        (sheet.name, table.head if (table := _found(workbook, sheet, match)) else None) for sheet in _hidden(workbook)
    ]
    facts = TableFacts([table.head for table in chosen], others, hidden)
    results = with_groups(with_notes(_results(workbook, chosen, facts), facts), facts)
    return Run(NAME, NAME, facts=facts), with_facts(results, facts)


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet, its header, and the names of the columns that have one in the sheet."""

    sheet: Sheet
    head: Head
    names: list[str]


def _hidden(workbook: Workbook) -> list[Sheet]:
    """The hidden sheets that hold something."""
    return [sheet for sheet in workbook.hidden if any(True for _ in islice(rows(workbook, sheet, calculated=False), 1))]


def _found(workbook: Workbook, sheet: Sheet, match: Match) -> _Table | None:
    """The table of a sheet; None if no row names columns."""
    first = list(islice(rows(workbook, sheet, calculated=False), LOOKED_AT))
    found = names_of_columns([row.cells for row in first], match)
    if found is None:
        return None
    columns, at = [name[:LONGEST_NAME] for name in found.names], found.at
    head = Head(columns, first[at].number, sheet.name, above=at, groups=found.groups)
    below = first_cells(row.cells for row in first[at + 1 :])
    return _Table(sheet, with_added(head, found.facts, below), columns)


def _chosen(tables: list[_Table], match: Match) -> list[_Table]:
    """Every sheet that is a register, else those like the one with the most columns that are known, or of all."""
    known = [match(table.names) for table in tables]
    fitting = [table for table, (fits, _) in zip(tables, known, strict=True) if fits]
    if fitting:
        return fitting
    best = max(range(len(tables)), key=lambda at: (known[at], len(tables[at].names)))
    return [table for table in tables if set(table.names) == set(tables[best].names)]


def _results(workbook: Workbook, chosen: list[_Table], facts: TableFacts) -> Iterator[Result]:
    position = 0
    for table in chosen:
        name = table.sheet.name if len(chosen) > 1 else ""
        below = islice(rows(workbook, table.sheet, calculated=True), table.head.above + 1, None)
        for row in filled_down(below, merged_down(workbook.package, table.sheet.part)):
            position += 1
            facts.has_marks = facts.has_marks or bool(row.marks)
            yield _result(position, row, table.names, name)


def _result(position: int, row: SheetRow, columns: list[str], sheet: str) -> Result:
    cells = row.cells  # of XML, which has no signs that a database can't hold
    named = {SHEET: sheet} if sheet else {}
    named |= zip(columns, cells, strict=False)
    if extra := [cell for cell in cells[len(columns) :] if cell]:
        named[EXTRA] = " ".join(extra)
    if row.marks:
        named[MARKS] = row.marks
    shown = "; ".join(cells[: len(columns)])
    shown = (f"{sheet}: {shown}" if sheet else shown)[:_SHOWN]
    check = f"{sheet} row {row.number}" if sheet else f"row {row.number}"
    return Result(position, check, "", INFORMATIONAL, "", shown, tuple(named.items()), row.number)
