"""The API for programs: FastAPI under `/api`, routes under `/v1`, each calling one verb; and the health route."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from cachetools import TTLCache, cached
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from api import (
    applicability,
    calendar_feeds,
    controls,
    decisions,
    evidence,
    first_steps,
    live_checks,
    logs,
    me,
    policies,
    problems,
    readiness,
    scope,
    statement_drafts,
    tasks,
    upload_proposals,
    uploads,
    what_if,
)
from api.reference import page
from api.request_context import ApiResources
from api.request_limits import OVERHEAD, RequestLimits
from evidence.storage.store import EvidenceStore
from jobs import status
from locales.preference import preferred

_ABOUT = """Aantoonbaar shows, for any date, whether an organisation can demonstrate the security measures it publishes.

Days are the organisation's (`2027-03-16`); moments have a time zone. Lists are complete unless they have pages.
Every error is `application/problem+json` (RFC 9457), in Dutch or English by `Accept-Language`. Programs send an API
token (`Authorization: Bearer aan_…`); answers contain what its roles and permissions allow.

A test result counts for the target whose address it names (`GET /v1/systems` lists them). For an address that is not
recorded, name its target: `-F target=login.example.net=portal/portal.example.org`; for a test that names no target,
such as a JUnit file: `-F target=portal/portal.example.org`. Both wait for a review by someone else.

Uploads larger than 32 MB are received first (202) and judged in the background. `docs/pipelines/` has recipes for build
servers, and a program that does all of it: `aantoonbaar upload`."""
_MODULES = (
    me,
    upload_proposals,
    uploads,
    evidence,
    readiness,
    controls,
    statement_drafts,
    scope,
    decisions,
    policies,
    applicability,
    tasks,
    calendar_feeds,
    what_if,
    first_steps,
    live_checks,
    logs,
)


def _wall_clock() -> datetime:
    return datetime.now(UTC)


def create_api(
    engine: Callable[[], Engine],
    store: Callable[[], EvidenceStore],
    max_upload_mb: int,
    clock: Callable[[], datetime] = _wall_clock,
    statements: Path | None = None,
) -> FastAPI:
    """The API, to be mounted at `/api`. `statements`: the folder of statements on disk, if it is not the included."""
    app = FastAPI(
        title="Aantoonbaar",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        responses={"4XX": {"model": problems.ProblemAnswer, "description": "An error in the form of RFC 9457"}},
        form_limits={"max_files": 120, "max_fields": 2000},
    )
    app.state.resources = ApiResources(engine, store, max_upload_mb << 20, clock, statements)
    problems.install(app)
    app.add_middleware(RequestLimits, most_bytes=(max_upload_mb << 20) + OVERHEAD)
    for module in _MODULES:
        app.include_router(module.router)

    @app.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        language = preferred(request.headers.get("accept-language", ""))
        return HTMLResponse(page(app.openapi(), language))

    return app


def health(
    engine: Callable[[], Engine],
    store: Callable[[], EvidenceStore],
    clock: Callable[[], datetime] = _wall_clock,
    fresh_seconds: float = 2,
) -> Callable[[Request], Awaitable[Response]]:
    """The `/health` route with the state of each part: 200 while the product serves, 503 when it cannot.

    `fresh_seconds`: how long an answer is given again. Anyone may ask, and each examination writes to the disk.
    """

    @cached(TTLCache(1, fresh_seconds), lock=Lock())
    def examined() -> status.Health:
        return status.health(engine(), store(), clock())

    async def answer(_request: Request) -> Response:
        state = await run_in_threadpool(examined)
        return JSONResponse(
            {"status": state.status, **asdict(state)}, 200 if state.serves else 503, {"cache-control": "no-store"}
        )

    return answer
