"""The daily digest: what a person is told by mail, from what the pages show them.

What is due is told 30, 7 and 1 days before, and when it becomes overdue; what waits for a review or was rejected, once
it does. A day on which nobody gets mail is told on the working day before it. If nothing is new there is no digest,
except that what stays overdue or waits is told again after a week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from access.permissions import SECURITY_OFFICER, Person, may, require
from evidence.library.rejected_evidence import RejectedRow, rejected
from models.moments import wall_clock
from readiness.tasks.calendar_entries import CalendarEntry, EntryKind, current_entries
from readiness.tasks.review_queue import QueueItem, review_queue

REMINDERS: Final = (30, 7, 1)  # days before the due day
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LastDigest:
    """The digest before: its day, the last day that it told about, and when it was sent."""

    day: date
    told_until: date
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """What a person is told. `of_others`: what is overdue and concerns somebody else, for a security officer."""

    day: date
    due: Sequence[CalendarEntry]
    overdue: Sequence[CalendarEntry]
    of_others: Sequence[CalendarEntry]
    waiting: Sequence[QueueItem]
    rejected: Sequence[RejectedRow]
    is_news: bool


def make_digest(session: Session, person: Person, last: LastDigest | None, told_until: date, now: datetime) -> Digest:
    """The digest of today. `last`: the one before, None for the first; `told_until`: the day before the next one."""
    require(person, "readiness.read")
    today, entries = current_entries(session, person, now)
    own = [entry for entry in entries if _is_own(entry, person)]
    late = [entry for entry in entries if entry.kind == EntryKind.OVERDUE]
    overdue = [entry for entry in late if entry in own]
    others = [entry for entry in late if entry not in own] if SECURITY_OFFICER in person.roles else []
    due = [entry for entry in own if entry not in overdue and _is_reminded(entry, last, told_until)]
    waiting = review_queue(session, person, now).items if may(person, "evidence.review") else []
    since = last.sent_at if last else wall_clock(now) - _WEEK
    refused = rejected(session, person, since) if may(person, "evidence.read") else []
    is_news = bool(due or refused) or _is_news([*overdue, *others], waiting, last, today)
    return Digest(today, due, overdue, others, waiting, refused, is_news)


def _is_own(entry: CalendarEntry, reader: Person) -> bool:
    """Whether it is the reader's to do: assigned to them, or to nobody of their team; to officers what has no team.

    Security officers also decide about exceptions.
    """
    if entry.person is not None:
        return entry.person == reader.name
    if SECURITY_OFFICER in reader.roles and (entry.team is None or entry.kind == EntryKind.EXCEPTION):
        return True
    return entry.team in reader.teams


def _is_reminded(entry: CalendarEntry, last: LastDigest | None, told_until: date) -> bool:
    """Whether the day of a reminder came since the digest before."""
    told_before = last.told_until if last else date.min
    return any(told_before < entry.day - days * _DAY <= told_until for days in REMINDERS)


def _is_news(
    overdue: Sequence[CalendarEntry], waiting: Sequence[QueueItem], last: LastDigest | None, today: date
) -> bool:
    """Whether something became overdue or began to wait since the digest before; after a week also what still does."""
    if last is None or today - last.day >= _WEEK:
        return bool(overdue or waiting)
    is_later = any(item.row.recorded_at > last.sent_at for item in waiting)
    return is_later or any(entry.day >= last.day for entry in overdue)
