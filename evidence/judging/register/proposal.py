"""A mapping proposed for a table that its policy does not recognise: from its headings, and from what stands in it.

Nothing here decides: a person confirms or corrects a proposal, and what a policy recognises by itself stays as it is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import islice

import pandas as pd

from evidence.formats.headings import clean, plain
from evidence.formats.placeholders import has_error
from evidence.formats.table_head import SHEET
from evidence.formats.values import Result, Run
from evidence.judging.personal import identifies_person
from evidence.judging.policy_file import in_both_languages
from evidence.judging.register.cells import CellReader
from evidence.judging.register.headers import TableHeader, doubles, headings_of, read_header, table_of
from evidence.judging.register.matching import DATES, MOST_WORDS, STRONG, WORDS, Match, can_read, matches, word_of
from evidence.judging.register.personal_columns import personal_columns
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.shapes import completed, fixed_system, matrix, sheet_of_system, system_words
from evidence.judging.register.spellings import date_in_order, numbers_of_date
from evidence.judging.table_mapping import (
    DATE_ORDERS,
    DateOrder,
    Doubt,
    Matrix,
    ProposedColumn,
    Rows,
    Systems,
    TableMapping,
    TableProposal,
)
from models.calendar import Calendar

_LOOKED_AT = 500  # rows from which it is seen what stands in a column
_SHOWN = 5  # rows of the preview
_MOST_VALUES = 2_000  # different ones of a column that are looked at


def propose(
    rules: Rules,
    run: Run,
    rows: Rows,
    calendar: Calendar,
    given: TableMapping,
    systems: Systems,
    *,
    is_final: bool,
) -> TableProposal:
    """What a table is proposed to mean, with what is `given` of it.

    `is_final`: a person gave that for this very file: only what is missing, or would be hidden, is asked again.
    Raises `DoesNotFit` where a mapping can't help.
    """
    given = _of_this_table(rules, run, given)
    header = read_header(rules, run, [], given, partly=True)
    frame = _frame(header, rows())
    wide = _wide(rules, frame, header, given, systems, is_final=is_final)
    found, doubts = _found(rules, header, frame, given.model_copy(update={"matrix": wide}), calendar, systems)
    if is_final:
        doubts = [doubt for doubt in doubts if rules.needed() & set(doubt.columns)]
        found = {key: one for key, one in found.items() if _must_be_asked(rules, key, one)}
    keys = {**header.keys, **{one.heading: key for key, one in found.items()}}
    known = {*keys.values(), *given.model_copy(update={"matrix": wide}).provided()}
    fixed = {**given.fixed, **fixed_system(rules, known, systems)}
    values, dates = ({}, {}) if is_final else _values(rules, keys, header, rows(), given, calendar, _sure_orders(frame))
    every = (header.named(result) for result in rows())
    treated = personal_columns(rules, frame, keys, every, wide.headings if wide else ())
    personal = {name: one for name, one in treated.items() if name not in given.personal}
    is_new = bool(found or doubts or values or dates or personal or wide != given.matrix)
    values |= system_words(frame, keys, given, systems)
    by_itself = read_header(rules, run, [], partly=True)
    chosen = given.model_copy(update={"fixed": fixed, "matrix": wide})
    columns = _proposed(rules, {key: name for name, key in keys.items()}, by_itself, chosen)
    mapping = TableMapping(
        columns={column.key: column.heading for column in columns if _is_said(column)},
        values=_merged(given.values, values),
        dates={**given.dates, **dates},
        fixed=fixed,
        matrix=wide,
        personal={**given.personal, **personal},
        left_out=_left_out(rules, run, given, frame, keys),
    )
    proposal = TableProposal(mapping, columns, frame.head(_SHOWN), asks=is_new, doubts=doubts)
    return replace(proposal, asks=True) if proposal.missing else proposal


def _wide(
    rules: Rules, frame: pd.DataFrame, header: TableHeader, given: TableMapping, systems: Systems, *, is_final: bool
) -> Matrix | None:
    """How a wide table is read, with every column that a mapping of it does not speak of."""
    if given.matrix is None:
        return None if is_final else matrix(rules, frame, header.keys, systems)
    silent = [name for name in frame if plain(str(name)) in {plain(one) for one in given.left_out}]
    return completed(given.matrix, rules, frame.drop(columns=silent), header.keys, systems)


def _found(
    rules: Rules,
    header: TableHeader,
    frame: pd.DataFrame,
    given: TableMapping,
    calendar: Calendar,
    systems: Systems,
) -> tuple[dict[str, Match], list[Doubt]]:
    """The free heading of each column that has none, nor is told otherwise; and the headings that may be several."""
    wide = set(given.matrix.headings) if given.matrix else set()
    found, doubts = matches(rules, header, frame.drop(columns=list(wide & set(frame))), given, calendar)
    is_named = sheet_of_system(frame, systems) and rules.per not in given.provided()
    if rules.per and rules.per not in header.keys.values() and is_named:
        found[rules.per] = Match(SHEET, 1.0)
    return found, doubts


def _is_said(column: ProposedColumn) -> bool:
    """Whether a mapping says something of it: what the policy recognises needs none."""
    return not column.by_itself and not column.provided and bool(column.heading or column.is_required)


def _proposed(
    rules: Rules, headed: Mapping[str, str], by_itself: TableHeader, mapping: TableMapping
) -> list[ProposedColumn]:
    return [
        ProposedColumn(
            column.key,
            in_both_languages(column.label),
            column.required is True,
            headed.get(column.key),
            by_itself=headed.get(column.key) in by_itself.keys,
            provided=column.key in mapping.provided(),
            words={word: in_both_languages(both) for word, both in column.titles().items()},
            may_be_needed=not isinstance(column.required, bool),
        )
        for column in rules.columns
    ]


def _left_out(rules: Rules, run: Run, given: TableMapping, frame: pd.DataFrame, keys: Mapping[str, str]) -> list[str]:
    """The headings that are said to be no column, and those of several alike that are not chosen."""
    chosen = {key: name for name, key in keys.items()}
    alike = [
        name
        for head in table_of(run).heads
        for key, names in doubles(headings_of(rules), head).items()
        for name in names
        if key in chosen and name != chosen[key]
    ]
    return [name for name in dict.fromkeys([*given.left_out, *alike]) if name in frame.columns]


def _must_be_asked(rules: Rules, key: str, found: Match) -> bool:
    """Whether a column is missing, or needed and would be hidden: a heading is almost certainly it."""
    is_required = any(column.key == key and column.required is True for column in rules.columns)
    return is_required or (found.score >= STRONG and key in rules.needed())


def _of_this_table(rules: Rules, run: Run, given: TableMapping) -> TableMapping:
    """The part of a mapping that speaks of columns and headings which are there."""
    names = {plain(name) for head in table_of(run).heads for name in head.columns}
    own = given.of_keys(column.key for column in rules.columns)
    columns = {key: name for key, name in own.columns.items() if name and plain(name) in names | {SHEET}}
    wide = own.matrix if own.matrix and set(map(plain, own.matrix.headings)) <= names else None
    return own.model_copy(update={"columns": columns, "matrix": wide})


def _frame(header: TableHeader, results: Iterable[Result]) -> pd.DataFrame:
    """The first rows, a column a heading; all are texts."""
    rows = [dict(header.named(one)) for one in islice(results, _LOOKED_AT)]
    names = list(dict.fromkeys(name for name in header.columns if name))
    return pd.DataFrame([row for row in rows if row], columns=names, dtype=str).fillna("")


# ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _values(
    rules: Rules,
    keys: Mapping[str, str],
    header: TableHeader,
    results: Iterable[Result],
    given: TableMapping,
    calendar: Calendar,
    sure: Collection[DateOrder],
) -> tuple[dict[str, dict[str, str | None]], dict[str, DateOrder]]:
    """By column, the words that nobody knows with what they may mean, and the order of dates in numbers.

    `sure`: the orders that other dates of the file have for certain; a program writes all its dates in one.
    """
    watched = {
        name: column
        for name, key in keys.items()
        for column in rules.columns
        if column.key == key and column.type in (*WORDS, *DATES)
    }
    values: dict[str, dict[str, str | None]] = {}
    dates: dict[str, DateOrder] = {}
    for name, unread in _unread(watched, header, results, given, calendar).items():
        column = watched[name]
        if column.type in DATES:
            if orders := _orders(unread):
                dates[column.key] = next((one for one in orders if one in sure), orders[0])
        elif 0 < len(unread) <= MOST_WORDS:
            values[column.key] = {value: word_of(column, value) for value in unread}
    return values, dates


def _unread(
    watched: Mapping[str, Column],
    header: TableHeader,
    results: Iterable[Result],
    given: TableMapping,
    calendar: Calendar,
) -> dict[str, list[str]]:
    """By heading the different values that its column can't read and of which nothing was decided."""
    readers = {name: CellReader(column, given, calendar) for name, column in watched.items()}
    decided = {name: given.decided(column.key) for name, column in watched.items()}
    seen: dict[str, set[str]] = {name: set() for name in watched}
    found: dict[str, dict[str, None]] = {name: {} for name in watched}
    for result in results if watched else ():
        for name, cell in header.named(result):
            if name not in seen or cell in seen[name] or len(seen[name]) >= _MOST_VALUES:
                continue
            seen[name].add(cell)
            value = clean(cell)
            is_open = value and not has_error(value) and plain(value) not in decided[name]
            if is_open and not identifies_person(value) and not can_read(readers[name], value):
                found[name][value] = None
    return {name: list(values) for name, values in found.items()}


def _sure_orders(frame: pd.DataFrame) -> set[DateOrder]:
    """The orders that some column of dates in numbers can have alone."""
    orders = [_orders([clean(str(cell)) for cell in frame[name].unique()]) for name in frame]
    return {one[0] for one in orders if len(one) == 1}


def _orders(values: list[str]) -> list[DateOrder]:
    """The orders in which every date in numbers is one; none if no order does, or nothing here is such a date."""
    written = [value for value in values if numbers_of_date(value)]
    return [order for order in DATE_ORDERS if written and all(date_in_order(value, order) for value in written)]


def _merged(
    first: Mapping[str, Mapping[str, str | None]], other: Mapping[str, Mapping[str, str | None]]
) -> dict[str, dict[str, str | None]]:
    return {key: {**first.get(key, {}), **other.get(key, {})} for key in (*first, *other)}
