"""The API over a small organisation, on each database."""

from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from access.permissions import BUILT_IN, Person
from access.web.authentication import Admission
from api import create_api, health
from tests.evidence.office import BUILD_SERVER, NOW, Office, open_office

MOST_MB = 8


_office: ContextVar[Office] = ContextVar("office")
_now: ContextVar[datetime] = ContextVar("now")


@cache
def _api() -> Starlette:
    """One for all tests, since its routes take longer to prepare than most tests: each request says of which office."""
    resources = lambda: _office.get().engine, lambda: _office.get().store  # noqa: E731
    routes = [
        Route("/health", health(*resources, _now.get, fresh_seconds=0)),
        Mount("/api", app=create_api(*resources, MOST_MB, _now.get)),
    ]
    return Starlette(routes=routes)


@dataclass(frozen=True)
class SignedIn:
    """Stands in for the authentication middleware: sets who sends the request, to which office, and when."""

    office: Office
    person: Person
    now: datetime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _office.set(self.office)
        _now.set(self.now)
        await _api()({**scope, "admission": Admission(self.person, "en")}, receive, send)


def client_of(office: Office, person: Person = BUILT_IN, now: datetime = NOW) -> TestClient:
    return TestClient(SignedIn(office, person, now), raise_server_exceptions=False)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return open_office(engine, tmp_path)


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    with client_of(office) as client:
        yield client


@pytest.fixture
def server(office: Office) -> Iterator[TestClient]:
    """A build server with its token, which declares of which system a test is."""
    with client_of(office, BUILD_SERVER) as client:
        yield client


@pytest.fixture
def small_office(sqlite: Engine, tmp_path: Path) -> Office:
    return open_office(sqlite, tmp_path)


@pytest.fixture
def small_client(small_office: Office) -> Iterator[TestClient]:
    """On SQLite only, where the database is not what is tested."""
    with client_of(small_office) as client:
        yield client
