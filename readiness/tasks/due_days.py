"""Due days: by when evidence must be provided, renewed, repaired or reviewed so that the audit is ready on its day.

A renewal is due on the last day on which the present evidence is valid, less the organisation's margin. Everything else
is due on the day for which it is planned (`audits/planned_days.py`); a plan made before the present evidence lapsed or
began to fail no longer counts. What has no plan that counts is due on its default day (`default_days.py`) at once; a
job records that day later, so that it stays when days pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import Person, require
from controls.assignments import assignments
from controls.audit.audit_plan import AuditPlan
from evidence.intake.delivery.cells import CellKey
from models.bulk_changes import table
from models.calendar import calendar_of
from models.queries import latest
from models.vocabulary import Status, Urgency
from readiness.status import AuditReadiness, Readiness
from readiness.tasks.default_days import default_days
from readiness.tasks.todo import ToDo, to_do, to_do_between, to_do_item

RENEWAL_MARGIN: Final = "renewal margin"  # the key of the setting
_MARGIN: Final = 14  # days, until the organisation sets its own
_SOON: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Plan:
    """The day for which the evidence of a cell is planned. `by_default`: chosen by the product, not by a person.

    `recorded_day`: None for a default day that has not been recorded yet.
    """

    day: date
    by_default: bool
    recorded_day: date | None = None
    recorded_by: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do with its due day.

    `team`: its key. `due_day`: None if none is planned and no audit lies ahead; `plan`: where the day comes from, None
    for a renewal.
    `account`, `person`: of whoever it is assigned to, None for the team as a whole.
    """

    to_do: ToDo
    team: str | None
    due_day: date | None
    urgency: Urgency
    plan: Plan | None = None
    account: str | None = None
    person: str | None = None

    @property
    def cell(self) -> CellKey:
        return self.to_do.requirement, self.to_do.system, self.to_do.target


def due_tasks(session: Session, person: Person, audit: AuditPlan, today: date, now: datetime) -> list[Task]:
    """Everything that keeps the audit from being ready if nobody acts, with its due day; the earliest first.

    Among tasks of one day, what blocks most controls comes first.
    """
    require(person, "readiness.read")
    return _tasks(session, person, to_do(session, person, audit, today, now), today, audit)


def due_tasks_between(
    session: Session, person: Person, audit: AuditPlan, current: AuditReadiness, then: AuditReadiness
) -> list[Task]:
    """The same from readiness already computed: today's and the audit day's."""
    require(person, "readiness.read")
    return _tasks(session, person, to_do_between(session, audit, current, then), current.readiness.on, audit)


def tasks_of_all_cells(
    session: Session, person: Person, current: Readiness, audit: AuditPlan | None, now: datetime
) -> list[Task]:
    """What is to do for each cell in scope, whether the audit needs it or not: also what expires after it.

    What has no day has the one of `due_tasks` for the audit, if one is planned.
    """
    require(person, "readiness.read")
    items = [to_do_item(cell, cell) for cell in current.cells if cell.status != Status.EXCLUDED]
    tasks = _tasks(session, person, items, current.on)
    if audit is None or all(task.due_day for task in tasks):
        return tasks
    of_audit = {task.cell: task for task in due_tasks(session, person, audit, current.on, now)}
    return _in_order(
        _with_plan(task, of_audit[task.cell].plan, current.on) if not task.due_day and task.cell in of_audit else task
        for task in tasks
    )


def without_earlier_day(tasks: Iterable[Task], day: date) -> list[Task]:
    """The tasks that planning for a day would change: not renewals, and not what is due by that day anyway."""
    return [
        task
        for task in tasks
        if task.to_do.status != Status.DEMONSTRATED
        and (task.due_day is None or task.urgency == Urgency.OVERDUE or task.due_day > day)
    ]


def renewal_margin(session: Session) -> int:
    """Return how many days before its last valid day evidence is due for renewal."""
    setting = table("setting")
    chosen = session.execute(select(setting.c.value).where(setting.c.key == RENEWAL_MARGIN)).scalar_one_or_none()
    return _MARGIN if chosen is None else int(chosen)


def _tasks(
    session: Session, person: Person, items: list[ToDo], today: date, audit: AuditPlan | None = None
) -> list[Task]:
    plans, margin = planned_days(session), timedelta(days=renewal_margin(session))
    teams = teams_of_requirements(session)
    people = {row.requirement: (row.account, row.person) for row in assignments(session, person)}
    tasks = []
    for item in items:
        plan = plans.get((item.requirement, item.system, item.target))
        plan = plan if plan and _counts(plan, item) else None
        due_day = plan.day if plan else _renewal_day(item, margin)
        whose = people.get(item.requirement, (None, None))
        tasks.append(Task(item, teams.get(item.requirement), due_day, _urgency(due_day, today), plan, *whose))
    return _in_order(_with_default_days(tasks, audit, today, margin))


def _in_order(tasks: Iterable[Task]) -> list[Task]:
    return sorted(tasks, key=lambda task: task.due_day or date.max)  # stable: the order of to_do within a day


def _with_default_days(tasks: list[Task], audit: AuditPlan | None, today: date, margin: timedelta) -> list[Task]:
    """Give a day to what has none, and again to what was planned by default for a day after the audit."""
    if audit is None or audit.day < today:
        return tasks
    last = max(today, audit.day - margin)
    days = default_days([task.to_do for task in tasks if _needs_day(task, last)], today, last)
    return [
        _with_plan(task, Plan(days[task.cell], by_default=True), today) if task.cell in days else task for task in tasks
    ]


def _needs_day(task: Task, last: date) -> bool:
    return task.due_day is None or (task.plan is not None and task.plan.by_default and task.plan.day > last)


def _with_plan(task: Task, plan: Plan | None, today: date) -> Task:
    day = plan.day if plan else None
    return replace(task, due_day=day, urgency=_urgency(day, today), plan=plan)


def teams_of_requirements(session: Session) -> dict[str, str | None]:
    """Return the team of each requirement, now."""
    requirement = table("evidence_requirement")
    rows = session.execute(select(requirement.c.key, requirement.c.team).where(latest(requirement, "key")))
    return {row.key: row.team for row in rows}


def _counts(plan: Plan, item: ToDo) -> bool:
    """Whether a plan was made for the present state: not for a renewal, and not before what failed or lapsed since."""
    made = plan.recorded_day
    return item.status != Status.DEMONSTRATED and (item.since is None or made is None or made >= item.since)


def _renewal_day(item: ToDo, margin: timedelta) -> date | None:
    """The last valid day of the present evidence, less the margin; None if no evidence was ever valid."""
    ends = {Status.DEMONSTRATED: item.due, Status.LAPSED: item.since}.get(Status(item.status))
    return ends - timedelta(days=1) - margin if ends else None


def _urgency(due_day: date | None, today: date) -> Urgency:
    if due_day is None:
        return Urgency.UNPLANNED
    if due_day < today:
        return Urgency.OVERDUE
    return Urgency.SOON if due_day <= today + _SOON else Urgency.PLANNED


def planned_days(session: Session) -> dict[CellKey, Plan]:
    """Return the planned day in force of each cell that has one."""
    planned = table("planned_day")
    rows = session.execute(select(planned).where(latest(planned, "requirement", "system", "target")))
    day_of = calendar_of(session).day_of
    return {
        (row.requirement, row.system, row.target): Plan(
            row.day, row.by_default, day_of(row.recorded_at), row.recorded_by
        )
        for row in rows
        if row.day is not None
    }
