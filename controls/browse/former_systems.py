"""Systems in scope that came with a statement which is no longer in effect."""

from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import Person, require
from controls.browse.shared_definitions import scope
from controls.scope.system_scope import SystemInScope
from models.bulk_changes import table


def systems_of_replaced_statements(session: Session, person: Person, day: date) -> list[SystemInScope]:
    """The systems in scope on a day that a statement brought and no statement names any more."""
    require(person, "scope.change")
    system, period, statement = table("system"), table("scope_period"), table("statement")
    brought = select(period.c.system).where(period.c.recorded_by.in_(select(statement.c.key)))
    left = set(
        session.execute(select(system.c.key).where(system.c.named_in.is_(None), system.c.key.in_(brought))).scalars()
    )
    return [row for row in scope(session, person, day).values() if row.key in left]
