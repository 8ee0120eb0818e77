"""A server in this process over a small organisation, with a token, and the client run against it."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send
from typer.testing import CliRunner, Result

from aantoonbaar_client.commands import app as commands
from access.people import tokens
from access.permissions import Person
from access.web.authentication import Admissions
from access.web.middleware import AuthenticationMiddleware
from api import create_api
from jobs.judge_uploads import judge_waiting
from jobs.supervisor import Supervisor
from jobs.values import Job
from locales import text
from models.transaction import writing
from tests.api.conftest import client_of
from tests.api.test_roles import AUDIT
from tests.evidence.office import NOW, Office, open_office
from tests.people import officer


class Outage:
    """Answers the first requests with 503, or does their work and then loses the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.busy, self.lost, self.paths = app, 0, 0, []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.paths.append(f"{scope['method']} {scope['path']}")
        if self.busy:
            self.busy -= 1
            await Response("<h1>Bad gateway</h1>", 502)(scope, receive, send)
        elif self.lost:
            self.lost -= 1

            async def nowhere(_message: object) -> None:
                pass

            await self.app(scope, receive, nowhere)
            await Response(status_code=502)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


@dataclass
class Product:
    """A served organisation. `run` runs the client with its address and token."""

    office: Office
    officer: Person
    address: str
    token: str
    outage: Outage
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, **environment: str) -> Result:
        known = {"AANTOONBAAR_ADDRESS": self.address, "AANTOONBAAR_TOKEN": self.token, "LANG": "en_GB.UTF-8"}
        elsewhere = {"AANTOONBAAR_CONFIG": str(self.folder / "none.toml"), "AANTOONBAAR_LANGUAGE": "", "COLUMNS": "200"}
        result = CliRunner().invoke(commands, list(words), env={**known, **elsewhere, **environment})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json").stdout)

    def file(self, content: bytes, name: str = "results.xml") -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)


@contextlib.contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture
def product(sqlite: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Product]:
    monkeypatch.setattr("aantoonbaar_client.requests_with_retry._FIRST_PAUSE", 0.01)
    monkeypatch.setattr("aantoonbaar_client.requests_with_retry._LONGEST_PAUSE", 0.02)
    office = open_office(sqlite, tmp_path)
    boss, _ = officer(sqlite)
    with writing(sqlite, NOW) as (session, now):
        permissions = ["evidence.file", "evidence.read", "readiness.read", "controls.read"]
        token = tokens.issue_own(session, boss, "build server", permissions, date(2027, 6, 1), now)
    api = create_api(lambda: office.engine, lambda: office.store, 8, lambda: NOW)
    admissions = Admissions(lambda: sqlite, lambda: NOW)
    with client_of(office) as planning:
        assert planning.post("/api/v1/audit", json=AUDIT).status_code == 201
    outage = Outage(
        AuthenticationMiddleware(
            Starlette(routes=[Mount("/api", app=api)]), admissions=admissions, cookie="aantoonbaar"
        )
    )
    judging = Job(
        "judge-uploads", text("Evaluates large uploads"), lambda: judge_waiting(sqlite, office.store, lambda: NOW), 0.05
    )
    supervisor = Supervisor([judging])
    supervisor.start()
    with served(outage) as address:
        yield Product(office, boss, address, token, outage, tmp_path)
    supervisor.stop(10)
