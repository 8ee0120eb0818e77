"""Which rows of a table must fill a column, as far as the columns that are known tell: an empty cell says much then.

`Gewijzigd op` that is filled where a rule is to be changed, and nowhere else, is the day on which that was done.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from evidence.formats.tables.heading_comparison import clean
from evidence.judging.register.cells import CellReader, Misread
from evidence.judging.register.conditions.deadlines import DoneBy
from evidence.judging.register.conditions.row_conditions import DoneWithin, Filled
from evidence.judging.register.conditions.value_tests import ENDED, FILLED, PAST, Condition
from evidence.judging.register.proposed_mapping.fitting_values import WORDS, word_of
from evidence.judging.register.rules import Column, Rules
from evidence.judging.table_mapping import NOTHING
from evidence.judging.values import Row, Value
from models.calendar import Calendar


def read_rows(rules: Rules, frame: pd.DataFrame, headings: Mapping[str, str], calendar: Calendar) -> list[Row]:
    """The rows by the keys of the columns whose heading is known; words that nobody knows as what they are likest."""
    cells = {
        column.key: _read(column, frame[headings[column.key]], headings[column.key], calendar)
        for column in rules.columns
        if headings.get(column.key) in frame
    }
    return [{key: values[at] for key, values in cells.items()} for at in range(len(frame))]


def _read(column: Column, cells: "pd.Series[str]", heading: str, calendar: Calendar) -> list[Value]:
    reader = CellReader(column, NOTHING, calendar)
    values = {cell: _value(reader, column, clean(str(cell)), heading) for cell in cells.unique()}
    return [values[cell] for cell in cells]


def _value(reader: CellReader, column: Column, cell: str, heading: str) -> Value:
    try:
        return reader.read(cell)
    except Misread:
        return (word_of(column, cell, heading) if column.type in WORDS else None) or cell


def wanted_rows(rules: Rules, column: Column, rows: Sequence[Row]) -> list[bool] | None:
    """Of each row whether it must fill the column; None if that is not known, or none ever must."""
    if column.required is True and column.unless is None:
        return [True] * len(rows)
    if column.required is True and column.unless is not None:
        return [not column.unless.holds(row, date.max) for row in rows] if _can_tell(column.unless, rows) else None
    conditions = [condition for condition in _conditions(rules, column) if _can_tell(condition, rows)]
    if conditions:
        return [any(condition.holds(row, date.max) for condition in conditions) for row in rows]
    answer = next((key for key in _answers(rules, column) if rows and key in rows[0]), None)
    return [bool(row[answer]) for row in rows] if answer else None


def _conditions(rules: Rules, column: Column) -> Iterator[Condition]:
    """On which rows the policy wants the column filled."""
    if isinstance(column.required, Condition):
        yield column.required
    for rule in rules.rules:
        condition = rule.must.condition
        fills = isinstance(condition, Filled | DoneWithin | DoneBy) and condition.column == column.key
        if fills and rule.when is not None:
            yield rule.when


def _answers(rules: Rules, column: Column) -> Iterator[str]:
    """The columns that must be filled only where this one is: what was done after it was withdrawn."""
    for other in rules.columns:
        conditions = list(_conditions(rules, other))
        if len(conditions) == 1 and conditions[0].tests == ((column.key, frozenset((FILLED,)), False),):
            yield other.key


def _can_tell(condition: Condition, rows: Sequence[Row]) -> bool:
    """Whether each column of a condition is known, and none depends on the day that is judged."""
    of_a_day = any({PAST, ENDED} & words for _, words, _ in condition.tests)
    return bool(rows) and not of_a_day and all(name in rows[0] for name in condition.columns())
