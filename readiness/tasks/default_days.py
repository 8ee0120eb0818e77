"""Default days: the weeks until the audit each get an equal share of the requirements, those with most impact first."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from evidence.intake.delivery.cells import CellKey
from readiness.tasks.todo import ToDo

_FRIDAY: Final = 4
_WEEK: Final = timedelta(days=7)


def default_days(items: Sequence[ToDo], today: date, last: date) -> dict[CellKey, date]:
    """Give each requirement a Friday after today and up to `last`; all its cells share it."""
    days = _fridays(today, last)
    by_impact = sorted(items, key=lambda item: -item.controls)
    order = list(dict.fromkeys(item.requirement for item in by_impact))
    day_of = {requirement: days[number * len(days) // len(order)] for number, requirement in enumerate(order)}
    return {(item.requirement, item.system, item.target): day_of[item.requirement] for item in items}


def _fridays(today: date, last: date) -> list[date]:
    """The Fridays after today up to a day; that day itself if there are none."""
    first = today + timedelta(days=(_FRIDAY - today.weekday() - 1) % 7 + 1)
    return [first + number * _WEEK for number in range((last - first).days // 7 + 1)] or [last]
