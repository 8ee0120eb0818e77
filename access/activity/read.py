"""Reading the activity log: who did what, before and after, the newest first; and the state of its chain."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, SQLModel

from access.permissions import Person, may, require
from models import Account, Activity, Checkpoint
from models.calendar import Calendar, calendar_of

PAGE = 100

_TABLES = SQLModel.metadata.tables
_LOG = _TABLES[str(Activity.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_CHECKPOINT = _TABLES[str(Checkpoint.__tablename__)]
_ADDRESS = re.compile(r"[^\s@<>,;:\"']+@[^\s@<>,;:\"']+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One action. `about`: the name of the person it was done to, if its subject is an account."""

    id: int
    at: datetime
    person: str
    verb: str
    subject: str
    about: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries. `person` and `subject`: words in them; `subject` also finds an account by its name."""

    person: str = ""
    verb: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How many entries there are, and the last signature over them; None: nothing was signed yet."""

    entries: int
    checkpoint: Checkpoint | None


def listed(
    session: Session, person: Person, asked: Asked | None = None, before: int | None = None, limit: int = PAGE
) -> list[Entry]:
    """Entries older than number `before`, the newest first: the next page is asked with the last number shown."""
    require(person, "activity.read")
    joined = _LOG.outerjoin(_ACCOUNT, _ACCOUNT.c.id == _LOG.c.subject)
    columns = (_LOG.c.id, _LOG.c.recorded_at, _LOG.c.person, _LOG.c.verb, _LOG.c.subject)
    found = (
        select(*columns, _ACCOUNT.c.name, _LOG.c.details)
        .select_from(joined)
        .where(*_fits(asked or Asked(), calendar_of(session)))
    )
    if before is not None:
        found = found.where(_LOG.c.id < before)
    entries = [Entry(*row) for row in session.execute(found.order_by(_LOG.c.id.desc()).limit(limit))]
    return entries if may(person, "people.manage") else [_without_addresses(entry) for entry in entries]


def _without_addresses(entry: Entry) -> Entry:
    """Without e-mail addresses, which are for who manages people."""
    return replace(
        entry,
        person=_hidden(entry.person),
        subject=_hidden(entry.subject),
        about=_hidden(entry.about),
        details=_hidden(entry.details),
    )


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return _ADDRESS.sub("\N{HORIZONTAL ELLIPSIS}", value)
    if isinstance(value, dict):
        return {name: _hidden(one) for name, one in value.items()}
    return [_hidden(one) for one in value] if isinstance(value, list) else value


def _fits(asked: Asked, calendar: Calendar) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if asked.person:
        where.append(_LOG.c.person.icontains(asked.person, autoescape=True))
    if asked.verb:
        where.append(_LOG.c.verb == asked.verb)
    if asked.subject:
        found = (column.icontains(asked.subject, autoescape=True) for column in (_LOG.c.subject, _ACCOUNT.c.name))
        where.append(or_(*found))
    if asked.first:
        where.append(_LOG.c.recorded_at >= calendar.start_of(asked.first))
    if asked.last:
        where.append(_LOG.c.recorded_at < calendar.end_of(asked.last))
    return where


def state(session: Session, person: Person) -> State:
    """What stands under the log now; whether it is whole, `make verify` finds."""
    require(person, "activity.read")
    entries = session.execute(select(func.count()).select_from(_LOG)).scalar_one()
    last = select(Checkpoint).order_by(_CHECKPOINT.c.entry.desc(), _CHECKPOINT.c.id.desc()).limit(1)
    return State(entries, session.execute(last).scalar_one_or_none())
