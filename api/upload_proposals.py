"""The route that says of many files what each may be evidence for, without saving anything."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, File, Form
from pydantic import BaseModel, Field

from access.permissions import require
from api import answers
from api.answers import FiledAnswer
from api.request_context import Context, Files, RequestContext, RequestModel
from evidence.intake.many_files.batch_file import Part
from evidence.intake.many_files.batch_rows import close, parts_of
from evidence.intake.many_files.manifest_choice import ProposedChoice, proposed_choice
from evidence.intake.program_uploads.redacted_files import redacted_files
from evidence.intake.proposed_requirements.questions import Choice, Question
from evidence.intake.reading.inspection import Incoming, Inspection, inspect, shown_name
from evidence.intake.reading.recognition import recognitions
from locales import Problem, Text, text
from models.cannot_write import CannotWrite
from readiness.effects.upload_rows import RowJudgement, judge_row

router = APIRouter(prefix="/v1/evidence", tags=["evidence"])
_threads = anyio.CapacityLimiter(4)


class Batch(RequestModel):
    """The files, each of which may be a piece of evidence."""

    files: Annotated[
        Files,
        File(description="files, ZIP files, and a manifest (see docs/many-files.md); at most 100 files"),
    ]


class ProposalAnswer(BaseModel):
    """A file with what it may be evidence for, and what saving it would record."""

    file: str
    origin: str = Field("", description="the ZIP file that it was in", examples=["november.zip"])
    sha256: str = ""
    format: str = Field("", description="as recognised by its content", examples=["testssl"])
    recognised_by: str = Field("", description="by what in its content the format was recognised")
    tool: str = ""
    problem: str = Field("", description="why the file is refused; then the rest is empty")
    requirement: str = Field("", description="the proposed evidence requirement; empty if none stands out")
    systems: list[str] = []
    first_day: date | None = Field(None, description="a day to declare; none if the file itself says it")
    last_day: date | None = None
    title: str = ""
    candidates: list[str] = Field([], description="requirements that accept it, the likeliest first")
    because: list[str] = Field([], description="why this is proposed")
    asks: Question | None = Field(None, description="what must be said first, in the fields of an upload")
    message: str = Field("", description="why it can't be saved as proposed")
    proposed_mapping: dict[str, Any] = Field({}, description="of a table: what its columns may mean")
    filed: FiledAnswer | None = Field(None, description="what saving it would record; `id` is empty if it is new")


class ProposalList(BaseModel):
    """A row for each file, in order; those of a ZIP file after the others."""

    rows: list[ProposalAnswer]


@router.post("/proposals", summary="Say of many files what each may be evidence for")
async def propose(context: Context, batch: Annotated[Batch, Form(media_type="multipart/form-data")]) -> ProposalList:
    """Each file is recognised and judged by itself, and one that is refused holds up no other. Nothing is saved.

    Save each with an upload of its own, with what is proposed or what you know better.
    """
    rows = await anyio.to_thread.run_sync(partial(_propose, context, batch), limiter=_threads)
    return ProposalList(rows=rows)


def _propose(context: RequestContext, batch: Batch) -> list[ProposalAnswer]:
    require(context.person, "evidence.file")
    parts = parts_of([Incoming(file.file, file.filename or "file") for file in batch.files])
    try:
        rows = [_row(context, part) for part in parts]
    finally:
        close(parts)
    return _once(context, rows)


def _row(context: RequestContext, part: Part) -> ProposalAnswer:
    row = ProposalAnswer(file=shown_name(part.path), origin=part.origin)
    if part.stream is None:
        return _refused(context, row, part.problem)
    whose = context.person.account or context.person.name
    try:
        with inspect(context.store, [Incoming(part.stream, part.path)], context.most_bytes, whose) as inspection:
            return _proposed(context, row, part, inspection)
    except CannotWrite:
        raise
    except Problem as problem:
        return _refused(context, row, problem.message)


def _refused(context: RequestContext, row: ProposalAnswer, problem: Text | None) -> ProposalAnswer:
    row.problem = context.language.render(problem) if problem is not None else ""
    return row


def _proposed(context: RequestContext, row: ProposalAnswer, part: Part, inspection: Inspection) -> ProposalAnswer:
    t = context.language
    with context.reading() as (session, now):
        proposed = proposed_choice(session, context.person, inspection, now, part.entry)
    judgement = _judgement(context, inspection, proposed.choice)
    message = proposed.doubt or judgement.message
    filed = answers.filed(t, judgement.filed, {}) if judgement.filed is not None else None
    if filed is not None and filed.is_new:
        filed.id = ""
    return row.model_copy(
        update={
            **_chosen(proposed),
            "sha256": inspection.digests[0],
            "format": inspection.files[0].kind,
            "recognised_by": " ".join(t.render(each.because) for each in recognitions(inspection.files)),
            "tool": ", ".join(inspection.tools),
            "because": [t.render(why) for why in proposed.proposal.because],
            "asks": judgement.question,
            "message": t.render(message) if message is not None else "",
            "proposed_mapping": judgement.proposed_mapping,
            "filed": filed,
        }
    )


def _chosen(proposed: ProposedChoice) -> dict[str, Any]:
    choice = proposed.choice
    return {
        "requirement": choice.requirement,
        "systems": list(choice.systems),
        "first_day": choice.first_day,
        "last_day": choice.last_day,
        "title": choice.title,
        "candidates": list(proposed.proposal.candidates),
    }


def _judgement(context: RequestContext, inspection: Inspection, choice: Choice) -> RowJudgement:
    redacted = redacted_files(context, inspection, None, [choice.requirement], choice.systems)
    with redacted as without, context.trying() as (session, now):
        return judge_row(session, context.store, context.person, without, choice, now)


def _once(context: RequestContext, rows: Sequence[ProposalAnswer]) -> list[ProposalAnswer]:
    """Name files that are there twice."""
    seen: dict[str, str] = {}
    for row in rows:
        if row.sha256 and row.sha256 in seen:
            other = seen[row.sha256]
            same = text("{name} and {other} are the same file; leave one out.", name=row.file, other=other)
            row.message = context.language.render(same)
        seen.setdefault(row.sha256, row.file)
    return list(rows)
