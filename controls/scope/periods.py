"""Periods of days, first and last day included; the last day may be open (None)."""

from datetime import date, timedelta

from controls.errors import NotPossible
from locales import text

#: A period whose last day is the day before its first day is withdrawn: it never applied.
BEFORE = timedelta(days=1)


def require_order(first_day: date, last_day: date | None) -> None:
    """Raise `NotPossible` if the last day is before the first."""
    if last_day is not None and last_day < first_day:
        raise NotPossible(
            text(
                "The last day {last} is before the first day {first}; correct one of the two.",
                last=last_day,
                first=first_day,
            )
        )
