"""The store: written once, under the digest of its bytes, whole or not at all, in constant memory."""

import hashlib
import io
import os
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import Corrupted, NotKept, StoreUnavailable, TooLarge
from evidence.storage.store import EvidenceStore

ROOM = 1 << 30


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EvidenceStore:
    if request.param == "folder":
        return EvidenceStore(str(tmp_path / "store"))
    fsspec.filesystem("memory").store.clear()
    return EvidenceStore("memory://bucket/evidence")


def kept_file(folder: Path, digest: str) -> Path:
    return folder / "store" / "sha256" / digest[:2] / digest[2:]


def test_keeps_what_was_put(store: EvidenceStore) -> None:
    stored = store.put(io.BytesIO(b"proof"), ROOM)
    assert stored.sha256 == hashlib.sha256(b"proof").hexdigest()
    assert stored.size == 5
    with store.open_verified(stored.sha256) as stream:
        assert stream.read() == b"proof"
    store.verify(stored.sha256)
    store.check()


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    digest = store.put(io.BytesIO(b"proof"), ROOM).sha256
    before = kept_file(tmp_path, digest).stat()
    assert store.put(io.BytesIO(b"proof"), ROOM).sha256 == digest
    assert kept_file(tmp_path, digest).stat().st_ino == before.st_ino
    assert list((tmp_path / "store" / "incoming").iterdir()) == []


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_every_content_comes_back(contents: list[bytes]) -> None:
    fsspec.filesystem("memory").store.clear()
    store = EvidenceStore("memory://bucket/evidence")
    digests = [store.put(io.BytesIO(content), ROOM).sha256 for content in contents]
    for digest, content in zip(digests, contents, strict=True):
        with store.open_verified(digest) as stream:
            assert stream.read() == content


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"!", lambda b: b"x" + b[1:], lambda b: b""])
def test_changed_bytes_are_found_out(tmp_path: Path, change) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    digest = store.put(io.BytesIO(b"proof"), ROOM).sha256
    path = kept_file(tmp_path, digest)
    path.chmod(0o600)
    path.write_bytes(change(b"proof"))
    with pytest.raises(Corrupted):
        store.open_verified(digest)
    with pytest.raises(Corrupted):
        store.verify(digest)


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"!", lambda b: b"x" + b[1:], lambda b: b""])
def test_damaged_bytes_heal_when_the_good_ones_come_again(tmp_path: Path, change) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    digest = store.put(io.BytesIO(b"proof"), ROOM).sha256
    path = kept_file(tmp_path, digest)
    path.chmod(0o600)
    path.write_bytes(change(b"proof"))
    assert store.put(io.BytesIO(b"proof"), ROOM).sha256 == digest
    assert path.read_bytes() == b"proof"
    assert list((tmp_path / "store" / "incoming").iterdir()) == []


@pytest.mark.parametrize("damaged", [b"prooF", b"pro", b""])
def test_damaged_bytes_in_a_bucket_heal(damaged: bytes) -> None:
    files = fsspec.filesystem("memory")
    files.store.clear()
    store = EvidenceStore("memory://bucket/evidence")
    digest = store.put(io.BytesIO(b"proof"), ROOM).sha256
    files.pipe_file(f"/bucket/evidence/sha256/{digest[:2]}/{digest[2:]}", damaged)
    store.put(io.BytesIO(b"proof"), ROOM)
    store.verify(digest)


def test_a_bucket_that_changes_what_it_takes_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same number of bytes is not the same bytes."""
    files = fsspec.filesystem("memory")
    files.store.clear()
    store = EvidenceStore("memory://bucket/evidence")
    monkeypatch.setattr(type(files), "put_file", lambda self, local, key: self.pipe_file(key, b"prooF"))
    with pytest.raises(Corrupted):
        store.put(io.BytesIO(b"proof"), ROOM)
    assert not list(store.digests())
    assert not files.find("/bucket/evidence")


def test_what_is_kept_is_listed_in_order(store: EvidenceStore) -> None:
    digests = [store.put(io.BytesIO(bytes([n])), ROOM).sha256 for n in range(9)]
    assert list(store.digests()) == sorted(digests)


def test_reading_only_makes_nothing(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path / "store"), read_only=True)
    assert list(store.digests()) == []
    with pytest.raises(NotKept):
        store.verify("0" * 64)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    "digest", ["", "..", "../../etc/passwd", "0" * 63, "0" * 65, "G" * 64, "0" * 62 + "/.", "A" * 64]
)
def test_only_digests_name_bytes(store: EvidenceStore, digest: str) -> None:
    with pytest.raises(NotKept):
        store.open_verified(digest)


def test_nothing_is_kept_under_another_digest(store: EvidenceStore) -> None:
    with pytest.raises(NotKept):
        store.open_verified("0" * 64)


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    digest = hashlib.sha256(b"secret").hexdigest()
    kept_file(tmp_path, digest).symlink_to(secret)
    with pytest.raises(StoreUnavailable):
        store.open_verified(digest)
    folder = tmp_path / "store" / "sha256" / "ab"
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(StoreUnavailable):
        store.open_verified("ab" + "0" * 62)


def test_too_much_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    with pytest.raises(TooLarge):
        store.put(io.BytesIO(b"x" * 11), 10)
    assert list((tmp_path / "store" / "incoming").iterdir()) == []


class Breaking(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        data = super().read(4)
        if not data:
            raise ConnectionError
        return data


def test_a_broken_stream_leaves_nothing(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    with pytest.raises(ConnectionError):
        store.put(Breaking(b"proof of something"), ROOM)
    assert list((tmp_path / "store" / "incoming").iterdir()) == []
    assert not [path for path in (tmp_path / "store" / "sha256").rglob("*") if path.is_file()]


_KILLED = """
import io, os, sys
from evidence.storage.store import EvidenceStore
staged = EvidenceStore(sys.argv[1]).stage(io.BytesIO(b"old"), 100)
print(staged.path, flush=True)
os.kill(os.getpid(), 9)
"""


def killed_upload(folder: Path) -> Path:
    """What a process that was killed had staged, a day ago."""
    ran = subprocess.run([sys.executable, "-c", _KILLED, str(folder)], capture_output=True, text=True, check=False)
    path = Path(ran.stdout.strip())
    os.utime(path, (0, 0))
    return path


@pytest.mark.parametrize("at_start", [False, True])
def test_what_a_killed_upload_left_is_swept_after_a_day(tmp_path: Path, at_start: bool) -> None:
    folder = tmp_path / "store"
    store = EvidenceStore(str(folder))
    left = killed_upload(folder)
    fresh, used = (store.stage(io.BytesIO(content), ROOM) for content in (b"fresh", b"used"))
    os.utime(used.path, (0, 0))
    (folder / "incoming" / "ours-is-no-folder").mkdir()
    os.utime(folder / "incoming" / "ours-is-no-folder", (0, 0))
    assert left.exists()
    if at_start:
        EvidenceStore(str(folder))
    else:
        store.sweep()
    assert not left.exists()
    assert fresh.path.exists()
    assert used.path.exists(), "somebody may still file it"
    assert store.keep(used).sha256 == hashlib.sha256(b"used").hexdigest()
    store.verify(used.sha256)
    fresh.discard()


def test_what_never_arrived_in_a_bucket_is_swept_after_a_day() -> None:
    files = fsspec.filesystem("memory")
    files.store.clear()
    store = EvidenceStore("memory://bucket/evidence")
    kept = store.put(io.BytesIO(b"proof"), ROOM).sha256
    for name, age in (("old", 25), ("fresh", 23)):
        files.pipe_file(f"/bucket/evidence/incoming/{name}", b"?")
        files.store[f"/bucket/evidence/incoming/{name}"].modified = datetime.now(UTC) - timedelta(hours=age)
    store.sweep()
    assert files.find("/bucket/evidence/incoming") == ["/bucket/evidence/incoming/fresh"]
    store.verify(kept)


def test_a_full_disk_is_said_in_our_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = EvidenceStore(str(tmp_path / "store"))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(StoreUnavailable, match="No space left"):
        store.put(io.BytesIO(b"proof"), ROOM)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailable, match="No space left"):
        store.stage(io.BytesIO(b"proof"), ROOM)


def test_only_the_owner_reads_what_is_staged_and_kept(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = EvidenceStore(str(tmp_path / "store"))
        staged = store.stage(io.BytesIO(b"proof"), ROOM)
        assert staged.path.stat().st_mode & 0o777 == 0o400
        store.keep(staged)
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "store").rglob("*")}
    assert modes == {0o700, 0o400}
    assert (tmp_path / "store").stat().st_mode & 0o777 == 0o700


def test_an_unknown_kind_of_place_is_refused() -> None:
    with pytest.raises(StoreUnavailable):
        EvidenceStore("nowhere://bucket")


class Endless(io.RawIOBase):
    """So many bytes, none of them held."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return b"x" * size


def test_memory_does_not_follow_the_file(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    tracemalloc.start()
    digest = store.put(Endless(64 << 20), ROOM).sha256
    store.verify(digest)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20
