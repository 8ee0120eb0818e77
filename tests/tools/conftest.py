"""Tools that are here, and a served product into which the command-line client sends what they write."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session

from access.people import tokens
from access.permissions import Person
from controls.scope.system_scope import add_system, bring_into_scope
from models.transaction import make_engine, writing
from tests.days import CALENDAR
from tests.people import officer
from tests.process import ROOT, running

SYSTEM = "saas-products"
#: a system with one target, which the servers of `servers` are taken for
NETWORK, TARGET = "gateway", "portal.example.nl"
#: folders with tools besides those of PATH, written as PATH is
FOLDERS = "TOOLS_PATH"
REFUSED = 3  # exit code of the client
MOST = 900  # seconds that a tool may take; testssl.sh takes minutes


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder runs tools, which `make tools` asks for."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("tools")


def day(ago: int = 0) -> str:
    """A day as the client takes it: today, or so many days ago."""
    return (CALENDAR.day_of(datetime.now(UTC)) - timedelta(days=ago)).isoformat()


@dataclass(frozen=True)
class Tool:
    """A tool that is here."""

    path: str

    def run(self, *words: str | Path, folder: Path, codes: tuple[int, ...] = (0,)) -> str:
        """Run it in a folder; returns its standard output. `codes`: the exit codes that a finished run may have."""
        environment = {**os.environ, "HOME": str(folder), "PATH": f"{Path(self.path).parent}:{os.environ['PATH']}"}
        ended = subprocess.run(
            [self.path, *map(str, words)], cwd=folder, env=environment, capture_output=True, text=True, timeout=MOST,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert ended.returncode in codes, ended.stdout + ended.stderr
        return ended.stdout


def find_tool(*names: str) -> Tool:
    """The tool with the first of these names that is here; without it, the test is skipped."""
    path = os.pathsep.join(filter(None, (os.environ.get(FOLDERS), os.environ["PATH"])))
    for name in names:
        if there := shutil.which(name, path=path):
            return Tool(there)
    pytest.skip(f"{names[0]} is not here: install it, or name its folder in {FOLDERS}")


@dataclass(frozen=True)
class Uploaded:
    """What the client answered: its exit code and the server's answer."""

    code: int
    answer: dict[str, Any]

    @property
    def verdicts(self) -> set[str]:
        return {cell["verdict"] for cell in self.answer["coverage"]}

    @property
    def failing(self) -> set[str]:
        """The names of the checks that fail the policy."""
        return {failing["check"] for cell in self.answer["coverage"] for failing in cell["failing"]}

    @property
    def reasons(self) -> str:
        return " ".join(cell["reason"] for cell in self.answer["coverage"])

    @property
    def formats(self) -> set[str]:
        return {file["format"] for file in self.answer["recognised"]}

    @property
    def waits(self) -> list[str]:
        """Why someone else must review it."""
        return self.answer["review_reasons"]


@dataclass(frozen=True)
class Product:
    """A served product and a token of its security officer."""

    address: str
    token: str

    def upload(self, *words: str | Path, system: str = SYSTEM) -> Uploaded:
        """Upload files with the client, as its own process."""
        known = {"AANTOONBAAR_ADDRESS": self.address, "AANTOONBAAR_TOKEN": self.token, "AANTOONBAAR_LANGUAGE": "en"}
        ended = subprocess.run(
            [sys.executable, "-m", "aantoonbaar_client", "upload", *map(str, words), "-s", system, "--json"],
            env={**os.environ, **known, "PYTHONPATH": str(ROOT / "client")}, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert ended.stdout, ended.stderr
        return Uploaded(ended.returncode, json.loads(ended.stdout))

    def upload_scan(self, path: Path, requirement: str, address: str) -> Uploaded:
        """Upload a scan of an address, declared to be the target; today, if the file names no day."""
        words = (path, "-r", requirement, "-t", f"{address}={NETWORK}/{TARGET}")
        uploaded = self.upload(*words, system=NETWORK)
        if uploaded.code == REFUSED:
            uploaded = self.upload(*words, "--first-day", day(), system=NETWORK)
        return uploaded

    def runs(self, uploaded: Uploaded) -> list[dict[str, Any]]:
        """The runs that were read from the files."""
        return self._get(uploaded.answer["links"]["evidence"])["runs"]

    def results(self, uploaded: Uploaded) -> list[dict[str, Any]]:
        """The results that were read from the files, at most the first page."""
        return self._get(uploaded.answer["links"]["results"])["rows"]

    def _get(self, path: str) -> Any:
        answer = httpx.get(self.address + path, headers={"authorization": f"Bearer {self.token}"}, timeout=30)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    data = tmp_path_factory.mktemp("tools") / "data"
    data.mkdir()
    with running(data) as address:
        engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
        person, _ = officer(engine)
        with writing(engine) as (session, now):
            today = CALENDAR.day_of(now)
            _add_target(session, person, today - timedelta(days=60), now)
            allowed = ["evidence.file", "evidence.read"]
            token = tokens.issue_own(session, person, "build server", allowed, today + timedelta(days=30), now)
        engine.dispose()
        yield Product(address, token)


def _add_target(session: Session, person: Person, since: date, now: datetime) -> None:
    add_system(session, person, NETWORK, "Toegangspoort", "Gateway", now)
    bring_into_scope(session, person, NETWORK, since, now, attributes=["administered-over-ssh"])
    bring_into_scope(session, person, NETWORK, since, now, target=TARGET)


@pytest.fixture
def lay(tmp_path: Path) -> Callable[..., Path]:
    """Write files in a folder of the test: `lay({"app.py": "..."})` returns the folder."""

    def write(files: dict[str, str], name: str = "project") -> Path:
        for path, content in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(content, encoding="utf-8")
        return tmp_path / name

    return write
