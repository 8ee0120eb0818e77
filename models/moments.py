"""Recorded moments when the machine's clock once ran ahead: the recorded moment and the wall clock's."""

from datetime import datetime, timedelta
from typing import Self

#: A correction of the clock by less than this is ignored: recorded moments wait for the clock to catch up.
TOLERANCE = timedelta(minutes=1)
_CLOCKS_DIFFER = timedelta(minutes=5)  # between this machine and those that wrote a file


class RecordedMoment(datetime):
    """A recorded moment ahead of the wall clock, because a later moment was recorded before.

    Facts are known in the order in which they were recorded. Days, delays and expiry follow the wall clock: see
    `Calendar.day_of` and `wall_clock`. `wall`: the moment by the wall clock.
    """

    wall: datetime

    @classmethod
    def of(cls, moment: datetime, wall: datetime) -> Self:
        recorded = cls.combine(moment.date(), moment.timetz())
        recorded.wall = wall
        return recorded


def recorded_moment(earliest: datetime, wall: datetime) -> datetime:
    """Return the later of the wall clock's moment and the earliest moment that may be recorded."""
    if wall >= earliest:
        return wall
    return RecordedMoment.of(earliest, wall) if earliest - wall > TOLERANCE else earliest


def wall_clock(moment: datetime) -> datetime:
    """Return the wall clock's moment of a transaction; the same moment unless a clock ran ahead before."""
    return getattr(moment, "wall", moment)


def latest_possible(moment: datetime) -> datetime:
    """Return the latest moment that a file uploaded at this moment can have recorded, as clocks differ a little."""
    return wall_clock(moment) + _CLOCKS_DIFFER
