"""The process of the product: dashboard, API, and authentication in front of both. No other module imports it.

`make run` starts it: it brings the database up to date, loads catalogues and statements, and prints its address.
"""

import gc

from settings import engine, mail_server, require_tls, secret, settings, single_sign_on, store

if __name__ == "__main__":
    require_tls(settings())  # wrong settings are told before all else is loaded, which takes seconds
    gc.disable()  # until `settle()`: what is made until then stays, and looking through it is a fifth of the start

import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from access.activity.clock_notice import record_clock_ahead
from access.people import agreements, links
from access.people.calendar_feeds import FEED_PATH
from access.permissions import SYSTEM
from access.web.authentication import Admissions
from access.web.fictional_data import FictionalDataMiddleware
from access.web.idle_connections import TimedConnection, raise_open_file_limit
from access.web.middleware import LOOPBACK, AuthenticationMiddleware
from access.web.page_uploads import PageUploads
from access.web.passkey_routes import PasskeyRoutes
from access.web.second_factor_routes import SecondFactorRoutes
from access.web.sign_in_context import SignInContext
from access.web.sign_in_routes import SignInRoutes, public_app
from access.web.single_sign_on_routes import SingleSignOnRoutes, sign_in_link
from api import create_api, health
from api.calendar_feeds import calendar_feed
from audits import VERBS
from controls.load import is_current, load
from dashboard.shell.index_page import Shell
from dashboard.shell.streamlit_adapter import is_own_file, is_user_action, owner, uploaded_bytes
from demo.statement import statements_folder
from evidence.collect.collector_context import CollectorContext
from evidence.intake.reading.readers_and_budgets import readers
from evidence.judging.policies import use
from jobs import jobs, status
from jobs.limit_garbage_collection import settle
from jobs.supervisor import Supervisor
from jobs.values import JobContext
from locales import Problem, Text
from migrations import bring_up_to_date
from models.transaction import reading, writing

HERE = Path(__file__).parent


def prepare() -> Text | None:
    """Bring the database schema up to date, load changed catalogues and statements, and read the policies.

    Returns a notice if the clock is behind recorded moments.
    """
    use(settings().policies)
    bring_up_to_date(engine())
    with reading(engine()) as session:
        statements = statements_folder(session, settings().statements)
        current = is_current(session, statements=statements)
    if not current:
        with writing(engine()) as (session, now):
            load(session, SYSTEM, now, statements=statements)
    with writing(engine()) as (session, now):
        agreements.publish_first_versions(session, now)
        return record_clock_ahead(session, now)


def first_set_up_link() -> str:
    """Return the one-time URL for the first security officer; empty if there is one already."""
    with writing(engine()) as (session, now):
        token = links.first_set_up(session, now)
    return f"{settings().address}/link/{token}" if token else ""


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    """Run the background work while the process runs."""
    readers().start()
    settle()  # objects made until now stay for the life of the process
    own = CollectorContext(settings().address, settings().log_key, store=store(), verbs=VERBS)
    context = JobContext(engine(), store(), own, sign_in.throttled_attempts, mail_server())
    stop = status.run(Supervisor(jobs(context)))
    yield {}
    await run_in_threadpool(stop)
    with suppress(SQLAlchemyError, Problem):  # at most a minute's attempts are lost
        await run_in_threadpool(sign_in.throttled_attempts.write_down, engine())


async def logo(_request: Request) -> Response:
    """Serve the logo."""
    return FileResponse(HERE / "dashboard" / "mark.svg", media_type="image/svg+xml")


async def language_script(_request: Request) -> Response:
    """Serve the script that gives Streamlit the reader's language."""
    return FileResponse(HERE / "dashboard" / "shell" / "language.js", media_type="text/javascript")


async def redirect_to_api(_request: Request) -> Response:
    """Redirect to the API reference."""
    return RedirectResponse("/api/docs")


admissions = Admissions(engine)
sign_in = SignInContext(
    engine,
    admissions,
    secret,
    secure=settings().secure,
    other_ways=lambda t, after: sign_in_link(t, single_sign_on(), after),
)
#: The only routes without sign-in.
OPEN_ROUTES = [
    Route("/health", health(engine, store)),
    Route("/mark.svg", logo),
    Route(f"{FEED_PATH}{{secret}}.ics", calendar_feed(engine, settings().address)),
    *SignInRoutes(sign_in).routes(),
    *SecondFactorRoutes(sign_in).routes(),
    *PasskeyRoutes(sign_in).routes(),
    *SingleSignOnRoutes(sign_in, single_sign_on).routes(),
]
app = st.App(
    HERE / "dashboard" / "main.py",
    routes=[
        *OPEN_ROUTES,
        Route("/language.js", language_script),
        Route("/api", redirect_to_api),
        Mount("/api", app=create_api(engine, store, settings().max_upload_mb, statements=settings().statements)),
    ],
    middleware=[
        Middleware(FictionalDataMiddleware, engine=engine),
        Middleware(
            AuthenticationMiddleware,
            admissions=admissions,
            cookie=sign_in.cookie,
            hosts=LOOPBACK | frozenset(settings().names),
            public_app=public_app(OPEN_ROUTES),
            uploads=PageUploads(owner, uploaded_bytes),
            is_own_file=is_own_file,
            is_user_action=is_user_action,
            secure=settings().secure,
        ),
        Middleware(Shell),
    ],
    lifespan=lifespan,
)


def main() -> int:
    """Prepare, print the address, and serve until stopped."""
    os.umask(0o077)  # files are readable by their owner only
    raise_open_file_limit()
    try:
        single_sign_on()  # reports wrong settings before anything starts
        clock = prepare()
        link = first_set_up_link()
    except (Problem, OSError, ImportError, SQLAlchemyError) as problem:
        error = getattr(problem, "orig", None) or problem
        print(_NOT_STARTED.format(data=settings().data, error=error), file=sys.stderr)  # noqa: T201
        return 1
    if clock is not None:
        logging.getLogger(__name__).warning("%s", clock)
    print(f"Aantoonbaar: {settings().address}", flush=True)  # noqa: T201
    if link:
        print(f"The first security officer opens, within 24 hours and once:\n  {link}", flush=True)  # noqa: T201
    uvicorn.run(
        app,
        host=settings().host,
        port=settings().port,
        log_level="warning",
        access_log=False,
        http=TimedConnection,
        timeout_graceful_shutdown=10,  # seconds; an upload without an answer by then can be repeated
        ssl_certfile=settings().certificate,
        ssl_keyfile=settings().key,
        proxy_headers=bool(settings().proxies),
        forwarded_allow_ips=settings().proxies or None,
    )
    return 0


_NOT_STARTED = """Aantoonbaar does not start with the data in {data}: {error}
AANTOONBAAR_DATA must be a folder that it can write to, AANTOONBAAR_DATABASE an address that SQLAlchemy accepts."""


if __name__ == "__main__":
    sys.exit(main())
