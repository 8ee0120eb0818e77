"""Columns of dates that nothing reads, where a rule speaks of a date that no column has.

An unknown heading (`unsubscribed on`) may be the very date that a rule would fail a row by; a reviewer is told.
"""

from datetime import date, datetime
from functools import reduce

from evidence.formats.headings import clean, plain
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
    """Watches the headings that no column has, row by row."""

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
        }  # whether a date stood there
        self._reader = CellReader(_any_date(), mapping, calendar)

    @property
    def watches(self) -> bool:
        """Whether there is anything left to watch."""
        return bool(self._left)

    def add_row(self, result: Result) -> None:
        """Forget the headings under which something else than a date stands."""
        for name, cell in result.properties if self._left else ():
            if name in self._left and (value := clean(cell)):
                if self._is_date(value):
                    self._left[name] = True
                else:
                    del self._left[name]

    def point(self) -> Text | None:
        """What a reviewer must look at; None if there is nothing."""
        names = [name for name, is_date in self._left.items() if is_date]
        if not names:
            return None
        return text(
            "Nothing was read as {columns}, which a rule speaks of, and the dates under {headings} were not read; look "
            "whether these are it.",
            columns=reduce(_and, [in_both_languages(one.label) for one in self._missing]),
            headings=", ".join(f'"{name}"' for name in names),
        )

    def _is_date(self, value: str) -> bool:
        try:
            return isinstance(self._reader.read(value), date | datetime)
        except Misread:
            return False


def _any_date() -> Column:
    return Column.model_validate({"key": "date", "nl": ["datum"], "en": ["date"], "type": "date", "required": "no"})


def _and(first: Text, second: Text) -> Text:
    return text("{first}, {second}", first=first, second=second)
