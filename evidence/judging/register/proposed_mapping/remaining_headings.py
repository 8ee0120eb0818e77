"""The columns that are still without a heading and the headings that are still unused: weighed all at once.

A heading alone says too little here. Together with what stands in its cells, which rows fill it, where it stands and
what the others are, it may still be one column rather than any other. Each such pair is for a person to look at; what
could as well be otherwise is not proposed, and asked.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from evidence.formats.tables.heading_comparison import plain
from evidence.judging.personal_data.headings_and_values import is_personal, looks_personal
from evidence.judging.register.cells import YES_NO, names_people, words
from evidence.judging.register.proposed_mapping.assignment import likeliest_pairs, margin
from evidence.judging.register.proposed_mapping.column_similarity import is_known, named, names_of, values_of
from evidence.judging.register.proposed_mapping.fitting_values import DATES, is_code, is_date, readable_share
from evidence.judging.register.proposed_mapping.wanted_rows import read_rows, wanted_rows
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.word_similarity import (
    contradicts,
    is_of_late,
    is_of_someone,
    is_remark,
    means_other_than,
    tells_reference,
)
from evidence.judging.table_mapping import SYSTEMS
from models.calendar import Calendar

_LEAST = 0.45  # what a pair must weigh
_MARGIN, _MARGIN_OF_DAYS = 0.15, 0.3  # by how much more all pairs must weigh with it: any day looks like any other
_FILLED = 0.3  # of a heading that every row fills which must
_FILLED_THERE = 0.6  # of one that some rows must fill, which these fill and no others
_LISTED = 0.35  # of one under which only words of the column's list stand
_UNIQUE = 0.3  # of what tells the rows apart
_NUMBERED = 0.1  # of one that says that it is a number or code, for a column of these
_CODED = 0.1  # of codes for a column of these, and of words for one of words
_TYPED, _TEXT = 0.15, 0.05  # of one whose values are of the type, and of one that could be any text
_IN_ORDER = 0.2  # of one that stands between the columns that it stands between in the policy
_ALIKE = 0.2  # how alike a heading and a column are whose likeness counts
_MOST_EMPTY = 0.2  # the share of rows without what they must have, beyond which a heading is not it
_AS_FILLED = 0.8  # the share of rows that are filled as they must be
_LONG = 4  # words of a cell that is no reference
_MOST = 30  # headings that are weighed
_WORDS = ("enum", "bool", "country")


_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of a table: its unused headings, the ways to read each, and the headings of the known columns."""

    frame: pd.DataFrame
    unused: Sequence[str]
    readings: Mapping[str, Sequence[str]]
    headings: Mapping[str, str]
    calendar: Calendar

    def filled(self, heading: str) -> list[bool]:
        """Of each row whether it has something under a heading."""
        return [bool(str(cell).strip()) for cell in self.frame[heading]]


def remaining_headings(rules: Rules, keys: Sequence[str], left: Remaining) -> dict[str, str]:
    """The key of a needed column without a heading → the unused heading that it is rather than any other.

    `keys`: those of the columns without one. A system is never guessed.
    """
    rows = read_rows(rules, left.frame, left.headings, left.calendar)
    columns = [column for column in rules.columns if column.key in keys and column.key in rules.needed() - SYSTEMS]
    unused = [name for name in left.unused if _may_be_any(name, values_of(left.frame[name]))][:_MOST]
    weights = {
        column.key: {
            name: weight
            for name in unused
            if (weight := _weight(rules, column, name, wanted_rows(rules, column, rows), left)) >= _LEAST
        }
        for column in columns
    }
    pairs = likeliest_pairs(weights)
    least = {column.key: _MARGIN_OF_DAYS if column.type in DATES else _MARGIN for column in columns}
    return {
        key: name
        for key, name in pairs.items()
        if margin(weights, key, pairs) >= least[key]
    }


def unlikely_headings(rules: Rules, chosen: Mapping[str, str], left: Remaining) -> list[str]:
    """The keys of the columns whose heading is not filled where they must be: it only sounds like them.

    `chosen`: the heading of each column that is likest it. Of a day that only some rows must have, also where it is
    filled in most others.
    """
    columns = {column.key: column for column in rules.columns}
    found = []
    for key, heading in chosen.items():
        if is_known(columns[key], heading) or heading not in left.frame:
            continue
        others = {other: name for other, name in left.headings.items() if other != key}
        wanted = wanted_rows(rules, columns[key], read_rows(rules, left.frame, others, left.calendar))
        filled = left.filled(heading)
        if any(filled) and (_by_cells(wanted, filled) is None or _is_elsewhere(columns[key], wanted, filled)):
            found.append(key)
    return found


def _is_elsewhere(column: Column, wanted: list[bool] | None, filled: Sequence[bool]) -> bool:
    """Whether a day that some rows must have stands in most of the others."""
    if wanted is None or column.type not in DATES or not any(wanted):
        return False
    others = [has for must, has in zip(wanted, filled, strict=True) if not must]
    return bool(others) and sum(others) > len(others) / 2


def _may_be_any(heading: str, values: Sequence[str]) -> bool:
    """Whether it may be a column at all: not what is remarked, planned, of a person, or empty."""
    if not values or is_remark(heading) or is_of_late(heading) or is_personal(heading):
        return False
    return not any(map(looks_personal, values))


def _weight(rules: Rules, column: Column, heading: str, wanted: list[bool] | None, left: Remaining) -> float:
    """What a pair weighs; nothing where it can't be, or where the policy does not want the column here."""
    values = values_of(left.frame[heading])
    ways = left.readings.get(heading, [heading])
    alike = max(named(column, way) for way in ways)
    if wanted is None or not any(wanted) or contradicts(heading, names_of(column)):
        return 0.0
    if not _fits(column, heading, values, left.calendar) or not _may_mean(column, ways, alike):
        return 0.0
    filled = _by_cells(wanted, left.filled(heading))
    told_apart = _by_difference(rules, column, heading, left)
    if filled is None or told_apart is None or not _is_sure_enough(column, alike, filled):
        return 0.0
    by_type = _by_type(column, heading, values, left.calendar)
    return alike + filled + told_apart + by_type + _by_place(rules, column, heading, left)


def _may_mean(column: Column, ways: Sequence[str], alike: float) -> bool:
    """Whether a heading says nothing else: of a day in no way to read it, of others unless it is a little like it."""
    others = [means_other_than(way, names_of(column)) for way in ways]
    if column.type in DATES:
        return not any(others)
    return alike >= _ALIKE or not all(others) or column.type in _WORDS


def _is_sure_enough(column: Column, alike: float, filled: float) -> bool:
    """Whether more tells it than that nothing else is left, of a column that only some rows must have.

    Of a day that is where exactly these rows fill it.
    """
    if column.required is True or column.type in _WORDS or filled > _FILLED:
        return True
    return column.type not in DATES and alike >= _ALIKE


def _fits(column: Column, heading: str, values: Sequence[str], calendar: Calendar) -> bool:
    """Whether what stands under a heading can be the column."""
    may_be: Callable[[Column, str, Sequence[str]], bool] = _OF_TYPE.get(column.type, _is_text)
    if column.type not in DATES and all(is_date(value, calendar) for value in values):
        return False
    least = 0.5 if column.type == "enum" else 1.0
    return may_be(column, heading, values) and readable_share(column, values, calendar, heading) >= least


def _are_answers(values: Sequence[str]) -> bool:
    return all(plain(value) in YES_NO for value in values)


def _is_number(column: Column, heading: str, values: Sequence[str]) -> bool:
    """Whether it counts something: neither a number by which a row is known, nor the number of the row."""
    del column
    return not tells_reference(heading) and list(values) != [str(number) for number in range(1, len(values) + 1)]


def _is_reference(column: Column, heading: str, values: Sequence[str]) -> bool:
    """Whether they are codes or short names; of people one word each, and no numbers of the rows."""
    if names_people(column) and list(values) == [str(number) for number in range(1, len(values) + 1)]:
        return False
    if is_of_someone(heading) and not names_people(column):
        return False
    longest = 1 if names_people(column) else _LONG
    return not _are_answers(values) and all(len(value.split()) <= longest for value in values)


def _is_text(column: Column, heading: str, values: Sequence[str]) -> bool:
    """Whether they are words, no numbers or answers."""
    del heading
    return not _are_answers(values) and (bool(words(column)) or not all(value.isdecimal() for value in values))


def _is_any(column: Column, heading: str, values: Sequence[str]) -> bool:
    del column, heading, values
    return True


_OF_TYPE: Mapping[str, Callable[[Column, str, Sequence[str]], bool]] = {
    "int": _is_number,
    "ref": _is_reference,
    "text": _is_text,
    **dict.fromkeys((*DATES, *_WORDS, "month", "sha256", "list"), _is_any),
}


def _by_cells(wanted: list[bool] | None, filled: Sequence[bool]) -> float | None:
    """What it weighs that those rows fill it which must; None where too many do not."""
    if wanted is None:
        return 0.0
    missing = sum(must and not has for must, has in zip(wanted, filled, strict=True))
    if missing > max(1.0, _MOST_EMPTY * sum(wanted)):
        return None
    agree = sum(must == has for must, has in zip(wanted, filled, strict=True)) / len(wanted)
    if not all(wanted) and any(wanted) and any(filled) and agree >= _AS_FILLED:
        return _FILLED_THERE * agree
    if 2 * sum(wanted) < len(wanted):
        return 0.0
    return _FILLED if not missing else _FILLED / 2


def _by_difference(rules: Rules, column: Column, heading: str, left: Remaining) -> float | None:
    """What it weighs that it alone tells the rows apart, where the column must; None where it does not."""
    if rules.key[-1] != column.key or column.type != "ref" or rules.newest is not None:
        return 0.0
    others = [left.headings[key] for key in rules.key[:-1] if left.headings.get(key) in left.frame]
    telling = [name for name in left.unused if _tells_apart(left.frame[[*others, name]])]
    return _UNIQUE if telling == [heading] else None


def _tells_apart(frame: pd.DataFrame) -> bool:
    return not frame.duplicated().any() and all(frame.iloc[:, -1]) and not all(map(_is_day, frame.iloc[:, -1]))


def _is_day(cell: str) -> bool:
    return bool(_DAY.match(str(cell)))


def _by_type(column: Column, heading: str, values: Sequence[str], calendar: Calendar) -> float:
    if column.type in ("enum", "country") and not column.unlisted:
        several = len(values) > 1 and not _are_answers(values)
        return _LISTED if several and readable_share(column, values, calendar) == 1 else 0.0
    if column.type not in ("text", "ref"):
        return _TEXT if column.type == "list" else _TYPED
    are_codes = all(map(is_code, values))
    is_alike = are_codes if column.type == "ref" else not any(map(is_code, values))
    is_number = column.type == "ref" and _says_number(heading)
    return _TEXT + _CODED * is_alike + _NUMBERED * is_number


def _says_number(heading: str) -> bool:
    return tells_reference(heading) or plain(heading).endswith(("code", "nr", "nummer", "kenmerk", "id"))


def _by_place(rules: Rules, column: Column, heading: str, left: Remaining) -> float:
    """What it weighs that the columns before and after it are so in the policy too."""
    order, names = [each.key for each in rules.columns], list(map(str, left.frame))
    places = {names.index(name): order.index(key) for key, name in left.headings.items() if name in names}
    here, own = names.index(heading), order.index(column.key)
    before = max((at for at in places if at < here), default=None)
    after = min((at for at in places if at > here), default=None)
    is_after = before is None or places[before] < own
    is_before = after is None or own < places[after]
    return _IN_ORDER * (is_after + is_before) / 2
