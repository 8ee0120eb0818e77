"""When a suite or a case of JUnit XML ran: the attributes that tell a moment, in spellings that are not ambiguous."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from evidence.formats.junit_words import plain
from evidence.formats.moments import FIRST_YEAR, Moments
from evidence.formats.values import Unreadable
from evidence.formats.xml_stream import local
from locales import text

#: names of attributes, in small letters without marks between words: timestamp, start-time, endedAt, run_date
_NAMES = re.compile(
    r"(?:test|suite|case|run|execution)?(?:start(?:ed)?|beg[ai]n|end(?:ed)?|stop(?:ped)?|finish(?:ed)?|complete[d]?|"
    r"executed|created|generated|ran|run|when)?(?:at|on|time|date|datetime|stamp|timestamp|utc|ms|millis)*"
)
_NO_MOMENT = frozenset(("", "time", "run", "test", "suite", "case", "execution"))  # durations, numbers, names
_ZONE = r"(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?|[A-Z]{3,4})?"
_ISO = re.compile(
    rf"(\d{{4}})([-/]?)(\d\d)\2(\d\d)(?:[T ]\s*(\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?\s*{_ZONE}(?:\[[\w/+-]+\])?)?"
)
_WRITTEN_OUT = re.compile(rf"(?:[A-Z][a-z]{{2}},? )?(\d{{1,2}}) ([A-Z][a-z]{{2}}) (\d{{4}}) (\d\d:\d\d:\d\d) ?{_ZONE}")
_CTIME = re.compile(rf"(?:[A-Z][a-z]{{2}} )?([A-Z][a-z]{{2}}) {{1,2}}(\d{{1,2}}) (\d\d:\d\d:\d\d) ?{_ZONE} ?(\d{{4}})")
_SINCE_1970 = re.compile(r"(\d{10}(?:\d{3}){0,3})(?:\.\d+)?")  # seconds, or 3, 6, 9 digits finer
_LOOKS_SO = re.compile(r"\d+[-/. ]+(?:\d+|[A-Za-z]{3,})[-/. ]+\d|\d{8}|[A-Z][a-z]{2,} +\d{1,2}\b|\d{4}-\w")
_LONGEST = 64
_LONGEST_RUN = timedelta(days=31)


def note(attributes: Mapping[str, str], moments: Moments) -> bool:
    """Add what these attributes tell; whether they tell any moment. Raises `Unreadable` for one in another spelling."""
    told = False
    for name, value in attributes.items():
        if (kind := _kind(name)) and (began := _told(name, kind, value, attributes)):
            told = True
            moments.add(began, began + duration_of(attributes.get("time", "")))
    return told


@lru_cache(1024)
def _kind(name: str) -> str:
    """The plain name of an attribute that may tell a moment; empty for others."""
    key = plain(name)
    return "" if key in _NO_MOMENT or not _NAMES.fullmatch(key) else key


def _told(name: str, kind: str, value: str, attributes: Mapping[str, str]) -> datetime | None:
    value = value.strip()[:_LONGEST]
    if not _looks_so(value, kind):
        return None
    try:
        moment = _moment(value)
    except (ValueError, OverflowError):
        raise Unreadable(
            text(
                "JUnit XML: the moment that {attribute} tells of {name} can't be read; expected ISO 8601, such as "
                "2026-03-04T08:00:00Z.",
                attribute=local(name)[:40],
                name=attributes.get("name", "")[:80] or "-",
            )
        ) from None
    return moment if moment.year >= FIRST_YEAR else None


def _looks_so(value: str, kind: str) -> bool:
    """Zeros are what tools write that don't know the moment."""
    if not value.strip("0.:-/T Z"):
        return False
    return bool(_LOOKS_SO.search(value)) or (kind == "timestamp" and any(map(str.isdigit, value)))


def _moment(value: str) -> datetime:
    """As it is written: with its zone if one is named in numbers or as UTC. Raises `ValueError`."""
    if len(value) == len("2026-03-04T08:00:00") and value[10] == "T":  # the most, and quicker
        return datetime.fromisoformat(value)
    if found := _ISO.fullmatch(value):
        year, _, month, day, hour, minute, second, zone = found.groups()
        written = f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}"
        return datetime.fromisoformat(written + _shift(zone))
    if found := _SINCE_1970.fullmatch(value):
        digits = found[1]
        return datetime.fromtimestamp(int(digits) / 10 ** (len(digits) - 10), UTC)
    if found := _WRITTEN_OUT.fullmatch(value):
        day, month, year, time, zone = found.groups()
    elif found := _CTIME.fullmatch(value):
        month, day, time, zone, year = found.groups()
    else:
        raise ValueError(value)
    shift = _shift(zone).replace(":", "").ljust(5, "0") if _shift(zone) else "-0000"
    return parsedate_to_datetime(f"{day} {month} {year} {time} {shift}")


def _shift(zone: str | None) -> str:
    """Letters other than UTC are no zone: several share them."""
    if zone in ("Z", "UTC", "GMT"):
        return "+00:00"
    return zone if zone and zone[0] in "+-" else ""


def duration_of(value: str) -> timedelta:
    """How long a suite took, in seconds with or without commas between thousands; nothing for what can't be right."""
    try:
        taken = timedelta(seconds=float(value.replace(",", "")))
    except (ValueError, OverflowError):
        return timedelta()
    return taken if timedelta() <= taken <= _LONGEST_RUN else timedelta()
