"""What an auditor may see: the catalogues, systems and days of the own audits, by their latest plans.

The latest plan counts whatever moment's knowledge is asked: someone who asks for the past does not get past rights.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from access.permissions import NotAllowed, Person, may, require, scoped_audits
from controls.audit.audit_plan import AuditPlan, current
from locales import text
from models.queries import latest
from models.rows import table


@dataclass(frozen=True, slots=True)
class Bounds:
    """One or more audits. What lies within any of them may be seen."""

    plans: tuple[AuditPlan, ...]

    @property
    def catalogues(self) -> frozenset[str]:
        return frozenset(key for plan in self.plans for key in plan.catalogues)

    @property
    def systems(self) -> tuple[str, ...]:
        """Empty: all in scope."""
        return _systems(self.plans)

    @property
    def first(self) -> date:
        return min(plan.period_first for plan in self.plans)

    @property
    def last(self) -> date:
        return max(plan.day for plan in self.plans)

    def has_day(self, day: date) -> bool:
        """A day counts from the first of an audit's period to the day of that audit."""
        return any(plan.period_first <= day <= plan.day for plan in self.plans)

    def has_control(self, control: str) -> bool:
        return catalogue_of(control) in self.catalogues

    def nearest(self, day: date) -> date:
        """The day itself, or the one nearest to it that an auditor may ask: for pages that start at today."""
        within = [min(max(day, plan.period_first), plan.day) for plan in self.plans]
        return min(within, key=lambda one: abs(one - day))

    def systems_on(self, day: date, asked: Sequence[str]) -> tuple[str, ...]:
        """The systems that may be asked on a day: those asked, or all of the audits of that day if none were."""
        plans = [plan for plan in self.plans if plan.period_first <= day <= plan.day]
        if not plans:
            raise NotAllowed(
                text(
                    "{day} is outside the audit: its days are {first} to {last}.",
                    day=day,
                    first=self.first,
                    last=self.last,
                )
            )
        within = _systems(plans)
        _require([key for key in asked if key and within], within)
        return tuple(asked) or within

    def require_catalogues(self, asked: Iterable[str]) -> None:
        """Criteria of another audit are not theirs to ask."""
        _require(asked, self.catalogues)


def _require(asked: Iterable[str], within: Collection[str]) -> None:
    for key in asked:
        if key not in within:
            raise NotAllowed(text("{what} is outside the audit.", what=key))


def catalogue_of(control: str) -> str:
    """A control's key begins with its catalogue's."""
    return control.partition(":")[0]


def _systems(plans: Collection[AuditPlan]) -> tuple[str, ...]:
    """Of several plans all systems; empty, which is all in scope, if one of them has them all."""
    if any(not plan.systems for plan in plans):
        return ()
    return tuple(dict.fromkeys(key for plan in plans for key in plan.systems))


def audit_bounds(session: Session, person: Person, permission: str) -> Bounds | None:
    """Where this permission of an auditor ends; None: it is not limited. Refused while none of theirs is planned."""
    keys = scoped_audits(person, permission)
    if keys is None:
        return None
    plans = plans_of(session, keys)
    if not plans:
        raise NotAllowed(text("{person} may see an audit, and none of theirs is planned.", person=person.name))
    return Bounds(tuple(plans))


def plans_of(session: Session, keys: Collection[str]) -> list[AuditPlan]:
    """The latest plan of each of these audits, recorded last first."""
    return _latest(session, table("audit").c.key.in_(keys)) if keys else []


def audits(session: Session, person: Person) -> list[AuditPlan]:
    """The latest plan of every audit that the person may know of; who gives people their audits knows of all."""
    require(person, "controls.read", "people.manage")
    bounds = None if may(person, "people.manage") else audit_bounds(session, person, "controls.read")
    return list(bounds.plans) if bounds else _latest(session)


def audit_of(session: Session, person: Person, known: datetime) -> AuditPlan | None:
    """The audit that pages start from: the one planned last, or the last planned of an auditor's own."""
    require(person, "readiness.read", "controls.read")
    bounds = audit_bounds(session, person, "readiness.read" if may(person, "readiness.read") else "controls.read")
    return bounds.plans[0] if bounds else current(session, known)


def of_catalogues(session: Session, person: Person, column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The condition that a column with a catalogue's key is one that the person may read; none if all are."""
    require(person, "controls.read")
    bounds = audit_bounds(session, person, "controls.read")
    return [column.in_(bounds.catalogues)] if bounds else []


def of_systems(session: Session, person: Person, column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The same for a column with a system's key."""
    require(person, "controls.read")
    bounds = audit_bounds(session, person, "controls.read")
    return [column.in_(bounds.systems)] if bounds and bounds.systems else []


def _latest(session: Session, *conditions: ColumnElement[bool]) -> list[AuditPlan]:
    audit = table("audit")
    columns = [audit.c[name] for name in AuditPlan.__dataclass_fields__]
    query = select(*columns).where(latest(audit, "key"), *conditions)
    rows = session.execute(query.order_by(audit.c.recorded_at.desc(), audit.c.id.desc())).mappings()
    return [
        AuditPlan(**{**row, "catalogues": tuple(row["catalogues"]), "systems": tuple(row["systems"])}) for row in rows
    ]
