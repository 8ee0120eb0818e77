"""The company that uploads its registers: created once, copied for each test."""

import shutil
from pathlib import Path

import pytest

from evidence.storage.store import EvidenceStore
from models.transaction import make_engine
from tests.days import CALENDAR
from tests.evidence.office import Office
from tests.registers.office import open_company


@pytest.fixture(scope="session")
def company_template(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("company") / "template.db"
    engine = make_engine(f"sqlite:///{shutil.copy(sqlite_template, path)}", CALENDAR)
    open_company(engine, path.parent)
    engine.dispose()
    return path


@pytest.fixture
def company(company_template, tmp_path: Path):
    engine = make_engine(f"sqlite:///{shutil.copy(company_template, tmp_path / 'company.db')}", CALENDAR)
    yield Office(engine, EvidenceStore(str(tmp_path / "store")))
    engine.dispose()
