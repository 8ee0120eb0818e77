"""The organisation's calendar: its time zone, and the day of a moment in that zone.

The zone is set once, in `settings`, and belongs to the engine (`make_engine`). Code with a session uses
`calendar_of(session)`; other code is passed a `Calendar`. No zone is assumed anywhere.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.moments import wall_clock

#: first and last day, both included
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar in one time zone."""

    zone: ZoneInfo

    @classmethod
    def in_zone(cls, name: str) -> Self:
        """Return the calendar of an IANA zone, such as `America/New_York`. Raises `ZoneInfoNotFoundError`."""
        return cls(ZoneInfo(name))

    def day_of(self, moment: datetime) -> date:
        """Return the day of a moment; for a transaction's moment, the day by the wall clock.

        A moment of a file may lie so near an end of the years that it has no day in this zone: then the end itself.
        """
        try:
            return wall_clock(moment).astimezone(self.zone).date()
        except OverflowError:
            return date.min if moment.year == date.min.year else date.max

    def moment_of(self, local: datetime) -> datetime:
        """Return the moment of a local time without a zone."""
        return local.replace(tzinfo=self.zone)

    def start_of(self, day: date) -> datetime:
        """Return the first moment of a day."""
        return datetime.combine(day, time(), self.zone)

    def end_of(self, day: date) -> datetime:
        """Return the first moment after a day."""
        return self.start_of(day + timedelta(days=1))

    def last_moment_of(self, day: date) -> datetime:
        """Return the last moment of a day, in UTC: facts recorded later were not known on that day."""
        return self.end_of(day).astimezone(UTC) - timedelta(microseconds=1)


def calendar_of(database: Session | Engine) -> Calendar:
    """Return the calendar of an engine. Raises `LookupError` for an engine without one."""
    bind = database.get_bind() if isinstance(database, Session) else database
    calendar: Calendar | None = bind.get_execution_options().get("calendar")
    if calendar is None:
        raise LookupError("The engine was made without a calendar: its sessions can't tell days.")
    return calendar
