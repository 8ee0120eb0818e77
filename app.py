"""The one process: the dashboard, the API beside it, and the gate in front of both. Nobody imports this module.

`make run` starts it: the database is brought up to date, catalogues and statement are loaded, its address is printed.
"""

import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
import uvicorn
from sqlalchemy.exc import OperationalError, ProgrammingError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from access import chain
from access.checkpoints import keep_signing
from access.gate import Gate
from access.permissions import BUILT_IN
from access.signing_key import signing_key
from api import create_api, health
from controls.load import is_current, load
from dashboard.parts.shell import Shell
from locales import Problem
from migrations import bring_up_to_date
from models.transaction import reading, writing
from readiness.trend import keep_ready
from settings import engine, settings, store

HERE = Path(__file__).parent


def prepare() -> None:
    """Bring the database up to date, and the tables with the catalogues and statements."""
    bring_up_to_date(engine())
    with reading(engine()) as session:
        current = is_current(session)
    if not current:
        with writing(engine()) as (session, now):
            load(session, BUILT_IN, now)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    """While the process runs, the trend's answers are kept at hand (work at write time), and the log is signed."""
    stop = threading.Event()
    threading.Thread(target=keep_ready, args=(engine(), BUILT_IN, stop), daemon=True).start()
    threading.Thread(target=keep_signing, args=(engine(), settings().log_key, stop), daemon=True).start()
    yield {}
    stop.set()


async def mark(_request: Request) -> Response:
    return FileResponse(HERE / "dashboard" / "mark.svg", media_type="image/svg+xml")


async def to_api(_request: Request) -> Response:
    return RedirectResponse("/api/docs")


app = st.App(
    HERE / "dashboard" / "main.py",
    routes=[
        Route("/health", health(engine, store)),
        Route("/mark.svg", mark),
        Route("/api", to_api),
        Mount("/api", app=create_api(engine, store, settings().max_upload_mb)),
    ],
    middleware=[Middleware(Gate), Middleware(Shell)],
    lifespan=lifespan,
)


def verify() -> int:
    """Say whether the activity log is what was written, and by which key it is signed."""
    try:
        key = signing_key(settings().log_key).public_key().public_bytes_raw().hex()
        with reading(engine()) as session:
            found = chain.verify(session, key)
    except (Problem, OperationalError, ProgrammingError) as problem:
        said = problem if isinstance(problem, Problem) else f"There is no activity log yet in {settings().data}."
        print(said, file=sys.stderr)  # noqa: T201 - said to the person who asks
        return 1
    signed = f"{found.checkpoints} signed with {key}"
    said = f"Entries: {found.entries}. Checkpoints: {signed}. Last digest: {found.last_digest}."
    print(f"The activity log is what was written. {said}")  # noqa: T201
    return 0


def main() -> int:
    """Prepare, say where, and serve until stopped; `app.py verify` only checks the activity log."""
    if sys.argv[1:] == ["verify"]:
        return verify()
    try:
        prepare()
    except Problem as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - said to the person who starts it
        return 1
    address = f"http://127.0.0.1:{settings().port}"
    print(f"Aantoonbaar: {address}", flush=True)  # noqa: T201
    print("Only this machine can open it; whoever does acts as the security officer.", flush=True)  # noqa: T201
    uvicorn.run(app, host="127.0.0.1", port=settings().port, log_level="warning", access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
