"""The context of a request, which every route takes as `context`, and the types of values in requests.

`RequestContext` holds what a verb needs and a request decides: the database, the evidence store, the person, the
language, the clock. A route opens its own transaction with `context.reading()` or `context.writing()`, calls one verb
with the session and the person, and answers with values. Bodies and query parameters are `RequestModel`s, whose fields
have the types below: `Key`, `Day`, `Moment` and so on, each with its check and its message.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Security, UploadFile
from fastapi import Path as InAddress
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import Engine
from sqlmodel import Session

from access.permissions import Person
from access.web.authentication import Admission, require_unchanged
from evidence.storage.store import EvidenceStore
from locales import Language, Text, text
from locales.preference import preferred
from models.calendar import Calendar, calendar_of
from models.transaction import present, reading, trying, writing

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)
_BEGIN, _END = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What one request works with: database, store, person, language, upload limit (bytes) and clock.

    The route opens its transaction itself, on its own thread, so that a writer that waits for its turn never keeps the
    one before it from finishing.
    """

    engine: Engine
    store: EvidenceStore
    person: Person
    language: Language
    most_bytes: int
    clock: Callable[[], datetime]
    statements: Path | None = None  # the folder of statements on disk, as configured
    admission: Admission | None = None  # by which the person was let in

    @property
    def calendar(self) -> Calendar:
        """The organisation's calendar."""
        return calendar_of(self.engine)

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, datetime]]:
        """A session that sees one state of the database, and the present, never earlier than the last commit."""
        with reading(self.engine) as session:
            yield session, present(session, self.clock())

    @contextmanager
    def writing(self, *, visit: bool = False) -> Iterator[tuple[Session, datetime]]:
        """A session of one transaction, and its moment; committed at the end of the block, before the answer.

        `visit`: see `models.transaction`. Raises `NotAllowed` when the person's roles changed since the request began.
        """
        with writing(self.engine, self.clock(), visit=visit) as (session, now):
            if self.admission is not None:
                require_unchanged(session, self.admission, now)
            yield session, now

    def trying(self) -> AbstractContextManager[tuple[Session, datetime]]:
        """One transaction that is undone whatever happens in it, with the moment that a writer would be given."""
        return trying(self.engine, self.clock())


@dataclass(frozen=True, slots=True)
class ApiResources:
    """What `create_api` was given: makers of engine and store, the upload limit in bytes, the clock, the statements."""

    engine: Callable[[], Engine]
    store: Callable[[], EvidenceStore]
    most_bytes: int
    clock: Callable[[], datetime]
    statements: Path | None = None


#: For the description only: the authentication middleware checks the token before a request gets this far.
BEARER = HTTPBearer(
    scheme_name="token",
    bearerFormat="aan_…",
    description=(
        "Programs send an API token: `Authorization: Bearer aan_…`. A token acts as a member of a team, or as the "
        "person who created it. It permits uploading evidence (`evidence.file`), optionally for some requirements and "
        "systems only, or reading (`evidence.read`, `readiness.read`, `controls.read`), until its last day. "
        "`/v1/me` shows what it permits. A signed-in browser needs no token. Without either the answer is 401; it is "
        "403 when the token or the roles do not permit the request."
    ),
    auto_error=False,
)


# Dependencies are coroutines: as functions, each would wait for a thread of its own at every request.
async def _admission(
    request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]
) -> Admission:
    """Set by the authentication middleware, which refuses all other requests."""
    admission: Admission = request.scope["admission"]
    return admission


AdmissionOfRequest = Annotated[Admission, Depends(_admission)]


async def _request_context(request: Request, admission: AdmissionOfRequest) -> RequestContext:
    resources: ApiResources = request.app.state.resources
    engine = resources.engine()
    language = preferred(request.headers.get("accept-language", ""), calendar_of(engine).zone)
    return RequestContext(
        engine,
        resources.store(),
        admission.person,
        language,
        resources.most_bytes,
        resources.clock,
        resources.statements,
        admission,
    )


Context = Annotated[RequestContext, Depends(_request_context)]


class InvalidValue(ValueError):
    """A value in a request that is not valid, with the message for people."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


def _storable(value: str) -> str:
    if _CONTROL_CHARACTERS.search(value):
        raise InvalidValue(text("contains a control character; expected plain text"))
    return value


def _as_day(value: Any) -> Any:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise InvalidValue(text("is not a day; expected one such as 2027-03-16"))
    return value


def _in_range(value: date) -> date:
    if not FIRST <= value <= LAST:
        raise InvalidValue(text("is out of range; expected a day from 1990 to 2199"))
    return value


def _moment_in_range(value: datetime) -> datetime:
    if not _BEGIN <= value < _END:  # without converting it, which fails near the ends of the calendar
        raise InvalidValue(text("is out of range; expected a moment from 1990 to 2199"))
    return value


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


def _a_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _files(value: Any) -> Any:
    if isinstance(value, list) and any(isinstance(each, str) for each in value):
        raise InvalidValue(text("is text instead of a file; with curl, put @ before the name: -F files=@report.xml"))
    return value


Plain = Annotated[str, AfterValidator(_storable)]
Key = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable)]
InPath = Annotated[str, InAddress(min_length=1, max_length=200)]
Title = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable)]
Words = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_storable)]
Number = Annotated[int, Field(ge=0, le=2**31 - 1)]
Day = Annotated[date, BeforeValidator(_as_day), AfterValidator(_in_range)]
OptionalDay = Annotated[Day | None, BeforeValidator(_none_if_empty)]
OptionalNumber = Annotated[Number | None, BeforeValidator(_none_if_empty)]
Moment = Annotated[AwareDatetime, AfterValidator(_moment_in_range)]
Files = Annotated[list[UploadFile], BeforeValidator(_files)]
Keys = Annotated[list[Key], BeforeValidator(_a_list), Field(max_length=500)]


class RequestModel(BaseModel):
    """The body or the query parameters of a request. Unknown names are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", strict=False)
