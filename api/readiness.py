"""Readiness on any day, by the knowledge of any moment; what to do; and why."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel import Session

from access.permissions import Person
from api import answers, explained
from api.answers import ReadinessAnswer, ToDoAnswer
from api.explained import ControlExplained, ExplanationAnswer, MeasureExplained
from api.request_context import Context, Day, Given, Key, Moment, Plain
from controls.audit.audit_bounds import audit_of
from controls.audit.audit_plan import AuditPlan
from controls.errors import Unknown
from evidence.library import evidence_items
from locales import text
from models.calendar import calendar_of
from readiness import explain_cell, for_audit, readiness, to_do, unconfirmed, within

router = APIRouter(prefix="/v1", tags=["readiness"])


class Point(Given):
    """The day whose truth is asked, and the moment whose knowledge is used. Left out: today, and now."""

    on: Day | None = None
    known: Moment | None = None


class ReadinessPoint(Point):
    """With `audit` (its key): that audit's criteria, scope and day."""

    audit: Plain = ""


@router.get("/readiness", summary="Readiness")
def read(context: Context, asked: Annotated[ReadinessPoint, Query()]) -> ReadinessAnswer:
    """The verdict, and the status of every measure, control and cell.

    History: `on` a day and `known` the end of it. Forecast: `on` in the future. With `audit`, `on` is the audit's day
    unless it is given.
    """
    with context.reading() as (session, now):
        known = asked.known or now
        plan = _audit(session, context.person, asked.audit, known) if asked.audit else None
        on = asked.on or (max(plan.day, calendar_of(session).day_of(now)) if plan else calendar_of(session).day_of(now))
        whole = readiness(session, context.person, on, known, plan.systems if plan else ())
        editors = unconfirmed(session, context.person, on, known)
    catalogues = plan.catalogues if plan else {key.split(":")[0] for key in whole.controls}
    theirs = [key for key in editors if key.split(":")[0] in catalogues]
    return answers.readiness(whole, for_audit(whole, catalogues), plan.key if plan else None, theirs)


@router.get("/to-do", summary="What to do before the audit")
def read_to_do(context: Context, asked: Annotated[Point, Query()]) -> list[ToDoAnswer]:
    """What must be renewed, delivered, repaired or reviewed, by which team, before when; what blocks most first."""
    with context.reading() as (session, now):
        known = asked.known or now
        plan = _audit(session, context.person, "", known)
        found = to_do(session, context.person, plan, asked.on or calendar_of(session).day_of(now), known)
    return [answers.to_do(item) for item in found]


class CellPoint(Point):
    """A cell at a point."""

    requirement: Key
    system: Plain = ""
    target: Plain = ""


@router.get("/readiness/cell", summary="Why a cell has its status")
def read_cell(context: Context, asked: Annotated[CellPoint, Query()]) -> ExplanationAnswer:
    """The facts behind the status: which evidence, which day, which result, which decision."""
    cell = (asked.requirement, asked.system, asked.target)
    with context.reading() as (session, now):
        found = explain_cell(
            session, context.person, cell, asked.on or calendar_of(session).day_of(now), asked.known or now
        )
        found = within(found, evidence_items.readable(session, context.person, found.evidence))
    return explained.cell(context.language, found)


class ThingPoint(Point):
    """A control or measure at a point."""

    key: Key


@router.get("/readiness/control", summary="Why a control has its status")
def read_control(context: Context, asked: Annotated[ThingPoint, Query()]) -> ControlExplained:
    """Its lines with the evidence behind each, who accepted it, its exceptions; and on how many days it was shown."""
    with context.reading() as (session, now):
        on, known = asked.on or calendar_of(session).day_of(now), asked.known or now
        return explained.control(session, context.person, context.language, asked.key, on, known)


@router.get("/readiness/measure", summary="What stands behind a measure's status")
def read_measure(context: Context, asked: Annotated[ThingPoint, Query()]) -> MeasureExplained:
    """Each place in which evidence is asked, with the evidence; and on how many days the measure was shown."""
    with context.reading() as (session, now):
        on, known = asked.on or calendar_of(session).day_of(now), asked.known or now
        return explained.measure(session, context.person, context.language, asked.key, on, known)


def _audit(session: Session, person: Person, key: str, known: datetime) -> AuditPlan:
    plan = audit_of(session, person, known)
    if plan is None or key not in ("", plan.key):
        raise Unknown(text("No such audit is planned; POST /v1/audit plans one."))
    return plan
