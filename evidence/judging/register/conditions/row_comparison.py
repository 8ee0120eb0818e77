"""Conditions that compare a register with another row by row: an approved one, or one of another source."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from math import inf

from pydantic import Field

from controls.files.yaml_source import Given, Key, Whole
from evidence.judging.page_parts import code
from evidence.judging.register.conditions.condition import (
    AtLeastOne,
    NotYet,
    RegisterContext,
    WholeCheck,
    WholeCondition,
    folded,
    group,
)
from evidence.judging.values import Row
from locales import Language


class Same(WholeCondition):
    """These columns hold the same combinations as in another register; only of the `within` that occur here."""

    policy: Key
    within: Given
    columns_: AtLeastOne = Field(alias="columns")

    def columns(self) -> list[str]:
        return [self.within, *self.columns_]

    def new_check(self) -> WholeCheck:
        return _Same(self)

    def describe(self, t: Language) -> str:
        return t(
            "{columns} hold the same combinations as in the register {register}, as accepted last",
            columns=code(*self.columns_),
            register=code(self.policy),
        )

    def compared_with(self) -> set[str]:
        return {self.policy}


class _Same:
    def __init__(self, condition: Same) -> None:
        self._condition = condition
        self._within: set[str] = set()
        self._seen: dict[str, str] = {}

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        name = group(row, self._condition.columns_)
        self._within.add(folded(row, self._condition.within))
        self._seen.setdefault(name.casefold(), name)

    def missing(self, around: RegisterContext) -> Iterable[str]:
        condition = self._condition
        theirs = {
            name.casefold(): name
            for row in _others(around, condition.policy)
            if folded(row, condition.within) in self._within
            for name in [group(row, condition.columns_)]
        }
        if not theirs:
            raise NotYet(condition.policy)
        yield from (f"- {theirs[key]}" for key in sorted(theirs.keys() - self._seen.keys()))
        yield from (f"+ {self._seen[key]}" for key in sorted(self._seen.keys() - theirs.keys()))


class Near(WholeCondition):
    """The moments of another register in the period of this one occur here too, within a number of seconds.

    Only rows whose `within` occurs here are compared. `alike` must be equal too, where the other register fills it. No
    one has a later moment here than the last one in the other register.
    """

    policy: Key
    within: Given
    who: Given
    alike: list[Given] = Field(default_factory=list)
    theirs: Given
    ours: Given
    seconds: Whole

    def columns(self) -> list[str]:
        return [self.within, self.who, *self.alike, self.ours]

    def new_check(self) -> WholeCheck:
        return _Near(self)

    def describe(self, t: Language) -> str:
        return t.n(
            "every {theirs} of the register {register}, as accepted last, that lies in this period stands here for the "
            "same {who}, at most {n} second earlier or later; and nobody has a later {ours} here",
            "every {theirs} of the register {register}, as accepted last, that lies in this period stands here for the "
            "same {who}, at most {n} seconds earlier or later; and nobody has a later {ours} here",
            self.seconds,
            theirs=code(self.theirs),
            register=code(self.policy),
            who=code(self.who, *self.alike),
            ours=code(self.ours),
        )

    def compared_with(self) -> set[str]:
        return {self.policy}


#: the moments of one person, by what must be alike
_Moments = dict[tuple[str, ...], "array[float]"]


class _Near:
    def __init__(self, condition: Near) -> None:
        self._condition = condition
        self._within: set[str] = set()
        self._seen: dict[str, _Moments] = defaultdict(dict)
        self._first, self._last = inf, -inf

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        self._within.add(folded(row, self._condition.within))
        if (moment := _moment(row, self._condition.ours)) is not None:
            self._first, self._last = min(moment, self._first), max(moment, self._last)
            self._seen[folded(row, self._condition.who)].setdefault(self._alike(row), array("d")).append(moment)

    def _alike(self, row: Row) -> tuple[str, ...]:
        return tuple(folded(row, column) for column in self._condition.alike)

    def missing(self, around: RegisterContext) -> Iterable[str]:
        """First the missing moments, then those later than the other register has."""
        condition, seconds = self._condition, self._condition.seconds
        latest: dict[str, float] = {}
        period = (self._first - seconds, self._last + seconds)
        compared, missing = 0, []
        self._sort()
        for row in _others(around, condition.policy):
            moment = _moment(row, condition.theirs)
            if moment is None or folded(row, condition.within) not in self._within:
                continue
            who = folded(row, condition.who)
            latest[who] = max(moment, latest.get(who, moment))
            if period[0] <= moment <= period[1]:
                compared += 1
                if not self._has(who, self._alike(row), moment):
                    missing.append(f"{row[condition.who]} {_said(moment)}")
        if not compared:
            raise NotYet(condition.policy)
        yield from missing
        yield from self._later(latest)

    def _has(self, who: str, alike: tuple[str, ...], moment: float) -> bool:
        return any(
            _is_near(moments, moment, self._condition.seconds)
            for ours, moments in self._seen.get(who, {}).items()
            if all(not theirs or theirs == own for theirs, own in zip(alike, ours, strict=True))
        )

    def _sort(self) -> None:
        for seen in self._seen.values():
            for alike, moments in seen.items():
                seen[alike] = array("d", sorted(moments))

    def _later(self, latest: dict[str, float]) -> Iterator[str]:
        for who, seen in self._seen.items():
            last = max(moments[-1] for moments in seen.values())
            if who in latest and last > latest[who] + self._condition.seconds:
                yield f"{who} {_said(last)}"


def _is_near(moments: "array[float]", moment: float, seconds: int) -> bool:
    """Whether one of these moments, sorted, lies at most so many seconds from another."""
    at = bisect_left(moments, moment - seconds)
    return at < len(moments) and moments[at] <= moment + seconds


def _others(around: RegisterContext, policy: str) -> Iterable[Row]:
    if policy not in around.others:
        raise NotYet(policy)
    return around.others[policy]


def _moment(row: Row, column: str) -> float | None:
    value = row.get(column)
    return value.timestamp() if isinstance(value, datetime) else None


def _said(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
