"""What if some tasks were done, the audit were on another day, or a control did not apply: readiness under assumptions.

Nothing is recorded. A task that is assumed done is assumed to be provided and accepted from a named day on, and renewed
in time after it; what no evidence can change (a major nonconformity, a control that nothing is mapped to) stays.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import Person, require
from controls.audit.audit_bounds import audit_bounds
from controls.audit.audit_plan import AuditPlan
from controls.errors import NotPossible, Unknown
from evidence.intake.delivery.cells import CellKey
from locales import text
from models.bulk_changes import table
from models.vocabulary import ControlKind, Status
from readiness.effects.status_inputs import Basis, bases
from readiness.over_time.trend import WEEKS_AHEAD, TrendPoint
from readiness.status import AuditReadiness, ControlStatus, audit_readiness, audit_verdict
from readiness.tasks.due_days import Task, due_tasks, without_earlier_day


@dataclass(frozen=True, slots=True)
class Scenario:
    """Assumptions.

    `done`: cells whose evidence is provided and accepted from `done_by` on, and renewed in time after it. `excluded`:
    keys of controls that do not apply. `audit_day`: the day of the audit.
    """

    audit_day: date
    done_by: date
    done: frozenset[CellKey] = frozenset()
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Readiness today, on the planned day of the audit if nobody acts, and on the scenario's day in the scenario.

    Of `outcome`, the score, counts and controls are those of the scenario; cells and measures are as if nobody acts.
    `tasks`: what is to do before the scenario's day if nobody acts. `gains`: for each requirement, how many of the
    audit's controls are demonstrated in the scenario with its tasks done and not without. `to_plan`: what is assumed
    done and not due by then yet. `points`: one a week.
    """

    today: AuditReadiness
    forecast: AuditReadiness
    outcome: AuditReadiness
    tasks: list[Task]
    gains: Mapping[str, int]
    to_plan: list[Task]
    points: list[TrendPoint]


def what_if(
    session: Session, person: Person, audit: AuditPlan, scenario: Scenario, today: date, now: datetime
) -> WhatIf:
    """Compute readiness for an audit in a scenario.

    Raises `NotAllowed`; `Unknown` for a cell that is not required that day, or a control that does not exist; and
    `NotPossible` for a day in the past, or a requirement clause that would be excluded.
    """
    require(person, "readiness.read")
    bounds = audit_bounds(session, person, "readiness.read")
    _require_ahead(today, scenario.audit_day, scenario.done_by)
    _require_excludable(session, scenario.excluded)
    scope = bounds.systems_on(scenario.audit_day, audit.systems) if bounds else audit.systems
    current, forecast, then = (
        audit_readiness(session, person, audit, day, now) for day in (today, max(audit.day, today), scenario.audit_day)
    )
    _require_cells(then, scenario.done)
    days = [day for day in _weeks(today, scenario.audit_day) if bounds is None or bounds.has_day(day)]
    every = bases(session, days, now, scope)
    outcome = _outcome(every[-1], then, audit.catalogues, scenario)
    tasks = due_tasks(session, person, replace(audit, day=scenario.audit_day), today, now)
    applicable = [key for key, row in outcome.readiness.controls.items() if _counts(row, audit.catalogues)]
    return WhatIf(
        current,
        forecast,
        outcome,
        tasks,
        every[-1].gains(_done(every[-1], scenario), applicable),
        without_earlier_day((task for task in tasks if task.cell in scenario.done), scenario.done_by),
        [_point(basis, audit.catalogues, scenario, today) for basis in every],
    )


def _weeks(today: date, last: date) -> list[date]:
    """Today, the same weekday of each later week as far as the trend looks ahead, and the last day."""
    ahead = min((last - today).days // 7, WEEKS_AHEAD)
    weeks = [today + timedelta(weeks=number) for number in range(ahead + 1)]
    return weeks if weeks[-1] == last else [*weeks, last]


def _done(basis: Basis, scenario: Scenario) -> Collection[CellKey]:
    return scenario.done if basis.on >= scenario.done_by else ()


def _outcome(basis: Basis, then: AuditReadiness, catalogues: Sequence[str], scenario: Scenario) -> AuditReadiness:
    statuses = basis.statuses(_done(basis, scenario), scenario.excluded)
    visible = {key: statuses[key] for key in then.readiness.controls}
    return audit_verdict(replace(then.readiness, controls=visible), catalogues)


def _point(basis: Basis, catalogues: Sequence[str], scenario: Scenario, today: date) -> TrendPoint:
    statuses = basis.statuses(_done(basis, scenario), scenario.excluded).values()
    counted = [row.status for row in statuses if _counts(row, catalogues)]
    return TrendPoint(basis.on, counted.count(Status.DEMONSTRATED), len(counted), basis.on > today)


def _counts(control: ControlStatus, catalogues: Sequence[str]) -> bool:
    return control.status != Status.EXCLUDED and control.key.partition(":")[0] in catalogues


def _require_ahead(today: date, *days: date) -> None:
    for day in days:
        if day < today:
            raise NotPossible(text("{day} is in the past; choose today or a later day.", day=day))


def _require_excludable(session: Session, keys: Collection[str]) -> None:
    control = table("control")
    query = select(control.c.key, control.c.kind).where(control.c.key.in_(keys))
    kinds = {row.key: row.kind for row in session.execute(query)}
    for key in keys:
        if key not in kinds:
            raise Unknown(text("There is no control {control} in a catalogue.", control=key))
        if kinds[key] == ControlKind.CLAUSE:
            raise NotPossible(text("{key} is a requirement clause, which always applies.", key=key))


def _require_cells(then: AuditReadiness, cells: Collection[CellKey]) -> None:
    known = {cell.key for cell in then.readiness.cells}
    for cell in cells:
        if cell not in known:
            raise Unknown(text("Nothing is required of {cell} on that day.", cell=", ".join(filter(None, cell))))
