"""Values of a table that its policy does not know: what each word may mean, and the order of dates in numbers."""

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from evidence.formats.tables.heading_comparison import clean, plain
from evidence.formats.tables.placeholders import has_error
from evidence.formats.values import Result
from evidence.judging.personal_data.headings_and_values import identifies_person
from evidence.judging.register.cells import CellReader
from evidence.judging.register.headers import TableHeader
from evidence.judging.register.proposed_mapping.fitting_values import DATES, MOST_WORDS, WORDS, can_read, word_of
from evidence.judging.register.proposed_mapping.tick_columns import BLANK, marks_with_crosses
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.written_values import date_in_order, numbers_of_date
from evidence.judging.table_mapping import DATE_ORDERS, LONGEST_WORD, DateOrder, TableMapping
from models.calendar import Calendar

_MOST_VALUES = 2_000  # different ones of a column that are looked at

Words = dict[str, dict[str, str | None]]


def unknown_words(
    rules: Rules,
    keys: Mapping[str, str],
    header: TableHeader,
    frame: pd.DataFrame,
    results: Iterable[Result],
    mapping: TableMapping,
    calendar: Calendar,
) -> tuple[Words, dict[str, DateOrder]]:
    """By column, the words that nobody knows with what they may mean, and the order of dates in numbers.

    Where other dates of the file have one order for certain it is that one: a program writes all its dates alike.
    """
    watched = {
        name: column
        for name, key in keys.items()
        for column in rules.columns
        if column.key == key and column.type in (*WORDS, *DATES)
    }
    certain = _certain_orders(frame)
    words: Words = {}
    dates: dict[str, DateOrder] = {}
    for name, unread in _unread(watched, header, results, mapping, calendar).items():
        column = watched[name]
        if column.type in DATES:
            if orders := _orders(unread):
                dates[column.key] = next((order for order in orders if order in certain), orders[0])
        elif 0 < len(unread) <= MOST_WORDS:
            words[column.key] = {value: word_of(column, value, name) for value in unread}
    for name, column in watched.items():
        if name in frame and BLANK not in mapping.decided(column.key) and marks_with_crosses(column, frame[name]):
            words.setdefault(column.key, {})[BLANK] = "no"
    return words, dates


def _unread(
    watched: Mapping[str, Column],
    header: TableHeader,
    results: Iterable[Result],
    mapping: TableMapping,
    calendar: Calendar,
) -> dict[str, list[str]]:
    """By heading the different values that its column can't read and of which nothing was decided."""
    readers = {name: CellReader(column, mapping, calendar) for name, column in watched.items()}
    decided = {name: mapping.decided(column.key) for name, column in watched.items()}
    seen: dict[str, set[str]] = {name: set() for name in watched}
    unread: dict[str, dict[str, None]] = {name: {} for name in watched}
    for result in results if watched else ():
        for name, cell in header.named(result):
            if name not in seen or cell in seen[name] or len(seen[name]) >= _MOST_VALUES:
                continue
            seen[name].add(cell)
            value = clean(cell)
            is_word = value and len(value) <= LONGEST_WORD and not has_error(value)
            is_open = is_word and plain(value) not in decided[name]
            if is_open and not identifies_person(value) and not can_read(readers[name], value):
                unread[name][value] = None
    return {name: list(values) for name, values in unread.items()}


def merged_words(first: Mapping[str, Mapping[str, str | None]], other: Mapping[str, Mapping[str, str | None]]) -> Words:
    """The words of both; where both say something of one, the other counts."""
    return {key: {**first.get(key, {}), **other.get(key, {})} for key in (*first, *other)}


def _certain_orders(frame: pd.DataFrame) -> set[DateOrder]:
    """The orders that some column of dates in numbers can have alone."""
    orders = [_orders([clean(str(cell)) for cell in frame[name].unique()]) for name in frame]
    return {each[0] for each in orders if len(each) == 1}


def _orders(values: Collection[str]) -> list[DateOrder]:
    """The orders in which every date in numbers is one; none if no order does, or nothing here is such a date."""
    written = [value for value in values if numbers_of_date(value)]
    return [order for order in DATE_ORDERS if written and all(date_in_order(value, order) for value in written)]
