"""The moment of a transaction where the machine's clock once ran ahead: what is recorded, and what the clock says."""

from datetime import datetime, timedelta
from typing import Self

#: A clock that is set right by less than this is no trouble: recorded moments wait for it.
TOLERANCE = timedelta(minutes=1)


class RecordedMoment(datetime):
    """A recorded moment that lies ahead of the wall clock, since a later one was recorded before.

    Facts keep the order in which they were recorded, so that they are known in that order. Days, and whatever waits or
    ends, follow the wall clock: `Calendar.day_of` and `wall_clock` give that.
    """

    wall: datetime

    @classmethod
    def of(cls, moment: datetime, wall: datetime) -> Self:
        made = cls.combine(moment.date(), moment.timetz())
        made.wall = wall
        return made


def recorded_moment(earliest: datetime, wall: datetime) -> datetime:
    """The wall clock's moment, or the earliest that may be recorded if that is later."""
    if wall >= earliest:
        return wall
    return RecordedMoment.of(earliest, wall) if earliest - wall > TOLERANCE else earliest


def wall_clock(moment: datetime) -> datetime:
    """What the wall clock said at a transaction's moment: the same, unless a clock ran ahead before."""
    return getattr(moment, "wall", moment)
