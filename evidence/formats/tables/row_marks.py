"""Facts about a row beside its values: its row number, whether it is struck through or hidden, a note or totals.

A workbook has these itself. The CSV that is stored in its place, without personal data, has columns for them.
"""

from evidence.formats.tables.added_columns import is_added
from evidence.formats.tables.table_head import SHEET
from evidence.formats.tables.totals import is_line_of_totals
from evidence.formats.values import Result

ROW = "@row"  # the column of that CSV with the number of the row in the uploaded file
MARKS = "@marks"  # the column, and the property of a result, with the marks of the row
NOTED = frozenset((ROW, MARKS))
STRUCK, HIDDEN, NOTE, GROUPED = "struck", "hidden", "note", "group"


def is_total(result: Result) -> bool:
    """Whether a row is a line of totals."""
    return is_line_of_totals(
        [cell for name, cell in result.properties if name not in (SHEET, MARKS) and not is_added(name)]
    )


def marks_of(result: Result) -> str:
    """`struck`, `hidden`, `note`, `group`, several with blanks between them, or nothing."""
    return next((value for name, value in result.properties if name == MARKS), "")


def is_note(result: Result) -> bool:
    """Whether a row is a note below the table (`notes.py`)."""
    return NOTE in marks_of(result).split()


def heads_group(result: Result) -> bool:
    """Whether a row heads a group of the rows below it (`grouped_rows.py`)."""
    return GROUPED in marks_of(result).split()
