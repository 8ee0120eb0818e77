"""What a request to a page outside Streamlit brings: its form, where it comes from, where it wants to go on."""

from collections.abc import Callable
from datetime import tzinfo
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import anyio
from starlette.requests import Request

from access.web.authentication import Admission
from locales import Language
from locales.preference import preferred

Given = TypeVar("Given")

_MOST_BYTES = 16_384  # of a form
_DIGITS = 10  # a table's own numbers stay below
#: However many try to sign in at once, the threads that pages and the API work on stay free.
_threads = anyio.CapacityLimiter(3)


async def on_a_thread(do: Callable[[], Given]) -> Given:
    """The event loop, and with it every open page, waits for no password and no database."""
    return await anyio.to_thread.run_sync(do, limiter=_threads)


async def read_form(request: Request) -> dict[str, str]:
    """The values of a form; what is larger than any form of ours, or has too many fields, is as good as empty."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return {}
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}


def own_address(given: str) -> str:
    """A path of ours to go to; anything else leads home (an open redirect would lend our name to others)."""
    safe = given.startswith("/") and not given.startswith("//") and "\\" not in given and given.isprintable()
    return given if safe and given.isascii() else "/"


def numbers(given: str) -> list[int]:
    """The numbers of rows, divided by commas; what no row can have is left out."""
    return [int(one) for one in given.split(",")[:20] if one.isascii() and one.isdigit() and len(one) < _DIGITS]


def address(request: Request) -> str:
    """Where a request comes from; behind a declared proxy what that one says (uvicorn's `forwarded_allow_ips`)."""
    return request.client.host if request.client else ""


def site(request: Request, *, secure: bool) -> tuple[str, str]:
    """The host name and the origin by which the product is reached; the gate let only its own names in."""
    host = request.headers.get("host", "").lower()
    origin = f"{'https' if secure else 'http'}://{host}"
    return urlsplit(origin).hostname or "", origin


def who(request: Request) -> Admission:
    """Put there by the gate: without it nobody gets this far."""
    found: Admission = request.scope["admission"]
    return found


def language(request: Request, zone: tzinfo | None = None) -> Language:
    """The person's own, else what the browser asks for. `zone`: in which a page writes moments."""
    found = request.scope.get("admission")
    return Language(found.language, zone) if found else preferred(request.headers.get("accept-language", ""), zone)
