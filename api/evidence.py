"""Routes for evidence: upload, search, results, comparison, judging again, files."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Annotated, Literal

import anyio
from fastapi import APIRouter, File, Form, Path, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BeforeValidator, Field, ValidationError

from api import answers
from api.answers import DryRunAnswer, EvidenceAnswer, EvidenceList, FiledAnswer, JudgedAnswer, ResultList
from api.chosen_formats import chosen_formats
from api.downloads import PICTURE_HEADERS, download
from api.redacted_files import redacted_files
from api.request_context import Context, Day, Files, Keys, Moment, Number, Plain, RequestContext, RequestModel
from evidence.errors import Unfitting
from evidence.intake import judging_again, submission
from evidence.intake.submission import Delivery, Filed, Incoming, Population
from evidence.judging.table_mapping import TableMapping, mapping_of
from evidence.library import evidence_items
from evidence.library.results import Comparison, ResultFilters, compare, results
from evidence.library.search import Filters
from evidence.preview.preview import preview
from evidence.preview.values import REASONS, Reason
from locales import text
from readiness.effect import UploadEffect, current_outlook, effect

router = APIRouter(prefix="/v1/evidence", tags=["evidence"])
EvidenceId = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$", examples=["5f0c1d…"])]
#: Uploads have their own threads, so that other requests always find a free one.
_threads = anyio.CapacityLimiter(8)
_LONGEST_PART = 60  # characters of a name in a mapping that a message tells
Position = Annotated[int, Path(ge=0, le=1000)]


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


OptionalDay = Annotated[Day | None, BeforeValidator(_none_if_empty)]


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
            description="tested=system/target, for an address in the files that is not recorded as one of a target; "
            "system/target, for a test that names none. It is recorded as declared, and waits for a review by "
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
    population: Annotated[
        Number | None,
        BeforeValidator(_none_if_empty),
        Field(description="of a register: the number of entries in its source"),
    ] = None
    population_source: Annotated[Plain, Field(max_length=200)] = ""
    population_day: OptionalDay = None
    population_of: Annotated[
        Keys, Field(default_factory=list, description="system=number, for a register of several systems")
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
            description="file=format, or a format for all files, to read them as another than their content shows "
            "(see `recognised` of the answer). It is recorded as declared, and waits for a review by someone else",
        ),
    ]
    zone: Annotated[Keys, Field(default_factory=list, description="file=zone, for a scan made from inside the network")]


@router.post(
    "",
    status_code=201,
    summary="Upload evidence",
    response_model=FiledAnswer,
    responses={
        200: {
            "model": FiledAnswer | DryRunAnswer,
            "description": "The same was uploaded before, or a dry run; nothing is recorded",
        }
    },
)
async def post(
    context: Context,
    request: Request,
    response: Response,
    upload: Annotated[Upload, Form(media_type="multipart/form-data")],
    dry_run: Annotated[bool, Query(description="judge it and say what it would change; nothing is stored")] = False,  # noqa: FBT002
) -> Response | FiledAnswer:
    """Files with what they are evidence for. Answers when they are stored, read, judged and counted in readiness.

    The format is recognised by content, unless `format` says another. When a file can't be read, or is not evidence
    for the requirement, the upload is refused with the reason and nothing is recorded. With `dry_run` the answer is the
    same, with what the upload would change; nothing is stored, and the activity log says nothing of it.
    """
    if dry_run:
        effect = await anyio.to_thread.run_sync(partial(_try, context, upload), limiter=_threads)
        return JSONResponse(answers.dry_run(context.language, effect).model_dump(mode="json"))
    result = await anyio.to_thread.run_sync(partial(_upload, context, upload), limiter=_threads)
    response.status_code = 201 if result.is_new else 200
    response.headers["location"] = f"{request.url.path.rstrip('/')}/{result.evidence}"
    return answers.filed(context.language, result)


def _upload(context: RequestContext, upload: Upload) -> Filed:
    _admit(context, upload)
    with _inspected(context, upload) as raw, _redacted(context, upload, raw) as inspection:
        delivery = _delivery(upload, inspection)
        with context.writing() as (session, now):
            return submission.submit(session, context.store, context.person, delivery, now)


def _try(context: RequestContext, upload: Upload) -> UploadEffect:
    """What the upload would change, judged in a transaction that is undone; its files are read before that."""
    _admit(context, upload)
    with _inspected(context, upload) as raw, _redacted(context, upload, raw) as inspection:
        delivery = _delivery(upload, inspection)
        with context.reading() as (session, now):
            before = current_outlook(session, context.person, now)
        with context.trying() as (session, now):
            return effect(session, context.store, context.person, delivery, before, now)


def _admit(context: RequestContext, upload: Upload) -> None:
    """Refuse what may not be uploaded, before any file is read."""
    days = (upload.first_day, upload.last_day)
    with context.reading() as (session, now):
        submission.admit(session, context.person, upload.requirement, upload.system, len(upload.files), days, now)


def _inspected(context: RequestContext, upload: Upload) -> submission.Inspection:
    names = [file.filename or "file" for file in upload.files]
    chosen = chosen_formats(upload.format, names)
    incoming = [Incoming(file.file, name, chosen.get(name, "")) for file, name in zip(upload.files, names, strict=True)]
    whose = context.person.account or context.person.name
    return submission.inspect(context.store, incoming, context.most_bytes, whose)


def _redacted(
    context: RequestContext, upload: Upload, inspection: submission.Inspection
) -> AbstractContextManager[submission.Inspection]:
    """The files without the personal data that is to be left out or replaced, as it was said or is remembered."""
    return redacted_files(context, inspection, _mapping(upload.mapping), upload.requirement, upload.system)


def _delivery(upload: Upload, inspection: submission.Inspection) -> Delivery:
    return Delivery(
        inspection,
        upload.requirement,
        upload.system,
        targets=_targets(upload.target),
        first_day=upload.first_day,
        last_day=upload.last_day,
        explicit_end=upload.explicit_end,
        title=upload.title,
        note=upload.note,
        population=_population(upload),
        populations=dict(_population_of(entry) for entry in upload.population_of),
        zones=dict(_zone(entry) for entry in upload.zone),
        tool=upload.tool,
        mapping=_mapping(upload.mapping),
    )


def _mapping(entry: str) -> TableMapping | None:
    if not entry.strip():
        return None
    try:
        return mapping_of(entry)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part)[:_LONGEST_PART] for part in first["loc"][:2]) or "mapping"
        raise Unfitting(
            text(
                "mapping: {where} is not as expected: JSON with columns, values, dates, left_out, such as {example}.",
                where=where,
                example='{"columns": {"decided_by_ref": "Beoordelaar"}}',
            )
        ) from None


def _zone(entry: str) -> tuple[str, str]:
    name, equals, zone = entry.rpartition("=")
    if not equals or not name or not zone:
        raise Unfitting(text("{entry} is not a zone; expected file=zone.", entry=entry))
    return name, zone


def _targets(entries: Sequence[str]) -> dict[str, tuple[str, str]]:
    targets: dict[str, tuple[str, str]] = {}
    for entry in entries:
        tested, place = _target(entry)
        if targets.setdefault(tested, place) != place:
            raise Unfitting(text("{entry}: the same file or address already has another target.", entry=entry))
    return targets


def _target(entry: str) -> tuple[str, tuple[str, str]]:
    """What was tested (empty where the files name nothing), and its system and target."""
    tested, place = entry.partition("=")[::2] if "=" in entry else ("", entry)
    system, slash, target = place.partition("/")
    if not system or not (tested or slash):
        raise Unfitting(
            text(
                "{entry} is not a target; expected tested=system/target, or system/target for files without a target.",
                entry=entry,
            )
        )
    return tested, (system, target)


def _population(upload: Upload) -> Population | None:
    if upload.population is None and not upload.population_source and upload.population_day is None:
        return None
    if upload.population is None or not upload.population_source or upload.population_day is None:
        raise Unfitting(text("A population needs a number, its source and its day."))
    return Population(upload.population, upload.population_source, upload.population_day)


def _population_of(entry: str) -> tuple[str, int]:
    system, _, number = entry.partition("=")
    if not system or not number.isdecimal() or len(number) > 9:  # noqa: PLR2004 - digits of a count
        raise Unfitting(text("{entry} is not a population; expected system=number.", entry=entry))
    return system, int(number)


class Search(RequestModel):
    """Filters of evidence; an empty one is ignored."""

    requirement: Plain = ""
    measure: Plain = ""
    system: Plain = ""
    target: Plain = ""
    team: Plain = ""
    review: Literal["", "waiting", "automatic", "accepted", "rejected", "withdrawn"] = ""
    verdict: Literal["", "pass", "fail", "none"] = ""
    kind: Literal["", "test", "register", "record"] = ""
    format: Plain = ""
    text: Annotated[Plain, Field(max_length=200)] = ""
    first_day: OptionalDay = None
    last_day: OptionalDay = None
    known: Moment | None = None
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    size: Annotated[int, Field(ge=1, le=evidence_items.MOST_AT_ONCE)] = 50
    order: Literal["recorded", "-recorded", "day", "-day", "title", "-title"] = "-recorded"


@router.get("", summary="Find evidence")
def search(context: Context, query: Annotated[Search, Query()]) -> EvidenceList:
    """The latest recorded first, or by `order`. With days: evidence that represents any day between them.

    With `known`: only what had been recorded by that moment, with its reviews and verdicts of then.
    """
    filters = Filters(**query.model_dump(exclude={"page", "size", "order"}))
    with context.reading() as (session, _):
        page = evidence_items.search(session, context.person, filters, query.page, query.size, query.order)
    return EvidenceList(total=page.total, page=query.page, size=query.size, rows=page.rows)


@router.get("/{evidence}", summary="One evidence")
def evidence_item(context: Context, evidence: EvidenceId, known: Moment | None = None) -> EvidenceAnswer:
    """Its files, its verdicts and why, its runs and reviews, and the previous and next evidence of its series.

    With `known`: as it was recorded by that moment.
    """
    with context.reading() as (session, _):
        return answers.evidence(context.language, evidence_items.evidence(session, context.person, evidence, known))


@router.post("/{evidence}/judge", summary="Judge evidence again")
def judge(context: Context, evidence: EvidenceId) -> JudgedAnswer:
    """By today's policies and the registers accepted now, from the same bytes; the old judgement stays on record.

    Refused when none of these has changed (see `changed` of the evidence).
    """
    with context.reading() as (session, _):
        files = judging_again.files_to_judge(session, context.person, evidence)
    with (
        judging_again.read_again(context.store, files, context.person.account or context.person.name) as inspection,
        context.writing() as (session, now),
    ):
        result = judging_again.judge_again(session, context.store, context.person, evidence, inspection, now)
    return answers.judged(context.language, result)


class ResultSearch(RequestModel):
    """Filters of results; an empty one is ignored."""

    outcome: Plain = ""
    level: Plain = ""
    target: Plain = ""
    text: Annotated[Plain, Field(max_length=200)] = ""
    failing: bool = False
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    size: Annotated[int, Field(ge=1, le=evidence_items.MOST_AT_ONCE)] = 100


@router.get("/{evidence}/results", summary="Its test results")
def read_results(context: Context, evidence: EvidenceId, query: Annotated[ResultSearch, Query()]) -> ResultList:
    """Every result that the tools wrote, with the tool's `outcome`, the policy's `level`, and why."""
    filters = ResultFilters(**query.model_dump(exclude={"page", "size"}))
    with context.reading() as (session, _):
        evidence_items.require_readable(session, context.person, evidence)
        page = results(session, context.person, evidence, filters, query.page, query.size)
        return answers.results(context.language, page)


@router.get("/{evidence}/comparison", summary="Changes since the previous run")
def read_comparison(context: Context, evidence: EvidenceId) -> Comparison:
    """Checks that are worse, better, new or gone, compared with the previous evidence of its series."""
    with context.reading() as (session, _):
        evidence_items.require_readable(session, context.person, evidence)
        return compare(session, context.person, evidence)


@router.get(
    "/{evidence}/files/{position}/preview",
    summary="A page of a file as a picture",
    response_class=Response,
    responses={200: {"content": {"image/png": {}, "image/jpeg": {}}, "description": "The page of a PDF, or the image"}},
)
def read_preview(
    context: Context, evidence: EvidenceId, position: Position, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """Of a PDF or an image. Drawn from its pixels, so that nothing of the file itself is executed by a browser."""
    with context.reading() as (session, _):
        file = evidence_items.file(session, context.person, evidence, position)
        shown = preview(session, context.store, context.person, evidence, position, page)
    if not shown.picture:
        raise Unfitting(REASONS[shown.reason or Reason.KIND])
    with context.writing(visit=True) as (session, now):
        evidence_items.log_opening(session, context.person, evidence, now, file)
    return Response(shown.picture, headers=PICTURE_HEADERS, media_type=shown.picture_type)


@router.get(
    "/{evidence}/files/{position}",
    summary="The bytes of a file",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"application/octet-stream": {}},
            "description": "All bytes, with their digest verified",
        },
        206: {"description": "The requested range"},
    },
)
def read_bytes(context: Context, request: Request, evidence: EvidenceId, position: Position) -> Response:
    """As uploaded, as an attachment. Opening a file is recorded in the activity log."""
    with context.reading() as (session, _):
        file = evidence_items.file(session, context.person, evidence, position)
    stream = context.store.open_verified(file.sha256)
    try:
        with context.writing(visit=True) as (session, now):
            evidence_items.log_opening(session, context.person, evidence, now, file)
        return download(request, stream, file)
    except BaseException:
        stream.close()
        raise
