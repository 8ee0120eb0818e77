"""Planning evidence: the day for which the evidence of a cell is planned, chosen by a person or by default.

What nobody planned is due on its default day (`readiness/tasks/default_days.py`), recorded so that it stays when days
pass. Every choice is kept; the latest one counts.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls.audit.audit_plan import current
from controls.errors import NotPossible, Unknown
from evidence.intake.delivery.cells import CellKey
from locales import text
from models.bulk_changes import add, table
from models.calendar import calendar_of
from models.queries import latest
from models.vocabulary import Scope
from readiness.tasks.due_days import RENEWAL_MARGIN, due_tasks, renewal_margin

_MOST_MARGIN: Final = 180  # days


def plan_days(session: Session, person: Person, cells: Collection[CellKey], day: date | None, now: datetime) -> None:
    """Plan the evidence of cells (requirement, system, target) for a day; None: no chosen day any more.

    Raises `NotAllowed`; `Unknown` for a requirement or system that is none; `NotPossible` for a day in the past, or a
    cell that does not fit the requirement.
    """
    require(person, "task.plan")
    today = calendar_of(session).day_of(now)
    if day is not None and day < today:
        raise NotPossible(text("{day} is in the past; plan today or a later day.", day=day))
    _require_cells(session, cells)
    _add(session, person, dict.fromkeys(cells, day), now, by_default=False)
    for requirement, system, target in cells:
        details = {"system": system, "target": target, "day": day and day.isoformat()}
        record(session, person, "task.plan", requirement, now, **details)


def set_renewal_margin(session: Session, person: Person, days: int, now: datetime) -> None:
    """Set how many days before its last valid day evidence is due for renewal: 0 to 180.

    Raises `NotAllowed` and `NotPossible`.
    """
    require(person, "task.plan")
    if not 0 <= days <= _MOST_MARGIN:
        raise NotPossible(text("The margin is {days} days; expected 0 to {most}.", days=days, most=_MOST_MARGIN))
    before, setting = renewal_margin(session), table("setting")
    session.execute(delete(setting).where(setting.c.key == RENEWAL_MARGIN))
    row = {"key": RENEWAL_MARGIN, "value": days, "changed_at": now, "changed_by": person.name}
    session.execute(insert(setting), [row])
    record(session, person, "settings.change", RENEWAL_MARGIN, now, days=days, before=before)


def propose_days(session: Session, person: Person, now: datetime) -> dict[CellKey, date]:
    """Return the default day of each cell for which it has not been recorded; none without an audit ahead."""
    require(person, "task.plan")
    audit, today = current(session, now), calendar_of(session).day_of(now)
    if audit is None or audit.day < today:
        return {}
    tasks = due_tasks(session, person, audit, today, now)
    return {task.cell: task.plan.day for task in tasks if task.plan and task.plan.recorded_day is None}


def plan_by_default(session: Session, person: Person, proposed: Mapping[CellKey, date], now: datetime) -> None:
    """Record proposed days of cells that still have none."""
    require(person, "task.plan")
    _add(session, person, proposed, now, by_default=True)
    record(session, person, "task.plan-default", "", now, cells=len(proposed))


def _add(
    session: Session, person: Person, days: Mapping[CellKey, date | None], now: datetime, *, by_default: bool
) -> None:
    recorded = {"by_default": by_default, "recorded_at": now, "recorded_by": person.name}
    rows = [
        {"requirement": requirement, "system": system, "target": target, "day": day, **recorded}
        for (requirement, system, target), day in days.items()
    ]
    add(session, "planned_day", rows)


def _require_cells(session: Session, cells: Collection[CellKey]) -> None:
    """Check that each cell is of a requirement in force, and names a system if the requirement is for systems."""
    requirement, systems = table("evidence_requirement"), table("system")
    query = select(requirement.c.key, requirement.c.scope).where(
        latest(requirement, "key"), requirement.c.retired.is_(False), requirement.c.key.in_({cell[0] for cell in cells})
    )
    scopes = {row.key: row.scope for row in session.execute(query)}
    known = set(session.execute(select(systems.c.key).where(systems.c.key.in_({cell[1] for cell in cells}))).scalars())
    for key, system, target in cells:
        if key not in scopes:
            raise Unknown(text("There is no evidence requirement {key}.", key=key))
        if system and system not in known:
            raise Unknown(text("There is no system {key}.", key=system))
        if (scopes[key] == Scope.ORGANISATION) == bool(system) or (target and scopes[key] != Scope.TARGET):
            raise NotPossible(
                text("{key} is provided for another scope; name its system and target as in the to-do list.", key=key)
            )
