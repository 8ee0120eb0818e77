"""Days of the organisation."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.moments import wall_clock

#: First and last day, both included.
Span = tuple[date, date]


def local_day(moment: datetime, zone: str = "Europe/Amsterdam") -> date:
    """The organisation's calendar day of a moment; of a transaction's, the day by the wall clock."""
    return wall_clock(moment).astimezone(ZoneInfo(zone)).date()


def local(moment: datetime, zone: str = "Europe/Amsterdam") -> datetime:
    """A moment that was written without a zone, where the organisation is."""
    return moment.replace(tzinfo=ZoneInfo(zone))


def start_of(day: date, zone: str = "Europe/Amsterdam") -> datetime:
    """The first moment of a day, where the organisation is."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def end_of(day: date, zone: str = "Europe/Amsterdam") -> datetime:
    """The first moment after a day."""
    return start_of(day + timedelta(days=1), zone)
