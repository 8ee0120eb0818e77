"""The activity log's one verb: write down who did what, in the transaction of the change."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from access.permissions import Person
from models import Activity


def record(session: Session, person: Person, verb: str, subject: str, now: datetime, **details: Any) -> None:
    """One entry; `details` are plain JSON values, without secrets."""
    session.add(Activity(recorded_at=now, person=person.name, verb=verb, subject=subject, details=details))
