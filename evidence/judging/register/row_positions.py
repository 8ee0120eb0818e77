"""The place of a row in messages: its row in the uploaded file, and its sheet where several are read."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from evidence.formats.tables.row_marks import GROUPED, HIDDEN, NOTE, STRUCK, marks_of
from evidence.formats.tables.table_head import SHEET
from evidence.formats.values import Result
from locales import Text, text

MOST_LISTED = 20  # rows in a message
_MARKED = {
    STRUCK: text(
        "Struck through in the spreadsheet, and counted and judged like the other rows: {rows}. Look whether they "
        "still belong in it."
    ),
    HIDDEN: text(
        "Hidden in the spreadsheet, by a filter for instance, and counted and judged like the other rows: {rows}. Look "
        "whether they belong in it."
    ),
    NOTE: text(
        "Read as notes below the table, and left out: {rows}. Look whether none of them is a row of it, and move any "
        "that is to the other rows."
    ),
    GROUPED: text(
        "Read as headings of the rows below them, and left out: {rows}. Look whether none of them is a row of the "
        "register by itself."
    ),
}


def sheet_of(result: Result) -> str:
    """The sheet of a row; empty where one sheet is read."""
    return next((cell for name, cell in result.properties if name == SHEET), "")


def name_of(result: Result) -> str:
    """The name of a row without a key: its number, and its sheet where several are read."""
    number, sheet = result.row or result.position, sheet_of(result)
    return f"{sheet} row {number}" if sheet else f"row {number}"


def placed(reason: Text, result: Result, cells: Text | None) -> Text:
    """A reason with the row, and with some of its cells."""
    row, sheet = str(result.row), sheet_of(result)
    if not result.row:
        return reason
    if sheet and cells:
        return text('{reason} (sheet "{sheet}", row {row}: {cells})', reason=reason, sheet=sheet, row=row, cells=cells)
    if sheet:
        return text('{reason} (sheet "{sheet}", row {row})', reason=reason, sheet=sheet, row=row)
    if cells:
        return text("{reason} (row {row}: {cells})", reason=reason, row=row, cells=cells)
    return text("{reason} (row {row})", reason=reason, row=row)


def totals_left_out(result: Result) -> Text:
    """The warning about a line of totals."""
    row, sheet = str(result.row or result.position), sheet_of(result)
    if sheet:
        return text('Row {row} of sheet "{sheet}" is a line of totals and is left out.', row=row, sheet=sheet)
    return text("Row {row} is a line of totals and is left out.", row=row)


def stands_already(row: int, sheet: str) -> Text:
    """The reason of a row that repeats an earlier one."""
    if sheet:
        return text('the same stands in row {row} of sheet "{sheet}" already', row=str(row), sheet=sheet)
    return text("the same stands in row {row} already", row=str(row))


class MarkedRows:
    """Collects rows that a spreadsheet strikes through or hides, and notes below it, as points to review."""

    def __init__(self) -> None:
        self._rows: dict[str, list[str]] = defaultdict(list)

    def add_row(self, result: Result) -> None:
        """Add a row that is judged."""
        self._add(result, (STRUCK, HIDDEN))

    def add_left_out(self, result: Result) -> None:
        """Add a row that is not judged: a note, or the heading of a group."""
        self._add(result, _MARKED)

    def _add(self, result: Result, told: Collection[str]) -> None:
        for mark in marks_of(result).split():
            if mark in told and len(self._rows[mark]) <= MOST_LISTED:
                self._rows[mark].append(short_name(result))

    def points(self) -> list[Text]:
        """The points to review."""
        return [Text(_MARKED[mark].message, {"rows": listed(rows)}) for mark, rows in sorted(self._rows.items())]


def short_name(result: Result) -> str:
    """The number of a row, with its sheet where several are read."""
    sheet = sheet_of(result)
    return f"{sheet}: {result.row}" if sheet else str(result.row)


def listed(rows: Sequence[str]) -> str:
    """The first rows, with dots where there are more."""
    return ", ".join(rows[:MOST_LISTED]) + (" ..." if len(rows) > MOST_LISTED else "")
