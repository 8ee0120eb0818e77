"""Lines of CSV exports that spreadsheet programs open as text only, whatever delimiter they take."""

import csv
import io
import re

_SKIPPED = r"\s\x00-\x20\x7f\"\ufeff"  # what a program may skip at the begin of a cell
_DELIMITERS = r",;|\t\r\n"
#: the begin of a formula, also in full width, with all blanks and delimiters before it
_FORMULA = re.compile(
    rf"(?<![{_SKIPPED}{_DELIMITERS}])([{_SKIPPED}{_DELIMITERS}]*+)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])"
)
_DELIMITER = re.compile(f"[{_DELIMITERS}]")


def csv_line(*cells: str, delimiter: str = ",") -> str:
    """A line of CSV with its line end.

    What a spreadsheet would run as a formula gets an apostrophe in front: at the begin of a cell, and after what is the
    delimiter of another country, by which a program that expects that one begins a cell, quoted or not.

    Source: OWASP, CSV Injection.
    """
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter).writerow([_FORMULA.sub(_as_text, cell) for cell in cells])
    return line.getvalue()


def _as_text(before: re.Match[str]) -> str:
    begins_a_cell = before.start() == 0 or _DELIMITER.search(before[1])
    return f"{before[1]}'" if begins_a_cell else before[1]
