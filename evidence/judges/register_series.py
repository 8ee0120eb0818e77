"""What follows each other in a register: numbers without gaps, moments without holes."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from controls.yaml_source import Given, Shape, Whole
from evidence.judges.register_values import Row
from evidence.judges.register_watch import Around, Watch

_NUMBERED = re.compile(r"(.*?)(\d{1,18})")


class Numbered(Shape):
    """References end in numbers that follow each other, without gaps between the first and the last."""

    column: Given

    def columns(self) -> list[str]:
        return [self.column]

    def watch(self) -> Watch:
        return _Numbered(self)


class _Numbered:
    def __init__(self, asked: Numbered) -> None:
        self._asked = asked
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._count: Counter[str] = Counter()

    def see(self, row: Row, *, passed: bool) -> None:
        del passed
        if found := _NUMBERED.fullmatch(str(row.get(self._asked.column, ""))):
            series, number = found.group(1), int(found.group(2))
            self._first[series] = min(number, self._first.get(series, number))
            self._last[series] = max(number, self._last.get(series, number))
            self._count[series] += 1

    def lacks(self, around: Around) -> Iterable[str]:
        del around
        for series, count in self._count.items():
            first, last = self._first[series], self._last[series]
            if last - first + 1 > count:
                yield f"{series}{first} - {series}{last}: {last - first + 1 - count}"


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
    def __init__(self, asked: Times) -> None:
        self._asked = asked
        self._first: datetime | None = None
        self._latest: datetime | None = None
        self._gap = self._back = timedelta()

    def see(self, row: Row, *, passed: bool) -> None:
        del passed
        time = row.get(self._asked.column)
        if not isinstance(time, datetime):
            return
        if self._latest is not None:
            self._gap = max(self._gap, time - self._latest)
            self._back = max(self._back, self._latest - time)
        self._first = min(time, self._first or time)
        self._latest = max(time, self._latest or time)

    def lacks(self, around: Around) -> Iterable[str]:
        del around
        asked = self._asked
        days = (self._latest.date() - self._first.date()).days + 1 if self._first and self._latest else 0
        if asked.days is not None and days < asked.days:
            yield f"{days} < {asked.days}"
        if asked.gap_hours is not None and self._gap > timedelta(hours=asked.gap_hours):
            yield f"{self._gap} > {asked.gap_hours}:00"
        if asked.back_minutes is not None and self._back > timedelta(minutes=asked.back_minutes):
            yield f"{self._back} > 0:{asked.back_minutes:02}"
