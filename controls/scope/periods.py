"""Periods of days, both ends included; the last may still be open."""

from datetime import date, timedelta

from controls.errors import NotPossible
from locales import text

#: A period whose last day is the day before its first is withdrawn: it never was.
BEFORE = timedelta(days=1)


def in_order(first_day: date, last_day: date | None) -> None:
    """Refuse a last day before the first."""
    if last_day is not None and last_day < first_day:
        raise NotPossible(
            text("The last day {last} lies before the first day {first}.", last=last_day, first=first_day)
        )
