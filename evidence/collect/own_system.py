"""The product as a system in scope: put there once, and what is asked of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlmodel import Session

from access.people.rules import has_officer
from access.permissions import SYSTEM
from controls.browse import lookup
from controls.scope.system_scope import add_system, bring_into_scope
from models.calendar import calendar_of
from models.rows import table

KEY: Final = "aantoonbaar"
_ATTRIBUTES = ("keeps-evidence",)


def put_in_scope(session: Session, now: datetime) -> bool:
    """Once, when there is a security officer who can take it out again: a system that exists is left as it is."""
    if exists(session) or not has_officer(session, now):
        return False
    add_system(session, SYSTEM, KEY, "Aantoonbaar", "Aantoonbaar", now)
    bring_into_scope(session, SYSTEM, KEY, calendar_of(session).day_of(now), now, attributes=_ATTRIBUTES)
    return True


def exists(session: Session) -> bool:
    """Whether it was put in scope, though it may have been taken out since."""
    system = table("system")
    return session.execute(select(system.c.key).where(system.c.key == KEY)).first() is not None


def asked(session: Session, requirements: Sequence[str], now: datetime) -> list[str]:
    """Those of these requirements that are asked of the product's own system today."""
    found = [one for one in lookup.in_scope(session, SYSTEM, calendar_of(session).day_of(now), now) if one.key == KEY]
    like = {None, *(word for one in found for word in one.attributes)}
    known = {one.key: one for one in lookup.requirements(session, SYSTEM, now)}
    return [key for key in requirements if found and key in known and known[key].applies_to in like]
