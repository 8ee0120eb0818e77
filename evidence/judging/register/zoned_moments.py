"""Moments of one column: where some say their zone, nobody knows of which zone the others are.

A program that writes a log says it in each row or in none. A moment without one is local time where no other has one.
"""

from evidence.formats.tables.heading_comparison import clean
from evidence.judging.policy_file import in_both_languages
from evidence.judging.register.cells import CellReader, Misread
from evidence.judging.register.rules import Column
from evidence.judging.register.written_dates import moment_in
from evidence.judging.table_mapping import TableMapping
from evidence.judging.values import Value
from locales import text
from models.calendar import Calendar


class OneZoneReader(CellReader):
    """Reads the cells of one column of a file in order; the first moment decides whether those after it say a zone."""

    def __init__(self, column: Column, mapping: TableMapping, calendar: Calendar) -> None:
        super().__init__(column, mapping, calendar)
        self._title = in_both_languages(column.label)
        self._watches = column.type == "datetime"
        self._is_zoned: bool | None = None

    def read(self, cell: str) -> Value:
        """The cell's value; raises `Misread`, also where it says a zone and those above it do not, or the other way."""
        value = super().read(cell)
        if self._watches and value:
            self._compare(cell)
        return value

    def _compare(self, cell: str) -> None:
        moment = moment_in(clean(cell))
        is_zoned = moment is not None and moment.tzinfo is not None
        if self._is_zoned is None:
            self._is_zoned = is_zoned
        if is_zoned and not self._is_zoned:
            raise Misread(
                text("{column}: this moment says its time zone, and those above it do not.", column=self._title)
            )
        if self._is_zoned and not is_zoned:
            raise Misread(
                text("{column}: this moment does not say its time zone, and those above it do.", column=self._title)
            )
