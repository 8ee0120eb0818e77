"""Routes for readiness on any day by the knowledge of any moment, for what to do, and for explanations."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel import Session

from access.permissions import Person
from api import explanations, readiness_answers
from api.explanations import ControlExplained, ExplanationAnswer, MeasureExplained
from api.readiness_answers import ReadinessAnswer, ToDoAnswer
from api.request_context import Context, Day, Key, Moment, Plain, RequestModel
from controls.audit.audit_bounds import audit_of
from controls.audit.audit_plan import AuditPlan
from controls.errors import Unknown
from evidence.library import evidence_items
from locales import text
from models.calendar import calendar_of
from readiness import (
    audit_verdict,
    controls_with_unconfirmed_mapping,
    explain_cell,
    readiness,
    to_do,
    withhold_unreadable,
    withhold_unreadable_of_cells,
)

router = APIRouter(prefix="/v1", tags=["readiness"])


class Point(RequestModel):
    """The day (`on`) and the moment whose knowledge counts (`known`); by default today and now."""

    on: Day | None = None
    known: Moment | None = None


class ReadinessPoint(Point):
    """With `audit` (its key): the criteria, scope and day of that audit."""

    audit: Plain = ""


@router.get("/readiness", summary="Readiness")
def read(context: Context, query: Annotated[ReadinessPoint, Query()]) -> ReadinessAnswer:
    """The verdict, and the status of every measure, control and requirement.

    History: `on` a past day and `known` the end of that day. Forecast: `on` in the future. With `audit`, `on` is the
    audit's day by default.
    """
    with context.reading() as (session, now):
        known = query.known or now
        plan = audit_or_unknown(session, context.person, query.audit, known) if query.audit else None
        on = query.on or (max(plan.day, calendar_of(session).day_of(now)) if plan else calendar_of(session).day_of(now))
        whole = readiness(session, context.person, on, known, plan.systems if plan else ())
        readable = evidence_items.readable(session, context.person, whole.named_evidence)
        unconfirmed = controls_with_unconfirmed_mapping(session, context.person, on, known)
    catalogues = plan.catalogues if plan else {key.split(":")[0] for key in whole.controls}
    of_audit = [key for key in unconfirmed if key.split(":")[0] in catalogues]
    whole = withhold_unreadable_of_cells(whole, readable)
    return readiness_answers.readiness(whole, audit_verdict(whole, catalogues), plan.key if plan else None, of_audit)


@router.get("/to-do", summary="What to do before the audit")
def read_to_do(context: Context, query: Annotated[Point, Query()]) -> list[ToDoAnswer]:
    """What must be renewed, provided, repaired or reviewed, by which team and when; what blocks most controls first."""
    with context.reading() as (session, now):
        known = query.known or now
        plan = audit_or_unknown(session, context.person, "", known)
        items = to_do(session, context.person, plan, query.on or calendar_of(session).day_of(now), known)
    return [readiness_answers.to_do(item) for item in items]


class CellPoint(Point):
    """A requirement for the organisation, a system or a target, at a point."""

    requirement: Key
    system: Plain = ""
    target: Plain = ""


@router.get("/readiness/cell", summary="Why a requirement has its status")
def read_cell(context: Context, query: Annotated[CellPoint, Query()]) -> ExplanationAnswer:
    """The facts behind the status: evidence, days, results and decisions."""
    cell = (query.requirement, query.system, query.target)
    with context.reading() as (session, now):
        explanation = explain_cell(
            session, context.person, cell, query.on or calendar_of(session).day_of(now), query.known or now
        )
        readable = evidence_items.readable(session, context.person, explanation.evidence)
    return explanations.cell_explanation(context.language, withhold_unreadable(explanation, readable))


class ThingPoint(Point):
    """A control or measure at a point."""

    key: Key


@router.get("/readiness/control", summary="Why a control has its status")
def read_control(context: Context, query: Annotated[ThingPoint, Query()]) -> ControlExplained:
    """Its lines with the evidence behind each, who accepted it, exceptions, and the number of days demonstrated."""
    with context.reading() as (session, now):
        on, known = query.on or calendar_of(session).day_of(now), query.known or now
        return explanations.control_explanation(session, context.person, context.language, query.key, on, known)


@router.get("/readiness/measure", summary="Why a measure has its status")
def read_measure(context: Context, query: Annotated[ThingPoint, Query()]) -> MeasureExplained:
    """Each requirement with its evidence, and on how many days the measure was demonstrated."""
    with context.reading() as (session, now):
        on, known = query.on or calendar_of(session).day_of(now), query.known or now
        return explanations.measure_explanation(session, context.person, context.language, query.key, on, known)


def audit_or_unknown(session: Session, person: Person, key: str, known: datetime) -> AuditPlan:
    """Return the audit with this key, or the one planned last for an empty key. Raises `Unknown`."""
    plan = audit_of(session, person, known)
    if plan is None or key not in ("", plan.key):
        raise Unknown(text("No such audit is planned; plan one with POST /v1/audit."))
    return plan
