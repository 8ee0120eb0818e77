"""Whether a person wants the daily digest. They decide it themselves; it is on until they turn it off."""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session

from access.activity.record import record
from access.permissions import NotAllowed, Person
from locales import text
from models.bulk_changes import table


def wants_digest(session: Session, person: Person) -> bool:
    """Whether the person gets the digest."""
    account = table("account")
    chosen = session.execute(select(account.c.digest).where(account.c.id == person.account)).scalar_one_or_none()
    return bool(chosen)


def choose_digest(session: Session, person: Person, now: datetime, *, wanted: bool) -> None:
    """Turn one's own digest on or off."""
    if not person.account or not person.in_person:
        raise NotAllowed(text("Turn your daily message on or off yourself, signed in with a browser."))
    account, before = table("account"), wants_digest(session, person)
    if before != wanted:
        session.execute(update(account).where(account.c.id == person.account).values(digest=wanted))
        changed = {"before": {"daily_mail": before}, "after": {"daily_mail": wanted}}
        record(session, person, "people.change", person.account, now, **changed)
