"""Headings that a policy takes for a column whose values they do not hold: `Type` above the type of something else."""

from collections.abc import Sequence

import pandas as pd

from evidence.judging.register.headers import TableHeader
from evidence.judging.register.proposed_mapping.column_similarity import values_of
from evidence.judging.register.proposed_mapping.fitting_values import WORDS, readable_share
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.word_similarity import says_little
from evidence.judging.table_mapping import TableMapping
from models.calendar import Calendar


def misnamed_columns(
    rules: Rules, header: TableHeader, frame: pd.DataFrame, mapping: TableMapping, calendar: Calendar
) -> dict[str, str]:
    """The key of a required column without a heading → the heading that is another by itself, and holds its words.

    Only of headings that say little, under which no word of the column stands that they are taken for.
    """
    columns = {column.key: column for column in rules.columns}
    headless = [
        column
        for key, column in columns.items()
        if column.required is True and column.type in WORDS and key not in header.keys.values()
    ]
    misnamed: dict[str, str] = {}
    for name, key in header.keys.items():
        if name not in frame or not says_little(name) or name in mapping.columns.values():
            continue
        values = values_of(frame[name])
        if not values or columns[key].type not in WORDS or readable_share(columns[key], values, calendar):
            continue
        if len(fitting := _fitting(headless, values, calendar)) == 1:
            misnamed[fitting[0].key] = name
    return misnamed


def _fitting(columns: Sequence[Column], values: list[str], calendar: Calendar) -> list[Column]:
    return [column for column in columns if readable_share(column, values, calendar) == 1]
