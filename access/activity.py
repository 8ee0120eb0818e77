"""The activity log's one verb: write down who did what, in the transaction of the change."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from access.permissions import Person
from models import Activity

_ADD = insert(SQLModel.metadata.tables[str(Activity.__tablename__)])


def record(session: Session, person: Person, verb: str, subject: str, now: datetime, **details: Any) -> None:
    """One entry; `details` are plain JSON values, without secrets."""
    row = {"recorded_at": now, "person": person.name, "verb": verb, "subject": subject, "details": details}
    session.execute(_ADD, [row])
