"""What follows each other in a register: numbers without gaps, moments without holes."""

import re
from array import array
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise

from controls.files.yaml_source import Given, Shape, Whole
from evidence.judging.register.watch import Around, Watch
from evidence.judging.values import Row

_NUMBERED = re.compile(r"(.*?)(\d{1,18})")


class Numbered(Shape):
    """References end in numbers that follow each other, without gaps between the first and the last."""

    column: Given

    def columns(self) -> list[str]:
        return [self.column]

    def watch(self) -> "Numbers":
        return Numbers(self)


class Numbers:
    """The numbers that were seen, by what stands before them."""

    def __init__(self, asked: Numbered) -> None:
        self._asked = asked
        self._seen: dict[str, array[int]] = {}
        self._digits: dict[str, int] = {}  # of numbers that are written with zeros before them

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        if found := _NUMBERED.fullmatch(str(row.get(self._asked.column, ""))):
            series, number = found.groups()
            self._seen.setdefault(series, array("Q")).append(int(number))
            if number.startswith("0"):
                self._digits[series] = len(number)

    @property
    def repeats(self) -> bool:
        """Whether a number was seen more than once."""
        return any(len(set(seen)) < len(seen) for seen in self._seen.values())

    def lacks(self, around: Around) -> Iterable[str]:
        """Each number that is missing, or the first and last of several."""
        del around
        for series, seen in self._seen.items():
            digits = self._digits.get(series, 0)
            for before, after in pairwise(sorted(set(seen))):
                if after - before > 1:
                    missing = dict.fromkeys(f"{series}{number:0{digits}}" for number in (before + 1, after - 1))
                    yield " - ".join(missing)


class Times(Shape):
    """Moments: so many days from first to last, no gap of more hours, none more than so many minutes back."""

    column: Given
    days: Whole | None = None
    gap_hours: Whole | None = None
    back_minutes: Whole | None = None

    def columns(self) -> list[str]:
        return [self.column]

    def watch(self) -> Watch:
        return _Times(self)


class _Times:
    """Both ways round: exports begin with the oldest or with the newest."""

    def __init__(self, asked: Times) -> None:
        self._asked = asked
        self._begun: datetime | None = None  # the moment of the first row
        self._ended: datetime | None = None  # and of the last
        self._first: datetime | None = None
        self._latest: datetime | None = None
        self._up = (timedelta(), timedelta())  # gap and way back, if the oldest comes first
        self._down = (timedelta(), timedelta())  # if the newest does

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        time = row.get(self._asked.column)
        if not isinstance(time, datetime):
            return
        if self._first is not None and self._latest is not None:
            after, before = time - self._latest, self._first - time
            self._up = max(self._up[0], after), max(self._up[1], -after)
            self._down = max(self._down[0], before), max(self._down[1], -before)
        self._begun, self._ended = self._begun or time, time
        self._first = min(time, self._first or time)
        self._latest = max(time, self._latest or time)

    def lacks(self, around: Around) -> Iterable[str]:
        del around
        asked = self._asked
        days = (self._latest.date() - self._first.date()).days + 1 if self._first and self._latest else 0
        newest_first = self._begun is not None and self._ended is not None and self._ended < self._begun
        gap, back = self._down if newest_first else self._up
        if asked.days is not None and days < asked.days:
            yield f"{days} < {asked.days}"
        if asked.gap_hours is not None and gap > timedelta(hours=asked.gap_hours):
            yield f"{gap} > {asked.gap_hours}:00"
        if asked.back_minutes is not None and back > timedelta(minutes=asked.back_minutes):
            yield f"{back} > 0:{asked.back_minutes:02}"
