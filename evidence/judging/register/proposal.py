"""A mapping proposed for a table that its policy does not recognise: from its headings, and from what stands in it.

Nothing here decides: a person confirms or corrects a proposal, and what a policy recognises by itself stays as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice

import pandas as pd

from evidence.formats.headings import clean, plain
from evidence.formats.placeholders import has_error
from evidence.formats.table_head import SHEET
from evidence.formats.values import Result, Run
from evidence.judging.personal import identifies_person
from evidence.judging.policy_file import in_both_languages
from evidence.judging.register.cells import CellReader, Misread, words
from evidence.judging.register.headers import TableHeader, doubles, headings_of, read_header, table_of
from evidence.judging.register.likeness import likeness
from evidence.judging.register.personal_columns import personal_columns
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.shapes import completed, fixed_system, matrix, sheet_of_system, system_words
from evidence.judging.register.spellings import date_in_order, numbers_of_date
from evidence.judging.table_mapping import (
    DATE_ORDERS,
    NOTHING,
    DateOrder,
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
_MOST_HEADINGS = 100  # that are compared with columns
_MOST_VALUES = 2_000  # different ones of a column that are looked at
_MOST_QUESTIONS = 30  # words of a column that are asked; more are no words of a list
_POSSIBLE, _STRONG = 0.5, 0.75  # how alike a heading and a column are
_WORD = 0.6  # how alike two words are
_LONGEST_WORD = 60  # characters of what may be a word of a list
_UNREAD = 0.7  # what the likeness of a heading counts for whose values can't be read
_OWN_WORDS = 0.85  # what the likeness of a heading counts for whose words are all unknown
_FITS, _CERTAINLY = 0.5, 0.9  # the share of the values that a column of this type can read
_WORDS = frozenset(("enum", "bool", "country"))  # types with words of their own
_DATES = ("date", "datetime")
_TYPED = frozenset((*_WORDS, *_DATES, "month", "int", "sha256"))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a heading is proposed to be, and how alike they are."""

    heading: str
    score: float


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
    found = _found(rules, header, frame, given.model_copy(update={"matrix": wide}), calendar, systems)
    if is_final:
        found = {key: one for key, one in found.items() if _must_be_asked(rules, key, one)}
    keys = {**header.keys, **{one.heading: key for key, one in found.items()}}
    known = {*keys.values(), *given.model_copy(update={"matrix": wide}).provided()}
    fixed = {**given.fixed, **fixed_system(rules, known, systems)}
    values, dates = ({}, {}) if is_final else _values(rules, keys, header, rows(), given, calendar)
    every = (header.named(result) for result in rows())
    treated = personal_columns(rules, frame, keys, every, wide.headings if wide else ())
    personal = {name: one for name, one in treated.items() if name not in given.personal}
    is_new = bool(found or values or dates or personal or wide != given.matrix)
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
    proposal = TableProposal(mapping, columns, frame.head(_SHOWN), asks=is_new)
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
) -> dict[str, _Found]:
    """The free heading of each column that has none, nor is told otherwise."""
    wide = set(given.matrix.headings) if given.matrix else set()
    found = _columns(rules, header, frame.drop(columns=list(wide & set(frame))), given, calendar)
    if rules.per and rules.per not in header.keys.values() and sheet_of_system(frame, systems):
        found[rules.per] = _Found(SHEET, 1.0)
    return {key: one for key, one in found.items() if key not in given.provided()}


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


def _must_be_asked(rules: Rules, key: str, found: _Found) -> bool:
    """Whether a column is missing, or needed and would be hidden: a heading is almost certainly it."""
    is_required = any(column.key == key and column.required is True for column in rules.columns)
    return is_required or (found.score >= _STRONG and key in rules.needed())


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


# ── Columns ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _columns(
    rules: Rules, header: TableHeader, frame: pd.DataFrame, given: TableMapping, calendar: Calendar
) -> dict[str, _Found]:
    """The key of each column without a heading → the free heading that is likest it."""
    left_out = {plain(name) for name in given.left_out}
    known = {*header.keys, SHEET}
    free = [name for name in frame.columns if name not in known and plain(name) not in left_out]
    wanted = [column for column in rules.columns if column.key not in header.keys.values()]
    scores = pd.DataFrame(
        {one.key: {name: _score(one, name, frame[name], calendar) for name in free[:_MOST_HEADINGS]} for one in wanted}
    )
    found: dict[str, _Found] = {}
    while scores.size and (best := float(scores.max().max())) >= _POSSIBLE:
        key = scores.max().idxmax()
        name = scores[key].idxmax()
        found[str(key)] = _Found(str(name), best)
        scores = scores.drop(index=name, columns=key)
    return found


def _score(column: Column, heading: str, cells: pd.Series, calendar: Calendar) -> float:
    """How alike a heading and a column are, less if few of the cells can be what the column holds."""
    named = max(likeness(heading, name) for name in (column.key.removesuffix("_ref"), *column.nl, *column.en))
    values = [value for cell in cells.unique() if (value := clean(str(cell)))]
    if not values:  # a column that every row must fill is hardly one that no row fills
        return 0.0 if column.required is True and named < _STRONG else named
    if named < _POSSIBLE and column.type != "enum":
        return 0.0  # whatever its values are
    share = _share(column, values, calendar)
    if share < _FITS:
        if column.type in _WORDS and all(_is_date(value, calendar) for value in values):
            return 0.0  # words are no dates
        has_words = column.type == "enum" and len(values) <= _MOST_QUESTIONS
        return named * (_OWN_WORDS if has_words else _UNREAD)
    if column.type == "enum" and not column.unlisted and share >= _CERTAINLY and len(values) > 1:
        named = max(named, _POSSIBLE)
    return named * (1 + share) / 2


def _share(column: Column, values: list[str], calendar: Calendar) -> float:
    """The share of these values that the column can hold, as far as its type says so."""
    if column.type in _TYPED:
        reader = CellReader(column, NOTHING, calendar)
        values = values[:_MOST_QUESTIONS] if column.type in _WORDS else values
        readable = sum(1 for value in values if _can_read(reader, value) or _could_mean(column, value))
        return readable / len(values)
    dates = sum(1 for value in values if _is_date(value, calendar))
    return 1 - dates / len(values)


def _could_mean(column: Column, value: str) -> bool:
    if column.type in _DATES:
        return any(date_in_order(value, order) for order in DATE_ORDERS)
    return column.type in _WORDS and _word_of(column, value) is not None


_DATE = Column.model_validate({"key": "date", "nl": ["datum"], "en": ["date"], "type": "date", "required": "no"})


def _is_date(value: str, calendar: Calendar) -> bool:
    return _can_read(CellReader(_DATE, NOTHING, calendar), value) or _could_mean(_DATE, value)


def _can_read(reader: CellReader, value: str) -> bool:
    try:
        reader.read(value)
    except Misread:
        return False
    return True


# ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _values(
    rules: Rules,
    keys: Mapping[str, str],
    header: TableHeader,
    results: Iterable[Result],
    given: TableMapping,
    calendar: Calendar,
) -> tuple[dict[str, dict[str, str | None]], dict[str, DateOrder]]:
    """By column, the words that nobody knows with what they may mean, and the order of dates in numbers."""
    watched = {
        name: column
        for name, key in keys.items()
        for column in rules.columns
        if column.key == key and column.type in (*_WORDS, *_DATES)
    }
    values: dict[str, dict[str, str | None]] = {}
    dates: dict[str, DateOrder] = {}
    for name, unread in _unread(watched, header, results, given, calendar).items():
        column = watched[name]
        if column.type in _DATES:
            if order := _order(unread):
                dates[column.key] = order
        elif 0 < len(unread) <= _MOST_QUESTIONS:
            values[column.key] = {value: _word_of(column, value) for value in unread}
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
            if is_open and not identifies_person(value) and not _can_read(readers[name], value):
                found[name][value] = None
    return {name: list(values) for name, values in found.items()}


def _order(values: list[str]) -> DateOrder | None:
    """The order in which every date in numbers is one; none if no order does, or nothing here is such a date."""
    written = [value for value in values if numbers_of_date(value)]
    if not written:
        return None
    return next((order for order in DATE_ORDERS if all(date_in_order(value, order) for value in written)), None)


def _word_of(column: Column, value: str) -> str | None:
    """The word of a column that is likest a value; none if none is."""
    if len(value) > _LONGEST_WORD:
        return None
    spellings = {**_spellings(column)}
    best = max(spellings, key=lambda spelling: likeness(value, spelling), default="")
    return spellings[best] if best and likeness(value, best) >= _WORD else None


def _spellings(column: Column) -> dict[str, str]:
    if column.type == "bool":
        return {"ja": "yes", "yes": "yes", "nee": "no", "no": "no"}
    return words(column)


def _merged(
    first: Mapping[str, Mapping[str, str | None]], other: Mapping[str, Mapping[str, str | None]]
) -> dict[str, dict[str, str | None]]:
    return {key: {**first.get(key, {}), **other.get(key, {})} for key in (*first, *other)}
