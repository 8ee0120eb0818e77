"""Calendar durations (ISO 8601) added to days; months and years are clamped to the end of the month."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from locales import Problem, text

_DURATION = re.compile(r"P(?=.)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")


class NotADuration(Problem):
    """The text is not a calendar duration of at least a day."""


@lru_cache(maxsize=1024)
def parse(duration: str) -> tuple[int, int]:
    """Parse a duration such as P30D, P3M or P1Y into months and days. Raises `NotADuration`."""
    match = _DURATION.fullmatch(duration)
    years, months, weeks, days = (int(part or 0) for part in match.groups()) if match else (0, 0, 0, 0)
    if years + months + weeks + days == 0:
        raise NotADuration(
            text(
                "{duration} is not a renewal: expected an ISO 8601 duration of at least a day, such as P30D or P1Y.",
                duration=repr(duration),
            )
        )
    return years * 12 + months, weeks * 7 + days


def days_after(day: date, days: int) -> date:
    """Return the day so many days later (earlier if negative); at most the first or last day of `date`."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


def hours_after(moment: datetime, hours: int) -> datetime:
    """Return the moment so many hours later, at most the last one of `datetime`."""
    try:
        return moment + timedelta(hours=hours)
    except OverflowError:
        return datetime.max.replace(tzinfo=moment.tzinfo)


def months_after(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of that month; at most the first or last day of `date`."""
    try:
        return day + relativedelta(months=months)
    except ValueError:
        return date.max if months > 0 else date.min


def months_before(day: date, months: int) -> date:
    """Return the same day `months` earlier, or the last day of that month."""
    return months_after(day, -months)


@lru_cache(maxsize=65536)
def add(day: date, duration: str) -> date:
    """Return the day a duration after `day`; at most `date.max`. Raises `NotADuration`."""
    months, days = parse(duration)
    return min(months_after(day, months), date.max - timedelta(days=days)) + timedelta(days=days)


@lru_cache(maxsize=65536)
def valid_since(day: date, duration: str) -> date:
    """Return the first day `d` with `add(d, duration) > day`: evidence of `d` or later is still valid on `day`.

    `add` never decreases as its day increases, so one bound is enough for all evidence of a requirement. An empty
    duration gives `date.min`.
    """
    if not duration:
        return date.min
    months, days = parse(duration)
    guess = date.fromordinal(max(1, day.toordinal() - days - months * 31 - 3))
    while add(guess, duration) <= day:
        guess += timedelta(days=1)
    return guess
