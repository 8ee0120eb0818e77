"""What every route is handed: the database, the store, who acts, the reader's language; and the words of requests."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import Engine
from sqlmodel import Session

from access.permissions import Person
from access.web.authentication import Admission
from evidence.storage.store import EvidenceStore
from locales import Language, Text, text
from locales.preference import preferred
from models.calendar import Calendar, calendar_of
from models.transaction import present, reading, writing

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request's surroundings.

    A transaction is opened by the route itself, on its own thread: a writer that waits for its turn then never keeps
    the one before it from finishing.
    """

    engine: Engine
    store: EvidenceStore
    person: Person
    language: Language
    most_bytes: int
    clock: Callable[[], datetime]

    @property
    def calendar(self) -> Calendar:
        """The organisation's calendar."""
        return calendar_of(self.engine)

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, datetime]]:
        """One state of the database, and now: never before the last commit, whatever the wall clock says."""
        with reading(self.engine) as session:
            yield session, present(session, self.clock())

    def writing(self, *, visit: bool = False) -> AbstractContextManager[tuple[Session, datetime]]:
        """One transaction and its moment; committed before the answer is made. `visit`: see `models.transaction`."""
        return writing(self.engine, self.clock(), visit=visit)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the app was made with."""

    engine: Callable[[], Engine]
    store: Callable[[], EvidenceStore]
    most_bytes: int
    clock: Callable[[], datetime]


#: For the description only: it is the gate that asks for the token, before a request gets this far.
BEARER = HTTPBearer(
    scheme_name="token",
    bearerFormat="aan_…",
    description=(
        "Programs send an API token: `Authorization: Bearer aan_…`. A token acts as a member of a team, or as the "
        "person who made it; it is for handing in evidence (`evidence.file`), perhaps for some requirements and "
        "systems only, or for reading (`evidence.read`, `readiness.read`, `controls.read`), until a day. "
        "`/v1/me` says which. A browser that is signed in needs none. Without either the answer is 401, and 403 if "
        "the token or the roles are not for what is asked."
    ),
    auto_error=False,
)


def _admission(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]) -> Admission:
    admission: Admission = request.scope["admission"]  # put there by the gate; without it nobody gets this far
    return admission


AtGate = Annotated[Admission, Depends(_admission)]


def _desk(request: Request, admission: AtGate) -> RequestContext:
    around: Surroundings = request.app.state.surroundings
    engine = around.engine()
    language = preferred(request.headers.get("accept-language", ""), calendar_of(engine).zone)
    return RequestContext(engine, around.store(), admission.person, language, around.most_bytes, around.clock)


Context = Annotated[RequestContext, Depends(_desk)]


class Wrong(ValueError):
    """A value that does not fit, with the message for people."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


def _storable(value: str) -> str:
    if _UNFIT.search(value):
        raise Wrong(text("holds a control character; expected plain text"))
    return value


def _as_day(value: Any) -> Any:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise Wrong(text("is no day; expected one such as 2027-03-16"))
    return value


def _in_reach(value: date) -> date:
    if not FIRST <= value <= LAST:
        raise Wrong(text("is out of reach; expected a day from 1990 to 2199"))
    return value


def _moment_in_reach(value: datetime) -> datetime:
    if not FIRST <= value.astimezone(UTC).date() <= LAST:
        raise Wrong(text("is out of reach; expected a moment from 1990 to 2199"))
    return value


def _a_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Plain = Annotated[str, AfterValidator(_storable)]
Key = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable)]
Title = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable)]
Words = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_storable)]
Number = Annotated[int, Field(ge=0, le=2**31 - 1)]
Day = Annotated[date, BeforeValidator(_as_day), AfterValidator(_in_reach)]
Moment = Annotated[AwareDatetime, AfterValidator(_moment_in_reach)]
Keys = Annotated[list[Key], BeforeValidator(_a_list), Field(max_length=500)]


class Given(BaseModel):
    """A request's own part. What it does not know is refused: a misspelt name would else be passed over in silence."""

    model_config = ConfigDict(extra="forbid", strict=False)
