"""Lines of CSV exports that spreadsheet programs open as text only."""

import csv
import io

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_line(*cells: str, delimiter: str = ",") -> str:
    """A line of CSV with its line end. Cells that a spreadsheet would run as a formula get an apostrophe in front.

    Source: OWASP, CSV Injection.
    """
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter).writerow(
        [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
    )
    return line.getvalue()
