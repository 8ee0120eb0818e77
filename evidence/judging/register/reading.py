"""Read the rows of a register by its policy, without judging them."""

from collections.abc import Iterable, Iterator
from datetime import date

from evidence.formats.values import Result, Run
from evidence.judging.register.cells import CellReader, Misread
from evidence.judging.register.conditions.value_tests import organisation_day
from evidence.judging.register.headers import read_header
from evidence.judging.register.rules import Rules
from evidence.judging.table_mapping import NOTHING, TableMapping
from evidence.judging.values import DoesNotFit, Row, Value
from models.calendar import Calendar


def rows(
    rules: Rules, run: Run, results: Iterable[Result], calendar: Calendar, mapping: TableMapping = NOTHING
) -> Iterator[Row]:
    """Each row by the keys of its columns. Raises `DoesNotFit` where it is another register."""
    header = read_header(rules, run, [], mapping)
    readers = {column.key: CellReader(column, mapping, calendar) for column in rules.columns}
    for result in results:
        for cells in header.rows(result):
            yield rules.fill({key: _value(reader, cells.get(key, "")) for key, reader in readers.items()})


def days_of_rows(
    rules: Rules, run: Run, results: Iterable[Result], calendar: Calendar, mapping: TableMapping = NOTHING
) -> Iterator[date]:
    """The days on which the rows of a log happened; none of a file that is another register, or no log."""
    if not rules.is_log:
        return
    try:
        header = read_header(rules, run, [], mapping)
    except DoesNotFit:
        return
    readers = {
        column.key: CellReader(column, mapping, calendar) for column in rules.columns if column.key in rules.moments
    }
    for result in results:
        cells = next(iter(header.rows(result)), {})
        values = (_value(reader, cells[key]) for key, reader in readers.items() if key in cells)
        yield from (day for value in values if (day := organisation_day(value, calendar)))


def _value(reader: CellReader, cell: str) -> Value:
    """A value that can't be read is empty: judging the row says so."""
    try:
        return reader.read(cell)
    except Misread:
        return ""
