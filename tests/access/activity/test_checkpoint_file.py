"""The checkpoint beside the key: a log that was cut, emptied or rewritten is found, and is never signed."""

import stat

import pytest
from sqlalchemy import text

from access.activity import chain, checkpoint_file
from access.activity.checkpoint_file import path_of
from access.activity.checkpoints import sign_new_entries
from access.activity.signing_key import signing_key
from access.errors import CheckpointUnreadable
from models.transaction import reading
from tests.access.activity.test_chain import LOG, fill, tampering, unprotected


@pytest.fixture
def key(tmp_path):
    return tmp_path / "log-key.pem"


@pytest.fixture
def signed(engine, key):
    """Three entries signed, and three more signed."""
    for _ in range(2):
        fill(engine, 3)
        assert sign_new_entries(engine, key)
    return unprotected(engine)


def changed(engine, *statements):
    with tampering(engine) as session:
        for statement in statements:
            session.execute(text(statement))
        session.commit()


def verify(engine, key):
    public = signing_key(key).public_key().public_bytes_raw().hex()
    with reading(engine) as session:
        return chain.verify(session, public, checkpoint_file.read(key))


def rewritten(engine):
    """All entries rewritten with valid digests; the second under another name."""
    with tampering(engine) as session:
        rows = [dict(row) for row in session.execute(LOG.select().order_by(LOG.c.id)).mappings()]
        session.execute(text("DELETE FROM checkpoint"))
        session.execute(LOG.delete())
        rows[1]["person"] = "somebody else"
        chain.append(session, [{name: row[name] for name in row if name not in ("id", "digest")} for row in rows])
        session.commit()


def test_checkpoint_file_has_the_last_checkpoint_and_is_private(signed, key):
    checkpoint = checkpoint_file.read(key)
    assert (checkpoint.entry, checkpoint.entries) == (6, 6)
    assert stat.S_IMODE(path_of(key).stat().st_mode) == 0o600
    assert verify(signed, key).checkpoints == 2
    assert [path.name for path in key.parent.iterdir() if path.name.startswith(".")] == []


CUTS = {
    "checkpoints removed": ["DELETE FROM checkpoint"],
    "the last checkpoint removed": ["DELETE FROM checkpoint WHERE entry = 6"],
    "log emptied": ["DELETE FROM activity", "DELETE FROM checkpoint"],
    "tail cut with its checkpoint": ["DELETE FROM activity WHERE id > 4", "DELETE FROM checkpoint WHERE entry > 4"],
}


@pytest.mark.parametrize("how", CUTS)
def test_truncated_log_is_found_and_not_signed(signed, key, how):
    changed(signed, *CUTS[how])
    with pytest.raises(chain.Broken):
        verify(signed, key)
    fill(signed, 4)  # the product continues, and would sign
    with pytest.raises(chain.Broken):
        sign_new_entries(signed, key)
    with pytest.raises(chain.Broken):
        verify(signed, key)


def test_a_chain_that_was_rewritten_is_found_and_not_signed(signed, key):
    rewritten(signed)
    with pytest.raises(chain.Broken, match="entry 6 differs from its checkpoint"):
        verify(signed, key)
    with pytest.raises(chain.Broken):
        sign_new_entries(signed, key)
    fill(signed, 1)
    with pytest.raises(chain.Broken):
        sign_new_entries(signed, key)
    with pytest.raises(chain.Broken, match="entry 6 differs from its checkpoint"):
        verify(signed, key)


def test_checkpoint_file_catches_up_after_a_crash(engine, key, monkeypatch):
    fill(engine, 3)
    sign_new_entries(engine, key)
    fill(engine, 3)
    with monkeypatch.context() as cut_off:
        cut_off.setattr(checkpoint_file, "write", lambda *_: None)
        sign_new_entries(engine, key)
    assert checkpoint_file.read(key).entry == 3
    assert verify(engine, key).checkpoints == 2
    assert sign_new_entries(engine, key) is None  # nothing to sign, and the file follows
    assert checkpoint_file.read(key).entry == 6
    fill(engine, 1)
    assert sign_new_entries(engine, key).entry == 7


def test_an_older_checkpoint_does_not_replace_a_later_one(signed, key):
    later = checkpoint_file.read(key)
    with reading(signed) as session:
        older = chain._read_checkpoints(session)[0]
    checkpoint_file.write(key, older)
    assert checkpoint_file.read(key).entry == later.entry


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"entry": 1}', b"\xff", b'{"entry": "x"}'])
def test_unreadable_checkpoint_file_is_refused(key, content):
    path_of(key).write_bytes(content)
    with pytest.raises(CheckpointUnreadable, match="not a readable checkpoint"):
        checkpoint_file.read(key)
