"""Routes for the Statement of Applicability: its lines, decisions, history, and the file."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api.downloads import attachment
from api.request_context import Context, Day, Key, Moment, Plain, RequestContext, RequestModel
from audits import applicability as soa
from audits.applicability import Decision, Inclusion
from audits.applicability_lines import ApplicabilityLine, applicability_lines
from controls.browse.shared_definitions import definitions
from locales import Language
from models.calendar import calendar_of
from models.vocabulary import Implementation, InclusionReason
from reports.applicability_sheet import applicability_sheet
from reports.table_file import MEDIA_TYPES

router = APIRouter(prefix="/v1/applicability", tags=["applicability"])


class DecisionAnswer(BaseModel):
    """A decision on a control."""

    applicable: bool
    justification: str
    reasons: list[InclusionReason] = Field(description="for inclusion")
    reference: str
    implementation: Implementation | None
    implementation_day: date | None = Field(description="since when, or for when it is planned")
    implemented_by: str
    first_day: date
    in_force: date = Field(description="from when it counts: never before it was recorded")
    recorded_at: datetime
    decided_by: str

    @classmethod
    def of(cls, decision: Decision) -> Self:
        stated = decision.inclusion
        return cls(
            **{name: getattr(decision, name) for name in cls.model_fields if hasattr(decision, name)},
            reasons=list(stated.reasons),
            reference=stated.reference,
            implementation=stated.implementation,
            implementation_day=stated.day,
            implemented_by=stated.by,
        )


class LineAnswer(BaseModel):
    """A control with the decision in force."""

    control: str
    ref: str
    title_nl: str
    title_en: str
    measures: list[str] = Field(description="keys of the measures that are mapped to it")
    decision: DecisionAnswer | None = Field(description="null: applicable, not decided yet")


class Lines(RequestModel):
    """Which lines: of which catalogue, on which day, by the knowledge of which moment."""

    catalogue: Annotated[Key, Field(examples=["iso27001-2022"])]
    on: Day | None = None
    known: Moment | None = None


class SheetOf(Lines):
    """… and as which file, in which language."""

    format: Literal["csv", "xlsx"] = "xlsx"
    language: Literal["", "nl", "en"] = Field(default="", description="empty: the reader's")


@router.get("", summary="The Statement of Applicability")
def read(context: Context, query: Annotated[Lines, Query()]) -> list[LineAnswer]:
    """Every control of a catalogue, without requirement clauses, which always apply (ISO/IEC 27001, 6.1.3 d)."""
    return [_line(line) for line in _lines(context, query)]


def _lines(context: RequestContext, query: Lines) -> list[ApplicabilityLine]:
    with context.reading() as (session, now):
        on = query.on or calendar_of(session).day_of(now)
        return applicability_lines(session, context.person, [query.catalogue], on, query.known or now)


def _line(line: ApplicabilityLine) -> LineAnswer:
    control, decision = line.control, line.decision
    return LineAnswer(
        control=control.key,
        ref=control.ref,
        title_nl=control.title_nl,
        title_en=control.title_en,
        measures=list(line.measures),
        decision=DecisionAnswer.of(decision) if decision else None,
    )


@router.get("/history", summary="All decisions on a control")
def read_history(context: Context, control: Annotated[Key, Query()]) -> list[DecisionAnswer]:
    """The latest first."""
    with context.reading() as (session, now):
        return [DecisionAnswer.of(row) for row in soa.history(session, context.person, control, now)]


@router.get("/sheet", summary="The Statement of Applicability as a file")
def read_sheet(context: Context, query: Annotated[SheetOf, Query()]) -> Response:
    """CSV or XLSX in Dutch or English."""
    lines = _lines(context, query)
    with context.reading() as (session, _):
        measures = definitions(session, context.person).measures
    t = Language(query.language, context.calendar.zone) if query.language else context.language
    content = applicability_sheet(t, query.format, lines, {key: t.title(measure) for key, measure in measures.items()})
    name = f"{t('Statement of Applicability')} {query.catalogue}.{query.format}"
    headers = {"content-disposition": attachment(name), "x-content-type-options": "nosniff"}
    return Response(content, headers=headers, media_type=MEDIA_TYPES[query.format])


class NewApplicability(RequestModel):
    """A line of the Statement of Applicability. Excluding requires a justification."""

    control: Annotated[Key, Field(examples=["iso27001-2022:A.7.4"])]
    applicable: bool
    justification: Annotated[Plain, Field(max_length=4000)] = ""
    first_day: Day
    reasons: list[InclusionReason] = Field(default_factory=list, description="for inclusion", max_length=4)
    reference: Annotated[Plain, Field(max_length=200, description="to a risk, law or contract")] = ""
    implementation: Implementation | None = None
    implementation_day: Day | None = Field(default=None, description="since when, or for when it is planned")
    implemented_by: Annotated[Plain, Field(max_length=200)] = ""


@router.post("", status_code=204, summary="Decide on applicability")
def decide(context: Context, new: NewApplicability) -> None:
    """In force from its first day, but never before today."""
    stated = Inclusion(
        tuple(new.reasons), new.reference, new.implementation, new.implementation_day, new.implemented_by
    )
    with context.writing() as (session, now):
        soa.decide(session, context.person, new.control, new.applicable, new.justification, new.first_day, now, stated)
