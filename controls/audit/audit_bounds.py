"""Limits of an auditor: the catalogues, systems and days of their audits, by the latest plans.

The latest plan applies at any known moment: asking about the past does not restore past rights.
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
from models.bulk_changes import table
from models.queries import latest


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of one or more audits; what lies within any of them may be seen."""

    plans: tuple[AuditPlan, ...]

    @property
    def catalogues(self) -> frozenset[str]:
        return frozenset(key for plan in self.plans for key in plan.catalogues)

    @property
    def systems(self) -> tuple[str, ...]:
        """Keys of the systems; empty: all in scope."""
        return _systems_of(self.plans)

    @property
    def first(self) -> date:
        return min(plan.period_first for plan in self.plans)

    @property
    def last(self) -> date:
        return max(plan.day for plan in self.plans)

    def has_day(self, day: date) -> bool:
        """Whether a day is between the first day of an audit's period and the day of that audit, both included."""
        return any(plan.period_first <= day <= plan.day for plan in self.plans)

    def has_control(self, control: str) -> bool:
        return catalogue_of(control) in self.catalogues

    def nearest(self, day: date) -> date:
        """Return the allowed day that is nearest to `day`, for pages that start at today."""
        within = [min(max(day, plan.period_first), plan.day) for plan in self.plans]
        return min(within, key=lambda candidate: abs(candidate - day))

    def systems_on(self, day: date, systems: Sequence[str]) -> tuple[str, ...]:
        """Return `systems`, or all systems of the audits of that day if it is empty.

        Raises `NotAllowed` for a day or system outside the audits.
        """
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
        within = _systems_of(plans)
        _require_within([key for key in systems if key and within], within)
        return tuple(systems) or within

    def require_catalogues(self, catalogues: Iterable[str]) -> None:
        """Raise `NotAllowed` for a catalogue outside the audits."""
        _require_within(catalogues, self.catalogues)


def _require_within(keys: Iterable[str], allowed: Collection[str]) -> None:
    for key in keys:
        if key not in allowed:
            raise NotAllowed(text("{what} is outside the audit.", what=key))


def catalogue_of(control: str) -> str:
    """Return the key of a control's catalogue, with which the control's key begins."""
    return control.partition(":")[0]


def _systems_of(plans: Collection[AuditPlan]) -> tuple[str, ...]:
    """Return the systems of all plans; empty (all in scope) if one plan includes all systems."""
    if any(not plan.systems for plan in plans):
        return ()
    return tuple(dict.fromkeys(key for plan in plans for key in plan.systems))


def audit_bounds(session: Session, person: Person, permission: str) -> Bounds | None:
    """Return the limits of a person's permission; None: not limited to audits.

    Raises `NotAllowed` if it is limited to audits and none of these is planned.
    """
    keys = scoped_audits(person, permission)
    if keys is None:
        return None
    plans = plans_of(session, keys)
    if not plans:
        raise NotAllowed(text("{person} may see only their own audits, and none is planned.", person=person.name))
    return Bounds(tuple(plans))


def plans_of(session: Session, keys: Collection[str]) -> list[AuditPlan]:
    """Return the latest plan of each of these audits, last recorded first."""
    return latest_plans(session, table("audit").c.key.in_(keys)) if keys else []


def audits(session: Session, person: Person) -> list[AuditPlan]:
    """List the latest plan of every audit that the person may see; people who manage accounts see all."""
    require(person, "controls.read", "people.manage")
    bounds = None if may(person, "people.manage") else audit_bounds(session, person, "controls.read")
    return list(bounds.plans) if bounds else latest_plans(session)


def audit_of(session: Session, person: Person, known: datetime) -> AuditPlan | None:
    """Return the audit that pages show by default: the one planned last; for an auditor, of their own audits."""
    require(person, "readiness.read", "controls.read")
    bounds = audit_bounds(session, person, "readiness.read" if may(person, "readiness.read") else "controls.read")
    return bounds.plans[0] if bounds else current(session, known)


def of_catalogues(session: Session, person: Person, column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Return the condition that a column holds the key of a catalogue the person may read; empty: no limit."""
    require(person, "controls.read")
    bounds = audit_bounds(session, person, "controls.read")
    return [column.in_(bounds.catalogues)] if bounds else []


def of_systems(session: Session, person: Person, column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Return the condition that a column holds the key of a system the person may read; empty: no limit."""
    require(person, "controls.read")
    bounds = audit_bounds(session, person, "controls.read")
    return [column.in_(bounds.systems)] if bounds and bounds.systems else []


def latest_plans(session: Session, *conditions: ColumnElement[bool]) -> list[AuditPlan]:
    """The latest plan of each audit, last recorded first; checks no permission."""
    audit = table("audit")
    columns = [audit.c[name] for name in AuditPlan.__dataclass_fields__]
    query = select(*columns).where(latest(audit, "key"), *conditions)
    rows = session.execute(query.order_by(audit.c.recorded_at.desc(), audit.c.id.desc())).mappings()
    return [
        AuditPlan(**{**row, "catalogues": tuple(row["catalogues"]), "systems": tuple(row["systems"])}) for row in rows
    ]
