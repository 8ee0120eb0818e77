"""The store: bytes under their digest, written once, all or nothing, in constant memory."""

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

LIMIT = 1 << 30


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EvidenceStore:
    if request.param == "folder":
        return EvidenceStore(str(tmp_path / "store"))
    fsspec.filesystem("memory").store.clear()
    return EvidenceStore("memory://bucket/evidence")


def stored_path(folder: Path, digest: str) -> Path:
    return folder / "store" / "sha256" / digest[:2] / digest[2:]


def test_stored_bytes_read_back_unchanged(store: EvidenceStore) -> None:
    stored = store.put(io.BytesIO(b"proof"), LIMIT)
    assert stored.sha256 == hashlib.sha256(b"proof").hexdigest()
    assert stored.size == 5
    with store.open_verified(stored.sha256) as stream:
        assert stream.read() == b"proof"
    store.verify(stored.sha256)
    store.check()


def test_identical_bytes_are_stored_once(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    digest = store.put(io.BytesIO(b"proof"), LIMIT).sha256
    before = stored_path(tmp_path, digest).stat()
    assert store.put(io.BytesIO(b"proof"), LIMIT).sha256 == digest
    assert stored_path(tmp_path, digest).stat().st_ino == before.st_ino
    assert list((tmp_path / "store" / "incoming").iterdir()) == []


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_every_content_comes_back(contents: list[bytes]) -> None:
    fsspec.filesystem("memory").store.clear()
    store = EvidenceStore("memory://bucket/evidence")
    digests = [store.put(io.BytesIO(content), LIMIT).sha256 for content in contents]
    for digest, content in zip(digests, contents, strict=True):
        with store.open_verified(digest) as stream:
            assert stream.read() == content


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"!", lambda b: b"x" + b[1:], lambda b: b""])
def test_changed_bytes_are_corrupted(tmp_path: Path, change) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    digest = store.put(io.BytesIO(b"proof"), LIMIT).sha256
    path = stored_path(tmp_path, digest)
    path.chmod(0o600)
    path.write_bytes(change(b"proof"))
    with pytest.raises(Corrupted):
        store.open_verified(digest)
    with pytest.raises(Corrupted):
        store.verify(digest)


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"!", lambda b: b"x" + b[1:], lambda b: b""])
def test_damaged_bytes_are_replaced_when_uploaded_again(tmp_path: Path, change) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    digest = store.put(io.BytesIO(b"proof"), LIMIT).sha256
    path = stored_path(tmp_path, digest)
    path.chmod(0o600)
    path.write_bytes(change(b"proof"))
    assert store.put(io.BytesIO(b"proof"), LIMIT).sha256 == digest
    assert path.read_bytes() == b"proof"
    assert list((tmp_path / "store" / "incoming").iterdir()) == []


@pytest.mark.parametrize("damaged", [b"prooF", b"pro", b""])
def test_damaged_bytes_in_a_bucket_are_replaced(damaged: bytes) -> None:
    files = fsspec.filesystem("memory")
    files.store.clear()
    store = EvidenceStore("memory://bucket/evidence")
    digest = store.put(io.BytesIO(b"proof"), LIMIT).sha256
    files.pipe_file(f"/bucket/evidence/sha256/{digest[:2]}/{digest[2:]}", damaged)
    store.put(io.BytesIO(b"proof"), LIMIT)
    store.verify(digest)


def test_bucket_that_alters_bytes_stores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same number of bytes is not the same bytes."""
    files = fsspec.filesystem("memory")
    files.store.clear()
    store = EvidenceStore("memory://bucket/evidence")
    monkeypatch.setattr(type(files), "put_file", lambda self, local, key: self.pipe_file(key, b"prooF"))
    with pytest.raises(Corrupted):
        store.put(io.BytesIO(b"proof"), LIMIT)
    assert not list(store.digests())
    assert not files.find("/bucket/evidence")


def test_digests_are_sorted(store: EvidenceStore) -> None:
    digests = [store.put(io.BytesIO(bytes([n])), LIMIT).sha256 for n in range(9)]
    assert list(store.digests()) == sorted(digests)


def test_read_only_store_creates_nothing(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path / "store"), read_only=True)
    assert list(store.digests()) == []
    with pytest.raises(NotKept):
        store.verify("0" * 64)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    "digest", ["", "..", "../../etc/passwd", "0" * 63, "0" * 65, "G" * 64, "0" * 62 + "/.", "A" * 64]
)
def test_only_valid_digests_are_accepted(store: EvidenceStore, digest: str) -> None:
    with pytest.raises(NotKept):
        store.open_verified(digest)


def test_unknown_digest_is_not_found(store: EvidenceStore) -> None:
    with pytest.raises(NotKept):
        store.open_verified("0" * 64)


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    digest = hashlib.sha256(b"secret").hexdigest()
    stored_path(tmp_path, digest).symlink_to(secret)
    with pytest.raises(StoreUnavailable):
        store.open_verified(digest)
    folder = tmp_path / "store" / "sha256" / "ab"
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(StoreUnavailable):
        store.open_verified("ab" + "0" * 62)


def test_too_large_stream_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
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
        store.put(Breaking(b"proof of something"), LIMIT)
    assert list((tmp_path / "store" / "incoming").iterdir()) == []
    assert not [path for path in (tmp_path / "store" / "sha256").rglob("*") if path.is_file()]


_KILLED_UPLOAD = """
import io, os, sys
from evidence.storage.store import EvidenceStore
staged = EvidenceStore(sys.argv[1]).stage(io.BytesIO(b"old"), 100)
print(staged.path, flush=True)
os.kill(os.getpid(), 9)
"""


def killed_upload(folder: Path) -> Path:
    """The staged file of a process that was killed a day ago."""
    ran = subprocess.run(
        [sys.executable, "-c", _KILLED_UPLOAD, str(folder)], capture_output=True, text=True, check=False
    )
    path = Path(ran.stdout.strip())
    os.utime(path, (0, 0))
    return path


@pytest.mark.parametrize("at_start", [False, True])
def test_staged_file_of_a_killed_upload_is_removed_after_a_day(tmp_path: Path, at_start: bool) -> None:
    folder = tmp_path / "store"
    store = EvidenceStore(str(folder))
    left = killed_upload(folder)
    fresh, used = (store.stage(io.BytesIO(content), LIMIT) for content in (b"fresh", b"used"))
    os.utime(used.path, (0, 0))
    (folder / "incoming" / "folder").mkdir()
    os.utime(folder / "incoming" / "folder", (0, 0))
    assert left.exists()
    if at_start:
        EvidenceStore(str(folder))
    else:
        store.sweep()
    assert not left.exists()
    assert fresh.path.exists()
    assert used.path.exists(), "its upload may still be going on"
    assert store.keep(used).sha256 == hashlib.sha256(b"used").hexdigest()
    store.verify(used.sha256)
    fresh.discard()


def test_unfinished_bucket_upload_is_removed_after_a_day() -> None:
    files = fsspec.filesystem("memory")
    files.store.clear()
    store = EvidenceStore("memory://bucket/evidence")
    digest = store.put(io.BytesIO(b"proof"), LIMIT).sha256
    for name, age in (("old", 25), ("fresh", 23)):
        files.pipe_file(f"/bucket/evidence/incoming/{name}", b"?")
        files.store[f"/bucket/evidence/incoming/{name}"].modified = datetime.now(UTC) - timedelta(hours=age)
    store.sweep()
    assert files.find("/bucket/evidence/incoming") == ["/bucket/evidence/incoming/fresh"]
    store.verify(digest)


def test_full_disk_raises_store_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = EvidenceStore(str(tmp_path / "store"))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(StoreUnavailable, match="its disk is full"):
        store.put(io.BytesIO(b"proof"), LIMIT)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailable, match="its disk is full"):
        store.stage(io.BytesIO(b"proof"), LIMIT)


def test_staged_and_stored_files_are_readable_by_the_owner_only(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = EvidenceStore(str(tmp_path / "store"))
        staged = store.stage(io.BytesIO(b"proof"), LIMIT)
        assert staged.path.stat().st_mode & 0o777 == 0o400
        store.keep(staged)
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "store").rglob("*")}
    assert modes == {0o700, 0o400}
    assert (tmp_path / "store").stat().st_mode & 0o777 == 0o700


def test_unknown_url_scheme_is_refused() -> None:
    with pytest.raises(StoreUnavailable):
        EvidenceStore("nowhere://bucket")


class Endless(io.RawIOBase):
    """A stream of `size` bytes that holds none of them in memory."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return b"x" * size


def test_memory_use_does_not_grow_with_the_file(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    tracemalloc.start()
    digest = store.put(Endless(64 << 20), LIMIT).sha256
    store.verify(digest)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.parametrize("left", ["nothing", "a file"])
def test_store_whose_folder_is_gone_is_unavailable(tmp_path: Path, left: str) -> None:
    store = EvidenceStore(str(tmp_path / "store"))
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    if left == "a file":
        (tmp_path / "store").touch()
    with pytest.raises(StoreUnavailable, match="can't be used now"):
        store.stage(io.BytesIO(b"proof"), LIMIT)


def test_staged_file_that_can_not_be_removed_is_left_to_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = EvidenceStore(str(tmp_path / "store")).stage(io.BytesIO(b"proof"), LIMIT)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", refuse)
    staged.discard()
    assert staged.held.closed
