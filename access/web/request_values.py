"""The values of a request to a page outside Streamlit: form, client, language, and where to go afterwards."""

from collections.abc import Callable
from datetime import tzinfo
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import anyio
from starlette.requests import Request

from access.web.authentication import Admission
from locales import Language
from locales.preference import preferred

Value = TypeVar("Value")

_MAX_FORM_BYTES = 16_384  # of a form
_MAX_DIGITS = 10  # a table's own numbers stay below
#: However many try to sign in at once, the threads that pages and the API work on stay free.
_threads = anyio.CapacityLimiter(3)


async def run_in_thread(action: Callable[[], Value]) -> Value:
    """Run outside the event loop, so that no open page waits for a password or the database."""
    return await anyio.to_thread.run_sync(action, limiter=_threads)


async def read_form(request: Request) -> dict[str, str]:
    """The values of a form; empty if it is larger than any form of ours, or has too many fields."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM_BYTES:
            return {}
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}


def local_path(path: str) -> str:
    """The path, if it is one of this product; else "/" (an open redirect would lend our name to others)."""
    is_local = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_local and path.isascii() else "/"


def row_id(value: str) -> int | None:
    """The number of a row; None for what no row can have."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < _MAX_DIGITS else None


def row_ids(values: str) -> list[int]:
    """The numbers of at most twenty rows, divided by commas; what no row can have is left out."""
    return [number for value in values.split(",")[:20] if (number := row_id(value)) is not None]


def client_of(request: Request) -> tuple[str, str]:
    """The client's address and user agent; behind a declared proxy the address that it forwards."""
    return request.client.host if request.client else "", request.headers.get("user-agent", "")


def site_of(request: Request, *, secure: bool) -> tuple[str, str]:
    """The host name and the origin by which the product is reached; the middleware lets only its own names through."""
    host = request.headers.get("host", "").lower()
    origin = f"{'https' if secure else 'http'}://{host}"
    return urlsplit(origin).hostname or "", origin


def admission_of(request: Request) -> Admission:
    """The admission that the middleware put there; no request gets this far without."""
    admission: Admission = request.scope["admission"]
    return admission


def reader_language(request: Request, zone: tzinfo | None = None) -> Language:
    """The person's own language, else what the browser asks for. `zone`: the time zone of moments on the page."""
    admission = request.scope.get("admission")
    return (
        Language(admission.language, zone) if admission else preferred(request.headers.get("accept-language", ""), zone)
    )
