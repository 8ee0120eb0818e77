"""What a workbook says of itself: its sheets, its shared strings, and which cell styles are dates.

Format: ECMA-376 part 1, transitional or strict (SpreadsheetML).
"""

import re
from array import array
from dataclasses import dataclass

from evidence.formats.tables.xlsx_package import WEIGHT, Package, Relation, damaged, too_long
from evidence.formats.values import Unreadable
from locales import text

MOST_SHEETS = 1_000
_MOST_STRINGS = 2_000_000
_MOST_STRING_BYTES = 48 << 20
_MOST_STYLES = 65_536
_LONGEST_NUMBER = 6  # digits
_KEPT, _SHORT = 5_000, 100  # so many strings of so many characters are kept decoded: most cells hold the same few
LONGEST_CELL = 32_767  # characters; a spreadsheet's own most
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))  # built-in formats
_TIMES = frozenset((18, 19, 20, 21, 22, 45, 46, 47))
_NO_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet."""

    name: str
    part: str


class Workbook:
    """A workbook's parts. Raises `Unreadable`."""

    def __init__(self, package: Package) -> None:
        self.package = package
        part = _main_part(package)
        relations = package.relations(part)
        about = _About()
        package.tell(part, about)
        self.is_1904 = about.is_1904
        self.sheets = about.sheets(relations, hidden=False)
        self.hidden = about.sheets(relations, hidden=True)
        self.strings = Strings(package, _of_kind(relations, "sharedStrings"))
        self.styles = Styles(package, _of_kind(relations, "styles"))


def _main_part(package: Package) -> str:
    """The part that lists the sheets: as the package says, wherever it stands."""
    part = _of_kind(package.relations(""), "officeDocument")
    named = [name for name in package.names() if name.rpartition("/")[2] == "workbook.xml"]
    part = part or next(iter(named), "")
    if part.endswith(".bin"):
        raise Unreadable(text("This is a binary workbook (XLSB); save it as XLSX."))
    if not part:
        raise Unreadable(text("There is no workbook in this file; save it as XLSX again."))
    return part


def _of_kind(relations: dict[str, Relation], kind: str) -> str:
    return next((relation.target for relation in relations.values() if relation.kind == kind), "")


class _About:
    """The list of sheets, and from when days are counted."""

    def __init__(self) -> None:
        self.is_1904 = False
        self._listed: list[tuple[str, str, str]] = []

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        if name == "workbookPr":
            self.is_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            if len(self._listed) >= MOST_SHEETS:
                raise Unreadable(
                    text(
                        "This workbook has more than {n} sheets; upload only the sheet with the register.",
                        n=MOST_SHEETS,
                    )
                )
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self._listed.append((attributes.get("name", "")[:100], attributes.get("state", "visible"), relation))

    def end(self, name: str, /) -> None:
        pass

    def data(self, content: str, /) -> None:
        pass

    def sheets(self, relations: dict[str, Relation], *, hidden: bool) -> list[Sheet]:
        """The worksheets that are hidden, or those that are not, in their order; sheets that are charts are none."""
        listed = [sheet for sheet in self._listed if (sheet[1] != "visible") == hidden]
        related = [(name, relations.get(relation)) for name, _, relation in listed]
        return [Sheet(name, sheet.target) for name, sheet in related if sheet is not None and sheet.kind == "worksheet"]


class Strings:
    """The strings that cells share, by number. Packed as bytes: a million of them take little more than in the file."""

    def __init__(self, package: Package, part: str) -> None:
        self._bytes, self._ends = bytearray(), array("Q", [0])
        self._kept: dict[int, str] = {}
        self._pieces: list[str] = []
        self._length, self._is_text, self._phonetic = 0, False, 0
        self._struck, self._has_strike, self.has_struck = bytearray(), False, False
        self._spend = package.spend
        if part:
            package.tell(part, self)

    def __getitem__(self, number: int) -> str:
        """Raises `IndexError` for a number that is not there."""
        string = self._kept.get(number)
        if string is None:
            if number < 0:
                raise IndexError(number)
            string = self._bytes[self._ends[number] : self._ends[number + 1]].decode()
            if len(string) <= _SHORT:
                if len(self._kept) >= _KEPT:
                    self._kept.clear()
                self._kept[number] = string
        return string

    def is_struck(self, number: int) -> bool:
        """Whether a part of a string is struck through."""
        return bool(self._struck[number])

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        if name == "t":
            self._is_text = not self._phonetic
        elif name == "strike":
            self._has_strike = self._has_strike or is_on(attributes)
            self.has_struck = self.has_struck or self._has_strike
        elif name == "rPh":
            self._phonetic += 1

    def data(self, content: str, /) -> None:
        if self._is_text:
            self._length += len(content)
            if self._length > LONGEST_CELL:
                raise too_long(text("This workbook"), LONGEST_CELL)
            self._pieces.append(content)

    def end(self, name: str, /) -> None:
        if name == "t":
            self._is_text = False
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "si":
            self._bytes += "".join(self._pieces).strip().encode()
            self._ends.append(len(self._bytes))
            self._struck.append(self._has_strike)
            self._has_strike = False
            self._spend(WEIGHT)
            self._pieces.clear()
            self._length = 0
            if len(self._ends) > _MOST_STRINGS or len(self._bytes) > _MOST_STRING_BYTES:
                raise Unreadable(text("This workbook holds more text than is read; save the register as CSV."))


def is_on(attributes: dict[str, str]) -> bool:
    """Whether an element that needs no value, such as `strike`, has none that says no."""
    return attributes.get("val", "1") not in ("0", "false")


class Styles:
    """Which cell styles show a number as a date, which of these with a time of day, and which strike a cell through."""

    def __init__(self, package: Package, part: str) -> None:
        self.dates: set[int] = set()
        self.times: set[int] = set()
        self.struck: set[int] = set()
        self._codes: dict[int, str] = {}
        self._in_cells, self._count = False, 0
        self._in_fonts, self._fonts = False, 0
        self._struck_fonts: set[int] = set()
        if part:
            package.tell(part, self)

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        if name == "cellXfs":
            self._in_cells = True
        elif name == "numFmt":
            self._codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:255]
        elif name == "xf" and self._in_cells:
            if _number(attributes.get("fontId")) in self._struck_fonts:
                self.struck.add(self._count)
            self._add(_number(attributes.get("numFmtId")))
        else:
            self._add_font(name, attributes)
        if max(len(self._codes), self._count, self._fonts) > _MOST_STYLES:
            raise damaged(text("This workbook"))

    def _add_font(self, name: str, attributes: dict[str, str]) -> None:
        if name == "fonts":
            self._in_fonts = True
        elif name == "font" and self._in_fonts:
            self._fonts += 1
        elif name == "strike" and self._in_fonts and is_on(attributes):
            self._struck_fonts.add(self._fonts - 1)

    def _add(self, form: int) -> None:
        code = _NO_CODE.sub("", self._codes.get(form, "")).partition(";")[0].lower()
        if form in self._codes:
            is_date, is_time = bool(set("dmyhs") & set(code)), bool(set("hs") & set(code))
        else:
            is_date, is_time = form in _DATES, form in _TIMES
        if is_date:
            self.dates.add(self._count)
            if is_time:
                self.times.add(self._count)
        self._count += 1

    def end(self, name: str, /) -> None:
        if name == "cellXfs":
            self._in_cells = False
        elif name == "fonts":
            self._in_fonts = False

    def data(self, content: str, /) -> None:
        pass


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER else 0
