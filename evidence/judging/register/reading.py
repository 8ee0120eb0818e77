"""The rows of a register as its policy reads them, without judging any."""

from collections.abc import Iterable, Iterator
from datetime import date

from evidence.formats.values import Result, Run
from evidence.judging.register.cells import Misread, read, words
from evidence.judging.register.headers import read_header
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.values import organisation_day
from evidence.judging.values import DoesNotFit, Row, Value
from models.calendar import Calendar


def rows(rules: Rules, run: Run, results: Iterable[Result], calendar: Calendar) -> Iterator[Row]:
    """Each row by the keys of its columns. Raises `DoesNotFit` where it is another register."""
    header = read_header(rules, run, [])
    columns = [(column, words(column)) for column in rules.columns]
    for result in results:
        if cells := header.cells(result):
            row = {
                column.key: _value(column, spellings, cells.get(column.key, ""), calendar)
                for column, spellings in columns
            }
            yield rules.fill(row)


def days_of_rows(rules: Rules, run: Run, results: Iterable[Result], calendar: Calendar) -> Iterator[date]:
    """The days on which the rows of a log happened; none of a file that is another register, or no log."""
    if not rules.is_log:
        return
    try:
        header = read_header(rules, run, [])
    except DoesNotFit:
        return
    columns = [(column, words(column)) for column in rules.columns if column.key in rules.moments]
    for result in results:
        cells = header.cells(result) or {}
        values = (
            _value(column, spellings, cells[column.key], calendar)
            for column, spellings in columns
            if column.key in cells
        )
        yield from (day for value in values if (day := organisation_day(value, calendar)))


def _value(column: Column, spellings: dict[str, str], cell: str, calendar: Calendar) -> Value:
    """A value that can't be read is empty: judging the row says so."""
    try:
        return read(column, spellings, cell, calendar)
    except Misread:
        return ""
