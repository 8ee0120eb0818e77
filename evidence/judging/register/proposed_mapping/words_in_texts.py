"""Values of a list inside longer texts: `art. 11 arbeidsovereenkomst` tells of a contract. Only to propose by."""

import re
from collections.abc import Mapping
from functools import lru_cache

from evidence.formats.tables.heading_comparison import plain

_WORD = re.compile(r"[^\W_]+")
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
_ANSWER = re.compile(r"(?:ja|nee|yes|no)\s*[,;:.(-]+\s*(?=\S)", re.IGNORECASE)  # before what is told more of it
_NOT = frozenset(("niet", "geen", "zonder", "nooit", "not", "no", "without", "never", "non"))
_REMEMBERED = 16_384
_SHORTEST = 3  # letters of a word that tells by itself


def value_within(text: str, spellings: Mapping[str, str]) -> str | None:
    """The value of which a spelling stands first in a text, before all in brackets; None if there is none.

    `spellings`: plain spelling → value. The longest counts: `geen toegang`, not `toegang`.
    """
    told = _ANSWER.sub("", text, count=1) if _ANSWER.match(text) else text
    parts = [*_IN_BRACKETS.findall(told), _IN_BRACKETS.sub(" ", told)]
    found = (_one_value(part, spellings) for part in parts)
    return next((value for value in found if value), None)


def _one_value(text: str, spellings: Mapping[str, str]) -> str | None:
    words = frozenset(_WORD.findall(plain(text)))
    within = {
        known: value
        for spelling, value in spellings.items()
        if (known := _words_of(spelling)) and known <= words and _tells(known)
    }
    longest = {known: value for known, value in within.items() if not any(known < other for other in within)}
    if words & _NOT - frozenset().union(*longest):
        return None
    return min(longest.items(), key=lambda each: _first(each[0], text), default=(None, None))[1]


@lru_cache(_REMEMBERED)
def _words_of(spelling: str) -> frozenset[str]:
    return frozenset(_WORD.findall(spelling))


def _first(words: frozenset[str], text: str) -> int:
    """Where the first of some words stands in a text."""
    written = _WORD.findall(plain(text))
    return min(written.index(word) for word in words)


def _tells(words: frozenset[str]) -> bool:
    return any(len(word) >= _SHORTEST for word in words)
