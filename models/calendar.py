"""The organisation's calendar: its time zone, and which day a moment is in it.

The zone is set once, in `settings`, and belongs to the engine (`make_engine`). Whoever holds a session asks
`calendar_of(session)`; whoever holds none gets a `Calendar`. No zone is assumed anywhere.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.moments import wall_clock

#: First and last day, both included.
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one time zone."""

    zone: ZoneInfo

    @classmethod
    def in_zone(cls, name: str) -> Self:
        """The calendar of a zone of the IANA database, such as `America/New_York`. Raises `ZoneInfoNotFoundError`."""
        return cls(ZoneInfo(name))

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment; of a transaction's moment, the day by the wall clock."""
        return wall_clock(moment).astimezone(self.zone).date()

    def moment_of(self, written: datetime) -> datetime:
        """The moment that was written without a zone, by a clock of this calendar."""
        return written.replace(tzinfo=self.zone)

    def start_of(self, day: date) -> datetime:
        """The first moment of a day."""
        return datetime.combine(day, time(), self.zone)

    def end_of(self, day: date) -> datetime:
        """The first moment after a day."""
        return self.start_of(day + timedelta(days=1))

    def last_moment_of(self, day: date) -> datetime:
        """The last moment of a day, in UTC: what is recorded later was not known on that day."""
        return self.end_of(day).astimezone(UTC) - timedelta(microseconds=1)


def calendar_of(database: Session | Engine) -> Calendar:
    """The organisation's calendar, which the engine was made with. Raises `LookupError` if it was made without."""
    bind = database.get_bind() if isinstance(database, Session) else database
    calendar: Calendar | None = bind.get_execution_options().get("calendar")
    if calendar is None:
        raise LookupError("The engine was made without a calendar: its sessions can't tell days.")
    return calendar
