"""Routes for live checks: which are on, what they saw last, and the switch."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.answers import Made
from api.request_context import Context, Key, Plain, RequestModel
from controls.scope import live_checks
from controls.scope.live_checks import LiveCheckDetails
from evidence.collect.live.last_runs import LiveCheckState, live_check_states
from locales import Language

router = APIRouter(prefix="/v1/live-checks", tags=["scope"])
InPath = Annotated[str, Path(min_length=1, max_length=200)]


class LiveRun(BaseModel):
    """The last run of a live check."""

    at: datetime
    result: str = Field(description="filed, nothing (there was nothing to look at) or not reached", examples=["filed"])
    verdict: str = Field(description="pass, fail or none; empty without evidence")
    reason: str = Field(description="why there is no evidence")
    evidence: str | None


class LiveCheckAnswer(BaseModel):
    """A live check with its last run."""

    id: str
    requirement: str
    system: str = Field(description="empty for the organisation")
    target: str
    address: str = Field(description="a page or a mail domain; empty: the recorded addresses of the target")
    allows_inside: bool
    is_on: bool
    last: LiveRun | None
    looks_next: datetime | None = Field(
        description="from when it looks again; null: within a few minutes, or it is off"
    )


@router.get("", summary="The live checks, and what they saw last")
def states(context: Context) -> list[LiveCheckAnswer]:
    """On or off. What could not be reached has a reason and no evidence."""
    with context.reading() as (session, _):
        return [_answer(state, context.language) for state in live_check_states(session, context.person)]


def _answer(state: LiveCheckState, t: Language) -> LiveCheckAnswer:
    check, last = state.check, state.last
    run = None
    if last is not None:
        reason = t.render(last.reason) if last.reason else ""
        run = LiveRun(at=last.at, result=last.result, verdict=last.verdict, reason=reason, evidence=last.evidence)
    return LiveCheckAnswer(
        id=check.key,
        requirement=check.requirement,
        system=check.system,
        target=check.target,
        address=check.address,
        allows_inside=check.allows_inside,
        is_on=check.is_on,
        last=run,
        looks_next=state.looks_next,
    )


class States(RequestModel):
    """What the page must state of a certificate."""

    standard: Plain
    number: Plain
    body: Plain
    scope: Plain


class NewLiveCheck(RequestModel):
    """A live check to switch on."""

    requirement: Annotated[
        Plain,
        Field(
            max_length=80,
            description="tls-scan, https-by-default (of a target), statement-version-check, certificates-published, "
            "mail-domain-protection (of the organisation)",
            examples=["tls-scan"],
        ),
    ]
    system: Annotated[Plain, Field(max_length=200, examples=["portal"])] = ""
    target: Annotated[Plain, Field(max_length=253, examples=["portal.example.nl"])] = ""
    address: Annotated[Plain, Field(max_length=2000, description="a page with https, or a mail domain")] = ""
    element: Annotated[Plain, Field(max_length=80, description="id of the element that holds the statement")] = ""
    selectors: Annotated[list[Key], Field(default_factory=list, max_length=20, description="of DKIM")]
    certificates: Annotated[
        dict[str, States],
        Field(default_factory=dict, max_length=20, description="by evidence requirement, what the page must state"),
    ]
    allows_inside: Annotated[bool, Field(description="recorded private addresses may be connected to")] = False


@router.post("", status_code=201, summary="Switch a live check on")
def switch_on(context: Context, new: NewLiveCheck) -> Made:
    """It looks within a few minutes, then every week, and the next day after a failure."""
    states_by_requirement = {key: states.model_dump() for key, states in new.certificates.items()}
    with context.writing() as (session, now):
        key = live_checks.switch_on(
            session,
            context.person,
            new.requirement,
            now,
            system=new.system,
            target=new.target,
            address=new.address,
            details=LiveCheckDetails(new.element, tuple(new.selectors), states_by_requirement),
            allows_inside=new.allows_inside,
        )
    return Made(id=key)


@router.post("/{key}/off", status_code=204, summary="Switch a live check off")
def switch_off(context: Context, key: InPath) -> None:
    """Its evidence stays."""
    with context.writing() as (session, now):
        live_checks.switch_off(session, context.person, key, now)


@router.post("/{key}/run", status_code=202, summary="Let a live check look as soon as possible")
def request_run(context: Context, key: InPath) -> None:
    """Background work does it within a few minutes; see `last` of the list."""
    with context.writing() as (session, now):
        live_checks.request_run(session, context.person, key, now)
