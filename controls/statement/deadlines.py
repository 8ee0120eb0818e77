"""Deadlines in sentences and in the titles of measures: "within 24 hours" is not "within 48 hours"."""

import re
from dataclasses import dataclass
from typing import Final

_COUNTED: Final = (
    "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien",
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen",
)
_OTHERS: Final = """
a=1 an=1 één=1 achttien=18 eighteen=18 twintig=20 twenty=20 vierentwintig=24 twenty-four=24 dertig=30 thirty=30
zesendertig=36 thirty-six=36 achtenveertig=48 forty-eight=48 zestig=60 sixty=60 tweeënzeventig=72 seventy-two=72
negentig=90 ninety=90
"""
_AMOUNTS: Final = {word: n for words in _COUNTED for n, word in enumerate(words.split(), start=1)} | {
    word: int(n) for word, _, n in (pair.partition("=") for pair in _OTHERS.split())
}
#: unit → one and several in Dutch, one and several in English
_UNITS: Final = {
    "minute": ("minuut", "minuten", "minute", "minutes"),
    "hour": ("uur", "uur", "hour", "hours"),
    "day": ("dag", "dagen", "day", "days"),
    "working day": ("werkdag", "werkdagen", "working day", "working days"),
    "week": ("week", "weken", "week", "weeks"),
    "month": ("maand", "maanden", "month", "months"),
    "quarter": ("kwartaal", "kwartalen", "quarter", "quarters"),
    "year": ("jaar", "jaar", "year", "years"),
}
_UNIT_OF: Final = {word: unit for unit, words in _UNITS.items() for word in words} | {
    "uren": "hour", "etmaal": "day", "jaren": "year", "business day": "working day", "business days": "working day",
}  # fmt: skip
#: unit → a smaller one, and how many of it
_IN_SMALLER: Final = {"day": ("hour", 24), "week": ("hour", 168), "quarter": ("month", 3), "year": ("month", 12)}


def _one_of(words: object) -> str:
    ordered = sorted(map(str, words), key=len, reverse=True)  # type: ignore[call-overload]
    return f"(?:{'|'.join(re.escape(word).replace(chr(92) + ' ', '[ -]') for word in ordered)})"


_NUMBER: Final = rf"(?:\d{{1,4}}|{_one_of(_AMOUNTS)})"
#: a regular expression
LENGTH_OF_TIME: Final = rf"{_NUMBER}[\s-]+(?:volle |hele |full |calendar )?{_one_of(_UNIT_OF)}"
_DEADLINE: Final = re.compile(
    rf"(?<!\w)(?P<lead>(?:uiterlijk )?binnen|within|ten hoogste|uiterlijk|at most|no later than)\s+"
    rf"(?P<amount>{_NUMBER})[\s-]+(?P<unit>{_one_of(_UNIT_OF)})(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline, and its words in the text: such as 24 and "hour", "within 24 hours"."""

    amount: int
    unit: str
    words: str

    @property
    def length(self) -> tuple[str, int]:
        """The same for equal lengths: 48 hours is two days."""
        unit, times = _IN_SMALLER.get(self.unit, (self.unit, 1))
        return unit, self.amount * times

    def in_words(self, language: str) -> str:
        """The amount and the unit, such as "24 uur"."""
        one, several = _UNITS[self.unit][:2] if language == "nl" else _UNITS[self.unit][2:]
        return f"{self.amount} {one if self.amount == 1 else several}"


def deadline(words: str) -> Deadline | None:
    """The first deadline in a sentence or title; None without one."""
    match = _DEADLINE.search(words)
    if match is None:
        return None
    amount = match["amount"].lower()
    unit = _UNIT_OF[match["unit"].lower().replace("-", " ")]
    return Deadline(int(amount) if amount.isdigit() else _AMOUNTS[amount], unit, match.group())


def other_deadline(sentence: str, title: str) -> tuple[Deadline, Deadline | None] | None:
    """The deadline of a measure's title, and that of the sentence, when the sentence has another or none; else None."""
    of_title, of_sentence = deadline(title), deadline(sentence)
    if of_title is None or (of_sentence is not None and of_sentence.length == of_title.length):
        return None
    return of_title, of_sentence


def with_deadline(words: str, language: str, promised: Deadline | None) -> str:
    """The words with the promised deadline instead of their own; None: without one."""
    if promised is None:
        return re.sub(r"\s{2,}", " ", _DEADLINE.sub("", words)).strip()
    return _DEADLINE.sub(lambda match: f"{match['lead']} {promised.in_words(language)}", words)
