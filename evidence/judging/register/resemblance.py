"""How alike a heading and a column of a register are: by their words, and by what stands in the cells."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evidence.formats.headings import clean, plain
from evidence.judging.personal import identifies_person, is_personal
from evidence.judging.register.cells import YES_NO, words
from evidence.judging.register.likeness import (
    is_in_words_of,
    is_no_reference,
    is_of_late,
    lacks,
    likeness,
    tells_reference,
)
from evidence.judging.register.readable import DATES, MOST_WORDS, TYPED, WORDS, is_code, is_date, readable_share
from evidence.judging.register.rules import Column
from evidence.judging.register.spellings import known_value
from models.calendar import Calendar

if TYPE_CHECKING:
    import pandas as pd

POSSIBLE, STRONG = 0.55, 0.75  # how alike a heading and a column are
_BY_KEY = 1.1  # of a heading that is the key itself: of several names of a column the first
_IN_ITS_WORDS = 0.01  # what is added for a heading in the words of the column, before others that mean the same
_UNREAD = 0.7  # what the likeness of a heading counts for whose values can't be read
_OWN_WORDS = 0.74  # of one whose words are all unknown: less than of one of whose words half are known
_NO_REFERENCE = 0.7  # of one that tells a type or a name, for a column with references
_KNOWN = 0.9  # how alike a heading and a column are that has known values, if these alone stand there
_FLAGS = YES_NO - {"0", "1"}
_FITS, _CERTAINLY = 0.5, 0.9  # the share of the values that a column of this type can read


def resemblance(column: Column, heading: str, cells: "pd.Series[str]", calendar: Calendar) -> float:
    """How alike they are, from 0, less if few of the cells can be what the column holds."""
    named = likeness(heading, likest(column, heading))
    if is_of_late(heading) and not any(map(is_of_late, names_of(column))):
        return 0.0  # what is planned is no day on which something happened
    if column.type == "ref" and is_no_reference(heading) and not any(map(is_no_reference, names_of(column))):
        named *= _NO_REFERENCE
    values = values_of(cells)
    if _is_none(column, heading, values, calendar):
        return 0.0
    named = _in_its_words(column, heading, named)
    if not values:  # a column that every row must fill is hardly one that no row fills
        return 0.0 if column.required is True and named < STRONG else named
    known = words(column)
    if named < POSSIBLE and not known:
        return 0.0  # whatever its values are
    readable = readable_share(column, values, calendar, heading)
    if readable < _FITS:
        return named * _unread(column, values, readable, calendar)
    tells = len(values) > 1 or are_answers(values)
    if column.type == "enum" and not column.unlisted and readable >= _CERTAINLY and tells:
        named = max(named, POSSIBLE)
    if column.type == "text" and known and all(known_value(value, set(known.values())) for value in values):
        named = max(named, _KNOWN)
    return named * (1 + readable) / 2


def _in_its_words(column: Column, heading: str, named: float) -> float:
    """A little more for the words of the column, before others that mean the same, and most for its key."""
    if plain(heading) == plain(column.key.removesuffix("_ref")):
        return _BY_KEY
    return named + _IN_ITS_WORDS if named and is_written_so(column, heading) else named


def _is_none(column: Column, heading: str, values: list[str], calendar: Calendar) -> bool:
    """Whether what stands under a heading can't be this column, whatever the heading is called."""
    if column.type != "ref" and (is_personal(heading) or (values and all(map(identifies_person, values)))):
        return True  # of a person
    if (
        column.type == "int"
        and tells_reference(heading.removeprefix("#"))
        and not any(map(tells_reference, names_of(column)))
    ):
        return True  # a number that counts nothing
    if are_answers(values) and column.type in (*DATES, "ref", "text") and not words(column):
        return True  # an answer is no day, name or number of something
    if column.type in DATES:
        return False
    return column.type not in TYPED and bool(values) and all(is_date(value, calendar) for value in values)


def _unread(column: Column, values: list[str], readable: float, calendar: Calendar) -> float:
    """What the likeness of a heading counts for if most of its values can't be read."""
    if column.type in WORDS and all(is_date(value, calendar) for value in values):
        return 0.0  # words are no dates
    if column.type in WORDS and not readable and all(map(is_code, values)):
        return 0.0  # nor codes
    return _OWN_WORDS if column.type == "enum" and len(values) <= MOST_WORDS else _UNREAD


def is_written_so(column: Column, heading: str) -> bool:
    return any(is_in_words_of(heading, name) for name in names_of(column))


def says_all(column: Column, heading: str, *, near: bool) -> bool:
    """Whether a heading has every telling word of a name of this column, or (`near`) one that is near it."""
    return any(likeness(heading, name) >= POSSIBLE and not lacks(heading, name, near=near) for name in names_of(column))


def likest(column: Column, heading: str) -> str:
    """The name of a column that is likest a heading."""
    return max(names_of(column), key=lambda name: likeness(heading, name))


def names_of(column: Column) -> list[str]:
    return [column.key.removesuffix("_ref"), *column.nl, *column.en]


def values_of(cells: "pd.Series[str]") -> list[str]:
    """The different values of some cells, none of which is empty."""
    return [value for cell in cells.unique() if (value := clean(str(cell)))]


def are_answers(values: Sequence[str]) -> bool:
    """Whether there are values, and all are yes or no in letters."""
    return bool(values) and all(value.casefold() in _FLAGS for value in values)
