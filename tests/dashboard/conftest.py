"""A data folder of the test's own with a small statement, and the pages run on it without a browser."""

import filecmp
import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner
from streamlit.util import calc_hash

import settings
from access.permissions import BUILT_IN
from audits.planning import plan_audit
from controls import load
from controls.browse import shared_definitions
from controls.browse.shared_definitions import Definitions
from controls.scope import system_scope
from dashboard.shell.page_script import script
from locales import Language
from models.transaction import last_fact, make_engine, reading, writing
from tests.days import CALENDAR
from tests.people import officer

ROOT = Path(__file__).parent.parent.parent


def page_file(name):
    """The script of a page, as `switch_page` wants it."""
    return str(script(name).relative_to(ROOT / "dashboard"))


EVIL = "<img src=x onerror=alert(1)>"
TEXT = f"""## Security

- Traffic is encrypted;
- Log-ins are logged {EVIL};

## Story

We were founded long ago.
"""
YAML = """
statement:
  key: example
  text: example.md
  sha256: {sha256}
  effective: 2020-05-24
  organisation: Example B.V.
  language: en
  source: https://example.org
  title: {{nl: Privacyverklaring, en: Privacy statement}}
mapping_review: {{by: Reviewer, on: 2026-01-01}}
systems:
  - {{key: portal, title: {{nl: Portaal, en: Portal}}, attributes: [has-end-users], since: 2020-01-01}}
  - {{key: downloads, title: {{nl: Downloads, en: Download site}}, since: 2020-01-01}}
teams:
  - {{key: platform, title: {{nl: Platform, en: Platform team}}}}
measures:
  - key: tls
    title: {{nl: Versleuteling, en: TLS encryption}}
    clauses: [{{quote: "Traffic is encrypted;"}}]
    mapping:
      - {{control: "iso27001-2022:A.8.24", relation: primary, rationale: {{nl: Het is cryptografie., en: It is cryptography.}}}}
      - {{control: "iso27001-2022:A.8.20", relation: supporting, rationale: {{nl: Het netwerk., en: The network.}}}}
    evidence:
      - {{key: tls-scan, title: {{nl: TLS-scan, en: TLS scan}}, kind: test, formats: [testssl], renewal: P30D, scope: target,
          team: platform, review: automatic, policy: tls-ncsc-nl@2025-05, judged: {{nl: Volgens beleid., en: By the policy.}}}}
  - key: log
    title: {{nl: Inloglog, en: Login log}}
    clauses: [{{quote: "Log-ins are logged {evil};"}}]
    mapping:
      - {{control: "iso27001-2022:A.8.15", relation: primary, rationale: {{nl: Het is loggen., en: It is logging.}}}}
    evidence:
      - {{key: log-export, title: {{nl: Export van het log, en: Log export}}, kind: record, formats: [pdf, txt], renewal: P3M,
          scope: organisation, team: platform, review: required}}
requirements:
  - {{key: crypto-policy, control: "iso27001-2022:A.8.24", title: {{nl: Cryptobeleid, en: Cryptography policy}}, kind: record,
      formats: [pdf], renewal: P1Y, scope: organisation, team: platform, review: required}}
"""


@pytest.fixture(scope="session", autouse=True)
def scan_once() -> Iterator[None]:
    """Look for components in the installed packages once; Streamlit does it for each run of a page in a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_runs() -> Iterator[None]:
    """Scripts are compiled once, and the end of a run is waited for; Streamlit compiles each run and looks each ms."""
    scripts = ScriptCache()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_test, "ScriptCache", lambda: scripts)
        patch.setattr(local_script_runner, "ScriptCache", lambda: scripts)
        patch.setattr(local_script_runner, "require_widgets_deltas", _wait)
        yield


def _wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
    runner._script_thread.join(timeout)
    if not runner.script_stopped():
        runner.request_stop()
        raise TimeoutError(f"A page took more than {timeout} s.")


@pytest.fixture(autouse=True)
def own_main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give back the main module, which Streamlit replaces: processes that a later test spawns would run the pages."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's catalogues with a statement of our own."""
    folder = tmp_path_factory.mktemp("example") / "controls"
    for part in ("catalogues", "crosswalks"):
        shutil.copytree(ROOT / "controls" / part, folder / part)
    (folder / "statements").mkdir()
    (folder / "statements" / "example.md").write_text(TEXT, encoding="utf-8")
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    (folder / "statements" / "example.yaml").write_text(YAML.format(sha256=digest, evil=EVIL), encoding="utf-8")
    return folder


@pytest.fixture
def definitions(example: Path, tmp_path: Path) -> Path:
    """A copy of the example that the test may edit."""
    return shutil.copytree(example, tmp_path / "controls")


@pytest.fixture(scope="session")
def empty_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with the first security officer and nothing else, to be copied; and the officer's account."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("empty")))
    engine = make_engine(f"sqlite:///{path}", CALENDAR)
    account = officer(engine)[0].account
    engine.dispose()
    return path, account


@pytest.fixture(scope="session")
def loaded_template(empty_template: tuple[Path, str], example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with catalogues and statement, to be copied: reading them takes longer than most tests."""
    path = Path(shutil.copy(empty_template[0], tmp_path_factory.mktemp("loaded")))
    engine = make_engine(f"sqlite:///{path}", CALENDAR)
    with writing(engine) as (session, now):
        load.load(session, BUILT_IN, now, example)
    _VERSIONS.add(_version(engine))
    engine.dispose()
    return path


@pytest.fixture
def empty(empty_template: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database that is up to date and holds nothing but the first security officer."""
    monkeypatch.setenv("AANTOONBAAR_DATA", str(tmp_path / "data"))
    _forget()
    path, Pages.account = empty_template
    shutil.copy(path, _database())
    yield
    settings.engine().dispose()
    _forget()


@pytest.fixture
def loaded(empty: None, loaded_template: Path, request: pytest.FixtureRequest) -> None:
    """With catalogues and statement, and nothing shown yet."""
    shutil.copy(loaded_template, _database())
    if "definitions" in request.fixturenames:
        with writing(settings.engine()) as (session, now):
            load.load(session, BUILT_IN, now, request.getfixturevalue("definitions"))  # what the test edited before


@pytest.fixture(scope="session")
def planned_template(loaded_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[date], Path]:
    """The database of `planned` on a day, to be copied."""

    @cache
    def template(today: date) -> Path:
        path = Path(shutil.copy(loaded_template, tmp_path_factory.mktemp("planned")))
        engine = make_engine(f"sqlite:///{path}", CALENDAR)
        _plan(engine, today)
        _VERSIONS.add(_version(engine))
        engine.dispose()
        return path

    return template


@pytest.fixture
def planned(loaded: None, loaded_template: Path, planned_template: Callable[[date], Path]) -> date:
    """With two targets and an audit ahead; gives its day."""
    today = CALENDAR.day_of(datetime.now(UTC))
    settings.engine().dispose()  # what was written is in the file
    untouched = filecmp.cmp(loaded_template, _database(), shallow=False)
    if untouched and not Path(f"{_database()}-wal").exists():
        shutil.copy(planned_template(today), _database())
    else:  # after something else
        _plan(settings.engine(), today)
    return _audit_day(today)


def _plan(engine: Engine, today: date) -> None:
    criteria = ["iso27001-2022", "nen7510-2024"]
    day, known = _audit_day(today), today - timedelta(days=200)
    with writing(engine) as (session, now):
        for target in ("portal.example.org", "api.example.org"):
            system_scope.bring_into_scope(session, BUILT_IN, "portal", date(2020, 1, 1), now, target=target)
        plan_audit(session, BUILT_IN, "audit", "Recertification", day, known, today, criteria, [], now)


def _audit_day(today: date) -> date:
    return today + timedelta(days=100)


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """The definitions of a template are read once: a version is the moment of its last fact, which no other has."""
    kept: dict[datetime, Definitions] = {}
    read = shared_definitions._definitions._read

    def of(session: Session) -> Definitions:
        version = last_fact(session)
        if version not in _VERSIONS:
            return read(session)
        if version not in kept:
            kept[version] = read(session)
        return kept[version]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared_definitions._definitions, "_read", of)
        yield


#: the versions of templates
_VERSIONS: set[datetime] = set()


def _version(engine: Engine) -> datetime:
    with reading(engine) as session:
        return last_fact(session)


def _database() -> Path:
    """Where the product expects its database."""
    data = settings.settings().data
    data.mkdir(exist_ok=True)
    return data / "aantoonbaar.db"


def _forget() -> None:
    settings.settings.cache_clear()
    settings.engine.cache_clear()
    settings.store.cache_clear()


class Pages:
    """The dashboard in one language, page by page, as the first security officer."""

    account = ""

    def __init__(self, language: str) -> None:
        self.language = language

    def open(self, page: str = "", **query: str) -> AppTest:
        test = AppTest.from_file(str(ROOT / "dashboard" / "main.py"), default_timeout=30)
        test.query_params["lang"] = self.language
        test.user = {"account": self.account}
        for name, value in query.items():
            test.query_params[name] = value
        if page:
            test._page_hash = calc_hash(page.replace("_", "-"))  # `switch_page` asks a first run of another page for it
        return self.run(test)

    def run(self, test: AppTest) -> AppTest:
        test.run()
        assert not test.exception, [exception.value for exception in test.exception]
        assert Language(self.language)(
            "This page could not be shown. Nothing was changed; the server log says why."
        ) not in words(test)
        return test


@pytest.fixture(params=["en", "nl"])
def pages(request: pytest.FixtureRequest) -> Pages:
    """Everything runs in both languages."""
    return Pages(request.param)


def words(test: AppTest) -> str:
    """All HTML of ours on the page, without the style sheet."""
    return "\n".join(element.proto.body for element in test.get("html") if not element.proto.body.startswith("<style"))
