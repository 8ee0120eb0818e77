"""The product itself as a system in scope, and the requirements that apply to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlmodel import Session

from access.people.account_rules import has_officer
from access.permissions import SYSTEM
from controls.browse import lookup
from controls.scope.system_scope import add_system, bring_into_scope
from models.bulk_changes import table
from models.calendar import calendar_of

KEY: Final = "aantoonbaar"
_ATTRIBUTES = ("keeps-evidence",)


def put_in_scope(session: Session, now: datetime) -> bool:
    """Bring the product into scope once there is a security officer; return whether that happened.

    A system that exists already, in scope or out of it, is left as it is.
    """
    if exists(session) or not has_officer(session, now):
        return False
    add_system(session, SYSTEM, KEY, "Aantoonbaar", "Aantoonbaar", now)
    bring_into_scope(session, SYSTEM, KEY, calendar_of(session).day_of(now), now, attributes=_ATTRIBUTES)
    return True


def exists(session: Session) -> bool:
    """Whether the system exists; it may have been taken out of scope since."""
    system = table("system")
    return session.execute(select(system.c.key).where(system.c.key == KEY)).first() is not None


def applicable_requirements(session: Session, requirements: Sequence[str], now: datetime) -> list[str]:
    """Those of these requirements (by key) that apply to the product's own system today."""
    in_scope = lookup.in_scope(session, SYSTEM, calendar_of(session).day_of(now), now)
    attributes = next(({None, *system.attributes} for system in in_scope if system.key == KEY), set[str | None]())
    defined = {requirement.key: requirement.applies_to for requirement in lookup.requirements(session, SYSTEM, now)}
    return [key for key in requirements if key in defined and defined[key] in attributes]
