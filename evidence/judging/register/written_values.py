"""How people write what a register asks for: countries, lists, dates in words, articles of law, standards.

Only spellings that leave no doubt; whatever could mean two things is for a mapping.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache

from babel import Locale
from babel.dates import get_month_names

from evidence.formats.tables.heading_comparison import plain

_LOCALES = ("nl", "en")
#: beside the names that Unicode (CLDR) knows
_COUNTRIES = {"vs": "US", "usa": "US", "vk": "GB", "uk": "GB", "holland": "NL"}
_BETWEEN = re.compile(r"[(),;/]| - ")
_LISTS = ("|", "\n", ";", ",")  # the first of these that stands in a cell parts it
_IN_WORDS = re.compile(r"(?:[a-z]+\.?,? )?(\d{1,2})\.?[ -]([a-z]+)\.?,?[ -](\d{4}|'?\d{2})")
_MONTH_FIRST = re.compile(r"(?:[a-z]+, )?([a-z]+)\.? (\d{1,2}),? (\d{4})")
_MONTH_IN_WORDS = re.compile(r"([a-z]+)\.? (\d{4}|'?\d{2})")
_MONTH_IN_NUMBERS = re.compile(r"(\d{1,2})[-/](\d{4})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_IN_NUMBERS = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{2}|\d{4})(?:[ T].*)?")
_PARTS = re.compile(r"[a-z]+|\d+")
#: what stands around the numbers and letters of an article or a standard, in every spelling of it
_AROUND = frozenset(
    """art artikel article lid paragraph sub onder onderdeel letter point aanhef en and avg gdpr van de het the of iec
    leden""".split()  # noqa: SIM905 - a list of words reads as words
)
_ORDINALS = {"eerste": "1", "first": "1", "tweede": "2", "second": "2", "derde": "3", "third": "3"}
_CENTURY = 2_000
_IN_BRACKETS = re.compile(r"\[(.*)\]", re.DOTALL)  # as programs write a list
_NUMBERED = re.compile(r"^\s*\d{1,2}[.)] +")  # a list whose lines are numbered


def country(written: str) -> str | None:
    """The two letters of a country: of its Dutch or English name, or of both together (`Nederland (NL)`)."""
    known = _countries()
    if found := known.get(plain(written)):
        return found
    parts = {known.get(plain(part)) for part in _BETWEEN.split(written) if part.strip()}
    return parts.pop() if len(parts) == 1 else None


def list_parts(written: str) -> list[str]:
    """What stands in a cell with a list: parted by bars, else line breaks, else semicolons, else commas."""
    if found := _IN_BRACKETS.fullmatch(written.strip()):
        written = found[1].replace('"', "")
    mark = next((one for one in _LISTS if one in written), "|")
    parts = (_NUMBERED.sub("", one) if mark == "\n" else one for one in written.split(mark))
    return [part for one in parts if (part := one.strip(" \t\r-*\N{BULLET}"))]


def date_in_words(written: str) -> date | None:
    """A date with the name of its month, or with points: `22 november 2026`, `Nov 22, 2026`, `22.11.2026`."""
    given = plain(written).replace(" de ", " ")
    if found := _DOTTED.fullmatch(written):
        day, month, year = map(int, found.groups())
    elif found := _IN_WORDS.fullmatch(given):
        day, month, year = int(found[1]), _month(found[2]), _year(found[3])
    elif found := _MONTH_FIRST.fullmatch(given):
        day, month, year = int(found[2]), _month(found[1]), int(found[3])
    else:
        return None
    return _day(year, month, day)


def month_in(written: str) -> str | None:
    """A month of a year as `2026-11`: `november 2026`, `nov-26`, `11-2026`; None of anything else."""
    if found := _MONTH_IN_NUMBERS.fullmatch(written.strip()):
        month, year = int(found[1]), int(found[2])
    elif found := _MONTH_IN_WORDS.fullmatch(plain(written)):
        month, year = _month(found[1]), _year(found[2])
    else:
        return None
    return f"{year:04}-{month:02}" if 1 <= month <= 12 else None  # noqa: PLR2004 - months


def _year(written: str) -> int:
    """A year, of this century where two digits are written beside the name of a month."""
    year = int(written.strip("'"))
    return year if year >= 100 else _CENTURY + year  # noqa: PLR2004 - two digits


def numbers_of_date(written: str) -> tuple[int, int, int] | None:
    """The three numbers of a date that is written with numbers alone, its year last; None of anything else."""
    found = _IN_NUMBERS.fullmatch(written.strip())
    if not found:
        return None
    year = int(found[4])
    return int(found[1]), int(found[3]), year if year >= 100 else _CENTURY + year  # noqa: PLR2004 - two digits


def date_in_order(written: str, order: str) -> date | None:
    """A date in numbers whose order somebody said: `d/m/y` or `m/d/y`."""
    numbers = numbers_of_date(written)
    if numbers is None:
        return None
    first, second, year = numbers
    return _day(year, second, first) if order == "d/m/y" else _day(year, first, second)


def moment_in_order(written: str, order: str) -> str | None:
    """A date in numbers with its time, of which the order was said: as ISO 8601 writes it."""
    day, _, clock = written.strip().partition(" ")
    found = date_in_order(day, order)
    return f"{found} {clock.strip()}" if found and clock.strip() else None


def bare(written: str) -> str:
    """A provision or standard by its numbers and letters: `art. 6 lid 1 sub a` and `6(1)(a)` are the same."""
    parts = [_ORDINALS.get(part, part) for part in _PARTS.findall(plain(written))]
    return " ".join(part for part in parts if part not in _AROUND)


def known_value(written: str, words: Iterable[str]) -> str | None:
    """The one of some known values that this is another spelling of, if exactly one is."""
    found = {word for word in words if bare(word) == bare(written)} if bare(written) else set()
    return found.pop() if len(found) == 1 else None


@cache
def _countries() -> dict[str, str]:
    """Plain name or code → code."""
    found: dict[str, str] = {}
    for name in _LOCALES:
        territories = {code: called for code, called in Locale(name).territories.items() if len(code) == 2}  # noqa: PLR2004
        found |= {plain(called): code for code, called in territories.items()}
        found |= {code.casefold(): code for code in territories}
    return {**found, **_COUNTRIES}


@cache
def _months() -> dict[str, int]:
    """Plain name, long or short → number."""
    return {
        plain(name).strip("."): number
        for locale in _LOCALES
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=locale).items()
    } | {"sept": 9, "maa": 3}


def _month(name: str) -> int:
    return _months().get(name, 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
