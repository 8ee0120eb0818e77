"""What a table that lacks needed columns may have them under: proposed apart, for a person to look at.

A heading is only guessed where the register can't be judged without it, and where nothing else comes near. Any day
looks like any other: a date is only guessed from a heading that says nothing else.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import pandas as pd

from evidence.formats.tables.heading_comparison import plain
from evidence.judging.personal_data.headings_and_values import is_personal, looks_personal
from evidence.judging.register.cells import YES_NO, CellReader, names_people, words
from evidence.judging.register.proposed_mapping.column_similarity import as_named, names_of, values_of
from evidence.judging.register.proposed_mapping.fitting_values import (
    DATES,
    TYPED,
    WORDS,
    can_read,
    is_date,
    readable_share,
)
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.word_similarity import (
    contradicts,
    is_of_late,
    is_remark,
    likeness,
    means_other_than,
    says_little,
    tells_reference,
)
from evidence.judging.table_mapping import NOTHING, SYSTEMS
from models.calendar import Calendar

_ALIKE, _BIT_ALIKE = 0.95, 0.3  # a heading that surely is like a column, and one that is a little
_LISTS = ("enum", "country")  # columns that are known by their words
_HALF = 0.5  # the share of the values that must be readable where the heading is like the column too


def guesses(
    rules: Rules,
    frame: pd.DataFrame,
    readings: Mapping[str, Sequence[str]],
    headless: Collection[str],
    doubts: Mapping[str, Sequence[str]],
    calendar: Calendar,
) -> dict[str, str]:
    """The key of each required column without a heading → the one unused heading that it may be.

    A system is never guessed: it is said for all rows. `frame`: the unused headings; `readings`: of each the ways to
    read it; `headless`: the keys of all columns without one; `doubts`: by heading the columns that it may be.
    """
    columns = {column.key: column for column in rules.columns if column.key in headless}
    missing = {key: column for key, column in columns.items() if column.required is True and key not in SYSTEMS}
    guessed: dict[str, str] = {}
    for candidates in (
        _by_values(columns, missing, frame, calendar),
        _by_doubts(missing, doubts),
        _by_little(missing, frame, calendar),
        _left_over(missing, frame, readings, calendar),
        _only_days(rules, columns, frame, calendar),
    ):
        open_candidates = {
            key: [name for name in names if name not in guessed.values()]
            for key, names in candidates.items()
            if key not in guessed
        }
        guessed |= dict(_unique(open_candidates))
    return guessed


def _unique(candidates: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """The columns with one candidate that is no other column's."""
    for key, names in candidates.items():
        others = {name for other, several in candidates.items() if other != key for name in several}
        if len(names) == 1 and names[0] not in others:
            yield key, names[0]


def _by_values(
    columns: Mapping[str, Column], missing: Mapping[str, Column], frame: pd.DataFrame, calendar: Calendar
) -> dict[str, list[str]]:
    """By key the headings under which only words of this column stand, and of no other column without a heading."""
    readable = {
        name: [key for key, column in columns.items() if _holds_words(column, values_of(frame[name]), calendar)]
        for name in map(str, frame)
        if not is_remark(name)
    }
    return {key: [name for name, keys in readable.items() if keys == [key]] for key in missing}


def _holds_words(column: Column, values: Sequence[str], calendar: Calendar) -> bool:
    """Whether all values are words of this column, one of them as its policy writes it and not yes or no."""
    if column.type not in WORDS or column.type == "bool" or column.unlisted or not values:
        return False
    if readable_share(column, values, calendar) < 1:  # first, since of many values it looks at some
        return False
    reader = CellReader(column, NOTHING, calendar)
    return any(value.casefold() not in YES_NO and can_read(reader, value) for value in values)


def _by_doubts(missing: Mapping[str, Column], doubts: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """By key the headings that may be it, or a column that may be left out; of several the plainest."""
    candidates: dict[str, list[str]] = {key: [] for key in missing}
    for heading, keys in doubts.items():
        if len(needed := [key for key in keys if key in missing]) == 1:
            candidates[needed[0]].append(heading)
    for key, headings in candidates.items():
        if missing[key].type not in DATES and len(headings) > 1:
            candidates[key] = _plainest(missing[key], headings)
    return candidates


def _plainest(column: Column, headings: Sequence[str]) -> list[str]:
    """The headings that surely are like a column, of references those that tell a number; all if none is."""
    alike = [name for name in headings if likeness(name, as_named(column, name)) >= _ALIKE] or list(headings)
    numbers = [name for name in alike if column.type == "ref" and tells_reference(name)]
    return numbers or alike


def _by_little(missing: Mapping[str, Column], frame: pd.DataFrame, calendar: Calendar) -> dict[str, list[str]]:
    """By key the headings that are a little like it, and whose values it can hold."""
    return {
        key: [name for name in map(str, frame) if _may_be(column, name, values_of(frame[name]), calendar)]
        for key, column in missing.items()
    }


def _may_be(column: Column, heading: str, values: Sequence[str], calendar: Calendar) -> bool:
    if _counts_rows(column, heading, values) or (column.type == "int" and tells_reference(heading)):
        return False
    if column.type in DATES or not values or is_remark(heading) or is_of_late(heading) or is_personal(heading):
        return False
    if any(map(looks_personal, values)) or likeness(heading, as_named(column, heading)) < _BIT_ALIKE:
        return False
    least = _HALF if column.type in WORDS and words(column) else 1.0
    return readable_share(column, list(values), calendar) >= least and (column.type in TYPED or not _are_flags(values))


def _left_over(
    missing: Mapping[str, Column], frame: pd.DataFrame, readings: Mapping[str, Sequence[str]], calendar: Calendar
) -> dict[str, list[str]]:
    """By key the headings whose values it can hold, and that say nothing else, also beside the heading before them.

    A day only where no other day is left.
    """
    days = [name for name in map(str, frame) if _holds_days(values_of(frame[name]), calendar)]
    return {
        key: [
            name
            for name in map(str, frame)
            if _is_left_for(column, name, values_of(frame[name]), calendar)
            and (column.type not in DATES or days == [name])
            and not (column.type in DATES and any(means_other_than(way, names_of(column)) for way in readings[name]))
        ]
        for key, column in missing.items()
    }


def _holds_days(values: Sequence[str], calendar: Calendar) -> bool:
    return bool(values) and all(is_date(value, calendar) for value in values)


def _only_days(
    rules: Rules, columns: Mapping[str, Column], frame: pd.DataFrame, calendar: Calendar
) -> dict[str, list[str]]:
    """By key the only heading with days of a table, where the register has one column of days, which rows must fill."""
    if sum(column.type in DATES for column in rules.columns) != 1:
        return {}
    return {
        key: [
            name
            for name in map(str, frame)
            if not is_of_late(name)
            and (values := values_of(frame[name]))
            and readable_share(column, values, calendar) == 1
        ]
        for key, column in columns.items()
        if column.type in DATES and column.required is not False
    }


def _is_left_for(column: Column, heading: str, values: Sequence[str], calendar: Calendar) -> bool:
    if not values or is_remark(heading) or is_of_late(heading) or is_personal(heading):
        return False
    if means_other_than(heading, names_of(column)) or any(map(looks_personal, values)):
        return False
    if contradicts(heading, names_of(column)) or (column.type == "text" and all(map(str.isdecimal, values))):
        return False
    if _are_flags(values) != (column.type == "bool"):
        return False
    if column.type == "ref" and (not tells_reference(heading) or _counts_rows(column, heading, values)):
        return False
    return column.type not in (*_LISTS, "int") and readable_share(column, list(values), calendar) == 1


def _counts_rows(column: Column, heading: str, values: Sequence[str]) -> bool:
    """Whether a number that does not say of what only counts the rows: of a person it would be somebody else's."""
    counts = list(values) == [str(number) for number in range(1, len(values) + 1)]
    return counts and column.type == "ref" and names_people(column) and says_little(heading)


def _are_flags(values: Sequence[str]) -> bool:
    return all(plain(value) in YES_NO for value in values)
