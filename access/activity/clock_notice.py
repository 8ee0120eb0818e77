"""A notice about a clock that ran ahead, since recorded moments are then later than they really were."""

from datetime import datetime

from sqlmodel import Session

from access.activity.record import record
from access.permissions import SYSTEM
from locales import Text, text
from models.moments import wall_clock


def record_clock_ahead(session: Session, now: datetime) -> Text | None:
    """Record in the activity log that the clock ran ahead, and return the message; None if it has caught up."""
    wall = wall_clock(now)
    if wall == now:
        return None
    record(session, SYSTEM, "clock.ran_ahead", "clock", now, clock=wall.isoformat())
    return clock_ahead_message(now, wall)


def clock_ahead_message(last: datetime, wall: datetime) -> Text:
    """The message. `last`: the last recorded moment; `wall`: the clock's."""
    return text(
        "The clock of this machine says {wall}, and something was recorded on {last}: the clock ran ahead then, or is "
        "wrong now. Set it right. Days follow the clock; what is recorded until {last} is dated that moment.",
        wall=wall,
        last=last,
    )
