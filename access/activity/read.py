"""Reading the activity log: who did what, the newest first; and the state of its chain."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, SQLModel

from access.permissions import Person, may, require
from models import Account, Activity, Checkpoint
from models.calendar import Calendar, calendar_of

PAGE_SIZE = 100

_TABLES = SQLModel.metadata.tables
_LOG = _TABLES[str(Activity.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_CHECKPOINT = _TABLES[str(Checkpoint.__tablename__)]
_ADDRESS = re.compile(r"[^\s@<>,;:\"']+@[^\s@<>,;:\"']+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `about`: the name of the person whom it is about, if its subject is an account."""

    id: int
    at: datetime
    person: str
    verb: str
    subject: str
    about: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """Which entries. `person` and `subject`: a part of them; `subject` also finds accounts by name; days inclusive."""

    person: str = ""
    verb: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class LogState:
    """The number of entries and the last checkpoint; None: nothing was signed yet."""

    entries: int
    checkpoint: Checkpoint | None


def list_entries(
    session: Session,
    person: Person,
    filters: ActivityFilter | None = None,
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> list[Entry]:
    """Entries with a number below `before` (the last one shown), the newest first. Needs `activity.read`."""
    require(person, "activity.read")
    joined = _LOG.outerjoin(_ACCOUNT, _ACCOUNT.c.id == _LOG.c.subject)
    columns = (_LOG.c.id, _LOG.c.recorded_at, _LOG.c.person, _LOG.c.verb, _LOG.c.subject)
    entries = (
        select(*columns, _ACCOUNT.c.name, _LOG.c.details)
        .select_from(joined)
        .where(*_conditions(filters or ActivityFilter(), calendar_of(session)))
    )
    if before is not None:
        entries = entries.where(_LOG.c.id < before)
    rows = [Entry(*row) for row in session.execute(entries.order_by(_LOG.c.id.desc()).limit(limit))]
    return rows if may(person, "people.manage") else [_without_addresses(entry) for entry in rows]


def _without_addresses(entry: Entry) -> Entry:
    """The entry without e-mail addresses, which only people who manage accounts see."""
    return replace(
        entry,
        person=_hide_addresses(entry.person),
        subject=_hide_addresses(entry.subject),
        about=_hide_addresses(entry.about),
        details=_hide_addresses(entry.details),
    )


def _hide_addresses(value: Any) -> Any:
    if isinstance(value, str):
        return _ADDRESS.sub("\N{HORIZONTAL ELLIPSIS}", value)
    if isinstance(value, dict):
        return {name: _hide_addresses(item) for name, item in value.items()}
    return [_hide_addresses(item) for item in value] if isinstance(value, list) else value


def _conditions(filters: ActivityFilter, calendar: Calendar) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if filters.person:
        where.append(_LOG.c.person.icontains(filters.person, autoescape=True))
    if filters.verb:
        where.append(_LOG.c.verb == filters.verb)
    if filters.subject:
        matches = (column.icontains(filters.subject, autoescape=True) for column in (_LOG.c.subject, _ACCOUNT.c.name))
        where.append(or_(*matches))
    if filters.first:
        where.append(_LOG.c.recorded_at >= calendar.start_of(filters.first))
    if filters.last:
        where.append(_LOG.c.recorded_at < calendar.end_of(filters.last))
    return where


def read_log_state(session: Session, person: Person) -> LogState:
    """The size of the log and its last checkpoint; `make verify` verifies it. Needs `activity.read`."""
    require(person, "activity.read")
    entries = session.execute(select(func.count()).select_from(_LOG)).scalar_one()
    last = select(Checkpoint).order_by(_CHECKPOINT.c.entry.desc(), _CHECKPOINT.c.id.desc()).limit(1)
    return LogState(entries, session.execute(last).scalar_one_or_none())
