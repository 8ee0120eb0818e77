import pytest
from sqlalchemy import text

from access.activity import chain, record
from access.activity.checkpoints import sign_new_entries
from access.permissions import BUILT_IN
from models.transaction import reading, writing


def write(engine, n):
    for number in range(n):
        with writing(engine) as (session, now):
            record.record(session, BUILT_IN, "test", str(number), now)


def test_new_entries_are_signed_once(engine, tmp_path):
    key = tmp_path / "log.key"
    write(engine, 2)
    assert sign_new_entries(engine, key) is not None
    assert sign_new_entries(engine, key) is None
    write(engine, 1)
    assert sign_new_entries(engine, key) is not None
    with reading(engine) as session:
        assert chain.verify(session).checkpoints == 2


def test_log_without_new_entries_is_not_signed(sqlite, tmp_path):
    assert sign_new_entries(sqlite, tmp_path / "log.key") is None


def test_broken_log_is_reported_and_not_signed(sqlite, tmp_path):
    write(sqlite, 3)
    with sqlite.execution_options(writes=True).begin() as connection:
        connection.execute(text("DROP TRIGGER activity_refuse_update"))
        connection.execute(text("UPDATE activity SET person = 'someone else' WHERE id = 2"))
    with pytest.raises(chain.Broken, match="entry 2"):
        sign_new_entries(sqlite, tmp_path / "log.key")
    with reading(sqlite) as session, pytest.raises(chain.Broken):
        chain.verify(session)
