"""Conditions on a row of a register. A new kind of condition is a class and a field of `Must`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from controls.files.yaml_source import Given, Shape, Unexpected, Whole
from evidence.judging.page_parts import code
from evidence.judging.register.conditions import date_order
from evidence.judging.register.conditions.condition import RegisterContext, RowCondition
from evidence.judging.register.conditions.date_order import Early
from evidence.judging.register.conditions.deadlines import DoneBy
from evidence.judging.register.conditions.services import AsKnownService, AsKnownSource, NotOpen
from evidence.judging.register.conditions.value_tests import (
    Condition,
    ShapeWithConditions,
    condition_of,
    day_of,
    later,
    parts,
    words_of,
)
from evidence.judging.register.conditions.versions import InForce
from evidence.judging.register.written_values import country
from evidence.judging.values import Row, Value
from locales import Language, Text, text
from models.durations import days_after, hours_after, months_after, months_before

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Filled(RowCondition):
    """A column is filled."""

    column: str

    def columns(self) -> list[str]:
        return [self.column]

    def holds(self, row: Row, around: RegisterContext) -> bool:
        del around
        return bool(row.get(self.column))

    def describe(self, t: Language) -> str:
        return t("{column} is filled", column=code(self.column))


@dataclass(frozen=True, slots=True)
class Is(RowCondition):
    """Some columns hold certain values."""

    condition: Condition

    def columns(self) -> list[str]:
        return self.condition.columns()

    def holds(self, row: Row, around: RegisterContext) -> bool:
        return self.condition.holds(row, around.as_of)

    def describe(self, t: Language) -> str:
        return self.condition.describe(t)


@dataclass(frozen=True, slots=True)
class _OfTwo(RowCondition):
    """A comparison of two columns."""

    first: str
    second: str

    def columns(self) -> list[str]:
        return [self.first, self.second]

    def holds(self, row: Row, around: RegisterContext) -> bool:
        del around
        return self._compares(row.get(self.first, ""), row.get(self.second, ""))

    def _compares(self, first: Value, second: Value) -> bool:
        raise NotImplementedError


def _folded(value: Value) -> Value:
    return " ".join(value.casefold().split()) if isinstance(value, str) else value


class Differs(_OfTwo):
    """Two columns hold different values, whatever the case; an empty first one is reported for its column instead."""

    def _compares(self, first: Value, second: Value) -> bool:
        return not first or _folded(first) != _folded(second)

    def describe(self, t: Language) -> str:
        return t("{first} differs from {second}", first=code(self.first), second=code(self.second))


class Equal(_OfTwo):
    """Two columns hold the same value."""

    def _compares(self, first: Value, second: Value) -> bool:
        return _folded(first) == _folded(second)

    def describe(self, t: Language) -> str:
        return t("{first} equals {second}", first=code(self.first), second=code(self.second))


class NotAfter(_OfTwo):
    """The date or moment of one column is not later than that of another."""

    def _compares(self, first: Value, second: Value) -> bool:
        return not later(first, second)

    def describe(self, t: Language) -> str:
        return t("{first} is not later than {second}", first=code(self.first), second=code(self.second))


class Within(Shape, RowCondition):
    """A date is at most `months` months ago."""

    validity: ClassVar[Text | None] = text(
        "It holds no longer than the oldest of its rows is recent enough for its rules."
    )

    column: Given
    months: Whole

    def columns(self) -> list[str]:
        return [self.column]

    def holds(self, row: Row, around: RegisterContext) -> bool:
        day = day_of(row.get(self.column))
        return day is None or day >= months_before(around.as_of, self.months)

    def last_day(self, row: Row, as_of: date) -> date | None:
        """The last day on which it is not longer ago; None without the date."""
        del as_of
        day = day_of(row.get(self.column))
        if day is None:
            return None
        last = months_after(day, self.months)
        while last < date.max and months_before(last + timedelta(days=1), self.months) <= day:
            last += timedelta(days=1)  # the last days of a longer month all count from the end of a shorter one
        return last

    def describe(self, t: Language) -> str:
        return t.n(
            "{column} is at most {n} month ago",
            "{column} is at most {n} months ago",
            self.months,
            column=code(self.column),
        )


class EachIn(Shape, RowCondition):
    """Each part of a list is one of these values; a country may be written by its name."""

    column: Given
    words: Annotated[list[Given], Field(min_length=1)]

    def columns(self) -> list[str]:
        return [self.column]

    def holds(self, row: Row, around: RegisterContext) -> bool:
        del around
        known = set(words_of(self.words))
        return all((country(part) or part).casefold() in known for part in parts(row.get(self.column, "")))

    def describe(self, t: Language) -> str:
        return t("each part of {column} is {words}", column=code(self.column), words=t(" or ").join(self.words))


class MentionsNone(Shape, RowCondition):
    """A text names none of these words; a part of a longer word is none of it."""

    column: Given
    words: Annotated[list[Given], Field(min_length=1)]

    def columns(self) -> list[str]:
        return [self.column]

    def holds(self, row: Row, around: RegisterContext) -> bool:
        del around
        said = _WORD.findall(str(row.get(self.column, "")).casefold())
        sentence = f" {' '.join(said)} "
        return not any(f" {word.casefold()} " in sentence for word in self.words)

    def describe(self, t: Language) -> str:
        return t("{column} names none of these: {words}", column=code(self.column), words=", ".join(self.words))


class DoneWithin(ShapeWithConditions, RowCondition):
    """Done at most `days` after another date or `hours` after another moment and not before it, or still open."""

    column: Given
    since: Given = Field(alias="from")
    days: Whole | None = None
    hours: Whole | None = None
    early: Early = False

    @model_validator(mode="after")
    def _has_one_term(self) -> Self:
        if (self.days is None) == (self.hours is None):
            raise Unexpected(text("expected days or hours, one of the two."), "days")
        return self

    def columns(self) -> list[str]:
        return [self.column, self.since, *date_order.columns_of(self.early)]

    def out_of_order(self, row: Row, as_of: date) -> Iterable[tuple[str, str]]:
        return date_order.contradicting([(self.column, self.since)], self.early, row, as_of)

    def holds(self, row: Row, around: RegisterContext) -> bool:
        """An open term of hours may run until the end of the day that it ends on."""
        since, done = row.get(self.since, ""), row.get(self.column, "")
        if self.hours is None:
            first = day_of(since)
            return first is None or (day_of(done) or around.as_of) <= days_after(first, self.days or 0)
        if not isinstance(since, datetime):
            return True
        last = hours_after(since, self.hours)
        return done <= last if isinstance(done, datetime) else around.as_of <= last.date()

    def describe(self, t: Language) -> str:
        return date_order.describe(t, self._describe_term(t), [self.since], self.early)

    def _describe_term(self, t: Language) -> str:
        columns = {"column": code(self.column), "since": code(self.since)}
        if self.hours is not None:
            return t.n(
                "{column} within {n} hour of {since}, or that hour still runs",
                "{column} within {n} hours of {since}, or those hours still run",
                self.hours,
                **columns,
            )
        return t.n(
            "{column} within {n} day of {since}, or that day still runs",
            "{column} within {n} days of {since}, or those days still run",
            self.days or 0,
            **columns,
        )


def _two(kind: type[_OfTwo]) -> BeforeValidator:
    def read(value: Any) -> _OfTwo:
        if not isinstance(value, list) or len(value) != 2 or not all(isinstance(each, str) for each in value):  # noqa: PLR2004
            raise Unexpected(text("expected a list of two columns."))
        return kind(*value)

    return BeforeValidator(read)


class Must(ShapeWithConditions):
    """One condition on a row: exactly one of these fields is set."""

    filled: Annotated[Filled, BeforeValidator(lambda value: Filled(str(value)))] | None = None
    words: Annotated[Is, BeforeValidator(lambda value: Is(condition_of(value)))] | None = Field(
        default=None, alias="is"
    )
    differs: Annotated[Differs, _two(Differs)] | None = None
    within: Within | None = None
    each_in: EachIn | None = None
    mentions_none: MentionsNone | None = None
    not_open: NotOpen | None = None
    known_service: AsKnownService | None = None
    known_source: AsKnownSource | None = None
    not_after: Annotated[NotAfter, _two(NotAfter)] | None = None
    done_within: DoneWithin | None = None
    done_by: DoneBy | None = None
    equal: Annotated[Equal, _two(Equal)] | None = None
    in_force: InForce | None = None

    @property
    def condition(self) -> RowCondition:
        """The one condition that is set."""
        condition: RowCondition = getattr(self, next(iter(self.model_fields_set)))
        return condition
