"""Routes for tasks: what is due, by when and by whom; planning days, and assigning requirements."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.readiness import audit_or_unknown
from api.request_context import Context, Day, Key, Plain, RequestModel
from audits.planned_days import plan_days, set_renewal_margin
from controls.assignments import assign, assignees, assignments
from models.calendar import calendar_of
from readiness.tasks.due_days import Task, due_tasks

router = APIRouter(prefix="/v1", tags=["tasks"])


class TaskAnswer(BaseModel):
    """One thing to do, with its due day and whose it is."""

    requirement: str
    system: str
    target: str
    action: str = Field(description="repair, deliver, renew or review")
    status: str
    team: str | None
    person: str | None = Field(description="the person that it is assigned to; null: the team as a whole")
    due_day: date | None = Field(description="null only where no audit lies ahead and nobody planned a day")
    urgency: str = Field(description="overdue, soon (within 30 days), planned (later) or unplanned")
    planned: Literal["person", "default"] | None = Field(
        description="who chose the day (`default`: the product, by impact); null for a renewal, due a margin before "
        "the evidence ends"
    )
    controls: int = Field(description="how many of the audit's controls are not demonstrated without this")


class TaskSearch(RequestModel):
    """Filters of tasks; an empty one is ignored."""

    team: Plain = ""
    urgency: Literal["", "overdue", "soon", "planned", "unplanned"] = ""


@router.get("/tasks", summary="What is due, and when")
def read_tasks(context: Context, query: Annotated[TaskSearch, Query()]) -> list[TaskAnswer]:
    """What must be renewed, provided, repaired or reviewed before the audit; the earliest due day first."""
    with context.reading() as (session, now):
        plan = audit_or_unknown(session, context.person, "", now)
        tasks = due_tasks(session, context.person, plan, calendar_of(session).day_of(now), now)
    return [_answer(task) for task in tasks if query.team in ("", task.team) and query.urgency in ("", task.urgency)]


def _answer(task: Task) -> TaskAnswer:
    item = task.to_do
    return TaskAnswer(
        requirement=item.requirement,
        system=item.system,
        target=item.target,
        action=item.action,
        status=item.status,
        team=task.team,
        person=task.person,
        due_day=task.due_day,
        urgency=task.urgency,
        planned=None if task.plan is None else "default" if task.plan.by_default else "person",
        controls=item.controls,
    )


class CellName(RequestModel):
    """A requirement for the organisation, a system or a target."""

    requirement: Key
    system: Annotated[Plain, Field(max_length=200, description="empty for the organisation")] = ""
    target: Annotated[Plain, Field(max_length=253, description="empty for a system without targets")] = ""


class NewPlan(RequestModel):
    """A day for one or several tasks."""

    cells: Annotated[list[CellName], Field(min_length=1, max_length=1000)]
    day: Day | None = Field(default=None, description="null: no chosen day any more")


@router.post("/tasks/plan", status_code=204, summary="Plan tasks for a day")
def plan(context: Context, new: NewPlan) -> None:
    """For what has no valid evidence; a renewal is due a margin before the present evidence ends."""
    cells = [(cell.requirement, cell.system, cell.target) for cell in new.cells]
    with context.writing() as (session, now):
        plan_days(session, context.person, cells, new.day, now)


class NewMargin(RequestModel):
    """How many days before its last valid day evidence is due for renewal."""

    days: Annotated[int, Field(strict=True, ge=0, le=180)]


@router.put("/tasks/renewal-margin", status_code=204, summary="Set the margin of renewals")
def set_margin(context: Context, new: NewMargin) -> None:
    """In days; 14 until it is set."""
    with context.writing() as (session, now):
        set_renewal_margin(session, context.person, new.days, now)


class AssignmentAnswer(BaseModel):
    """One assignment of a requirement."""

    requirement: str
    team: str
    person: str | None
    recorded_at: datetime
    recorded_by: str


@router.get("/assignments", summary="Who provides which evidence")
def read_assignments(context: Context, requirement: Annotated[Plain, Query()] = "") -> list[AssignmentAnswer]:
    """The assignments in force; with a requirement, its whole history."""
    with context.reading() as (session, _):
        rows = assignments(session, context.person, requirement)
    return [AssignmentAnswer(**{name: getattr(row, name) for name in AssignmentAnswer.model_fields}) for row in rows]


class Assignee(BaseModel):
    """Someone who can be assigned requirements of a team."""

    account: str
    name: str


@router.get("/assignments/people", summary="Who can be assigned requirements of a team")
def read_assignees(context: Context, team: Annotated[Plain, Query()]) -> list[Assignee]:
    """The members of the team and the security officers, by name."""
    with context.reading() as (session, now):
        people = assignees(session, context.person, team, now)
    return [Assignee(account=account, name=name) for account, name in people.items()]


class NewAssignment(RequestModel):
    """The team of a requirement, and optionally one person of it (the id of their account)."""

    requirement: Key
    team: Key
    account: Annotated[Plain, Field(max_length=64)] | None = None


@router.post("/assignments", status_code=204, summary="Assign a requirement to a team")
def add_assignment(context: Context, new: NewAssignment) -> None:
    """From now on that team provides the evidence and may see it; earlier assignments stay readable."""
    with context.writing() as (session, now):
        assign(session, context.person, new.requirement, new.team, new.account, now)
