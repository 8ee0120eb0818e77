"""Limits on requests before a route gets them: the size of the body, zero bytes in the address, parallel uploads.

No byte of an upload is read from someone without permission to upload, nor more than a few uploads of one person at a
time.
"""

from weakref import WeakValueDictionary

import anyio
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from access.permissions import NotAllowed, Person, require
from api import problems
from locales import Text, text

_BODY_LIMIT = 1 << 20  # bytes; of any request but an upload
_MB = 1 << 20
OVERHEAD = 1 << 20  # bytes of a multipart form besides its files
_UPLOADS = ("/v1/evidence", "/v1/evidence/proposals")  # where their paths end
_PARALLEL_UPLOADS = 4  # of one person; further uploads of that person wait, unread


class BodyTooLarge(HTTPException):
    """A body of more bytes than is accepted; `message` says how many that are."""

    def __init__(self, most: int) -> None:
        super().__init__(413)
        self.message = _too_large(most)


class RequestLimits:
    """Middleware that counts a body while it is received, so that one that is too large ends early."""

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self._app, self._upload_limit = app, most_bytes
        self._turns: WeakValueDictionary[str, anyio.Semaphore] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif "\0" in scope["path"] or b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
            await problems.answer(Request(scope), 422, text("The address contains a zero byte."))(scope, receive, send)
        else:
            upload = scope["method"] == "POST" and scope["path"].rstrip("/").endswith(_UPLOADS)
            most = self._upload_limit if upload else _BODY_LIMIT
            if _content_length(scope) > most:
                await problems.answer(Request(scope), 413, _too_large(most))(scope, receive, send)
            elif upload:
                await self._in_turn(scope, _count_bytes(receive, most), send)
            else:
                await self._app(scope, _count_bytes(receive, most), send)

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        person: Person = scope["admission"].person
        try:
            require(person, "evidence.file")
        except NotAllowed as refusal:
            await problems.answer(Request(scope), 403, refusal.message, "not-allowed")(scope, receive, send)
            return
        turns = self._turns.setdefault(person.account or person.name, anyio.Semaphore(_PARALLEL_UPLOADS))
        async with turns:
            await self._app(scope, receive, send)


def _too_large(most: int) -> Text:
    if most <= _BODY_LIMIT:
        return text(
            "The request is larger than {limit} MB, the maximum for a request without files.", limit=most // _MB
        )
    return text(
        "The request is larger than the maximum of {limit} MB, all its files together. Send the files in parts, or ask "
        "for a higher maximum (AANTOONBAAR_MAX_UPLOAD_MB).",
        limit=max(1, (most - OVERHEAD) // _MB),
    )


def _content_length(scope: Scope) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


def _count_bytes(receive: Receive, most: int) -> Receive:
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise BodyTooLarge(most)
        return message

    return counting
