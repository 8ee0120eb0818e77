"""Routes for uploads: sending files with what they are evidence for, and asking what became of them.

An upload is judged in its request, or, if it is large, received first and judged by a job (`jobs/judge_uploads.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Annotated

import anyio
from fastapi import APIRouter, File, Form, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from access.permissions import may
from api import answers, effect_answers, problems, upload_answers
from api.answers import FiledAnswer
from api.chosen_formats import chosen_formats
from api.effect_answers import DryRunAnswer
from api.request_context import Context, Files, Keys, OptionalDay, OptionalNumber, Plain, RequestContext, RequestModel
from api.upload_answers import UploadAnswer, UploadSummary
from evidence.intake import submission
from evidence.intake.program_uploads import upload_rows
from evidence.intake.program_uploads.read_delivery import read_delivery, require_admitted
from evidence.intake.program_uploads.sent_uploads import sent_uploads
from evidence.intake.program_uploads.upload_context import can_be_found_later
from evidence.intake.program_uploads.upload_fields import UploadFields, request_digest
from evidence.intake.program_uploads.upload_rows import Received, UploadRow
from evidence.intake.reading.inspection import Incoming, StagedFile, discard, stage
from evidence.intake.submission import Filed
from models.vocabulary import UploadState, Verdict
from readiness.effects.upload_effect import UploadEffect, current_outlook, effect
from readiness.evidence_ends import ends_on_upload

router = APIRouter(prefix="/v1", tags=["evidence"])
#: Uploads have their own threads, so that other requests always find a free one.
_threads = anyio.CapacityLimiter(8)
LARGE = 32 << 20  # bytes; more than this is judged in the background unless the request says otherwise
_PAUSE = 2  # seconds after which a program may ask again
UploadId = Annotated[str, Path(max_length=64, pattern=r"^[0-9a-f]+$", examples=["5f0c1d…"])]


class FailOn(StrEnum):
    """Which verdict is answered as an error, although the evidence is recorded."""

    FAIL = "fail"
    NONE = "none"


FailingOn = Annotated[
    FailOn,
    Field(description="with `fail`, evidence that fails its policy is answered with 409, although it is recorded"),
]


class Upload(RequestModel):
    """The fields of an upload; those with a list of values may be repeated."""

    files: Annotated[Files, File(description="one to twenty files of one evidence")]
    requirement: Annotated[
        Keys, Field(min_length=1, description="evidence requirements for which the files are evidence")
    ]
    system: Annotated[Keys, Field(default_factory=list, description="systems; none for the organisation")]
    target: Annotated[
        Keys,
        Field(
            default_factory=list,
            description="ADDRESS=SYSTEM/TARGET, for an address in the files that is not recorded as one of a target; "
            "SYSTEM/TARGET, for a test that names none. It is recorded as declared, and waits for a review by "
            "someone else",
        ),
    ]
    first_day: Annotated[
        OptionalDay,
        Field(description="first represented day, if no file states it; not for a test that states its days"),
    ] = None
    last_day: Annotated[OptionalDay, Field(description="last represented day; by default the first")] = None
    explicit_end: Annotated[OptionalDay, Field(description="last day of validity")] = None
    title: Annotated[Plain, Field(max_length=200)] = ""
    note: Annotated[Plain, Field(max_length=4000)] = ""
    tool: Annotated[Plain, Field(max_length=80)] = ""
    population: Annotated[OptionalNumber, Field(description="of a register: the number of entries in its source")] = (
        None
    )
    population_source: Annotated[Plain, Field(max_length=200)] = ""
    population_day: OptionalDay = None
    population_of: Annotated[
        Keys, Field(default_factory=list, description="SYSTEM=NUMBER, for a register of several systems")
    ]
    mapping: Annotated[
        str,
        Field(
            max_length=100_000,
            description="of a register with headings or words of its own: what they mean, as JSON, such as the "
            "`proposed_mapping` of a refusal. `columns`: column → heading; `values`: column → word in the file → word "
            "of the policy (null: none); `dates`: column → d/m/y or m/d/y; `fixed`: system → the system of every row; "
            "`matrix`: how a wide table is read; `personal`: heading → leave out, reference (for each value), in text "
            "(for people in the texts), heading (for the person who is the heading) or keep, which is done before "
            "anything is stored; `left_out`: headings that are no column. It is kept with the evidence, "
            "remembered for its requirement and systems, and waits for a review",
        ),
    ] = ""
    format: Annotated[
        Keys,
        Field(
            default_factory=list,
            description="FILE=FORMAT, or a format for all files, to read them as another than their content shows "
            "(see `recognised` of the answer). It is recorded as declared, and waits for a review by someone else",
        ),
    ]
    zone: Annotated[Keys, Field(default_factory=list, description="FILE=ZONE, for a scan made from inside the network")]

    def to_fields(self) -> UploadFields:
        """The fields without the files."""
        return UploadFields.model_validate(self.model_dump(exclude={"files"}))


class UploadQuery(RequestModel):
    """How an upload is carried out and answered."""

    dry_run: Annotated[bool, Field(description="judge it and say what it would change; nothing is stored")] = False
    fail_on: FailingOn = FailOn.NONE
    background: Annotated[
        bool | None,
        Field(description="whether to receive it and judge it later; by default if its files are over 32 MB together"),
    ] = None


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="a name that the sender makes for this upload: sent again with it, the upload is not done again "
        "but answered as before. Known for seven days, for this token or account",
    ),
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an upload in its request: evidence, or an upload that waits. `again`: it was sent before."""

    filed: Filed | None = None
    upload: UploadRow | None = None
    again: bool = False


@router.post(
    "/evidence",
    status_code=201,
    summary="Upload evidence",
    response_model=FiledAnswer,
    responses={
        200: {
            "model": FiledAnswer | DryRunAnswer,
            "description": "The same was uploaded before, or a dry run; nothing is recorded",
        },
        202: {"model": UploadAnswer, "description": "Received; `Location` says what becomes of it"},
        409: {
            "model": problems.ProblemAnswer,
            "description": "With `fail_on=fail`: recorded, and it fails",
        },
    },
)
async def post(
    context: Context,
    request: Request,
    upload: Annotated[Upload, Form(media_type="multipart/form-data")],
    query: Annotated[UploadQuery, Query()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Files with what they are evidence for. Answers when they are stored, read, judged and counted in readiness.

    The format is recognised by content, unless `format` says another. When a file can't be read, or is not evidence
    for the requirement, the upload is refused with the reason and nothing is recorded. With `dry_run` the answer is the
    same, with what the upload would change; nothing is stored, and the activity log says nothing of it.

    A large upload is answered with 202 once its files are on disk; `Location` tells what becomes of it, also after a
    restart. The permissions count that the token or account has when it is judged.
    """
    if query.dry_run:
        tried = await anyio.to_thread.run_sync(partial(_try, context, upload), limiter=_threads)
        return _answer_dry_run(context, request, tried, query.fail_on)
    key = (idempotency_key or "").strip('"') or None
    run = partial(_upload, context, upload, key, query)
    outcome = await anyio.to_thread.run_sync(run, limiter=_threads)
    headers = {"idempotency-replayed": "true"} if outcome.again else {}
    if outcome.filed is not None:
        return _answer_filed(context, request, outcome.filed, query.fail_on, headers)
    assert outcome.upload is not None  # noqa: S101 - the one or the other
    return _answer_received(context, request, outcome.upload, query.fail_on, headers)


@router.get("/uploads", summary="What became of your uploads")
def read_uploads(context: Context, request: Request) -> list[UploadSummary]:
    """Uploads that were received and judged later: what waits first, then what was refused, then the newest judged.

    Those that you sent, and those of your tokens, of your teams' tokens and of team tokens that you made; a token reads
    its own. Each until seven days after its end; at most 100.
    """
    with context.reading() as (session, _):
        sent = sent_uploads(session, context.person)
    return [upload_answers.summary(context.language, each, _root(request)) for each in sent]


@router.get(
    "/uploads/{upload}",
    summary="What became of an upload",
    response_model=UploadAnswer,
    responses={409: {"model": problems.ProblemAnswer, "description": "With `fail_on=fail`: recorded, and it fails"}},
)
def read_upload(
    context: Context, request: Request, upload: UploadId, fail_on: Annotated[FailingOn, Query()] = FailOn.NONE
) -> Response:
    """Waiting, being judged, judged (with its evidence) or refused (with the reason), until seven days after its end.

    With `fail_on=fail` an upload that was refused, or whose evidence fails, is answered as it would have been in its
    own request. For who sent it, and for who may read all evidence.
    """
    row = _read(context, upload)
    if fail_on == FailOn.FAIL and row.filed is not None and _fails(row.filed):
        return _answer_filed(context, request, row.filed, fail_on, {})
    if fail_on == FailOn.FAIL and row.refusal is not None:
        return problems.refused(request, row.refusal)
    pause = {"retry-after": str(_PAUSE)} if row.state == UploadState.WAITING else {}
    return _json(upload_answers.upload(context.language, row, _root(request), _ends(context, row.filed)), 200, pause)


def _read(context: RequestContext, upload: str) -> UploadRow:
    with context.reading() as (session, _):
        return upload_rows.read_upload(session, context.person, upload)


# ── Doing it ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _upload(context: RequestContext, upload: Upload, key: str | None, query: UploadQuery) -> Outcome:
    fields = upload.to_fields()
    require_admitted(context, fields, len(upload.files))
    files = _stage(context, upload)
    try:
        received = Received(fields, files, request_digest(fields, files), key)
        return _sent_before(context, received) or _record(context, received, query)
    finally:
        discard(files)


def _sent_before(context: RequestContext, received: Received) -> Outcome | None:
    with context.reading() as (session, _):
        row = upload_rows.find_by_key(session, context.person, received)
    return None if row is None else Outcome(row.filed, row, again=True)


def _record(context: RequestContext, received: Received, query: UploadQuery) -> Outcome:
    if _is_for_later(context, received, query):
        return Outcome(upload=_receive(context, received))
    with read_delivery(context, received.fields, received.files) as delivery, context.writing() as (session, now):
        filed = submission.submit(session, context.store, context.person, delivery, now)
        if received.key is not None:
            upload_rows.remember(session, context.person, received, filed, now)
        return Outcome(filed)


def _receive(context: RequestContext, received: Received) -> UploadRow:
    """Record that the upload was received, unless a request with the same key just did."""
    with context.writing(visit=True) as (session, now):
        if before := upload_rows.find_by_key(session, context.person, received):
            return before
        identity = upload_rows.receive(session, context.store, context.person, received, now)
    return _read(context, identity)


def _is_for_later(context: RequestContext, received: Received, query: UploadQuery) -> bool:
    is_large = sum(file.staged.size for file in received.files) > LARGE
    is_for_later = is_large if query.background is None else query.background
    return is_for_later and can_be_found_later(context.person)


def _try(context: RequestContext, upload: Upload) -> UploadEffect:
    """What the upload would change, judged in a transaction that is undone; its files are read before that."""
    fields = upload.to_fields()
    require_admitted(context, fields, len(upload.files))
    with read_delivery(context, fields, _stage(context, upload)) as delivery:
        with context.reading() as (session, now):
            before = current_outlook(session, context.person, now)
        with context.trying() as (session, now):
            return effect(session, context.store, context.person, delivery, before, now)


def _stage(context: RequestContext, upload: Upload) -> list[StagedFile]:
    names = [file.filename or "file" for file in upload.files]
    chosen = chosen_formats(upload.format, names)
    incoming = [Incoming(file.file, name, chosen.get(name, "")) for file, name in zip(upload.files, names, strict=True)]
    return stage(context.store, incoming, context.most_bytes)


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _root(request: Request) -> str:
    """The path under which the API is served."""
    return request.url.path.partition("/v1/")[0]


def _ends(context: RequestContext, filed: Filed | None) -> answers.Ends:
    """Until when uploaded evidence counts, for who may upload."""
    if filed is None or not may(context.person, "evidence.file"):
        return {}
    with context.reading() as (session, now):
        today = context.calendar.day_of(now)
        return ends_on_upload(session, context.person, filed.evidence, today, now)


def _fails(filed: Filed) -> bool:
    return any(cell.verdict == Verdict.FAIL for cell in filed.covered)


def _answer_filed(
    context: RequestContext, request: Request, filed: Filed, fail_on: FailOn, headers: Mapping[str, str]
) -> Response:
    answer = answers.filed(context.language, filed, _ends(context, filed))
    answer.links = answers.links(_root(request), filed.evidence)
    headers = {**headers, "location": answer.links.evidence}
    if fail_on == FailOn.FAIL and _fails(filed):
        return problems.failing(request, answer, headers)
    return _json(answer, 201 if filed.is_new else 200, headers)


def _answer_dry_run(context: RequestContext, request: Request, tried: UploadEffect, fail_on: FailOn) -> Response:
    answer = effect_answers.dry_run(context.language, tried)
    if fail_on == FailOn.FAIL and _fails(tried.filed):
        return problems.failing(request, answer, {}, recorded=False)
    return _json(answer, 200, {})


def _answer_received(
    context: RequestContext, request: Request, row: UploadRow, fail_on: FailOn, headers: Mapping[str, str]
) -> Response:
    answer = upload_answers.upload(context.language, row, _root(request), _ends(context, row.filed))
    location = answer.links.upload + ("?fail_on=fail" if fail_on == FailOn.FAIL else "")
    if row.state != UploadState.WAITING:  # judged meanwhile
        return _json(answer, 200, {**headers, "location": location})
    return _json(answer, 202, {**headers, "location": location, "retry-after": str(_PAUSE)})


def _json(answer: FiledAnswer | UploadAnswer, status: int, headers: Mapping[str, str]) -> Response:
    return JSONResponse(answer.model_dump(mode="json"), status, dict(headers))
