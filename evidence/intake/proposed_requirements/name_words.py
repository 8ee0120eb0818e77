"""Words of names of files and of titles, compared loosely: without accents, case, endings, dates and numbers."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from pathlib import PurePosixPath

_STEM = 6  # letters by which words are compared: supplier and suppliers, cryptography and cryptobeleid
_SHORTEST = 3
_COMMON = frozenset(
    {"aan", "and", "bij", "copy", "een", "final", "for", "from", "het", "kopie", "met", "new", "nieuw", "our", "the"}
    | {"overview", "overzicht", "rapport", "report", "van", "versie", "version", "voor", "with"}
)
_NUMBER = re.compile(r"[\d#]+")
_DAYS = (
    re.compile(r"(?<!\d)(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>20\d\d)[_.](?P<month>\d\d)[_.](?P<day>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d\d?)[-_.](?P<month>\d\d?)[-_.](?P<year>20\d\d)(?!\d)"),
)


def plain_words(name: str) -> list[str]:
    """The words of a text in lower case, without accents and signs; numbers are words too."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", letters)


def stems(*names: str) -> set[str]:
    """The first letters of each word of some length that says something; no numbers."""
    words = (word for name in names for word in plain_words(name))
    return {word[:_STEM] for word in words if len(word) >= _SHORTEST and word not in _COMMON and not word.isdecimal()}


def share_of(title: Iterable[str], name: Iterable[str]) -> float:
    """Which part of the stems of a title are among those of a name."""
    wanted = set(title)
    return len(wanted & set(name)) / len(wanted) if wanted else 0.0


def series_name(name: str) -> str:
    """The name of a file without its numbers, which is the same for each edition: `scan-#.json`."""
    return _NUMBER.sub("#", " ".join(name.casefold().split()))


def base_name(name: str) -> str:
    """The name of a file without its extension."""
    return PurePosixPath(name).stem


def day_in(name: str) -> date | None:
    """The only day that is written in a name; None if there are none, or several."""
    days = {day for pattern in _DAYS for match in pattern.finditer(name) if (day := _day(match)) is not None}
    return next(iter(days)) if len(days) == 1 else None


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
