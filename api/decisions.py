"""Routes for decisions and findings: reviews, exceptions, closings, applicability, nonconformities, the mapping."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from api import explanations
from api.answers import Made
from api.explanations import StandingException
from api.request_context import Context, Day, Key, Number, Plain, RequestModel, Words
from audits import nonconformities
from audits.nonconformities import Finding
from controls import mapping
from controls.mapping import MappingRow
from evidence.decisions import closed_series, review
from evidence.decisions.exceptions import exceptions, extend_exception, grant_exceptions, revoke_exception
from models.calendar import calendar_of
from readiness import QueueItem, review_queue

router = APIRouter(prefix="/v1", tags=["decisions"])
NumberInPath = Annotated[int, Path(ge=0, le=2**31 - 1)]


class NewReview(RequestModel):
    """A review decision. Rejecting and withdrawing require a remark."""

    evidence: Key
    decision: Literal["accepted", "rejected", "withdrawn"]
    remark: Annotated[Plain, Field(max_length=4000)] = ""


@router.post("/reviews", status_code=204, summary="Review evidence")
def add_review(context: Context, new: NewReview) -> None:
    """The latest decision counts. Nobody accepts or rejects evidence that they uploaded themselves."""
    with context.writing() as (session, now):
        review.review(session, context.person, new.evidence, new.decision, new.remark, now)


class WaitingEvidence(BaseModel):
    """Evidence that waits for a review by someone else than its uploader."""

    id: str
    title: str
    kind: str
    uploaded_by: str
    recorded_at: datetime
    last_day: date
    verdict: Literal["pass", "fail", "none"]
    controls: list[str] = Field(description="controls of the audit that are not demonstrated without it")


class ReviewQueueAnswer(BaseModel):
    """What waits for the caller; what holds up most controls first."""

    items: list[WaitingEvidence]
    own: int = Field(description="how many more wait for someone else, as the caller uploaded them")


@router.get("/review-queue", summary="Evidence that waits for your review")
def read_review_queue(context: Context) -> ReviewQueueAnswer:
    """Sorted by how many controls each holds up, today or on the day of the audit; then by how long it waits."""
    with context.reading() as (session, now):
        queue = review_queue(session, context.person, now)
    return ReviewQueueAnswer(items=[_waiting_answer(item) for item in queue.items], own=queue.own)


def _waiting_answer(item: QueueItem) -> WaitingEvidence:
    plain = [name for name in WaitingEvidence.model_fields if name != "controls"]
    return WaitingEvidence(**{name: getattr(item.row, name) for name in plain}, controls=list(item.controls))


class ExceptionSearch(RequestModel):
    """Filters of exceptions; an empty one is ignored."""

    requirement: Plain = ""
    evidence: Annotated[Plain, Field(description="for checks that fail in this evidence")] = ""


@router.get("/exceptions", summary="The exceptions")
def read_exceptions(context: Context, query: Annotated[ExceptionSearch, Query()]) -> list[StandingException]:
    """All that were ever granted, the latest first, each with its number."""
    with context.reading() as (session, now):
        rows = exceptions(session, context.person, query.requirement, query.evidence)
    return [explanations.exception_answer(row, calendar_of(session).day_of(now)) for row in rows]


_CHECK: Any = Field(
    max_length=1000,
    description=(
        "as in `coverage[].failing[].check` of the evidence, as on the pages, or the name that the tool gives "
        "the result, if that belongs to one failing check only"
    ),
    examples=["protocol: TLS 1.0", "Version: TLS 1.0", "Versie: TLS 1.0", "TLS1"],
)


class NewException(RequestModel):
    """One or several failing checks of one series that are accepted until a day."""

    requirement: Annotated[Key, Field(examples=["tls-scan"])]
    system: Annotated[Plain, Field(max_length=200, description="empty for the organisation", examples=["portal"])] = ""
    target: Annotated[
        Plain,
        Field(
            max_length=253,
            description="empty for a system without targets",
            examples=["portal.example.nl"],
        ),
    ] = ""
    tool: Annotated[
        Plain, Field(max_length=80, description="of a test; empty for a register", examples=["testssl"])
    ] = ""
    check: Annotated[str, _CHECK] = ""
    checks: Annotated[
        list[Annotated[str, _CHECK]],
        Field(default_factory=list, max_length=200, description="several at once; all or none"),
    ]
    kind: Literal["accepted risk", "false positive"] = "accepted risk"
    reason: Words
    first_day: Day
    last_day: Day


class MadeExceptions(Made):
    """The number of the first exception, and those of all, in the order of the checks."""

    ids: list[str]


@router.post("/exceptions", status_code=201, summary="Grant exceptions")
def grant(context: Context, new: NewException) -> MadeExceptions:
    """For checks that fail now, for a year at most. In force from the first day, but never before today."""
    checks = [*([new.check] if new.check else []), *new.checks]
    with context.writing() as (session, now):
        numbers = grant_exceptions(
            session,
            context.person,
            (new.requirement, new.system, new.target),
            new.tool,
            checks,
            new.reason,
            new.first_day,
            new.last_day,
            now,
            new.kind,
        )
    return MadeExceptions(id=str(numbers[0]), ids=[str(number) for number in numbers])


class Extension(RequestModel):
    """Until when an exception goes on. An empty reason repeats the earlier one."""

    reason: Annotated[Plain, Field(max_length=4000)] = ""
    last_day: Day


@router.post("/exceptions/{exception}/extension", status_code=201, summary="Extend an exception")
def extend(context: Context, exception: NumberInPath, new: Extension) -> Made:
    """A new exception for the same check, from the day after the last one ends; the check must still fail."""
    with context.writing() as (session, now):
        number = extend_exception(session, context.person, exception, new.reason, new.last_day, now)
    return Made(id=str(number))


@router.post("/exceptions/{exception}/revocation", status_code=204, summary="Revoke an exception")
def revoke(context: Context, exception: NumberInPath) -> None:
    """From today on it is no longer in force."""
    with context.writing() as (session, now):
        revoke_exception(session, context.person, exception, now)


class NewClosing(RequestModel):
    """The series of a test whose tool was replaced."""

    requirement: Key
    system: Annotated[Plain, Field(max_length=200)] = ""
    target: Annotated[Plain, Field(max_length=253)] = ""
    tool: Annotated[Key, Field(examples=["sslyze"])]
    reason: Words


@router.post("/series-closings", status_code=204, summary="Close a series")
def close(context: Context, new: NewClosing) -> None:
    """From today earlier results of the tool no longer count; a newer accepted pass of another tool is needed."""
    with context.writing() as (session, now):
        series = (new.requirement, new.system, new.target, new.tool)
        closed_series.close_series(session, context.person, *series, new.reason, now)


class OfControl(RequestModel):
    """Which control; empty: all."""

    control: Annotated[Plain, Field(max_length=200, examples=["iso27001-2022:A.8.24"])] = ""


class NewNonconformity(RequestModel):
    """A finding of an audit on a control or requirement clause."""

    control: Annotated[Key, Field(examples=["iso27001-2022:A.8.24"])]
    grade: Literal["major", "minor"]
    title: Annotated[Plain, Field(min_length=1, max_length=500)]
    first_day: Day


@router.post("/nonconformities", status_code=201, summary="Record a nonconformity")
def find(context: Context, new: NewNonconformity) -> Made:
    """An open major nonconformity makes its control nonconforming, whatever its evidence."""
    with context.writing() as (session, now):
        number = nonconformities.record_nonconformity(
            session, context.person, new.control, new.grade, new.title, new.first_day, now
        )
    return Made(id=str(number))


@router.get("/nonconformities", summary="The nonconformities")
def read_findings(context: Context, query: Annotated[OfControl, Query()]) -> list[Finding]:
    """Open ones first; closed ones stay readable."""
    with context.reading() as (session, now):
        controls = [query.control] if query.control else None
        return nonconformities.nonconformities(session, context.person, controls, now)


class Closing(RequestModel):
    """The day from which the finding is closed; in force never before today."""

    closed_day: Day


@router.post("/nonconformities/{nonconformity}/closing", status_code=204, summary="Close a nonconformity")
def close_finding(context: Context, nonconformity: NumberInPath, closing: Closing) -> None:
    """It stays on record."""
    with context.writing() as (session, now):
        nonconformities.close_nonconformity(session, context.person, nonconformity, closing.closed_day, now)


class MappingReview(RequestModel):
    """Rows of the mapping that are confirmed."""

    ids: Annotated[list[Number], Field(min_length=1, max_length=1000)]


class Reviewed(BaseModel):
    """How many rows count from now on; rows reviewed before stay as they were."""

    reviewed: int


@router.get("/mappings", summary="The mapping of measures to controls")
def mappings(context: Context) -> list[MappingRow]:
    """A row counts while it is reviewed and not ended."""
    with context.reading() as (session, _):
        return mapping.list_mappings(session, context.person)


@router.post("/mapping-reviews", status_code=201, summary="Review the mapping")
def review_mapping(context: Context, new: MappingReview) -> Reviewed:
    """Confirms rows that wait for a review."""
    with context.writing() as (session, now):
        return Reviewed(reviewed=mapping.review(session, context.person, new.ids, now))


class MappingConfirmation(RequestModel):
    """The measures whose rows are confirmed; empty: all."""

    measures: Annotated[list[Key], Field(default_factory=list, max_length=1000, examples=[["tls"]])]


class Confirmed(BaseModel):
    """How many rows of the statement's editors are confirmed by the organisation from now on."""

    confirmed: int


@router.post("/mapping-confirmations", status_code=201, summary="Confirm the mapping that came with the statement")
def confirm_mapping(context: Context, new: MappingConfirmation) -> Confirmed:
    """The rows that the statement's editors reviewed become the organisation's own."""
    with context.writing() as (session, now):
        return Confirmed(confirmed=mapping.confirm(session, context.person, now, new.measures or None))


@router.post("/mappings/{number}/ending", status_code=204, summary="End a row of the mapping")
def end_mapping(context: Context, number: NumberInPath) -> None:
    """From now on it no longer counts; it stays on record."""
    with context.writing() as (session, now):
        mapping.end(session, context.person, number, now)
