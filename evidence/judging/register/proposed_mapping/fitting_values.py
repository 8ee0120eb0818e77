"""Whether the cells of a table can be what a column holds, and which of its values a word is like."""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

import yaml

from evidence.formats.tables.heading_comparison import plain
from evidence.judging.register.cells import YES, YES_NO, CellReader, Misread, words
from evidence.judging.register.proposed_mapping.words_in_texts import value_within
from evidence.judging.register.rules import Column
from evidence.judging.register.word_similarity import common, likeness
from evidence.judging.register.written_values import date_in_order
from evidence.judging.table_mapping import DATE_ORDERS, NOTHING
from models.calendar import Calendar

MOST_WORDS = 30  # different values of a column whose words are asked; more are no words of a list
_TOO_MANY = 2 * MOST_WORDS  # different values, of which no word is likened to those of a list
WORDS = frozenset(("enum", "bool", "country"))  # types with words of their own
DATES = ("date", "datetime")
TYPED = frozenset((*WORDS, *DATES, "month", "int", "sha256"))
_SAME_WORD = 0.6  # how alike two words are
_LISTS, _REMEMBERED = 512, 512  # of words, and of values, that are remembered
_LONGEST_WORD = 60  # characters of what may be a word of a list
#: what `no` means under a heading that asks for a value
_OPPOSITES = {
    "own": ("other",),
    "keep": ("revoke", "remove", "drop"),
    "revoke": ("keep",),
    "remove": ("keep",),
    "drop": ("keep",),
    "special": ("ordinary",),
    "ordinary": ("special",),
    "hired": ("employee",),
    "allow": ("deny",),
    "deny": ("allow",),
    "pass": ("fail",),
    "fail": ("pass",),
    "succeeded": ("failed", "refused"),
    "failed": ("succeeded",),
    "refused": ("succeeded",),
}
#: how people and programs answer, beside what is read by itself
_ANSWERS = {
    **dict.fromkeys("ja yes t v + aan on enabled actief active wel ok akkoord".split(), "yes"),  # noqa: SIM905
    **dict.fromkeys("nee no f - uit off disabled inactief inactive niet geen none".split(), "no"),  # noqa: SIM905
}
_LETTERS = frozenset(("t", "f"))  # as databases write true and false
_LIMITING = ("partly",)  # what it stands beside was not done in full
_WIDEST = frozenset(("employee",))  # what it stands beside tells more: staff of whom
#: a reservation: what was decided is then not plain, so that nothing is proposed
_RESERVED = re.compile(
    r"\b(voorbehoud(en)?|voorwaardelijke?|voorlopige?|mits|tenzij|in beraad|twijfel\w*|op voorwaarde"
    r"|reservations?|conditional(ly)?|provisional(ly)?|provided|unless|subject to|on condition)\b"
)
_NO_WORDS = frozenset(("nee", "no"))
_NO_VALUE = "none"  # as a list of words may have it
_DATE = Column.model_validate({"key": "date", "nl": ["datum"], "en": ["date"], "type": "date", "required": "no"})


def readable_share(column: Column, values: Sequence[str], calendar: Calendar, heading: str = "") -> float:
    """The share of these values under a heading that the column can hold, as far as its type says so."""
    if column.type in TYPED:
        reader = CellReader(column, NOTHING, calendar)
        asks = column.type not in WORDS or len(values) <= _TOO_MANY
        values = values[:MOST_WORDS] if column.type in WORDS else values
        readable = sum(
            1 for value in values if can_read(reader, value) or (asks and _could_mean(column, value, heading))
        )
        return readable / len(values)
    return 1 - _dates(tuple(values), calendar) / len(values)


@lru_cache(_REMEMBERED)
def _dates(values: tuple[str, ...], calendar: Calendar) -> int:
    """How many of these values are dates, which is asked for every column of words."""
    return sum(1 for value in values if is_date(value, calendar))


def _could_mean(column: Column, value: str, heading: str = "") -> bool:
    if column.type in DATES:
        return any(date_in_order(value, order) for order in DATE_ORDERS)
    return column.type in WORDS and word_of(column, value, heading) is not None


def is_date(value: str, calendar: Calendar) -> bool:
    """Whether it can be read as a day or moment, in some order of its numbers."""
    return can_read(CellReader(_DATE, NOTHING, calendar), value) or _could_mean(_DATE, value)


def is_code(value: str) -> bool:
    """Whether it has a digit, as numbers and codes do and words of a list do not."""
    return any(sign.isdigit() for sign in value)


def can_read(reader: CellReader, value: str) -> bool:
    """Whether a cell can be read as its column's type."""
    try:
        reader.read(value)
    except Misread:
        return False
    return True


def word_of(column: Column, value: str, heading: str = "") -> str | None:
    """The value of a column that a word under a heading is likest; none if none is."""
    if len(value) > _LONGEST_WORD:
        return None
    spellings = _ANSWERS if column.type == "bool" else words(column)
    folded = plain(value)
    if folded in _NO_WORDS and _NO_VALUE in spellings:
        return spellings[_NO_VALUE]  # of a list with a word for nothing, `no` is that word
    if column.type == "enum" and folded in YES_NO | _LETTERS:
        return _answer(spellings, heading, is_yes=folded in YES | {"t"})
    if usual := [known for known in _usual().get(folded, ()) if known in spellings.values()]:
        return usual[0] if len(usual) == 1 else None
    if _RESERVED.search(folded):
        return None
    return _likest(column, value, spellings)


def _likest(column: Column, value: str, spellings: Mapping[str, str]) -> str | None:
    """The value of which a spelling is likest a text, or stands within it."""
    limiting = [own for own in _LIMITING if own in spellings.values() and common(value, own)]
    if limiting:
        return limiting[0]
    alike = {spelling: likeness(value, spelling) for spelling in spellings}
    most = max(alike.values(), default=0.0)
    likest = list(dict.fromkeys(spellings[spelling] for spelling, how in alike.items() if how == most))
    if most >= _SAME_WORD and len(likest) == 1 and (most == 1 or likest[0] not in _WIDEST):
        return likest[0]
    every = _every_spelling(spellings) if column.type == "enum" else dict(spellings)
    narrower = {spelling: own for spelling, own in every.items() if own not in _WIDEST}
    within = value_within(value, narrower) or value_within(value, every)
    return within or (likest[0] if most >= _SAME_WORD else None)


def _every_spelling(spellings: Mapping[str, str]) -> dict[str, str]:
    """The spellings of a list, and those that people use of its values; none that two of its values have."""
    return {**_usual_of(frozenset(spellings.values())), **spellings}


@lru_cache(_LISTS)
def _usual_of(values: frozenset[str]) -> dict[str, str]:
    """The spellings that people use of one of these values alone."""
    usual = {word: [value for value in several if value in values] for word, several in _usual().items()}
    return {word: own[0] for word, own in usual.items() if len(own) == 1}


def _answer(spellings: Mapping[str, str], heading: str, *, is_yes: bool) -> str | None:
    """The value that yes or no stands for under a heading that names one: `Sensitive?`, `Stays?`; none under others."""
    asked_for = {value for spelling, value in spellings.items() if plain(heading).strip("? ") == spelling}
    asked_for = asked_for or {value for spelling, value in spellings.items() if common(heading, spelling)}
    asked_for |= set(_usual().get(plain(heading).strip("? "), ())) & set(spellings.values())
    if not asked_for and (within := value_within(heading, _every_spelling(spellings))):
        asked_for = {within}
    if len(asked_for) != 1:
        return None
    value = asked_for.pop()
    opposites = [other for other in _OPPOSITES.get(value, ()) if other in spellings.values()]
    return value if is_yes else next(iter(opposites), None)


@cache
def _usual() -> dict[str, list[str]]:
    """Plain word → the values that people and programs write so, whichever list these are of."""
    usual: dict[str, dict[str, None]] = {}
    content: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "usual_values.yaml").read_text())
    for value, spellings in content.items():
        for spelling in spellings:
            usual.setdefault(plain(spelling), {})[value] = None
    return {spelling: list(values) for spelling, values in usual.items()}
