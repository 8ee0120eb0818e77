"""Files of the database are private, also those that an earlier version left readable."""

import os
import stat

import pytest

from models.owner_only import make_database, make_folder
from models.transaction import make_engine
from tests.days import CALENDAR


@pytest.fixture(autouse=True)
def permissive_umask():
    """A process whose files are readable by everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_new_database_and_its_files_are_private(tmp_path):
    data = tmp_path / "data"
    make_folder(data, "own.db")
    make_database(data / "own.db")
    engine = make_engine(f"sqlite:///{data / 'own.db'}", CALENDAR)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE a (b)")
        assert {path.name for path in data.iterdir()} == {"own.db", "own.db-wal", "own.db-shm"}
        assert {mode(path) for path in data.iterdir()} == {0o600}
    engine.dispose()
    assert mode(data) == 0o700


def test_files_of_an_earlier_version_become_private(tmp_path):
    tmp_path.chmod(0o755)
    files = [tmp_path / f"own.db{end}" for end in ("", "-wal", "-shm")]
    for file in files:
        file.write_bytes(b"")
        file.chmod(0o644)
    make_folder(tmp_path, "own.db")
    make_database(files[0])
    assert {mode(path) for path in files} == {0o600}
    assert mode(tmp_path) == 0o700


def test_existing_folder_without_a_database_keeps_its_mode(tmp_path):
    # the folder may contain more than the data of the product
    tmp_path.chmod(0o755)
    make_folder(tmp_path, "own.db")
    assert mode(tmp_path) == 0o755
    (tmp_path / "own.db").touch()
    tmp_path.chmod(0o1777)
    make_folder(tmp_path, "own.db")
    assert mode(tmp_path) == 0o1777
