"""Dutch working days: Monday to Friday without the holidays of the Algemene termijnenwet, article 3.

For terms of the GDPR, Regulation (EEC, Euratom) 1182/71, article 3(4): a term that ends on a Saturday, Sunday or public
holiday ends with the next working day.
"""

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6
_FROM_EASTER = (-2, 1, 39, 50)  # days: Good Friday (equated), Easter Monday, Ascension Day, Whit Monday


@cache
def holidays(year: int) -> frozenset[date]:
    """New Year's Day, those that move with Easter, King's Day, Liberation Day, and both days of Christmas."""
    kings_day = date(year, 4, 27)
    fixed = (
        date(year, 1, 1),
        kings_day - _DAY if kings_day.weekday() == _SUNDAY else kings_day,
        date(year, 5, 5),
        date(year, 12, 25),
        date(year, 12, 26),
    )
    return frozenset((*fixed, *(easter(year) + timedelta(days=days) for days in _FROM_EASTER)))


def is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def on_or_after(day: date) -> date:
    """The day itself, or the next working day; at most the last day of `date`."""
    while day < date.max and not is_working_day(day):
        day += _DAY
    return day


def after(day: date, working_days: int) -> date:
    """The day so many working days later; the day itself is not counted. At most the last day of `date`."""
    for _ in range(working_days):
        if day == date.max:
            break
        day = on_or_after(day + _DAY)
    return day
