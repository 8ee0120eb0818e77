"""Days of the organisation."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def local_day(moment: datetime, zone: str = "Europe/Amsterdam") -> date:
    """The organisation's calendar day of a moment."""
    return moment.astimezone(ZoneInfo(zone)).date()
