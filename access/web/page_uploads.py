"""Files that a browser drops on a page (Streamlit's own upload route), held in memory until they are submitted.

Only people who may upload evidence can drop one, on a page of their own, and the bytes of one person are bounded.
"""

from collections import Counter
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from access.permissions import may
from access.web.authentication import Admission

PATH = "/_stcore/upload_file/"
MAX_BYTES = 100_000_000  # of one person at the same time, on all their pages together


class PageUploads:
    """Passes a file on to the page, or answers why not."""

    def __init__(self, owner: Callable[[str], str], held: Callable[[str], int]) -> None:
        """`owner`: page id → the session (its digest) that opened it; `held`: account → bytes on its pages."""
        self._owner, self._held = owner, held
        self._arriving: Counter[str] = Counter()  # account → bytes that are arriving

    async def __call__(self, app: ASGIApp, admission: Admission, scope: Scope, receive: Receive, send: Send) -> None:
        page = scope["path"].removeprefix(PATH).partition("/")[0]
        if not admission.session or self._owner(page) != admission.session:
            await PlainTextResponse("Not found.", 404)(scope, receive, send)
        elif scope["method"] == "PUT":
            await self._put(app, admission, scope, receive, send)
        else:
            await app(scope, receive, send)

    async def _put(self, app: ASGIApp, admission: Admission, scope: Scope, receive: Receive, send: Send) -> None:
        account, length = admission.person.account, Headers(scope=scope).get("content-length", "")
        if not may(admission.person, "evidence.file"):
            await PlainTextResponse("You may not upload evidence.", 403)(scope, receive, send)
        elif not length.isascii() or not length.isdigit():
            await PlainTextResponse("Say how long the file is (Content-Length).", 411)(scope, receive, send)
        elif int(length) + self._arriving[account] + self._held(account) > MAX_BYTES:
            await PlainTextResponse(_TOO_MANY_BYTES, 413)(scope, receive, send)
        else:
            self._arriving[account] += int(length)
            try:
                await app(scope, receive, send)
            finally:
                self._arriving[account] -= int(length)


_TOO_MANY_BYTES = "Your open pages hold too many files: submit them, close a page, or use the API."
