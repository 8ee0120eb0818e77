"""The columns that are still without a heading and the headings that are still unused: weighed all at once.

A heading alone says too little here. Together with what stands in its cells, which rows fill it, where it stands and
what the others are, it may still be one column rather than any other. Each such pair is for a person to look at; what
could as well be otherwise is not proposed, and asked.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from evidence.formats.tables.heading_comparison import plain
from evidence.judging.personal_data.headings_and_values import is_personal, looks_personal
from evidence.judging.register.cells import YES_NO, names_people, words
from evidence.judging.register.conditions.services import KnownService, NotOpen, reached_ports
from evidence.judging.register.proposed_mapping.assignment import likeliest_pairs, margin
from evidence.judging.register.proposed_mapping.column_similarity import POSSIBLE, is_known, named, names_of, values_of
from evidence.judging.register.proposed_mapping.fitting_values import DATES, is_code, is_date, readable_share
from evidence.judging.register.proposed_mapping.wanted_rows import read_rows, wanted_rows
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.word_similarity import (
    contradicts,
    is_of_late,
    is_of_someone,
    is_remark,
    means_other_than,
    says_little,
    tells_reference,
)
from evidence.judging.table_mapping import SYSTEMS
from evidence.judging.values import Row
from models.calendar import Calendar

_LEAST = 0.45  # what a pair must weigh
_MARGIN, _MARGIN_OF_DAYS = 0.15, 0.3  # by how much more all pairs must weigh with it: any day looks like any other
_FILLED = 0.3  # of a heading that every row fills which must
_FILLED_THERE = 0.6  # of one that some rows must fill, which these fill and no others
_LISTED = 0.35  # of one under which only words of the column's list stand
_SOME_LISTED = 0.2  # of one with free text among which words stand that the policy knows
_UNIQUE = 0.3  # of what tells the rows apart
_NUMBERED = 0.1  # of one that says that it is a number or code, for a column of these
_CODED = 0.2  # of codes for a column of these, and of words for one of words
_TYPED, _TEXT = 0.15, 0.05  # of one whose values are of the type, and of one that could be any text
_IN_ORDER = 0.2  # of one that stands between the columns that it stands between in the policy
_ALIKE = 0.2  # how alike a heading and a column are whose likeness counts
_MOST_EMPTY = 0.2  # the share of rows without what they must have, beyond which a heading is not it
_AS_FILLED = 0.8  # the share of rows that are filled as they must be
_LONG = 4  # words of a cell that is no reference
_MOST = 30  # headings that are weighed
_LISTS = ("enum", "country")


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
    wanted, telling, names = _wanted(rules, keys, left), _telling_apart(rules, left), _may_be_columns(left)
    weights = {
        column.key: {
            name: weight
            for name in names
            if (weight := _weight(rules, column, name, wanted[column.key], telling, left)) >= _LEAST
        }
        for column in rules.columns
        if column.key in wanted
    }
    days = {column.key for column in rules.columns if column.type in DATES}
    pairs = likeliest_pairs(weights)
    least = {key: _MARGIN_OF_DAYS if key in days else _MARGIN for key in pairs}
    return {key: name for key, name in pairs.items() if margin(weights, key, pairs) >= least[key]}


def filled_as_wanted(rules: Rules, keys: Sequence[str], left: Remaining) -> dict[str, list[str]]:
    """The unused headings over days that say something else → the columns whose rows, and no others, fill them."""
    wanted = _wanted(rules, keys, left)
    days = [column for column in rules.columns if column.key in wanted and column.type in DATES]
    found = {
        name: [column.key for column in days if _is_filled_so(column, name, wanted[column.key], left)]
        for name in _may_be_columns(left)
    }
    return {name: columns for name, columns in found.items() if columns}


def _is_filled_so(column: Column, heading: str, wanted: list[bool], left: Remaining) -> bool:
    """Whether days stand under a heading in exactly the rows that must have this day, which are not all."""
    may_be = column.type in DATES and not contradicts(heading, names_of(column))
    is_told = (_by_cells(wanted, left.filled(heading)) or 0.0) > _FILLED
    return may_be and is_told and _fits(column, heading, values_of(left.frame[heading]), left.calendar)


def _wanted(rules: Rules, keys: Sequence[str], left: Remaining) -> dict[str, list[bool]]:
    """By the key of each column without a heading that some rows must fill, of each row whether it must."""
    rows = read_rows(rules, left.frame, left.headings, left.calendar)
    needed = (rules.needed() & set(keys)) - SYSTEMS
    wanted = {column.key: wanted_rows(rules, column, rows) for column in rules.columns if column.key in needed}
    return {key: own for key, own in wanted.items() if own is not None and any(own)}


def _may_be_columns(left: Remaining) -> list[str]:
    """The unused headings that are not over what is remarked, planned, of a person, or empty."""
    return [name for name in left.unused if _may_be_any(name, values_of(left.frame[name]))][:_MOST]


def unlikely_headings(rules: Rules, chosen: Mapping[str, str], left: Remaining) -> list[str]:
    """The keys of the columns whose heading only sounds like them: rows that must do not fill it, or none is a service.

    `chosen`: the heading of each column that is likest it.
    """
    rows = read_rows(rules, left.frame, left.headings, left.calendar)
    columns = {column.key: column for column in rules.columns}
    there = {key: heading for key, heading in chosen.items() if heading in left.frame}
    return [
        key
        for key, heading in there.items()
        if _names_no_service(rules, columns[key], values_of(left.frame[heading]))
        or (not is_known(columns[key], heading) and _lacks_cells(rules, columns[key], heading, rows, left))
    ]


def _names_no_service(rules: Rules, column: Column, values: Sequence[str]) -> bool:
    return _asks_services(rules, column) and bool(values) and not any(reached_ports(value)[0] for value in values)


def _lacks_cells(rules: Rules, column: Column, heading: str, rows: Sequence[Row], left: Remaining) -> bool:
    """Whether too many rows that must fill a column do not fill a heading that others fill, or none does.

    Of one that none fills only where exactly those rows fill another.
    """
    wanted = wanted_rows(rules, column, rows)
    if wanted is None or not any(wanted):
        return False
    filled = left.filled(heading)
    if any(filled):
        return _by_cells(wanted, filled) is None
    taken = set(left.headings.values())
    rest = replace(left, unused=[name for name in left.unused if name not in taken])
    return any(_is_filled_so(column, name, wanted, rest) for name in _may_be_columns(rest))


def _may_be_any(heading: str, values: Sequence[str]) -> bool:
    """Whether it may be a column at all: not what is remarked, planned, of a person, or empty."""
    if not values or is_remark(heading) or is_of_late(heading) or is_personal(heading):
        return False
    return not any(map(looks_personal, values))


def _weight(
    rules: Rules, column: Column, heading: str, wanted: list[bool], telling: Sequence[str], left: Remaining
) -> float:
    """What a pair weighs; nothing where it can't be. `telling`: the headings that tell the rows apart."""
    values = values_of(left.frame[heading])
    ways = left.readings.get(heading, [heading])
    alike = max(named(column, way) for way in ways)
    if contradicts(heading, names_of(column)) or not _fits(column, heading, values, left.calendar):
        return 0.0
    by_services = _by_services(rules, column, values)
    if _names_no_service(rules, column, values) or not (by_services or _may_mean(column, ways, alike)):
        return 0.0
    filled = _by_cells(wanted, left.filled(heading))
    told_apart = _by_difference(rules, column, heading, telling)
    if filled is None or told_apart is None or not _is_sure_enough(column, alike, filled, wanted, left):
        return 0.0
    by_type = _by_type(column, heading, values, left.calendar) + by_services
    return alike + filled + told_apart + by_type + _by_place(rules, column, heading, left)


def _may_mean(column: Column, ways: Sequence[str], alike: float) -> bool:
    """Whether a heading says nothing else: of a day in no way to read it, of others unless it is a little like it."""
    others = [means_other_than(way, names_of(column)) for way in ways]
    if column.type in DATES:
        return alike >= POSSIBLE or not any(others)
    return alike >= _ALIKE or not all(others) or column.type in _LISTS


def _is_sure_enough(column: Column, alike: float, filled: float, wanted: list[bool], left: Remaining) -> bool:
    """Whether more tells it than that nothing else is left.

    Of a day that is where exactly those rows fill it which must; of one that all must have, that no other is left.
    """
    if alike >= _ALIKE and (column.required is True or column.type not in DATES):
        return True
    if column.type in DATES and column.required is True:
        days = [name for name in left.unused if _holds_days(left, name)]
        return sum(_by_cells(wanted, left.filled(name)) is not None for name in days) == 1
    return column.required is True or column.type in _LISTS or filled > _FILLED


def _holds_days(left: Remaining, heading: str) -> bool:
    values = values_of(left.frame[heading])
    return bool(values) and all(is_date(value, left.calendar) for value in values)


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
    is_reference = tells_reference(heading) and not says_little(heading)
    return not is_reference and list(values) != [str(number) for number in range(1, len(values) + 1)]


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
    **dict.fromkeys((*DATES, *_LISTS, "bool", "month", "sha256", "list"), _is_any),
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


def _by_difference(rules: Rules, column: Column, heading: str, telling: Sequence[str]) -> float | None:
    """What it weighs that it alone tells the rows apart, where the column must; None where it does not."""
    if rules.key[-1] != column.key or column.type != "ref" or rules.newest is not None:
        return 0.0
    return _UNIQUE if telling == [heading] else None


def _telling_apart(rules: Rules, left: Remaining) -> list[str]:
    """The unused headings that tell the rows apart, with the columns that are known of those which must."""
    others = [left.headings[key] for key in rules.key[:-1] if left.headings.get(key) in left.frame]
    return [name for name in left.unused[:_MOST] if _tells_apart(left.frame[[*others, name]])]


def _tells_apart(frame: pd.DataFrame) -> bool:
    """Whether each row has other cells in these columns, and the last of them has a code, no day."""
    cells = [str(cell) for cell in frame.iloc[:, -1]]
    are_codes = all(map(is_code, cells)) and not any(map(_DAY.match, cells))
    return are_codes and not frame.duplicated().any()


def _by_type(column: Column, heading: str, values: Sequence[str], calendar: Calendar) -> float:
    if column.type in ("enum", "country") and not column.unlisted:
        several = len(values) > 1 and not _are_answers(values)
        return _LISTED if several and readable_share(column, values, calendar) == 1 else 0.0
    if column.type not in ("text", "ref"):
        return _TEXT if column.type == "list" else _TYPED
    are_codes = all(map(is_code, values))
    is_alike = are_codes if column.type == "ref" else not any(map(is_code, values))
    is_listed = any(plain(value) in words(column) for value in values)
    is_number = column.type == "ref" and _says_number(heading)
    return _TEXT + _CODED * is_alike + _NUMBERED * is_number + _SOME_LISTED * is_listed


def _says_number(heading: str) -> bool:
    return tells_reference(heading) or plain(heading).endswith(("code", "nr", "nummer", "kenmerk", "id"))


def _by_services(rules: Rules, column: Column, values: Sequence[str]) -> float:
    """What it weighs that ports or names of services stand there, of a column of which a rule asks these."""
    is_known = any(reached_ports(value)[0] for value in values)
    return _LISTED if is_known and _asks_services(rules, column) else 0.0


def _asks_services(rules: Rules, column: Column) -> bool:
    conditions = [rule.must.condition for rule in rules.rules]
    return any(isinstance(each, NotOpen | KnownService) and each.column == column.key for each in conditions)


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
