"""A backup is complete or absent; a restore gives what was backed up or nothing."""

import hashlib
import io
import os
import signal
import stat
import subprocess
import sys
import tarfile
import threading
import time

import pyrage
import pytest
from sqlalchemy import text

from access.activity import checkpoint_file
from access.activity.checkpoints import sign_new_entries
from backup import archive
from backup import create_backup as create_backup_module
from backup import restore_backup as restore_backup_module
from backup.create_backup import create_backup
from backup.errors import BackupProblem, KeyUnusable, NoDatabase, NotABackup, PlaceTaken
from backup.restore_backup import restore_backup
from evidence.errors import Corrupted, NotKept
from evidence.storage.store import EvidenceStore
from models.transaction import make_engine, writing
from tests.access.activity.test_chain import tampering
from tests.backup.conftest import TOOLS, address, rows
from tests.days import CALENDAR
from tests.evidence.integrity.test_verification import drop_triggers
from tests.evidence.office import JUNIT, NOW
from tests.process import ROOT


@pytest.fixture(autouse=True)
def folder(premises):
    premises.target.parent.mkdir()


def backed_up(premises, key=None):
    return create_backup(premises.place, premises.target, key)


def put_back(premises, key=None, source=None):
    return restore_backup(source or premises.target, premises.data, premises.empty_database, key, TOOLS)


def contents(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) if folder.exists() else None


def restored_engine(premises):
    return make_engine(premises.empty_database or f"sqlite:///{premises.data / 'aantoonbaar.db'}", CALENDAR)


def nothing_is_left(premises, *, was_there=False):
    assert contents(premises.data) == ([] if was_there else None)
    if premises.empty_database:
        engine = make_engine(premises.empty_database, CALENDAR)
        with engine.connect() as connection:
            assert not connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            assert not connection.execute(
                text(
                    "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
                )
            ).all()
        engine.dispose()


# ── What is put back is what was backed up ───────────────────────────────────────────────────────────────────────────


def test_everything_is_restored(premises):
    made = backed_up(premises)
    assert (made.files, made.encrypted, made.size) == (3, False, premises.target.stat().st_size)
    assert stat.S_IMODE(premises.target.stat().st_mode) == 0o600
    assert contents(premises.target.parent) == ["backup.tar"]
    done = put_back(premises)
    assert done.verified.problems == []
    assert (done.verified.read.files, done.verified.read.orphans) == (3, [])
    for name in ("log-key.pem", "secret.key", "log-checkpoint.json"):
        assert (premises.data / name).read_bytes() == premises.place.secret.with_name(name).read_bytes()
        assert stat.S_IMODE((premises.data / name).stat().st_mode) == 0o600
    engine = restored_engine(premises)
    assert rows(engine) == premises.everything()
    store = EvidenceStore(str(premises.data / "evidence"))
    assert list(store.digests()) == list(premises.office.store.digests())
    # It goes on as before: the log continues, and is signed with the same key.
    with writing(engine) as (session, now):
        from access.activity.record import record
        from access.permissions import BUILT_IN

        record(session, BUILT_IN, "test", "x", now)
    assert sign_new_entries(engine, premises.data / "log-key.pem") is not None
    engine.dispose()


def test_any_tar_program_opens_a_backup(premises):
    backed_up(premises)
    with tarfile.open(premises.target) as tar:
        names = tar.getnames()
        digests = [name.removeprefix("evidence/") for name in names if name.startswith("evidence/")]
        for digest in digests:
            assert hashlib.sha256(tar.extractfile(f"evidence/{digest}").read()).hexdigest() == digest
    assert names[0] == "manifest.json"
    assert len(digests) == 3


def test_unreferenced_files_are_left_out(premises):
    orphan = premises.office.store.put(io.BytesIO(b"nobody's"), 100).sha256
    backed_up(premises)
    put_back(premises)
    assert orphan not in list(EvidenceStore(str(premises.data / "evidence")).digests())


def test_bucket_is_read_through_the_store(premises):
    import fsspec

    fsspec.filesystem("memory").store.clear()
    bucket = EvidenceStore("memory://bucket/evidence")
    for digest in premises.office.store.digests():
        with premises.office.store.open_verified(digest) as source:
            bucket.put(source, 1 << 20)
    from dataclasses import replace

    create_backup(replace(premises.place, store=bucket), premises.target, None)
    assert put_back(premises).verified.read.files == 3


def test_restore_into_an_existing_empty_folder(premises):
    backed_up(premises)
    premises.data.mkdir()
    put_back(premises)
    assert (premises.data / "secret.key").exists()


# ── Encrypted ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def identity(tmp_path):
    """An identity file as age-keygen writes it, and its recipient."""
    item = pyrage.x25519.Identity.generate()
    path = tmp_path / "identity.txt"
    path.write_text(f"# created: 2026-11-29\n# public key: {item.to_public()}\n{item}\n")
    return path, str(item.to_public())


def test_only_the_recipient_can_decrypt(premises, identity, tmp_path):
    path, recipient = identity
    assert backed_up(premises, recipient).encrypted
    content = premises.target.read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    assert b"manifest.json" not in content
    assert (
        pyrage.decrypt(content, [pyrage.x25519.Identity.from_str(path.read_text().splitlines()[-1])])[:13]
        == b"manifest.json"
    )
    with pytest.raises(KeyUnusable, match="is encrypted: name the file with your identity in KEY"):
        put_back(premises)
    other = tmp_path / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(NotABackup, match="another key is needed"):
        put_back(premises, str(other))
    nothing_is_left(premises)
    assert put_back(premises, str(path)).verified.problems == []


def test_each_of_several_recipients_can_decrypt(premises, identity, tmp_path):
    path, recipient = identity
    people = tmp_path / "recipients.txt"
    people.write_text(f"# the board\n{pyrage.x25519.Identity.generate().to_public()}\n\n{recipient}\n")
    backed_up(premises, str(people))
    put_back(premises, str(path))


@pytest.mark.parametrize(
    "cut", [lambda b: b[:-1], lambda b: b[: len(b) // 2], lambda b: b[:-400] + bytes([b[-400] ^ 1]) + b[-399:]]
)
def test_truncated_or_changed_encrypted_backup_is_refused(premises, identity, cut):
    path, recipient = identity
    backed_up(premises, recipient)
    premises.target.write_bytes(cut(premises.target.read_bytes()))
    with pytest.raises(NotABackup):
        put_back(premises, str(path))
    nothing_is_left(premises)


@pytest.mark.parametrize("key", ["age1nonsense", "x", "ssh-ed25519 AAAA", "", "AGE-SECRET-KEY-1X"])
def test_invalid_recipient_is_refused(premises, key, tmp_path):
    if not key:
        (tmp_path / "none").write_text("# nobody\n")
        key = str(tmp_path / "none")
    with pytest.raises(KeyUnusable):
        backed_up(premises, key)
    assert contents(premises.target.parent) == []


def test_secret_key_is_refused_as_recipient(premises, identity):
    with pytest.raises(KeyUnusable, match="secret half"):
        backed_up(premises, str(identity[0]))


def test_key_for_an_unencrypted_backup_is_refused(premises, identity):
    backed_up(premises)
    with pytest.raises(KeyUnusable, match="is not encrypted"):
        put_back(premises, str(identity[0]))


@pytest.mark.parametrize("content", [None, b"", b"nonsense", b"\xff\xfe", b"-----BEGIN OPENSSH PRIVATE KEY-----\nx\n"])
def test_invalid_identity_is_refused(premises, identity, tmp_path, content):
    backed_up(premises, identity[1])
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KeyUnusable):
        put_back(premises, str(path))
    nothing_is_left(premises)


# ── What is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_existing_file_is_not_overwritten(premises):
    premises.target.write_bytes(b"mine")
    with pytest.raises(PlaceTaken):
        backed_up(premises)
    assert premises.target.read_bytes() == b"mine"


def test_missing_target_folder_is_refused(premises, tmp_path):
    premises.target = tmp_path / "nowhere" / "backup.tar"
    with pytest.raises(BackupProblem, match="can't be written"):
        backed_up(premises)


@pytest.mark.parametrize("damage", ["flip", "remove"])
def test_damaged_bytes_stop_a_backup(premises, tmp_path, damage):
    digest = next(premises.office.store.digests())
    path = tmp_path / "store" / "sha256" / digest[:2] / digest[2:]
    path.chmod(0o600)
    path.unlink() if damage == "remove" else path.write_bytes(b"?")
    with pytest.raises((Corrupted, NotKept), match=digest):
        backed_up(premises)
    assert contents(premises.target.parent) == []


def test_broken_log_stops_a_backup(premises):
    drop_triggers(premises.office.engine)
    with tampering(premises.office.engine) as session:
        session.execute(text("UPDATE activity SET person = 'x' WHERE id = 2"))
        session.commit()
    with pytest.raises(BackupProblem, match="entry 2"):
        backed_up(premises)
    assert contents(premises.target.parent) == []


def test_full_disk_is_reported_and_leaves_nothing(premises, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.Writer, "add", full)
    with pytest.raises(BackupProblem, match="No space left"):
        backed_up(premises)
    assert contents(premises.target.parent) == []


def test_backup_is_read_back(premises, monkeypatch):
    """A disk that returns other bytes than were written."""
    add = archive.Writer.add

    def lying(writer, name, source, size):
        if name.startswith("evidence/"):
            source = io.BytesIO(b"?" * size)
        return add(writer, name, source, size)

    monkeypatch.setattr(archive.Writer, "add", lying)
    with pytest.raises(NotABackup):
        backed_up(premises)
    assert contents(premises.target.parent) == []


def test_folder_that_is_not_empty_stays_unchanged(premises):
    backed_up(premises)
    premises.data.mkdir()
    (premises.data / "mine").write_bytes(b"mine")
    with pytest.raises(PlaceTaken):
        put_back(premises)
    assert contents(premises.data) == ["mine"]


def test_other_kind_of_database_than_in_the_backup_is_refused(premises):
    backed_up(premises)
    premises.empty_database = "" if premises.empty_database else "postgresql+psycopg://nobody@127.0.0.1:1/none"
    with pytest.raises(PlaceTaken, match="AANTOONBAAR_DATABASE"):
        put_back(premises)
    assert contents(premises.data) is None


def test_any_changed_byte_is_refused(premises):
    """A changed, truncated or extended backup is refused and leaves nothing."""
    backed_up(premises)
    whole = premises.target.read_bytes()
    places = sorted({*range(0, len(whole), max(1, len(whole) // 150)), len(whole) - 1, 300, 511})
    other = premises.target.with_name("other.tar")
    broken = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in places]
    broken += [whole[: at - at % 512] for at in places[:-1]] + [whole[:-1], whole + b"\0", whole + b"x" * 512, b""]
    for content in broken:
        other.write_bytes(content)
        with pytest.raises(NotABackup):
            restoring_without_database(premises, other)
    with pytest.raises(NotABackup):
        put_back(premises, source=other)
    nothing_is_left(premises)


def restoring_without_database(premises, source):
    with source.open("rb") as file:
        archive.unpack(file, lambda _name, content, _size: hashlib.sha256(content.read()).hexdigest())


def rewritten(premises, change):
    """Rewrite a backup, as someone who knows its format could."""
    with tarfile.open(premises.target) as tar:
        members = [(item.name, tar.extractfile(item).read()) for item in tar.getmembers()]
    with premises.target.open("wb") as file:
        writer = archive.Writer(file, 0)
        for name, content in change(members):
            writer.add(name, io.BytesIO(content), len(content))
        writer.end()


@pytest.mark.parametrize(
    "name", ["../../escaped", "/escaped", "evidence/../../escaped", "keys/other", "database.sqlite/../x", "evidence/" + "A" * 64]
)  # fmt: skip
def test_no_member_is_written_outside_the_folder(premises, name, tmp_path):
    backed_up(premises)
    for where in (1, -1):
        rewritten(premises, lambda m, where=where: [*m[:where], (name, b"x"), *m[where:]])
        with pytest.raises(NotABackup):
            put_back(premises)
        nothing_is_left(premises)
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m[:-1],
        lambda m: m[1:],
        lambda m: [m[0], *m[2:]],
        lambda m: [*m[:-2], m[-1], m[-2]],
        lambda m: [*m, m[-1]],
        lambda m: [("manifest.json", b"{}"), *m[1:]],
        lambda m: [("manifest.json", b"[1]"), *m[1:]],
        lambda m: [("manifest.json", m[0][1].replace(b'"form": 1', b'"form": 2')), *m[1:]],
        lambda m: [("manifest.json", m[0][1].replace(b'"keys/secret.key"', b'"../secret.key"')), *m[1:]],
        lambda m: [],
    ],
)
def test_missing_or_extra_member_is_refused(premises, change):
    backed_up(premises)
    rewritten(premises, change)
    with pytest.raises(NotABackup):
        put_back(premises)
    nothing_is_left(premises)


def test_row_without_its_bytes_is_refused(premises):
    """The manifest is changed accordingly."""
    import json

    def without_one(members):
        output = json.loads(members[0][1])
        rest = members[1:-1]
        digests = [name.removeprefix("evidence/") for name, _ in rest if name.startswith("evidence/")]
        output["files"], output["files_sha256"] = archive.list_digest(digests)
        return [("manifest.json", json.dumps(output).encode()), *rest]

    backed_up(premises)
    rewritten(premises, without_one)
    with pytest.raises(BackupProblem, match="Nothing is stored under"):
        put_back(premises)
    nothing_is_left(premises)


def test_failed_restore_leaves_nothing(premises, monkeypatch):
    backed_up(premises)
    premises.data.mkdir()

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(restore_backup_module, "check_database", broken)
    with pytest.raises(RuntimeError):
        put_back(premises)
    nothing_is_left(premises, was_there=True)


def test_other_file_than_a_backup_is_refused(premises, tmp_path):
    for content in (b"", b"x" * 4096, b"\0" * 4096):
        (tmp_path / "other").write_bytes(content)
        with pytest.raises(NotABackup):
            put_back(premises, source=tmp_path / "other")
    with pytest.raises(NotABackup, match="can't be read"):
        put_back(premises, source=tmp_path / "nowhere")
    nothing_is_left(premises)


def test_missing_database_stops_a_backup(premises, tmp_path):
    from dataclasses import replace

    premises.place = replace(premises.place, database=f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(NoDatabase):
        backed_up(premises)
    assert not (tmp_path / "none.db").exists()


# ── While others write ───────────────────────────────────────────────────────────────────────────────────────────────


def test_backup_under_load_has_all_bytes_and_all_acknowledged_uploads(premises):
    stop, acknowledged, failed = threading.Event(), [], []

    def upload(who):
        n = 0
        while not stop.is_set():
            n += 1
            content = JUNIT.replace(b"roles", f"roles {who} {n}".encode())
            try:
                filed = premises.office.deliver(content, tool=f"tool {who}")
            except Exception as error:  # noqa: BLE001 - whatever it is, the test says so
                failed.append(error)
                return
            acknowledged.append(filed.evidence)
            if n % 5 == 0:
                sign_new_entries(premises.office.engine, premises.place.log_key)

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(4)]
    for item in threads:
        item.start()
    try:
        while len(acknowledged) < 8 and not failed:
            time.sleep(0.01)
        before = set(acknowledged)
        backed_up(premises)
        after = len(acknowledged)
    finally:
        stop.set()
        for item in threads:
            item.join()
    assert failed == []
    assert after > len(before)  # they went on meanwhile
    done = put_back(premises)
    assert done.verified.problems == []
    assert done.verified.read.orphans == []
    engine = restored_engine(premises)
    with engine.connect() as connection:
        assert before <= set(connection.execute(text("SELECT id FROM evidence")).scalars())
    engine.dispose()


# ── Killed halfway ───────────────────────────────────────────────────────────────────────────────────────────────────

_BACKUP = """
import sys
from pathlib import Path
from backup.create_backup import Installation, create_backup
from evidence.store import EvidenceStore
_, database, store, log_key, secret, tools, target = sys.argv
create_backup(Installation(Path(store).parent, database, EvidenceStore(store, read_only=True), Path(log_key), Path(secret),
     Path(tools)), Path(target), None)
"""
_RESTORE = """
import sys
from pathlib import Path
from backup.restore_backup import restore_backup
_, source, data, database, tools = sys.argv
restore_backup(Path(source), Path(data), database, None, Path(tools))
"""


def killed(script, words, until):
    """A process that is killed as soon as a file appears."""
    process = subprocess.Popen([sys.executable, "-c", script, *words], cwd=ROOT, env={**os.environ, "PYTHONPATH": "."})
    deadline = time.monotonic() + 60
    while process.poll() is None and not until() and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("moment", [".unfinished", ".database"])
def test_killed_backup_leaves_no_file_and_the_next_succeeds(premises, moment, tmp_path):
    place = premises.place
    words = (place.database, tmp_path / "store", place.log_key, place.secret, TOOLS, premises.target)
    begun = premises.target.with_name(premises.target.name + moment)
    killed(_BACKUP, [str(decision_row) for decision_row in words], begun.exists)
    if not premises.target.exists():  # else it was done before it was killed
        backed_up(premises)
    assert contents(premises.target.parent) == ["backup.tar"]
    put_back(premises)


def test_killed_restore_leaves_no_database_and_the_next_succeeds(premises):
    backed_up(premises)
    words = [str(decision_row) for decision_row in (premises.target, premises.data, premises.empty_database, TOOLS)]
    for name in ("secret.key", "aantoonbaar.db"):
        killed(_RESTORE, words, (premises.data / ".restoring" / name).exists)
        if contents(premises.data) and (premises.data / "log-key.pem").exists():
            return  # it was done before it was killed
        assert not (premises.data / "aantoonbaar.db").exists()
    put_back(premises)
    assert not (premises.data / ".restoring").exists()


def test_second_backup_to_the_same_file_is_refused(premises):
    with create_backup_module._unfinished_file(premises.target), pytest.raises(PlaceTaken, match="Another backup"):
        backed_up(premises)


def test_checkpoint_is_read_before_the_database_copy(premises, monkeypatch):
    """A checkpoint is signed in between: the log in the copy is at least as long."""
    snapshot = create_backup_module.snapshot

    def meanwhile(*supplied):
        premises.office.deliver(JUNIT.replace(b"roles", b"more"), at=NOW)
        sign_new_entries(premises.office.engine, premises.place.log_key)
        return snapshot(*supplied)

    monkeypatch.setattr(create_backup_module, "snapshot", meanwhile)
    before = checkpoint_file.read(premises.place.log_key).entry
    backed_up(premises)
    put_back(premises)
    assert checkpoint_file.read(premises.data / "log-key.pem").entry == before
    assert checkpoint_file.read(premises.place.log_key).entry > before


def test_connection_string_has_no_password(premises):
    from sqlalchemy import make_url

    from backup.database import _address

    url = make_url("postgresql+psycopg://me:secret@db.example.org:5433/aantoonbaar?sslmode=verify-full")
    assert _address(url) == "host=db.example.org port=5433 user=me dbname=aantoonbaar sslmode=verify-full"
    assert address(premises.office.engine)
