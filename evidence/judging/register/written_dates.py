"""Days and moments as people and programs write them, where the order of their numbers leaves no doubt.

A moment may say its zone; one that says none is for the organisation's calendar.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfoNotFoundError

from evidence.judging.register.written_values import date_in_words
from models.calendar import Calendar

_DAY = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})|(\d{1,2})-(\d{1,2})-(\d{4})")
_TIMED = re.compile(
    r"(?P<day>\S.*?)(?:T|,? +(?:om |at )?)(?P<hour>\d{1,2})[:.](?P<minute>[0-5]\d)"
    r"(?:[:.](?P<second>[0-5]\d)(?:[.,](?P<fraction>\d{1,9}))?)?(?: ?(?P<half>[AP])\.?M\.?)?(?: ?(?:uur|u|h)\.?)?"
    r"(?: ?\(?(?P<zone>Z|[A-Z]{3,4}|[+-]\d{2}(?::?\d{2})?|[A-Z][A-Za-z]+/[A-Za-z_/]{1,40})\)?(?:\[[\w/]+\])?)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})?")
_NAMED = {"Z": 0, "UTC": 0, "GMT": 0, "CET": 1, "MET": 1, "CEST": 2, "MEST": 2}  # hours
_LONGEST, _NOON, _HOURS, _MICROSECONDS = 80, 12, 24, 6


def day_in(written: str) -> date | None:
    """A day without a time: `2026-11-22`, `2026/11/22`, `22-11-2026`, `22 november 2026`; else None."""
    match = _DAY.fullmatch(written)
    if not match:
        return date_in_words(written)
    numbers = (match[1], match[3], match[4]) if match[1] else (match[7], match[6], match[5])
    try:
        return date(*map(int, numbers))
    except ValueError:
        return None


def moment_in(written: str) -> datetime | None:
    """A day with a time, aware if it says a zone; None of anything else."""
    match = _TIMED.fullmatch(written) if len(written) <= _LONGEST else None
    day = day_in(match["day"].strip()) if match else None
    if match is None or day is None:
        return None
    hour = _hour(int(match["hour"]), (match["half"] or "").upper())
    zone = _zone(match["zone"]) if match["zone"] else None
    if hour >= _HOURS or (match["zone"] and zone is None):
        return None
    fraction = int((match["fraction"] or "0")[:_MICROSECONDS].ljust(_MICROSECONDS, "0"))
    return datetime.combine(day, time(hour, int(match["minute"]), int(match["second"] or 0), fraction), zone)


def _hour(hour: int, half: str) -> int:
    """The hour of the day, of one that may be of a half of it; an hour that no half has is none of the day either."""
    if not half:
        return hour
    return hour % _NOON + (_NOON if half == "P" else 0) if 0 < hour <= _NOON else _HOURS


def _zone(name: str) -> tzinfo | None:
    if (hours := _NAMED.get(name.upper())) is not None:
        return timezone(timedelta(hours=hours)) if hours else UTC
    if offset := _OFFSET.fullmatch(name):
        minutes = 60 * int(offset[2]) + int(offset[3] or 0)
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes)) if minutes < 60 * _HOURS else None
    try:
        return Calendar.in_zone(name).zone if "/" in name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
