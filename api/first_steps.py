"""Routes for the first steps of an organisation that starts."""

from datetime import date
from typing import Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.request_context import Context, RequestModel
from audits.first_steps import FirstSteps, Step, StepState, first_steps, set_first_step

router = APIRouter(prefix="/v1/first-steps", tags=["first steps"])


class StepAnswer(BaseModel):
    """A step and its state."""

    step: Step
    state: StepState = Field(description="done follows from the facts; confirmed and skipped are choices of a person")


class FirstStepsAnswer(BaseModel):
    """The steps in their order, and the facts that they follow from."""

    steps: list[StepAnswer]
    statements: list[str] = Field(description="the keys of the statements in effect")
    systems: list[str] = Field(description="in scope, without the product's own")
    targets: int
    audit_day: date | None
    colleagues: int
    teams_without_people: int
    mappings_waiting: int
    mappings_unconfirmed: int

    @classmethod
    def of(cls, steps: FirstSteps) -> Self:
        return cls(
            steps=[StepAnswer(step=step, state=state) for step, state in steps.states.items()],
            statements=[row.key for row in steps.statements],
            systems=list(steps.systems),
            targets=steps.targets,
            audit_day=steps.audit_day,
            colleagues=steps.colleagues,
            teams_without_people=steps.teams_without_people,
            mappings_waiting=steps.waiting,
            mappings_unconfirmed=steps.unconfirmed,
        )


class StepChange(RequestModel):
    """Skip a step, open it again, or confirm that the statement in effect is one's own."""

    state: Literal["open", "skipped", "confirmed"]


@router.get("", summary="The first steps")
def read(context: Context) -> FirstStepsAnswer:
    """What an organisation that starts has done, and what is left."""
    with context.reading() as (session, now):
        return FirstStepsAnswer.of(first_steps(session, context.person, now))


@router.put("/{step}", status_code=204, summary="Skip or confirm a first step")
def change(context: Context, step: Step, new: StepChange) -> None:
    """Only the statement can be confirmed; the other steps are done when the facts say so."""
    with context.writing() as (session, now):
        set_first_step(session, context.person, step, StepState(new.state), now)
