"""Attempts that are changed, removed or added outside the product are found."""

import pytest
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import text

from access.activity import login_log_seal
from access.activity.checkpoints import sign_new_entries
from access.activity.login_log_seal import FIELDS
from access.sign_in import login_log
from locales import Language
from models.transaction import reading, writing
from tests.access.activity.test_chain import tampering
from tests.process import ROOT


def tried(engine, n):
    for number in range(n):
        with writing(engine) as (session, now):
            reason = "" if number % 2 else "unknown"
            attempt = login_log.SignInAttempt(f"é{number}@example.org", None, "192.0.2.1", "agent", "password")
            login_log.record_attempt(session, attempt, now, reason)


def unprotected(engine):
    with engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER login_attempt_append_only ON login_attempt"))
        else:
            for change in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER login_attempt_refuse_{change}"))
    return engine


def problems(session):
    problems = list(login_log_seal.find_problems(session))
    assert all("poging" in Language("nl").render(problem) for problem in problems)
    return [str(problem) for problem in problems]


@pytest.fixture
def attempts(engine, tmp_path):
    """Four that the activity log has sealed, three that it has not."""
    tried(engine, 4)
    sign_new_entries(engine, tmp_path / "log-key.pem")
    tried(engine, 3)
    return unprotected(engine)


def test_written_log_is_verified(attempts, tmp_path):
    with reading(attempts) as session:
        assert problems(session) == []
    assert sign_new_entries(attempts, tmp_path / "log-key.pem") is not None
    assert sign_new_entries(attempts, tmp_path / "log-key.pem") is None  # sealed once; a seal needs no seal itself
    with reading(attempts) as session:
        assert problems(session) == []


_OTHERS = ", ".join(FIELDS[1:])
ADDED = f"INSERT INTO login_attempt (id, attempts, {_OTHERS}) SELECT 8, 1, {_OTHERS} FROM login_attempt WHERE id = 7"


@pytest.mark.parametrize(
    ("change", "first", "last"),
    [
        ("DELETE FROM login_attempt WHERE id = 7", 7, 7),
        ("DELETE FROM login_attempt WHERE id > 2", 3, 7),
        ("DELETE FROM login_attempt", 1, 7),
        ("DELETE FROM login_attempt WHERE id = 2", 1, 4),
        ("UPDATE login_attempt SET succeeded = NOT succeeded WHERE id = 3", 1, 4),
        ("UPDATE login_attempt SET address = '192.0.2.2' WHERE id = 6", 5, 7),
        ("UPDATE login_attempt SET attempts = 40 WHERE id = 6", 5, 7),
        (f"INSERT INTO login_attempt ({', '.join(FIELDS)}) SELECT 8, {', '.join(FIELDS[1:])} FROM login_attempt WHERE id = 7", 8, 8),
        ("UPDATE login_log_end SET digest = 'x'", 5, 7),
        ("DELETE FROM login_log_end", 5, 7),
    ],
)  # fmt: skip
def test_tampering_is_found(attempts, change, first, last):
    with tampering(attempts) as session:
        session.execute(text(change))
        assert f"Sign-in attempts {first} to {last} are not what was written" in problems(session)[-1]


def test_missing_attempt_is_named(attempts):
    with tampering(attempts) as session:
        session.execute(text("DELETE FROM login_attempt WHERE id = 6"))
        assert problems(session)[0] == "Sign-in attempt 6 is missing."


def test_changed_end_of_the_login_log_is_found_by_the_activity_log(attempts):
    with tampering(attempts) as session:
        session.execute(text("DELETE FROM login_attempt WHERE id > 3"))
        session.execute(text("DELETE FROM login_log_end"))
        digest = login_log_seal.START
        for row in session.execute(login_log_seal._ATTEMPT.select().order_by(login_log_seal._ATTEMPT.c.id)).mappings():
            digest = login_log_seal.next_digest(digest, dict(row))
        session.execute(text("INSERT INTO login_log_end VALUES (1, 3, :digest)"), {"digest": digest})
        assert problems(session) != []


def test_migration_covers_earlier_attempts(engine):
    """The migration computes the digest of stored attempts; later changes are found."""
    tried(engine, 3)
    migration = ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_revision("0010").module
    with (
        engine.execution_options(writes=True).begin() as connection,
        Operations.context(MigrationContext.configure(connection)),
    ):
        migration.downgrade()
        migration.upgrade()
    with reading(engine) as session:
        assert problems(session) == []
    with tampering(unprotected(engine)) as session:
        session.execute(text("UPDATE login_attempt SET tried = 'x' WHERE id = 2"))
        assert problems(session) != []
