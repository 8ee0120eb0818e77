"""How alike a heading and a column of a register are: by their words, and by what stands in the cells."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from evidence.formats.tables.heading_comparison import clean, loose_forms, plain
from evidence.judging.personal_data.headings_and_values import identifies_person, is_personal
from evidence.judging.register.cells import YES_NO, words
from evidence.judging.register.proposed_mapping.directions import directed
from evidence.judging.register.proposed_mapping.extra_headings import known_headings
from evidence.judging.register.proposed_mapping.fitting_values import (
    DATES,
    MOST_WORDS,
    TYPED,
    WORDS,
    is_code,
    is_date,
    readable_share,
)
from evidence.judging.register.rules import Column
from evidence.judging.register.word_similarity import (
    common,
    is_in_words_of,
    is_no_reference,
    is_of_late,
    is_remark,
    lacks,
    likeness,
    may_be_alike,
    says_little,
    tells_reference,
)
from evidence.judging.register.written_values import known_value
from models.calendar import Calendar

if TYPE_CHECKING:
    import pandas as pd

POSSIBLE, STRONG = 0.55, 0.75  # how alike a heading and a column are
_BY_KEY = 1.1  # of a heading that is the key itself: of several names of a column the first
_IN_ITS_WORDS = 0.01  # what is added for a heading in the words of the column, before others that mean the same
_UNREAD = 0.7  # what the likeness of a heading counts for whose values can't be read
_OWN_WORDS = 0.74  # of one whose words are all unknown: less than of one of whose words half are known
_UNKNOWN_WORDS = 0.5  # of a heading that the policy does not have, over words that are all unknown
_NO_REFERENCE = 0.7  # of one that tells a type or a name, for a column with references
_KNOWN = 0.9  # how alike a heading and a column are that has known values, if these alone stand there
_USUAL, _LIKE_USUAL = 0.9, 0.74  # of the very heading that companies use for it, and what being like one counts for
_REMEMBERED, _COLUMNS = 32_768, 512
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{8,}")
_DATED = re.compile(r" d\.?d$")
_FLAGS = YES_NO - {"0", "1"}
_FITS, _CERTAINLY = 0.5, 0.9  # the share of the values that a column of this type can read


def resemblance(column: Column, heading: str, cells: "pd.Series[str]", calendar: Calendar) -> float:
    """How alike they are, from 0, less if few of the cells can be what the column holds."""
    alike = named(column, heading)
    if is_of_late(heading) and not is_known(column, heading) and not any(map(is_of_late, names_of(column))):
        return 0.0  # what is planned is no day on which something happened
    if column.type == "ref" and is_no_reference(heading) and not any(map(is_no_reference, names_of(column))):
        alike *= _NO_REFERENCE
    values = values_of(cells)
    if _is_none(column, heading, values, calendar):
        return 0.0
    alike = _in_its_words(column, heading, alike)
    if not values:  # a column that every row must fill is hardly one that no row fills
        return 0.0 if column.required is True and (alike < STRONG or says_little(heading)) else alike
    if alike < POSSIBLE and not words(column) and column.type != "sha256":
        return 0.0  # whatever its values are
    return _with_values(column, heading, alike, values, calendar)


def _with_values(column: Column, heading: str, alike: float, values: list[str], calendar: Calendar) -> float:
    """The likeness of a heading, less if its values can't be read, more if they tell what it is."""
    readable = readable_share(column, values, calendar, heading)
    if column.type == "sha256":
        return _of_checksums(alike, values, readable)
    if column.type == "enum" and column.required is False and _is_other_list(alike, readable):
        return 0.0
    if readable < _FITS:
        return alike * _unread(column, alike, values, readable, calendar)
    tells = len(values) > 1 or are_answers(values)
    known = words(column)
    if column.type == "enum" and not column.unlisted and readable >= _CERTAINLY and tells:
        alike = max(alike, POSSIBLE)
    if column.type == "text" and known and all(known_value(value, set(known.values())) for value in values):
        alike = max(alike, _KNOWN)
    return alike * (1 + readable) / 2


def _of_checksums(alike: float, values: list[str], readable: float) -> float:
    """Nothing else looks like a checksum; those that are cut off are proposed too, so that their rows fail."""
    if readable >= _FITS and all(map(_HEXADECIMAL.fullmatch, values)):
        return max(alike, _KNOWN)
    return alike if all(map(_HEXADECIMAL.fullmatch, values)) else alike * _UNREAD


def _is_other_list(alike: float, readable: float) -> bool:
    """Whether a heading that is only like a column holds a list of something else: few of its words are known."""
    return (alike < _USUAL and readable < _CERTAINLY) or (alike == _USUAL and not readable)


def _in_its_words(column: Column, heading: str, named: float) -> float:
    """A little more for the words of the column, before others that mean the same, and most for its key."""
    if plain(heading) == plain(column.key.removesuffix("_ref")):
        return _BY_KEY
    return named + _IN_ITS_WORDS if named and is_written_so(column, heading) else named


def _is_none(column: Column, heading: str, values: list[str], calendar: Calendar) -> bool:
    """Whether what stands under a heading can't be this column, whatever the heading is called."""
    is_of_person = is_personal(heading) and not is_known(column, heading)
    if column.type != "ref" and (is_of_person or (values and all(map(identifies_person, values)))):
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


def _unread(column: Column, alike: float, values: list[str], readable: float, calendar: Calendar) -> float:
    """What the likeness of a heading counts for if most of its values can't be read."""
    if column.type in WORDS and all(is_date(value, calendar) for value in values):
        return 0.0  # words are no dates
    if column.type in WORDS and not readable and all(map(is_code, values)):
        return 0.0  # nor codes
    if column.type == "bool" and not readable:
        return 0.0  # and what is no answer at all is no yes or no
    if column.type == "enum" and not readable and alike <= _USUAL:
        return _UNKNOWN_WORDS
    return _OWN_WORDS if column.type == "enum" and len(values) <= MOST_WORDS else _UNREAD


def is_written_so(column: Column, heading: str) -> bool:
    return any(is_in_words_of(heading, name) for name in names_of(column))


def says_all(column: Column, heading: str, *, near: bool) -> bool:
    """Whether a heading has every telling word of a name of this column, or (`near`) one that is near it."""
    return is_known(column, heading) or any(
        likeness(heading, name) >= POSSIBLE and not lacks(heading, name, near=near) for name in names_of(column)
    )


def likest(column: Column, heading: str) -> str:
    """The name of a column that is likest a heading, of those in its policy and those that companies use."""
    return _likest(tuple(names_of(column)), tuple(known_headings(column)), heading)[0]


def named(column: Column, heading: str) -> float:
    """How alike a heading and the likest name of a column are; a little less for a name that its policy has not."""
    alike = _likest(tuple(names_of(column)), tuple(known_headings(column)), heading)[1]
    goes_its_way = directed(names_of(column), heading)
    return alike if goes_its_way is None else max(alike, STRONG) if goes_its_way else 0.0


@lru_cache(_REMEMBERED)
def _likest(names: tuple[str, ...], known: tuple[str, ...], heading: str) -> tuple[str, float]:
    alike = [(name, likeness(heading, name)) for name in names]
    alike += [(name, _like_known(heading, name)) for name in known if may_be_alike(heading, name)]
    return max(alike, key=lambda each: each[1])


def _like_known(heading: str, name: str) -> float:
    if bare_heading(heading) == bare_heading(name):
        return _USUAL
    may_be = common(heading, name) and not is_remark(heading)
    return _LIKE_USUAL * likeness(heading, name) if may_be else 0.0


def is_known(column: Column, heading: str) -> bool:
    """Whether companies use this very heading for the column."""
    return bare_heading(heading) in _bare_headings(tuple(known_headings(column)))


@lru_cache(_REMEMBERED)
def _bare_headings(known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(bare_heading, known))


def bare_heading(heading: str) -> str:
    """A heading without signs around it and without how it is filled in; `getekend d.d.` is `getekend op`."""
    return _DATED.sub(" op", loose_forms(heading)[0])


def most_usual(column: Column, headings: Sequence[str]) -> str | None:
    """The one of these headings that is listed first as usual for a column; None if one of them is not listed."""
    listed = [bare_heading(name) for name in known_headings(column)]
    bare = {name: bare_heading(name) for name in headings}
    if not set(bare.values()) <= set(listed):
        return None
    return min(headings, key=lambda name: listed.index(bare[name]))


def as_named(column: Column, heading: str) -> str:
    """The name of a column in its policy that is likest a heading."""
    return max(names_of(column), key=lambda name: likeness(heading, name))


def names_of(column: Column) -> list[str]:
    return [column.key.removesuffix("_ref"), *column.nl, *column.en]


def values_of(cells: "pd.Series[str]") -> list[str]:
    """The different values of some cells, none of which is empty."""
    return list(_cleaned(tuple(cells)))


@lru_cache(_COLUMNS)
def _cleaned(cells: tuple[object, ...]) -> tuple[str, ...]:
    """The different cells that are not empty; each heading is compared with many columns."""
    return tuple(value for cell in dict.fromkeys(cells) if (value := clean(str(cell))))


def are_answers(values: Sequence[str]) -> bool:
    """Whether there are values, and all are yes or no in letters."""
    return bool(values) and all(value.casefold() in _FLAGS for value in values)
