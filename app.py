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
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from access import agreements, chain, links
from access.admission import Admissions
from access.checkpoints import keep_signing
from access.doors import Doors
from access.gate import LOOPBACK, Gate
from access.oidc_doors import OidcDoors, way_in
from access.passkey_doors import PasskeyDoors
from access.permissions import SYSTEM
from access.signing_key import signing_key
from api import create_api, health
from controls.load import is_current, load
from dashboard.parts.owner import owner
from dashboard.parts.shell import Shell
from evidence.collect.collecting import collect, keep_collecting
from evidence.collect.own import Own
from locales import Problem
from migrations import bring_up_to_date
from models.transaction import reading, writing
from readiness.trend import keep_ready
from settings import engine, secret, settings, single_sign_on, store

HERE = Path(__file__).parent


def prepare() -> None:
    """Bring the database up to date, and the tables with the catalogues and statements."""
    bring_up_to_date(engine())
    with reading(engine()) as session:
        current = is_current(session)
    if not current:
        with writing(engine()) as (session, now):
            load(session, SYSTEM, now)
    with writing(engine()) as (session, now):
        agreements.first_versions(session, now)


def first_link() -> str:
    """The one-time address for the first security officer; empty once there is one."""
    with writing(engine()) as (session, now):
        token = links.first_set_up(session, now)
    return f"{address()}/link/{token}" if token else ""


def address() -> str:
    name = settings().names[0] if settings().names else settings().host
    return f"{'https' if settings().secure else 'http'}://{name}" + (
        "" if settings().proxies else f":{settings().port}"
    )


def own() -> Own:
    """What collectors must be told of this process."""
    return Own(address(), settings().log_key)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    """While the process runs, the trend's answers are kept at hand, the log is signed, and it collects of itself."""
    stop = threading.Event()
    threading.Thread(target=keep_ready, args=(engine(), SYSTEM, stop), daemon=True).start()
    threading.Thread(target=keep_signing, args=(engine(), settings().log_key, stop), daemon=True).start()
    threading.Thread(target=keep_collecting, args=(engine(), store(), own(), stop), daemon=True).start()
    yield {}
    stop.set()


async def mark(_request: Request) -> Response:
    return FileResponse(HERE / "dashboard" / "mark.svg", media_type="image/svg+xml")


async def to_api(_request: Request) -> Response:
    return RedirectResponse("/api/docs")


admissions = Admissions(engine)
doors = Doors(
    engine,
    admissions,
    secret,
    secure=settings().secure,
    ways_in=lambda t, after: way_in(t, single_sign_on(), after),
)
app = st.App(
    HERE / "dashboard" / "main.py",
    routes=[
        Route("/health", health(engine, store)),
        Route("/mark.svg", mark),
        Route("/api", to_api),
        *doors.routes(),
        *PasskeyDoors(doors).routes(),
        *OidcDoors(doors, single_sign_on).routes(),
        Mount("/api", app=create_api(engine, store, settings().max_upload_mb)),
    ],
    middleware=[
        Middleware(
            Gate,
            admissions=admissions,
            cookie=doors.cookie,
            hosts=LOOPBACK | frozenset(settings().names),
            owner=owner,
            secure=settings().secure,
        ),
        Middleware(Shell),
    ],
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


def link() -> int:
    """For whoever runs the machine: a link for someone who cannot sign in any more and has nobody to ask."""
    try:
        with writing(engine()) as (session, now):
            token = links.rescue(session, sys.argv[2] if len(sys.argv) > 2 else "", now)  # noqa: PLR2004 - the address
    except Problem as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - said to the person who asks
        return 1
    print(f"Works once, within an hour; the second factor is taken away:\n  {address()}/link/{token}")  # noqa: T201
    return 0


def collect_now() -> int:
    """Collect evidence of the product itself, and say what came of it; 1 if something could not be looked at."""
    try:
        outcomes = collect(engine(), store(), own(), again=True)
    except (Problem, OperationalError, ProgrammingError) as problem:
        said = problem if isinstance(problem, Problem) else f"There is no database yet in {settings().data}."
        print(said, file=sys.stderr)  # noqa: T201 - said to the person who asks
        return 1
    for one in outcomes:
        print(f"{one.collector.title}: {' '.join(filter(None, (one.word, one.verdict, str(one.why or ''))))}")  # noqa: T201
    return int(any(one.word == "failed" for one in outcomes))


COMMANDS = {"verify": verify, "link": link, "collect": collect_now}


def main() -> int:
    """Prepare, say where, and serve until stopped; or one of the commands, which leave a running process alone."""
    if len(sys.argv) > 1:
        return COMMANDS[sys.argv[1]]() if sys.argv[1] in COMMANDS else _unknown()
    if settings().host not in ("127.0.0.1", "localhost", "::1") and not settings().secure:
        print(_NOT_ALONE.format(host=settings().host), file=sys.stderr)  # noqa: T201 - said to the person who starts it
        return 1
    try:
        single_sign_on()  # what is set wrongly is told before anything begins
        prepare()
        link = first_link()
    except (Problem, OSError, ImportError, SQLAlchemyError) as problem:
        said = getattr(problem, "orig", None) or problem
        print(_NOT_READY.format(data=settings().data, said=said), file=sys.stderr)  # noqa: T201
        return 1
    print(f"Aantoonbaar: {address()}", flush=True)  # noqa: T201
    if link:
        print(f"The first security officer opens, within 24 hours and once:\n  {link}", flush=True)  # noqa: T201
    uvicorn.run(
        app,
        host=settings().host,
        port=settings().port,
        log_level="warning",
        access_log=False,
        ssl_certfile=settings().certificate,
        ssl_keyfile=settings().key,
        proxy_headers=bool(settings().proxies),
        forwarded_allow_ips=settings().proxies or None,
    )
    return 0


def _unknown() -> int:
    print(f"{sys.argv[1]} is no command; expected one of {', '.join(COMMANDS)}, or none.", file=sys.stderr)  # noqa: T201
    return 2


_NOT_READY = """Aantoonbaar does not start with the data in {data}: {said}
AANTOONBAAR_DATA is a folder in which it may write, AANTOONBAAR_DATABASE an address that SQLAlchemy knows."""

_NOT_ALONE = """Aantoonbaar does not listen on {host} without TLS: passwords would cross the network readable.
Give it a certificate (AANTOONBAAR_CERTIFICATE and AANTOONBAAR_KEY), or put a proxy with TLS in front of it and
declare its address (AANTOONBAAR_PROXIES), or let it listen on 127.0.0.1."""


if __name__ == "__main__":
    sys.exit(main())
