"""Writing to the activity log: who did what, in the transaction of the change."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from access.activity import chain
from access.permissions import Person


def record(session: Session, person: Person, verb: str, subject: str, now: datetime, **details: Any) -> None:
    """Append one entry to the chain. `details`: plain JSON values without secrets; a token's number is added."""
    if person.token is not None:
        details["token"] = person.token
    row = {"recorded_at": now, "person": person.name, "verb": verb, "subject": subject, "details": details}
    chain.append(session, [row])
