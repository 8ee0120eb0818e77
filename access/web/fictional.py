"""Whether a database holds a made-up organisation: marked when it begins, shown on every page and in every answer."""

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
#: Whether the request that is being answered is about a made-up organisation.
IS_FICTIONAL: ContextVar[bool] = ContextVar("about_nobody", default=False)


def mark_fictional(session: Session, person: Person, now: datetime) -> None:
    """From its beginning on, and for ever: a database in which someone has an account is never marked, nor unmarked."""
    require(person, "controls.load")
    if session.execute(select(_ACCOUNT.c.id).limit(1)).first() is not None:
        raise NotPossible(text("Somebody has an account here already; only an empty database is marked as made up."))
    session.execute(insert(_SETTING), [{"key": _KEY, "value": True, "changed_at": now, "changed_by": person.name}])
    record(session, person, "data.mark_fictional", _KEY, now)


def is_fictional(session: Session) -> bool:
    """Whether all that is here is made up."""
    return session.execute(select(_SETTING.c.key).where(_SETTING.c.key == _KEY)).first() is not None


class FictionalDataMiddleware:
    """Gives every answer about a made-up organisation a header that says so; pages ask `ABOUT_NOBODY`."""

    def __init__(self, app: ASGIApp, engine: Callable[[], Engine]) -> None:
        self._app, self._engine = app, engine
        self._known: bool | None = None  # a database that somebody uses never becomes another kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and await self._is_fictional():
            IS_FICTIONAL.set(True)
            send = _adding_header(send)
        await self._app(scope, receive, send)

    async def _is_fictional(self) -> bool:
        """Asked once; without an answer it is asked again, and whoever answers the request tells what is wrong."""
        if self._known is None:
            try:
                self._known = await run_in_threadpool(self._asked)
            except SQLAlchemyError:
                return False
        return self._known

    def _asked(self) -> bool:
        with reading(self._engine()) as session:
            return is_fictional(session)


def _adding_header(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)[HEADER] = "true"
        await send(message)

    return sending
