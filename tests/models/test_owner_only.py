"""What the product writes is readable by its owner only, also what an earlier version left open."""

import os
import stat

import pytest

from models.owner_only import make_database, make_folder
from models.transaction import make_engine
from tests.days import CALENDAR


@pytest.fixture(autouse=True)
def careless():
    """A process whose files anybody reads."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_database_and_the_files_beside_it(tmp_path):
    data = tmp_path / "data"
    make_folder(data, "own.db")
    make_database(data / "own.db")
    engine = make_engine(f"sqlite:///{data / 'own.db'}", CALENDAR)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE a (b)")
        assert {one.name for one in data.iterdir()} == {"own.db", "own.db-wal", "own.db-shm"}
        assert {mode(one) for one in data.iterdir()} == {0o600}
    engine.dispose()
    assert mode(data) == 0o700


def test_those_of_an_earlier_version_are_shut(tmp_path):
    tmp_path.chmod(0o755)
    files = [tmp_path / f"own.db{end}" for end in ("", "-wal", "-shm")]
    for file in files:
        file.write_bytes(b"")
        file.chmod(0o644)
    make_folder(tmp_path, "own.db")
    make_database(files[0])
    assert {mode(one) for one in files} == {0o600}
    assert mode(tmp_path) == 0o700


def test_a_folder_of_others_keeps_its_mode(tmp_path):
    """Somebody may point at a folder that holds more than the product's data."""
    tmp_path.chmod(0o755)
    make_folder(tmp_path, "own.db")
    assert mode(tmp_path) == 0o755
    (tmp_path / "own.db").touch()
    tmp_path.chmod(0o1777)
    make_folder(tmp_path, "own.db")
    assert mode(tmp_path) == 0o1777
