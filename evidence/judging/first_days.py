"""The first days of findings: from the runs in which each was seen, and those in which it was gone.

A finding that returns starts anew only if it stayed away for longer than the policy says; otherwise its first day
remains. What is not certain makes a first day earlier, never later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

FindingKey = tuple[str, str]  # check and target


class Change(NamedTuple):
    """A run in which a finding was seen or gone.

    `day`: of the run; `first_day`: from which the finding counted then.
    """

    check: str
    target: str
    is_seen: bool
    day: date
    first_day: date | None = None
    tool: str = ""


@dataclass(slots=True)
class _Period:
    """Days on which a finding was there: first seen on `seen`, counting from `first_day`, until it was gone.

    `tool`: that saw it last; a run of another one does not show that it is gone.
    """

    seen: date
    first_day: date
    tool: str
    gone: date | None = None


class FirstDays:
    """The periods of findings, from changes in the order of their days."""

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self._periods: dict[FindingKey, list[_Period]] = {}
        for change in changes:
            self._add(change)

    def __bool__(self) -> bool:
        """Whether anything was seen before."""
        return bool(self._periods)

    def _add(self, change: Change) -> None:
        periods = self._periods.setdefault((change.check, change.target), [])
        first_day = min(change.day, change.first_day or change.day)
        last = periods[-1] if periods else None
        if not change.is_seen:
            if last and last.gone is None and last.tool == change.tool:
                last.gone = change.day
        elif last is None or last.gone is not None:
            periods.append(_Period(change.day, first_day, change.tool))
        else:
            last.first_day, last.tool = min(last.first_day, first_day), change.tool

    def first_day(self, key: FindingKey, day: date, returns: timedelta | None) -> date:
        """The first day of a finding that is seen on a day, after all changes.

        `returns`: how long it may stay away and keep its first day; None: for ever.
        """
        first = seen = day
        for period in reversed(self._periods.get(key, ())):
            if returns is not None and period.gone is not None and seen - period.gone > returns:
                break
            first, seen = min(first, period.first_day), period.seen
        return first


NO_DAYS: Final = FirstDays()  # where nothing was seen before
