"""The route for readiness under assumptions: tasks done, the audit on another day, controls that do not apply."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.readiness import audit_or_unknown
from api.readiness_answers import NamedStatus, named
from api.request_context import Context, Day, Key, RequestModel
from api.tasks import CellName
from models.calendar import calendar_of
from readiness import AuditReadiness, Scenario, Task, WhatIf, what_if

router = APIRouter(prefix="/v1", tags=["readiness"])

_DONE_BY = timedelta(days=30)


class NewScenario(RequestModel):
    """What is assumed; nothing of it is recorded."""

    done: Annotated[list[CellName], Field(max_length=2000)] = Field(
        default=[], description="tasks whose evidence is provided and accepted from `done_by` on, and renewed in time"
    )
    done_by: Day | None = Field(default=None, description="by default 30 days from now, or the audit's day if earlier")
    audit_day: Day | None = Field(default=None, description="by default the day that is planned")
    excluded: Annotated[list[Key], Field(max_length=1000)] = Field(
        default=[], description="keys of controls that do not apply"
    )


class ScoreAnswer(BaseModel):
    """How many of the applicable controls are demonstrated on a day, and how many have which status."""

    on: date
    ready: bool
    demonstrated: int
    applicable: int
    counts: dict[str, int]


class WeekAnswer(BaseModel):
    """The score of the scenario on a day."""

    day: date
    demonstrated: int
    applicable: int


class WhatIfAnswer(BaseModel):
    """Readiness today, on the audit's day if nobody acts, and in the scenario."""

    done_by: date = Field(description="the day from which what is `done` is assumed to be provided and accepted")
    today: ScoreAnswer
    forecast: ScoreAnswer
    scenario: ScoreAnswer
    gaps: list[NamedStatus] = Field(description="in the scenario, on its audit day; worst first")
    waiting: list[NamedStatus] = Field(description="waiting for a review only")
    gains: dict[str, int] = Field(
        description="for each requirement, how many more controls are demonstrated with its tasks done than without"
    )
    to_plan: list[CellName] = Field(description="of what is `done`: not due by then yet; plan it with POST /tasks/plan")
    weeks: list[WeekAnswer]


@router.post("/readiness/what-if", summary="Readiness in a scenario")
def read_what_if(context: Context, new: NewScenario) -> WhatIfAnswer:
    """If some tasks were done, the audit were on another day, or some controls did not apply. Nothing is recorded."""
    with context.reading() as (session, now):
        plan = audit_or_unknown(session, context.person, "", now)
        today = calendar_of(session).day_of(now)
        audit_day = new.audit_day or max(plan.day, today)
        cells = frozenset((cell.requirement, cell.system, cell.target) for cell in new.done)
        done_by = new.done_by or min(audit_day, today + _DONE_BY)
        scenario = Scenario(audit_day, done_by, cells, frozenset(new.excluded))
        return _answer(what_if(session, context.person, plan, scenario, today, now), scenario)


def _answer(actual: WhatIf, scenario: Scenario) -> WhatIfAnswer:
    return WhatIfAnswer(
        done_by=scenario.done_by,
        today=_score(actual.today),
        forecast=_score(actual.forecast),
        scenario=_score(actual.outcome),
        gaps=[named(control) for control in actual.outcome.gaps],
        waiting=[named(control) for control in actual.outcome.waiting],
        gains=dict(actual.gains),
        to_plan=[_cell(task) for task in actual.to_plan],
        weeks=[
            WeekAnswer(day=point.day, demonstrated=point.demonstrated, applicable=point.applicable)
            for point in actual.points
        ],
    )


def _cell(task: Task) -> CellName:
    requirement, system, target = task.cell
    return CellName(requirement=requirement, system=system, target=target)


def _score(score: AuditReadiness) -> ScoreAnswer:
    return ScoreAnswer(
        on=score.on,
        ready=score.ready,
        demonstrated=score.demonstrated,
        applicable=score.applicable,
        counts=score.counts,
    )
