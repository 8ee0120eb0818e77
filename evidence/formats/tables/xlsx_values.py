"""What the cells of a workbook say, as texts: shared strings, numbers, dates, yes and no, errors."""

from datetime import datetime, timedelta

from evidence.formats.tables.xlsx_workbook import Workbook
from evidence.formats.values import LONGEST_MESSAGE

_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - spreadsheets know no zones
_LAST_SERIAL = 2_958_466  # the day after 9999-12-31
_LEAP_DAY = 60  # the 29th of February 1900, which spreadsheets believe in
_DAY = 86_400_000  # milliseconds
_EXACT = 1e15  # beyond it a number has lost digits


class Values:
    """The texts of one sheet's cells. `written`: characters of shared strings since it was last set to 0.

    `struck_styles`: the styles that strike a cell through; `has_struck`: whether a shared string was struck through
    since that was last set to false.
    """

    def __init__(self, workbook: Workbook) -> None:
        self.written = 0
        self.has_struck = False
        self.struck_styles = {str(style) for style in workbook.styles.struck}
        self._strings, self._has_struck = workbook.strings, workbook.strings.has_struck
        self._first = _EPOCH_1904 if workbook.is_1904 else _EPOCH
        self._dates = {str(style) for style in workbook.styles.dates}
        self._times = {str(style) for style in workbook.styles.times}

    def of(self, content: str, cell: dict[str, str]) -> str:  # noqa: PLR0911 - a line a type
        """What a cell says, by its type and style. Raises `ValueError` for what no cell can hold."""
        kind = cell.get("t", "n")
        if kind == "s":
            return self._shared(content)
        content = content.strip()
        if not content:
            return ""
        if kind == "n":
            return self._number(content, cell.get("s", "0"))
        if kind == "b":
            return "true" if content == "1" else "false"
        if kind == "d":
            return _moment(content)
        if kind == "e":
            return content if content.startswith("#") else f"#{content}!"
        return content[:LONGEST_MESSAGE]

    def _shared(self, content: str) -> str:
        try:
            number = int(content)
            string = self._strings[number]
            if self._has_struck and self._strings.is_struck(number):
                self.has_struck = True
        except IndexError:
            raise ValueError(content) from None
        self.written += len(string)
        return string[:LONGEST_MESSAGE]

    def _number(self, content: str, style: str) -> str:
        """A number without decimals that say nothing; a date where the style says so."""
        is_date = style in self._dates
        if not is_date and content.isdigit():
            return content
        try:
            number = float(content)
        except ValueError:
            return content[:LONGEST_MESSAGE]
        if is_date and 0 <= number < _LAST_SERIAL:
            return self._date(number, with_time=style in self._times)
        return str(int(number)) if number.is_integer() and abs(number) < _EXACT else str(number)

    def _date(self, serial: float, *, with_time: bool) -> str:
        """The day, and the time of day if it is not midnight or the style shows it; less than a day is a time alone."""
        if self._first is _EPOCH and 1 <= serial < _LEAP_DAY:
            serial += 1
        moment = self._first + timedelta(milliseconds=round(serial * _DAY))
        if serial < 1 and with_time:
            return moment.time().isoformat()
        if with_time or not serial.is_integer():
            return moment.isoformat()
        return moment.date().isoformat()


def _moment(content: str) -> str:
    """A date of ISO 8601; without its time, if that is midnight."""
    day, _, time = content.partition("T")
    return (content if time.strip("0:.Z") else day)[:LONGEST_MESSAGE]
