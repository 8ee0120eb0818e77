"""Evidence in and out: handing it in, finding it, its results, its bytes."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Literal

import anyio
from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator, Field

from api import answers
from api.answers import EvidenceAnswer, EvidenceList, FiledAnswer, JudgedAnswer, ResultList
from api.ranges import bytes_of
from api.request_context import Context, Day, Given, Keys, Number, Plain, RequestContext
from evidence.errors import Unfitting
from evidence.intake import judging_again, submission
from evidence.intake.submission import Delivery, Filed, Incoming, Population
from evidence.library import evidence_items
from evidence.library.results import Comparison, ResultFilters, compare, results
from evidence.library.search import Filters
from locales import text

router = APIRouter(prefix="/v1/evidence", tags=["evidence"])
EvidenceId = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$", examples=["5f0c1d…"])]
#: However many hand in evidence at once, the threads that other requests work on stay free.
_threads = anyio.CapacityLimiter(8)
Position = Annotated[int, Path(ge=0, le=1000)]


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


OptionalDay = Annotated[Day | None, BeforeValidator(_none_if_empty)]


class Upload(Given):
    """The fields of an upload; those with a list of values may be repeated."""

    files: Annotated[list[UploadFile], File(description="one to twenty files of one evidence")]
    requirement: Annotated[Keys, Field(min_length=1, description="evidence requirements that the files answer")]
    system: Annotated[Keys, Field(default_factory=list, description="systems; none for the organisation")]
    target: Annotated[
        Keys,
        Field(
            default_factory=list,
            description="tested=system/target, for what the files name and is not recorded as an address of a target; "
            "system/target, for a test that names none. It is kept as declared, and waits for someone else's review",
        ),
    ]
    first_day: Annotated[
        OptionalDay,
        Field(description="first represented day, where no file tells it; a test that tells its days has no other"),
    ] = None
    last_day: Annotated[OptionalDay, Field(description="last represented day; left out: the first")] = None
    explicit_end: Annotated[OptionalDay, Field(description="last day on which it is valid at most")] = None
    title: Annotated[Plain, Field(max_length=200)] = ""
    note: Annotated[Plain, Field(max_length=4000)] = ""
    tool: Annotated[Plain, Field(max_length=80)] = ""
    population: Annotated[
        Number | None,
        BeforeValidator(_none_if_empty),
        Field(description="of a register: how many there are in its source"),
    ] = None
    population_source: Annotated[Plain, Field(max_length=200)] = ""
    population_day: OptionalDay = None
    population_of: Annotated[Keys, Field(default_factory=list, description="system=number, in a register of several")]
    zone: Annotated[Keys, Field(default_factory=list, description="file=zone, of a scan made from inside the network")]


@router.post(
    "",
    status_code=201,
    summary="Hand in evidence",
    responses={200: {"model": FiledAnswer, "description": "The same was handed in before; nothing is filed"}},
)
async def post(
    context: Context,
    request: Request,
    response: Response,
    upload: Annotated[Upload, Form(media_type="multipart/form-data")],
) -> FiledAnswer:
    """Files with what they are for. Answers when they are kept, read, judged and counted in readiness.

    The format is recognised by content. A file that can't be read, or does not fit, is refused with the reason and
    nothing is filed.
    """
    result = await anyio.to_thread.run_sync(partial(_hand_in, context, upload), limiter=_threads)
    response.status_code = 201 if result.is_new else 200
    response.headers["location"] = f"{request.url.path.rstrip('/')}/{result.evidence}"
    return answers.filed(context.language, result)


def _hand_in(context: RequestContext, upload: Upload) -> Filed:
    days = (upload.first_day, upload.last_day)
    with context.reading() as (session, now):
        submission.admit(session, context.person, upload.requirement, upload.system, len(upload.files), days, now)
    incoming = [Incoming(file.file, file.filename or "file") for file in upload.files]
    with submission.inspect(
        context.store, incoming, context.most_bytes, context.person.account or context.person.name
    ) as inspection:
        delivery = _delivery(upload, inspection)
        with context.writing() as (session, now):
            return submission.submit(session, context.store, context.person, delivery, now)


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
    )


def _zone(entry: str) -> tuple[str, str]:
    name, equals, zone = entry.rpartition("=")
    if not equals or not name or not zone:
        raise Unfitting(text("{entry} is no zone; expected file=zone.", entry=entry))
    return name, zone


def _targets(entries: Sequence[str]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for entry in entries:
        tested, place = _target(entry)
        if found.setdefault(tested, place) != place:
            raise Unfitting(text("{entry}: another target was given for the same file or address.", entry=entry))
    return found


def _target(entry: str) -> tuple[str, tuple[str, str]]:
    """What was tested (empty where the files name nothing), and the system and target that it is."""
    tested, place = entry.partition("=")[::2] if "=" in entry else ("", entry)
    system, slash, target = place.partition("/")
    if not system or not (tested or slash):
        raise Unfitting(
            text(
                "{entry} is no target; expected tested=system/target, or system/target for files that name no target.",
                entry=entry,
            )
        )
    return tested, (system, target)


def _population(upload: Upload) -> Population | None:
    if upload.population is None and not upload.population_source and upload.population_day is None:
        return None
    if upload.population is None or not upload.population_source or upload.population_day is None:
        raise Unfitting(text("A population is a number with its source and its day; give all three."))
    return Population(upload.population, upload.population_source, upload.population_day)


def _population_of(entry: str) -> tuple[str, int]:
    system, _, number = entry.partition("=")
    if not system or not number.isdecimal() or len(number) > 9:  # noqa: PLR2004 - digits of a count
        raise Unfitting(text("{entry} is no population; expected system=number.", entry=entry))
    return system, int(number)


class Search(Given):
    """What narrows a search."""

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
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    size: Annotated[int, Field(ge=1, le=evidence_items.MOST_AT_ONCE)] = 50


@router.get("", summary="Find evidence")
def search(context: Context, asked: Annotated[Search, Query()]) -> EvidenceList:
    """Recorded last first. The days keep what represents any day between them."""
    filters = Filters(**asked.model_dump(exclude={"page", "size"}))
    with context.reading() as (session, _):
        found = evidence_items.search(session, context.person, filters, asked.page, asked.size)
    return EvidenceList(total=found.total, page=asked.page, size=asked.size, rows=found.rows)


@router.get("/{evidence}", summary="One evidence")
def one(context: Context, evidence: EvidenceId) -> EvidenceAnswer:
    """Its files, what it says of each cell and why, its runs, reviews, and its neighbours in its series."""
    with context.reading() as (session, _):
        return answers.evidence(context.language, evidence_items.evidence(session, context.person, evidence))


@router.post("/{evidence}/judge", summary="Judge evidence again")
def judge(context: Context, evidence: EvidenceId) -> JudgedAnswer:
    """By today's policies and the registers that are accepted now, without other bytes; the old judgement stays.

    Refused while nothing of that has changed (`changed` of the evidence tells).
    """
    with context.reading() as (session, _):
        files = judging_again.files_to_judge(session, context.person, evidence)
    with (
        judging_again.read_again(context.store, files, context.person.account or context.person.name) as inspection,
        context.writing() as (session, now),
    ):
        result = judging_again.judge_again(session, context.store, context.person, evidence, inspection, now)
    return answers.judged(context.language, result)


class ResultSearch(Given):
    """What narrows the results."""

    outcome: Plain = ""
    level: Plain = ""
    target: Plain = ""
    text: Annotated[Plain, Field(max_length=200)] = ""
    failing: bool = False
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    size: Annotated[int, Field(ge=1, le=evidence_items.MOST_AT_ONCE)] = 100


@router.get("/{evidence}/results", summary="Its test results")
def read_results(context: Context, evidence: EvidenceId, asked: Annotated[ResultSearch, Query()]) -> ResultList:
    """Every line that the tools wrote, with the tool's word (`outcome`), the policy's (`level`), and why."""
    filters = ResultFilters(**asked.model_dump(exclude={"page", "size"}))
    with context.reading() as (session, _):
        evidence_items.exists(session, context.person, evidence)
        found = results(session, context.person, evidence, filters, asked.page, asked.size)
        return answers.results(context.language, found)


@router.get("/{evidence}/comparison", summary="What changed since the run before")
def read_comparison(context: Context, evidence: EvidenceId) -> Comparison:
    """Checks that are worse, better, new or gone, against the evidence before it in its series."""
    with context.reading() as (session, _):
        evidence_items.exists(session, context.person, evidence)
        return compare(session, context.person, evidence)


@router.get(
    "/{evidence}/files/{position}",
    summary="The bytes of a file",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"application/octet-stream": {}},
            "description": "All bytes; digest recomputed",
        },
        206: {"description": "The range that was asked"},
    },
)
def read_bytes(context: Context, request: Request, evidence: EvidenceId, position: Position) -> Response:
    """As handed in, as an attachment. That they were opened goes into the activity log."""
    with context.reading() as (session, _):
        file = evidence_items.file(session, context.person, evidence, position)
    stream = context.store.open_verified(file.sha256)
    try:
        with context.writing(visit=True) as (session, now):
            evidence_items.log_opening(session, context.person, evidence, now, file)
        return bytes_of(request, stream, file)
    except BaseException:
        stream.close()
        raise
