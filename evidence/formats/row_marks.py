"""What a file says of a row beside its values: where it stood, whether it is struck through or hidden, or totals.

A workbook has this by itself. The CSV that is stored in its place, without personal data, has columns for it.
"""

from evidence.formats.table_head import SHEET
from evidence.formats.totals import is_line_of_totals
from evidence.formats.values import Result

ROW = "@row"  # the column of that CSV with the number of the row in the file that was handed in
MARKS = "@marks"  # the column, and the property of a result, with what is said of the row
NOTED = frozenset((ROW, MARKS))
STRUCK, HIDDEN = "struck", "hidden"


def is_total(result: Result) -> bool:
    """Whether a row is a line of totals."""
    return is_line_of_totals([cell for name, cell in result.properties if name not in (SHEET, MARKS)])


def marks_of(result: Result) -> str:
    """`struck`, `hidden`, both with a blank between them, or nothing."""
    return next((value for name, value in result.properties if name == MARKS), "")
