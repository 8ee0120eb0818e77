"""Routes for recorded evidence: search, results, comparison, judging again, files. Uploads are in `uploads.py`."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from api import answers
from api.answers import EvidenceAnswer, EvidenceList, JudgedAnswer, ResultList
from api.downloads import PICTURE_HEADERS, download
from api.evidence_ends import ends_as_known, listed
from api.request_context import Context, Moment, OptionalDay, Plain, RequestModel
from api.result_queries import ComparisonSearch, ResultSearch
from evidence.errors import Unfitting
from evidence.intake.judged_again import judging_again
from evidence.library import evidence_items
from evidence.library.evidence_filters import Filters
from evidence.library.results import ResultFilters, results
from evidence.library.run_comparison import Comparison, compare
from evidence.preview.preview import preview
from evidence.preview.values import REASONS, Reason

router = APIRouter(prefix="/v1/evidence", tags=["evidence"])
EvidenceId = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$", examples=["5f0c1d…"])]
Position = Annotated[int, Path(ge=0, le=1000)]


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

    With `known`: only what had been recorded by that moment, with its reviews, verdicts and ends of then.
    """
    filters = Filters(**query.model_dump(exclude={"page", "size", "order"}))
    with context.reading() as (session, now):
        page = evidence_items.search(session, context.person, filters, query.page, query.size, query.order)
        rows = listed(session, context.person, page.rows, query.known or now)
    return EvidenceList(total=page.total, page=query.page, size=query.size, rows=rows)


@router.get("/{evidence}", summary="One evidence")
def evidence_item(context: Context, evidence: EvidenceId, known: Moment | None = None) -> EvidenceAnswer:
    """Its files, its verdicts and why, until when it counts, its runs and reviews, and the others of its series.

    With `known`: as it was recorded by that moment, and until when it counted by that.
    """
    with context.reading() as (session, now):
        detail = evidence_items.evidence(session, context.person, evidence, known)
        ends = ends_as_known(session, context.person, evidence, known or now)
        return answers.evidence(context.language, detail, ends)


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


@router.get("/{evidence}/results", summary="Its test results")
def read_results(context: Context, evidence: EvidenceId, query: Annotated[ResultSearch, Query()]) -> ResultList:
    """Every result that the tools wrote, with the tool's `outcome`, the policy's `level`, and why.

    `ends` says until when the evidence counts, and so its results: for each requirement, system and target.
    """
    filters = ResultFilters(**query.model_dump(exclude={"page", "size"}))
    with context.reading() as (session, now):
        evidence_items.require_readable(session, context.person, evidence)
        page = results(session, context.person, evidence, filters, query.page, query.size)
        ends = ends_as_known(session, context.person, evidence, now)
        return answers.results(context.language, page, ends)


@router.get("/{evidence}/comparison", summary="Changes since the previous run")
def read_comparison(context: Context, evidence: EvidenceId, query: Annotated[ComparisonSearch, Query()]) -> Comparison:
    """Checks by what became of them since the previous evidence of its series, with the first day of what fails.

    `new fail`, `back again` (it failed in an earlier run than the previous), `still failing`, `fixed`, `gone` (not in
    this run, and nothing shows that it is fixed), `set aside`, `worse`, `better`; `new` and `same` are only counted.
    """
    with context.reading() as (session, _):
        evidence_items.require_readable(session, context.person, evidence)
        return compare(session, context.person, evidence, query.size, query.change or "")


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
