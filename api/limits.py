"""What is refused before a route sees it: bodies that are too large, addresses that no database can look for.

Of evidence no byte is taken in from who may not hand it in, nor more than a few deliveries of one person at a time.
"""

from weakref import WeakValueDictionary

import anyio
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from access.permissions import NotAllowed, Person, require
from api import problems
from locales import text

_SMALL = 1 << 20  # bytes; any request but an upload
_AT_ONCE = 4  # deliveries of one person; others of the same person wait, their bytes not yet taken in


class Limits:
    """Counts a body while it comes in, so that what is too large ends early."""

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self._app, self._most = app, most_bytes
        self._turns: WeakValueDictionary[str, anyio.Semaphore] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif "\0" in scope["path"] or b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
            await problems.answer(Request(scope), 422, text("The address holds a zero byte."))(scope, receive, send)
        else:
            upload = scope["method"] == "POST" and scope["path"].rstrip("/").endswith("/v1/evidence")
            most = self._most if upload else _SMALL
            if _declared(scope) > most:
                await problems.answer(Request(scope), 413, problems.TOO_LARGE)(scope, receive, send)
            elif upload:
                await self._in_turn(scope, _counted(receive, most), send)
            else:
                await self._app(scope, _counted(receive, most), send)

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        person: Person = scope["admission"].person
        try:
            require(person, "evidence.file")
        except NotAllowed as refusal:
            await problems.answer(Request(scope), 403, refusal.message, "not-allowed")(scope, receive, send)
            return
        turns = self._turns.setdefault(person.account or person.name, anyio.Semaphore(_AT_ONCE))
        async with turns:
            await self._app(scope, receive, send)


def _declared(scope: Scope) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


def _counted(receive: Receive, most: int) -> Receive:
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413)
        return message

    return counting
