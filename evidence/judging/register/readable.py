"""Whether the cells of a table can be what a column holds, and which of its values a word is like."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

from evidence.formats.headings import plain
from evidence.judging.register.cells import YES, YES_NO, CellReader, Misread, words
from evidence.judging.register.likeness import common, likeness
from evidence.judging.register.rules import Column
from evidence.judging.register.spellings import date_in_order
from evidence.judging.table_mapping import DATE_ORDERS, NOTHING
from models.calendar import Calendar

MOST_WORDS = 30  # different values of a column whose words are asked; more are no words of a list
WORDS = frozenset(("enum", "bool", "country"))  # types with words of their own
DATES = ("date", "datetime")
TYPED = frozenset((*WORDS, *DATES, "month", "int", "sha256"))
_SAME_WORD = 0.6  # how alike two words are
_LONGEST_WORD = 60  # characters of what may be a word of a list
#: what `no` means under a heading that asks for a value
_OPPOSITES = {
    "keep": ("revoke", "remove", "drop"),
    "revoke": ("keep",),
    "remove": ("keep",),
    "drop": ("keep",),
    "special": ("ordinary",),
    "ordinary": ("special",),
    "hired": ("employee",),
    "allow": ("deny",),
    "deny": ("allow",),
    "succeeded": ("failed",),
    "failed": ("succeeded",),
}
_NO_WORDS = frozenset(("nee", "no"))
_NO_VALUE = "none"  # as a list of words may have it
_DATE = Column.model_validate({"key": "date", "nl": ["datum"], "en": ["date"], "type": "date", "required": "no"})


def readable_share(column: Column, values: Sequence[str], calendar: Calendar, heading: str = "") -> float:
    """The share of these values under a heading that the column can hold, as far as its type says so."""
    if column.type in TYPED:
        reader = CellReader(column, NOTHING, calendar)
        values = values[:MOST_WORDS] if column.type in WORDS else values
        readable = sum(1 for value in values if can_read(reader, value) or _could_mean(column, value, heading))
        return readable / len(values)
    dates = sum(1 for value in values if is_date(value, calendar))
    return 1 - dates / len(values)


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
    spellings = {"ja": "yes", "yes": "yes", "nee": "no", "no": "no"} if column.type == "bool" else words(column)
    if plain(value) in _NO_WORDS and _NO_VALUE in spellings:
        return spellings[_NO_VALUE]  # of a list with a word for nothing, `no` is that word
    if plain(value) in YES_NO and column.type == "enum":
        return _answer(spellings, heading, is_yes=plain(value) in YES)
    if usual := [known for known in _usual().get(plain(value), ()) if known in spellings.values()]:
        return usual[0] if len(usual) == 1 else None
    best = max(spellings, key=lambda spelling: likeness(value, spelling), default="")
    return spellings[best] if best and likeness(value, best) >= _SAME_WORD else None


def _answer(spellings: Mapping[str, str], heading: str, *, is_yes: bool) -> str | None:
    """The value that yes or no stands for under a heading that names one: `Sensitive?`, `Stays?`; none under others."""
    asked_for = {value for spelling, value in spellings.items() if common(heading, spelling)}
    asked_for |= set(_usual().get(plain(heading).strip("? "), ())) & set(spellings.values())
    if len(asked_for) != 1:
        return None
    value = asked_for.pop()
    opposites = [other for other in _OPPOSITES.get(value, ()) if other in spellings.values()]
    return value if is_yes else next(iter(opposites), None)


@cache
def _usual() -> dict[str, list[str]]:
    """Plain word → the values that people and programs write so, whichever list these are of."""
    usual: dict[str, list[str]] = {}
    content: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "usual_values.yaml").read_text())
    for value, spellings in content.items():
        for spelling in spellings:
            usual.setdefault(plain(spelling), []).append(value)
    return usual
