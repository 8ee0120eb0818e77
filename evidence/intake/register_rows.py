"""The rows of a register as its policy reads them, without judging any."""

from collections.abc import Iterator

from evidence.formats.values import Run
from evidence.intake.reading.spool import Spool
from evidence.judging.register.cells import Misread, read, words
from evidence.judging.register.headers import reading
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.values import Row, Value
from models.calendar import Calendar


def rows_of(rules: Rules, run: Run, spool: Spool, calendar: Calendar) -> Iterator[Row]:
    """Each row by the keys of its columns. Raises `DoesNotFit` where it is another register."""
    how = reading(rules, run, [])
    columns = [(column, words(column)) for column in rules.columns]
    for batch in spool.batches():
        for result in batch:
            if cells := how.cells(result):
                yield {one.key: _value(one, spellings, cells.get(one.key, ""), calendar) for one, spellings in columns}


def _value(column: Column, spellings: dict[str, str], cell: str, calendar: Calendar) -> Value:
    """What can't be read is empty: its own judgement says so."""
    try:
        return read(column, spellings, cell, calendar)
    except Misread:
        return ""
