"""An organisation to upload evidence to, on each database."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.evidence.office import Office, open_office


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return open_office(engine, tmp_path)


@pytest.fixture
def small_office(sqlite: Engine, tmp_path: Path) -> Office:
    """An organisation on SQLite only, for tests that do not depend on the database."""
    return open_office(sqlite, tmp_path)
