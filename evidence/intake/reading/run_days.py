"""Days on which a run was made, by the moments in its file."""

from collections.abc import Iterable
from datetime import date, datetime

from evidence.formats.values import Run
from models.calendar import Calendar, Span


def days_of(run: Run, calendar: Calendar) -> Span | None:
    """First and last day of a run; None if its file has no date.

    A moment without a zone is the day as written; one with a zone is the day of the organisation.
    """
    days = [_day(moment, calendar) for moment in run.moments]
    return (min(days), max(days)) if days else None


def around(spans: Iterable[Span]) -> Span:
    """The span from the earliest first day to the latest last day."""
    spans = list(spans)
    return min(first for first, _ in spans), max(last for _, last in spans)


def _day(moment: datetime, calendar: Calendar) -> date:
    return moment.date() if moment.tzinfo is None else calendar.day_of(moment)
