"""The company that shows its measures: made once, copied for each test."""

import shutil

import pytest

from evidence.storage.store import EvidenceStore
from models.transaction import make_engine
from tests.days import CALENDAR
from tests.evidence.office import Office
from tests.measures.company import company_of, open_company


@pytest.fixture(scope="session")
def opened(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("measures") / "template.db"
    engine = make_engine(f"sqlite:///{shutil.copy(sqlite_template, path)}", CALENDAR)
    open_company(engine, path.parent)
    engine.dispose()
    return path


@pytest.fixture
def company(opened, tmp_path):
    engine = make_engine(f"sqlite:///{shutil.copy(opened, tmp_path / 'company.db')}", CALENDAR)
    yield company_of(Office(engine, EvidenceStore(str(tmp_path / "store"))))
    engine.dispose()
