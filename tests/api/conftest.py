"""The API over a small organisation, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from api import create_api, health
from tests.evidence.office import NOW, Office, open_office

MOST_MB = 8


def client_of(office: Office) -> TestClient:
    api = create_api(lambda: office.engine, lambda: office.store, MOST_MB, lambda: NOW)
    routes = [Route("/health", health(lambda: office.engine, lambda: office.store)), Mount("/api", app=api)]
    return TestClient(Starlette(routes=routes), raise_server_exceptions=False)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return open_office(engine, tmp_path)


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    with client_of(office) as client:
        yield client


@pytest.fixture
def small_office(sqlite: Engine, tmp_path: Path) -> Office:
    return open_office(sqlite, tmp_path)


@pytest.fixture
def small_client(small_office: Office) -> Iterator[TestClient]:
    """On SQLite only, where the database is not what is tested."""
    with client_of(small_office) as client:
        yield client
