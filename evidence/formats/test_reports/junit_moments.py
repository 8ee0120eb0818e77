"""Reads when a JUnit suite or case ran, from attributes with moments in unambiguous notations."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from evidence.formats.moments import FIRST_YEAR, Moments
from evidence.formats.reading.xml_stream import local
from evidence.formats.test_reports.junit_outcomes import plain
from evidence.formats.values import Unreadable
from locales import text

#: names of attributes, in lower case without separators: timestamp, start-time, endedAt, run_date
_NAMES = re.compile(
    r"(?:test|suite|case|run|execution)?(?:start(?:ed)?|beg[ai]n|end(?:ed)?|stop(?:ped)?|finish(?:ed)?|complete[d]?|"
    r"executed|created|generated|ran|run|when)?(?:at|on|time|date|datetime|stamp|timestamp|utc|ms|millis)*"
)
_END = re.compile("end|stop|finish|complete")
_NO_MOMENT = frozenset(("", "time", "run", "test", "suite", "case", "execution"))  # durations, numbers, names
_ZONE = r"(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?|[A-Z]{3,4})?"
_ISO = re.compile(
    rf"(\d{{4}})([-/]?)(\d\d)\2(\d\d)(?:[T ]\s*(\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?\s*{_ZONE}(?:\[[\w/+-]+\])?)?"
)
_WRITTEN_OUT = re.compile(rf"(?:[A-Z][a-z]{{2}},? )?(\d{{1,2}}) ([A-Z][a-z]{{2}}) (\d{{4}}) (\d\d:\d\d:\d\d) ?{_ZONE}")
_CTIME = re.compile(rf"(?:[A-Z][a-z]{{2}} )?([A-Z][a-z]{{2}}) {{1,2}}(\d{{1,2}}) (\d\d:\d\d:\d\d) ?{_ZONE} ?(\d{{4}})")
_SINCE_1970 = re.compile(r"(\d{10}(?:\d{3}){0,3})(?:\.\d+)?")  # seconds, or 3, 6, 9 digits finer
_LOOKS_LIKE_MOMENT = re.compile(r"\d+[-/. ]+(?:\d+|[A-Za-z]{3,})[-/. ]+\d|\d{8}|[A-Z][a-z]{2,} +\d{1,2}\b|\d{4}-\w")
_LONGEST = 64
_LONGEST_RUN = timedelta(days=31)


def add_moments(attributes: Mapping[str, str], moments: Moments) -> bool:
    """Add the moments in attributes; return whether there are any. Raises `Unreadable` for other notations."""
    found: dict[bool, datetime] = {}  # by whether it is the moment of an end
    for name, value in attributes.items():
        if (kind := _kind(name)) and (moment := _read_moment(name, kind, value, attributes)):
            found[bool(_END.search(kind))] = moment
            moments.add(moment, moment + duration_of(attributes.get("time", "")))
    if len(found) > 1:
        moments.add_part(found[False], found[True])
    return bool(found)


@lru_cache(1024)
def _kind(name: str) -> str:
    """The normalised name of an attribute that may hold a moment; empty for others."""
    key = plain(name)
    return "" if key in _NO_MOMENT or not _NAMES.fullmatch(key) else key


def _read_moment(name: str, kind: str, value: str, attributes: Mapping[str, str]) -> datetime | None:
    value = value.strip()[:_LONGEST]
    if not _looks_like_moment(value, kind):
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


def _looks_like_moment(value: str, kind: str) -> bool:
    """Whether a value looks like a moment; tools that do not know it write zeros."""
    if not value.strip("0.:-/T Z"):
        return False
    return bool(_LOOKS_LIKE_MOMENT.search(value)) or (kind == "timestamp" and any(map(str.isdigit, value)))


def _moment(value: str) -> datetime:
    """Parse a moment, with its zone if that is numeric or UTC. Raises `ValueError`."""
    if len(value) == len("2026-03-04T08:00:00") and value[10] == "T":  # the usual notation, parsed faster
        return datetime.fromisoformat(value)
    if match := _ISO.fullmatch(value):
        year, _, month, day, hour, minute, second, zone = match.groups()
        written = f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}"
        return datetime.fromisoformat(written + _shift(zone))
    if match := _SINCE_1970.fullmatch(value):
        digits = match[1]
        return datetime.fromtimestamp(int(digits) / 10 ** (len(digits) - 10), UTC)
    if match := _WRITTEN_OUT.fullmatch(value):
        day, month, year, time, zone = match.groups()
    elif match := _CTIME.fullmatch(value):
        month, day, time, zone, year = match.groups()
    else:
        raise ValueError(value)
    shift = _shift(zone).replace(":", "").ljust(5, "0") if _shift(zone) else "-0000"
    return parsedate_to_datetime(f"{day} {month} {year} {time} {shift}")


def _shift(zone: str | None) -> str:
    """The UTC offset; empty for other abbreviations, as several zones share them."""
    if zone in ("Z", "UTC", "GMT"):
        return "+00:00"
    return zone if zone and zone[0] in "+-" else ""


def duration_of(value: str) -> timedelta:
    """The duration in seconds, with or without thousands separators; zero for impossible values."""
    try:
        taken = timedelta(seconds=float(value.replace(",", "")))
    except (ValueError, OverflowError):
        return timedelta()
    return taken if timedelta() <= taken <= _LONGEST_RUN else timedelta()
