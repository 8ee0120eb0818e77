"""The API over a small organisation, on each database."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from access.permissions import BUILT_IN, Person
from access.web.authentication import Admission
from api import create_api, health
from tests.evidence.office import BUILD_SERVER, NOW, Office, open_office

MOST_MB = 8


class SignedIn:
    """Stands in for the authentication middleware: sets who sends the request."""

    def __init__(self, app: ASGIApp, person: Person) -> None:
        self.app, self.person = app, person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, "admission": Admission(self.person, "en")}, receive, send)


def client_of(office: Office, person: Person = BUILT_IN, now: datetime = NOW) -> TestClient:
    api = create_api(lambda: office.engine, lambda: office.store, MOST_MB, lambda: now)
    routes = [
        Route("/health", health(lambda: office.engine, lambda: office.store, lambda: now, fresh_seconds=0)),
        Mount("/api", app=api),
    ]
    return TestClient(SignedIn(Starlette(routes=routes), person), raise_server_exceptions=False)


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
