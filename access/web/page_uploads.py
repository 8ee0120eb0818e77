"""Files that a browser puts on a page (Streamlit's own upload route), which wait in memory until they are handed in.

Only who may hand in evidence can put one there, on a page of their own, and a person's files together are bounded.
"""

from collections import Counter
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from access.permissions import may
from access.web.authentication import Admission

PATH = "/_stcore/upload_file/"
MAX_BYTES = 100_000_000  # of one person at a time, on all their pages together


class PageUploads:
    """Lets a file through to the page, or says why not."""

    def __init__(self, owner: Callable[[str], str], held: Callable[[str], int]) -> None:
        """`owner`: the session (its digest) that opened a page, by the page's id; `held`: an account's bytes there."""
        self._owner, self._held = owner, held
        self._coming: Counter[str] = Counter()  # account → bytes that are on their way

    async def __call__(self, app: ASGIApp, who: Admission, scope: Scope, receive: Receive, send: Send) -> None:
        page = scope["path"].removeprefix(PATH).partition("/")[0]
        if not who.session or self._owner(page) != who.session:
            await PlainTextResponse("Not found.", 404)(scope, receive, send)
        elif scope["method"] == "PUT":
            await self._put(app, who, scope, receive, send)
        else:
            await app(scope, receive, send)

    async def _put(self, app: ASGIApp, who: Admission, scope: Scope, receive: Receive, send: Send) -> None:
        account, length = who.person.account, Headers(scope=scope).get("content-length", "")
        if not may(who.person, "evidence.file"):
            await PlainTextResponse("You may not hand in evidence.", 403)(scope, receive, send)
        elif not length.isascii() or not length.isdigit():
            await PlainTextResponse("Say how long the file is (Content-Length).", 411)(scope, receive, send)
        elif int(length) + self._coming[account] + self._held(account) > MAX_BYTES:
            await PlainTextResponse(_TOO_MANY_BYTES, 413)(scope, receive, send)
        else:
            self._coming[account] += int(length)
            try:
                await app(scope, receive, send)
            finally:
                self._coming[account] -= int(length)


_TOO_MANY_BYTES = "Your open pages hold too many files: hand in what is there, or close a page, or use the API."
