"""The rows of one sheet, as texts, while its XML streams by. Only rows and cells that hold something cost anything.

Values only: of a formula what was calculated last, of a date its day, of a date with a time of day both.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from evidence.formats.values import LONGEST_MESSAGE, Unreadable
from evidence.formats.xlsx_package import damaged
from evidence.formats.xlsx_workbook import LONGEST_CELL, Sheet, Workbook
from locales import Text, text

MOST_COLUMNS, MOST_ROWS = 200, 200_000
_MOST_CELLS = 16_384  # of a row, empty ones too: a spreadsheet's own most
_MOST_ROW_TAGS = 1_048_576
_LONGEST_COLUMN = 3  # letters
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - spreadsheets know no zones
_LAST_SERIAL = 2_958_466  # the day after 9999-12-31
_LEAP_DAY = 60  # the 29th of February 1900, which spreadsheets believe in
_DIGITS = "0123456789"


class SheetRow(NamedTuple):
    """A row that holds something: its number in the sheet and its cells up to the last that is filled."""

    number: int
    cells: list[str]


def named(sheet: Sheet) -> Text:
    """A sheet in a message."""
    return text('Sheet "{sheet}"', sheet=sheet.name)


def rows(workbook: Workbook, sheet: Sheet, *, calculated: bool) -> Iterator[SheetRow]:
    """The rows of a sheet. `calculated`: refuse formulas without a result. Raises `Unreadable`."""
    reading = _Reading(workbook, sheet, calculated=calculated)
    for _ in workbook.package.parse(sheet.part, reading, named(sheet)):
        taken, reading.rows = reading.rows, []
        yield from taken


class _Reading:
    """Told of each element; the rows that are ready and were not taken yet are in `rows`."""

    def __init__(self, workbook: Workbook, sheet: Sheet, *, calculated: bool) -> None:
        self.rows: list[SheetRow] = []
        self._workbook, self._where, self._calculated = workbook, named(sheet), calculated
        self._spend = workbook.package.spend
        self._columns: dict[str, int] = {}  # letters → number, as far as they were met
        self._row: dict[int, str] = {}
        self._number = self._tags = self._filled = 0
        self._column = self._cells = 0
        self._kind = self._style = ""
        self._pieces: list[str] = []
        self._length = 0
        self._is_text = self._formula = False
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self._is_text = not self._phonetic
        elif name == "row":
            self._begin_row(attributes.get("r", ""))
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._phonetic += 1

    def data(self, content: str, /) -> None:
        if self._is_text:
            self._length += len(content)
            if self._length > LONGEST_CELL:
                raise damaged(self._where)
            self._pieces.append(content)

    def end(self, name: str, /) -> None:
        if name in ("v", "t"):
            self._is_text = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._phonetic -= 1

    def _begin_row(self, number: str) -> None:
        self._tags += 1
        if self._tags > _MOST_ROW_TAGS:
            raise damaged(self._where)
        self._number = int(number) if number.isdigit() and len(number) <= 7 else self._number + 1  # noqa: PLR2004
        self._column = self._cells = 0

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._cells += 1
        if self._cells > _MOST_CELLS:
            raise damaged(self._where)
        letters = attributes.get("r", "").rstrip(_DIGITS)
        self._column = self._numbered(letters) if letters else self._column + 1
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._pieces.clear()
        self._length, self._formula = 0, False

    def _numbered(self, letters: str) -> int:
        found = self._columns.get(letters)
        if found is None:
            if len(letters) > _LONGEST_COLUMN or not (letters.isascii() and letters.isalpha()):
                raise damaged(self._where)
            found = 0
            for letter in letters.upper():
                found = 26 * found + ord(letter) - ord("A") + 1
            self._columns[letters] = found
        return found

    def _end_cell(self) -> None:
        content = self._value("".join(self._pieces).strip()) if self._pieces else ""
        if content:
            if self._column > MOST_COLUMNS:
                raise Unreadable(
                    text(
                        "{sheet}, row {row}: there are more than {n} columns.",
                        sheet=self._where,
                        row=str(self._number),
                        n=MOST_COLUMNS,
                    )
                )
            self._row[self._column] = content[:LONGEST_MESSAGE]
        elif self._formula and self._calculated and self._kind != "str":
            raise Unreadable(
                text(
                    "{sheet}, row {row} holds formulas without a result; open the file in a spreadsheet program, "
                    "save it and hand it in again.",
                    sheet=self._where,
                    row=str(self._number),
                )
            )

    def _end_row(self) -> None:
        if not self._row:
            return
        self._filled += 1
        if self._filled > MOST_ROWS:
            raise Unreadable(text("{sheet} has more than {n} rows; hand it in as CSV.", sheet=self._where, n=MOST_ROWS))
        cells = [self._row.get(column, "") for column in range(1, max(self._row) + 1)]
        self._row.clear()
        self.rows.append(SheetRow(self._number, cells))

    # values

    def _value(self, content: str) -> str:
        kind = self._kind
        if kind == "s":
            return self._shared(content)
        if kind == "n":
            return self._numeric(content)
        if kind == "b":
            return "true" if content == "1" else "false"
        if kind == "d":
            return _moment(content)
        if kind == "e":
            return content if content.startswith("#") else f"#{content}!"
        return content

    def _shared(self, content: str) -> str:
        try:
            found = self._workbook.strings[int(content)]
        except (ValueError, IndexError):
            raise damaged(self._where) from None
        self._spend(len(found))
        return found

    def _numeric(self, content: str) -> str:
        """A number without decimals that say nothing; a date where the style says so."""
        style = int(self._style) if self._style.isdigit() and len(self._style) <= 6 else 0  # noqa: PLR2004
        is_date = style in self._workbook.styles.dates
        if not is_date and content.isdigit():
            return content
        try:
            number = float(content)
        except ValueError:
            return content
        if is_date and 0 <= number < _LAST_SERIAL:
            return self._dated(number, with_time=style in self._workbook.styles.times)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else str(number)  # noqa: PLR2004

    def _dated(self, serial: float, *, with_time: bool) -> str:
        """The day, and the time of day if it is not midnight or the style shows it; less than a day is a time alone."""
        first = _EPOCH_1904 if self._workbook.is_1904 else _EPOCH
        if first is _EPOCH and 1 <= serial < _LEAP_DAY:
            serial += 1
        moment = first + timedelta(milliseconds=round(serial * 86_400_000))
        if serial < 1 and with_time:
            return moment.time().isoformat()
        if with_time or not serial.is_integer():
            return moment.isoformat()
        return moment.date().isoformat()


def _moment(content: str) -> str:
    """A date of ISO 8601; without its time, if that is midnight."""
    day, _, time = content.partition("T")
    return day if not time.strip("0:.Z") else content
