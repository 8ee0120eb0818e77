"""Conditions on the order of rows: numbers and moments without gaps."""

import re
from array import array
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise

from controls.files.yaml_source import Given, Whole
from evidence.judging.page_parts import code
from evidence.judging.register.conditions.condition import RegisterContext, WholeCheck, WholeCondition
from evidence.judging.values import Row
from locales import Language

_NUMBERED = re.compile(r"(.*?)(\d{1,18})")


class Numbered(WholeCondition):
    """References end in numbers that follow each other, without gaps between the first and the last.

    A gap beside a row that fills `explained` is none: databases skip numbers, and not every ticket is an incident.
    """

    column: Given
    explained: Given | None = None

    def columns(self) -> list[str]:
        return [self.column, *([self.explained] if self.explained else ())]

    def new_check(self) -> "Numbers":
        return Numbers(self)

    def describe(self, t: Language) -> str:
        sentence = t("the numbers at the end of {column} follow each other", column=code(self.column))
        if self.explained:
            sentence += t(", except where a row next to the gap fills in {explained}", explained=code(self.explained))
        return sentence

    def whole_check(self) -> "Numbers":
        return Numbers(self)


class Numbers:
    """Collects the numbers of references, by the text before the number."""

    def __init__(self, condition: Numbered) -> None:
        self._condition = condition
        self._seen: dict[str, array[int]] = {}
        self._digits: dict[str, int] = {}  # of numbers that are written with zeros before them
        self._explained: set[tuple[str, int]] = set()

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        if match := _NUMBERED.fullmatch(str(row.get(self._condition.column, ""))):
            series, number = match.groups()
            self._seen.setdefault(series, array("Q")).append(int(number))
            if number.startswith("0"):
                self._digits[series] = len(number)
            if self._condition.explained and row.get(self._condition.explained):
                self._explained.add((series, int(number)))

    @property
    def repeats(self) -> bool:
        """Whether a number was seen more than once."""
        return any(len(set(seen)) < len(seen) for seen in self._seen.values())

    def missing(self, around: RegisterContext) -> Iterable[str]:
        """Each number that is missing, or the first and last of several."""
        del around
        for series, seen in self._seen.items():
            digits = self._digits.get(series, 0)
            for before, after in pairwise(sorted(set(seen))):
                if after - before > 1 and not {(series, before), (series, after)} & self._explained:
                    missing = dict.fromkeys(f"{series}{number:0{digits}}" for number in (before + 1, after - 1))
                    yield " - ".join(missing)


class Times(WholeCondition):
    """Moments span at least `days`, have no gap over `gap_hours`, and go back at most `back_minutes`."""

    column: Given
    days: Whole | None = None
    gap_hours: Whole | None = None
    back_minutes: Whole | None = None

    def columns(self) -> list[str]:
        return [self.column]

    def new_check(self) -> WholeCheck:
        return _Times(self)

    def describe(self, t: Language) -> str:
        column = code(self.column)
        sentences = []
        if self.days is not None:
            sentences.append(
                t.n("{column} spans at least {n} day", "{column} spans at least {n} days", self.days, column=column)
            )
        if self.gap_hours is not None:
            sentences.append(
                t.n(
                    "no more than {n} hour lies between two {column}",
                    "no more than {n} hours lie between two {column}",
                    self.gap_hours,
                    column=column,
                )
            )
        if self.back_minutes is not None:
            sentences.append(
                t.n(
                    "{column} never runs back more than {n} minute",
                    "{column} never runs back more than {n} minutes",
                    self.back_minutes,
                    column=column,
                )
            )
        return "; ".join(sentences)


class _Times:
    """Checks both orders: exports begin with the oldest or with the newest row."""

    def __init__(self, condition: Times) -> None:
        self._condition = condition
        self._begun: datetime | None = None  # the moment of the first row
        self._ended: datetime | None = None  # and of the last
        self._first: datetime | None = None
        self._latest: datetime | None = None
        self._up = (timedelta(), timedelta())  # gap and way back, if the oldest comes first
        self._down = (timedelta(), timedelta())  # if the newest does

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        time = row.get(self._condition.column)
        if not isinstance(time, datetime):
            return
        if self._first is not None and self._latest is not None:
            after, before = time - self._latest, self._first - time
            self._up = max(self._up[0], after), max(self._up[1], -after)
            self._down = max(self._down[0], before), max(self._down[1], -before)
        self._begun, self._ended = self._begun or time, time
        self._first = min(time, self._first or time)
        self._latest = max(time, self._latest or time)

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        condition = self._condition
        days = (self._latest.date() - self._first.date()).days + 1 if self._first and self._latest else 0
        newest_first = self._begun is not None and self._ended is not None and self._ended < self._begun
        gap, back = self._down if newest_first else self._up
        if condition.days is not None and days < condition.days:
            yield f"{days} < {condition.days}"
        if condition.gap_hours is not None and gap > timedelta(hours=condition.gap_hours):
            yield f"{gap} > {condition.gap_hours}:00"
        if condition.back_minutes is not None and back > timedelta(minutes=condition.back_minutes):
            yield f"{back} > 0:{condition.back_minutes:02}"
