"""Fictional data: a database of a made-up organisation is marked at its start, and every page and answer says so."""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, SQLModel
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from access.activity.record import record
from access.errors import NotPossible
from access.permissions import Person, require
from locales import text
from models import Account, Setting
from models.transaction import reading

_SETTING = SQLModel.metadata.tables[str(Setting.__tablename__)]
_ACCOUNT = SQLModel.metadata.tables[str(Account.__tablename__)]
_KEY = "fictional"
HEADER = "x-aantoonbaar-fictional"
#: Whether the data behind the current request are fictional.
IS_FICTIONAL: ContextVar[bool] = ContextVar("is_fictional", default=False)


def mark_fictional(session: Session, person: Person, now: datetime) -> None:
    """Mark a database permanently. Raises `NotPossible` once someone has an account; nothing removes the mark."""
    require(person, "controls.load")
    if session.execute(select(_ACCOUNT.c.id).limit(1)).first() is not None:
        raise NotPossible(text("Someone has an account here; only an empty database can be marked as fictional."))
    session.execute(insert(_SETTING), [{"key": _KEY, "value": True, "changed_at": now, "changed_by": person.name}])
    record(session, person, "data.mark_fictional", _KEY, now)


def is_fictional(session: Session) -> bool:
    """Whether the database is marked as fictional."""
    return session.execute(select(_SETTING.c.key).where(_SETTING.c.key == _KEY)).first() is not None


class FictionalDataMiddleware:
    """Adds a header to every answer about fictional data; pages read `IS_FICTIONAL`."""

    def __init__(self, app: ASGIApp, engine: Callable[[], Engine]) -> None:
        self._app, self._engine = app, engine
        self._cached: bool | None = None  # a database that somebody uses never becomes another kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and await self._is_fictional():
            IS_FICTIONAL.set(True)
            send = _adding_header(send)
        await self._app(scope, receive, send)

    async def _is_fictional(self) -> bool:
        """Reads the mark once; if that fails it is read again, and whatever answers the request reports the problem."""
        if self._cached is None:
            try:
                self._cached = await run_in_threadpool(self._read)
            except SQLAlchemyError:
                return False
        return self._cached

    def _read(self) -> bool:
        with reading(self._engine()) as session:
            return is_fictional(session)


def _adding_header(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)[HEADER] = "true"
        await send(message)

    return sending
