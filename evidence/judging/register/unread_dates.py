"""Dates under unknown headings, in a table without a date column that a rule uses.

Such a heading (`unsubscribed on`) may hold the date for which a rule would fail a row; a reviewer is told.
"""

from datetime import date, datetime
from functools import reduce

from evidence.formats.tables.heading_comparison import clean, plain
from evidence.formats.values import Result
from evidence.judging.policy_file import in_both_languages
from evidence.judging.register.cells import CellReader, Misread
from evidence.judging.register.headers import TableHeader
from evidence.judging.register.rules import Column, Rules
from evidence.judging.table_mapping import TableMapping
from locales import Text, text
from models.calendar import Calendar

_DATES = ("date", "datetime")


class UnreadDates:
    """Watches the headings that belong to no column, row by row."""

    def __init__(self, rules: Rules, header: TableHeader, mapping: TableMapping, calendar: Calendar) -> None:
        there = {*header.keys.values(), *mapping.provided()}
        spoken_of = {name for rule in rules.rules if rule.fails for name in rule.columns()}
        self._missing = [
            column
            for column in rules.columns
            if column.type in _DATES and column.key in spoken_of and column.key not in there and not column.otherwise
        ]
        decided = {plain(name) for name in (*mapping.left_out, *mapping.personal)}
        self._left = {
            name: False
            for name in header.columns
            if self._missing and name not in header.keys and plain(name) not in decided
        }  # whether it held a date
        self._reader = CellReader(_any_date(), mapping, calendar)

    @property
    def watches(self) -> bool:
        """Whether any heading may still hold only dates."""
        return bool(self._left)

    def add_row(self, result: Result) -> None:
        """Drop the headings whose cell in this row holds anything but a date."""
        for name, cell in result.properties if self._left else ():
            if name in self._left and (value := clean(cell)):
                if self._is_date(value):
                    self._left[name] = True
                else:
                    del self._left[name]

    def point(self) -> Text | None:
        """The point to review; None if there is none."""
        names = [name for name, is_date in self._left.items() if is_date]
        if not names:
            return None
        return text(
            "Nothing was read as {columns}, which a rule speaks of, and the dates under {headings} were not read; look "
            "whether these are it.",
            columns=reduce(joined, [in_both_languages(column.label) for column in self._missing]),
            headings=", ".join(f'"{name}"' for name in names),
        )

    def _is_date(self, value: str) -> bool:
        try:
            return isinstance(self._reader.read(value), date | datetime)
        except Misread:
            return False


def _any_date() -> Column:
    return Column.model_validate({"key": "date", "nl": ["datum"], "en": ["date"], "type": "date", "required": "no"})


def joined(first: Text | str, second: Text | str) -> Text:
    """Two texts with a comma, for `reduce`."""
    return text("{first}, {second}", first=first, second=second)


def not_filled(column: Column, *, is_headed: bool) -> Text:
    """Why a row lacks a value: its cell is empty, or no heading was recognised as the column."""
    title = in_both_languages(column.label)
    if is_headed:
        return text("{column} is empty", column=title)
    return text("no column was recognised as {column}, which this row needs", column=title)
