"""The rows of one sheet, as texts, while its XML streams by. Only rows and cells that hold something cost anything.

Values only: of a formula what was calculated last, of a date its day, of a date with a time of day both.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from evidence.formats.tables.row_marks import HIDDEN, STRUCK
from evidence.formats.tables.xlsx_package import DEEPEST, WEIGHT, damaged, too_long
from evidence.formats.tables.xlsx_values import Values
from evidence.formats.tables.xlsx_workbook import LONGEST_CELL, Sheet, Workbook, is_on
from evidence.formats.values import Unreadable
from locales import Text, text

MOST_COLUMNS, MOST_ROWS = 200, 200_000
_MOST_CELLS = 16_384  # of a row, empty ones too: a spreadsheet's own most
_MOST_ROW_TAGS = 1_048_576
_LONGEST_COLUMN, _LONGEST_ROW = 3, 7  # letters, digits
_DIGITS = "0123456789"
_CELL, _TEXT, _ROW, _FORMULA, _PHONETIC, _STRIKE = range(1, 7)
_TAGS = {"c": _CELL, "v": _TEXT, "t": _TEXT, "row": _ROW, "f": _FORMULA, "rPh": _PHONETIC, "strike": _STRIKE}


class SheetRow(NamedTuple):
    """A row that holds something: its number in the sheet and its cells up to the last that is filled.

    `marks`: whether a cell of it is struck through, and whether it is hidden (`row_marks.py`).
    """

    number: int
    cells: list[str]
    marks: str = ""


def named(sheet: Sheet) -> Text:
    """A sheet in a message."""
    return text('Sheet "{sheet}"', sheet=sheet.name)


def rows(workbook: Workbook, sheet: Sheet, *, calculated: bool) -> Iterator[SheetRow]:
    """The rows of a sheet. `calculated`: refuse formulas without a result. Raises `Unreadable`."""
    reading = _Reading(workbook, sheet, calculated=calculated)
    for _ in workbook.package.parse(sheet.part, reading.attach, named(sheet)):
        taken, reading.rows = reading.rows, []
        yield from taken


class _Tags(dict[str, int]):
    """What an element is, by its name with or without a prefix; 0 for what says nothing of values."""

    def __missing__(self, name: str) -> int:
        return _TAGS.get(name.rpartition(":")[2], 0)


class _Columns(dict[str, int]):
    """The number of a column by its letters. Raises `ValueError`."""

    def __missing__(self, letters: str) -> int:
        if len(letters) > _LONGEST_COLUMN or not (letters.isascii() and letters.isalpha()):
            raise ValueError(letters)
        number = 0
        for letter in letters.upper():
            number = 26 * number + ord(letter) - ord("A") + 1
        self[letters] = number
        return number


def column_number(letters: str) -> int:
    """The number of a column by its letters, from 1. Raises `ValueError`."""
    return _Columns()[letters]


class _Reading:
    """Takes the rows together; those that are ready and were not taken yet are in `rows`."""

    def __init__(self, workbook: Workbook, sheet: Sheet, *, calculated: bool) -> None:
        self.rows: list[SheetRow] = []
        self._where, self._calculated = named(sheet), calculated
        self._values = Values(workbook)
        self._spend = workbook.package.spend
        self._row: dict[int, str] = {}
        self._number = self._tags = self._filled = 0
        self._hidden = self._struck = False

    def attach(self, parser: Any) -> None:  # noqa: C901, PLR0915 - in one, for speed
        """Sets the handlers. They are called several times for each cell, so they are closures and say little."""
        tags, columns, pieces, row, value = _Tags(_TAGS), _Columns(), list[str](), self._row, self._values.of
        struck = self._values.struck_styles
        depth = column = cells = phonetic = length = 0
        has_formula, cell = False, dict[str, str]()

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth, column, cells, phonetic, length, has_formula, cell
            depth += 1
            tag = tags[name]
            if tag == _CELL:
                cell, has_formula = attributes, False
                cells += 1
                if pieces:
                    pieces.clear()
                length = 0
                place = attributes.get("r")
                column = columns[place.rstrip(_DIGITS)] if place else column + 1
            elif tag == _TEXT and not phonetic:
                parser.CharacterDataHandler = take
            elif tag == _ROW:
                column = cells = 0
                self._begin(attributes)
            elif tag == _FORMULA:
                has_formula = True
            elif tag == _PHONETIC:
                phonetic += 1
            elif tag == _STRIKE and is_on(attributes):
                self._struck = True
            if depth > DEEPEST or cells > _MOST_CELLS:
                raise damaged(self._where)

        def take(content: str) -> None:
            nonlocal length
            length += len(content)
            if length > LONGEST_CELL:
                raise self._too_long()
            pieces.append(content)

        def end(name: str) -> None:
            nonlocal depth, phonetic
            depth -= 1
            tag = tags[name]
            if tag == _TEXT:
                parser.CharacterDataHandler = None
            elif tag == _CELL:
                if pieces:
                    if shown := value("".join(pieces), cell):
                        row[column] = shown
                        self._struck = self._struck or cell.get("s") in struck
                    pieces.clear()
                elif has_formula and cell.get("t") != "str":
                    self._without_result()
            elif tag == _ROW:
                self._end(cells)
            elif tag == _PHONETIC:
                phonetic -= 1

        parser.StartElementHandler, parser.EndElementHandler = start, end

    def _begin(self, attributes: dict[str, str]) -> None:
        self._tags += 1
        if self._tags > _MOST_ROW_TAGS:
            raise damaged(self._where)
        number = attributes.get("r", "")
        self._hidden = attributes.get("hidden") in ("1", "true") or attributes.get("ht") == "0"
        known = number.isdigit() and len(number) <= _LONGEST_ROW
        self._number = int(number) if known else self._number + 1

    def _without_result(self) -> None:
        if self._calculated:
            raise Unreadable(
                text(
                    "{sheet}, row {row} holds formulas without a result; open the file in a spreadsheet program, save"
                    " it and upload it again.",
                    sheet=self._where,
                    row=str(self._number),
                )
            )

    def _end(self, cells_told: int) -> None:
        self._spend(self._values.written + WEIGHT * (1 + cells_told))
        self._values.written = 0
        marks = self._marks()
        row = self._row
        if not row:
            return
        self._filled += 1
        last = max(row)
        if last > MOST_COLUMNS or self._filled > MOST_ROWS:
            raise self._too_many(last)
        cells = [row.get(column, "") for column in range(1, last + 1)]
        row.clear()
        self.rows.append(SheetRow(self._number, cells, marks))

    def _marks(self) -> str:
        """What is said of the row that ends, and nothing of the next."""
        is_struck = self._struck or self._values.has_struck
        self._struck = self._values.has_struck = False
        if not (is_struck or self._hidden):
            return ""
        return " ".join([STRUCK] * is_struck + [HIDDEN] * self._hidden)

    def _too_long(self) -> Unreadable:
        place = text("{sheet}, row {row}", sheet=self._where, row=str(self._number))
        return too_long(place, LONGEST_CELL)

    def _too_many(self, last: int) -> Unreadable:
        if last > MOST_COLUMNS:
            return Unreadable(
                text(
                    "{sheet}, row {row}: there are more than {n} columns.",
                    sheet=self._where,
                    row=str(self._number),
                    n=MOST_COLUMNS,
                )
            )
        return Unreadable(text("{sheet} has more than {n} rows; upload it as CSV.", sheet=self._where, n=MOST_ROWS))
