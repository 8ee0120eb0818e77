"""The values of a register's row, and conditions on them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict

from controls.files.yaml_source import Shape, Unexpected
from evidence.judging.page_parts import code
from evidence.judging.values import Row, Value
from locales import Language, Text, text
from models.calendar import Calendar

FILLED, EMPTY, PAST, ENDED = "filled", "empty", "past", "ended"
#: values in a condition that stand for several
_GROUPS = {
    "EEA": "EEA AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE".split(),  # noqa: SIM905
}

#: the description of a condition with such a value, without and with `not`
_SPECIAL: dict[tuple[str, bool], Text] = {
    (FILLED, False): text("{column} is filled"),
    (FILLED, True): text("{column} is empty"),
    (PAST, False): text("{column} has come"),
    (PAST, True): text("{column} is empty or still to come"),
    (ENDED, False): text("{column} lies before the day that is judged"),
    (ENDED, True): text("{column} is empty, or that day or later"),
}


def day_of(value: object) -> date | None:
    """The day of a date or moment; None of anything else."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def day_before(day: date) -> date:
    """The day before; the first day of the calendar has none, and stays."""
    return day - timedelta(days=1) if day > date.min else day


def organisation_day(value: object, calendar: Calendar) -> date | None:
    """The day of a date or moment where the organisation is; a moment without a zone is the day as written."""
    return calendar.day_of(value) if isinstance(value, datetime) and value.tzinfo else day_of(value)


def later(first: Value, second: Value) -> bool:
    """Whether both are dates or moments and the first is later; a date and a moment compare by their days."""
    if isinstance(first, datetime) and isinstance(second, datetime):
        return first > second
    first_day, second_day = day_of(first), day_of(second)
    return first_day is not None and second_day is not None and first_day > second_day


def parts(value: Value) -> list[str]:
    """The parts of a list in a cell."""
    return [part for piece in str(value).split("|") if (part := piece.strip())]


@dataclass(frozen=True, slots=True)
class Condition:
    """The values that several columns of a row must all have."""

    tests: tuple[tuple[str, frozenset[str], bool], ...]  # column, values, whether it must have none of these

    def columns(self) -> list[str]:
        """The columns that it uses."""
        return [column for column, _, _ in self.tests]

    def describe(self, t: Language) -> str:
        """Describe it in words."""
        return t(" and ").join(_describe_test(t, *test) for test in self.tests)

    def holds(self, row: Row, as_of: date) -> bool:
        return all(_is(row.get(column, ""), words, as_of) is not none for column, words, none in self.tests)


def _is(value: Value, words: frozenset[str], as_of: date) -> bool:
    day = day_of(value)
    if day is not None:
        return FILLED in words or (PAST in words and day <= as_of) or (ENDED in words and day < as_of)
    folded = str(value).casefold()
    return folded in words or (FILLED in words if folded else EMPTY in words)


def _describe_test(t: Language, column: str, words: frozenset[str], none: bool) -> str:  # noqa: FBT001
    name = code(column)
    special = next((word for word in (ENDED, PAST, FILLED, EMPTY) if word in words), "")
    if special in (FILLED, EMPTY):
        none = none != (special == EMPTY)
        special = FILLED
    if special:
        return t(_SPECIAL[special, none].message, column=name)
    several = t(" or ").join(_shortly(t, words))
    return (
        t("{column} is not {words}", column=name, words=several)
        if none
        else t("{column} is {words}", column=name, words=several)
    )


def _shortly(t: Language, words: frozenset[str]) -> list[str]:
    """The values, sorted; the countries of the EEA as one."""
    area = frozenset(word.casefold() for word in _GROUPS["EEA"])
    return [*([t("a country of the EEA")] if area <= words else ()), *sorted(words - area if area <= words else words)]


def condition_of(value: Any) -> Condition:
    """Read a condition: a mapping of columns to values. Raises `Unexpected`."""
    if not isinstance(value, dict) or not value:
        raise Unexpected(text("expected columns with words, such as {example}.", example="decision: keep"))
    return Condition(tuple(_test(column, words) for column, words in value.items()))


def _test(column: str, words: Any) -> tuple[str, frozenset[str], bool]:
    none = isinstance(words, dict) and set(words) == {"not"}
    if none:
        words = words["not"]
    listed = words if isinstance(words, list) else [words]
    if not all(isinstance(word, str) and word for word in listed):
        raise Unexpected(text("{column}: expected a word, a list of words, or not with a list.", column=column))
    return column, frozenset(words_of(listed)), none


def words_of(listed: Iterable[str]) -> Iterator[str]:
    """Each value in lower case; `EEA` becomes the countries of the European Economic Area."""
    for word in listed:
        yield from (each.casefold() for each in _GROUPS.get(word, [word]))


If = Annotated[Condition, BeforeValidator(condition_of)]


def _required(value: Any) -> Condition | bool:
    return value == "yes" if value in ("yes", "no") else condition_of(value)


Required = Annotated[Condition | bool, BeforeValidator(_required)]


class ShapeWithConditions(Shape):
    """A shape with conditions in it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
