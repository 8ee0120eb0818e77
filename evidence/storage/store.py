"""The evidence store: bytes under their SHA-256, written once, never changed, streamed at any size.

A backend is a local folder, or any fsspec file system by its URL (`s3://bucket/folder`). Bytes are first staged in a
local file and hashed; storing them is a rename (folder) or an upload and a rename (others). A transaction that fails
afterwards leaves at most bytes without a row: harmless, as the same bytes are reused when they are uploaded again.
"""

import fcntl
import hashlib
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from evidence.errors import Corrupted, NotKept, TooLarge
from evidence.storage.backends import Bucket, Folder, Place, Readable, available, digest_of, not_kept
from locales import text

_DIGEST = re.compile(r"[0-9a-f]{64}")
_HELD = re.compile(r"[0-9a-f]{32}-[0-9]+")
_CHUNK = 1 << 20
_ABANDONED = 24 * 3600  # seconds after which a staged file is removed


@dataclass(frozen=True, slots=True)
class Stored:
    """Stored bytes: SHA-256 (hexadecimal) and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Staged:
    """Bytes that are hashed and on disk but not stored yet. `held`: the locked file, until they are stored."""

    path: Path
    sha256: str
    size: int
    held: BinaryIO = field(repr=False)

    def open(self) -> BinaryIO:
        return self.path.open("rb")

    def discard(self) -> None:
        """Remove the staged file; does nothing once it is stored."""
        _remove(self.path)
        self.held.close()


class EvidenceStore:
    """Stores bytes by digest; never makes a path from a file's name. `read_only`: creates nothing."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self._place: Place = Bucket(url) if "://" in url else Folder(Path(url), read_only=read_only)
        if not read_only:
            _sweep(self._place.staging)

    def stage(self, stream: Readable, limit: int) -> Staged:
        """Write a stream of at most `limit` bytes to a local file; it is hashed and synced to disk on return.

        Raises `TooLarge` and `StoreUnavailable`.
        """
        path = self._place.staging / uuid.uuid4().hex
        try:
            with available():
                target = open(path, "xb", buffering=0, opener=_open_read_only)  # noqa: SIM115
                fcntl.flock(target, fcntl.LOCK_SH)
            try:
                digest, size = _copy(stream, target.write, limit)
                with available():
                    os.fsync(target.fileno())
            except BaseException:
                target.close()
                raise
        except BaseException:
            _remove(path)
            raise
        return Staged(path, digest, size, target)

    def keep(self, staged: Staged) -> Stored:
        """Store staged bytes. Bytes that are there already are verified, and replaced only if damaged.

        Raises `Corrupted` and `StoreUnavailable`.
        """
        if not self._is_whole(staged.sha256):
            self._place.take(staged.path, staged.sha256)
        staged.discard()
        return Stored(staged.sha256, staged.size)

    def mend(self, staged: Staged) -> None:
        """Put staged bytes in the place of stored ones that are damaged or gone; they stay staged.

        Raises `StoreUnavailable`.
        """
        if not self._is_whole(staged.sha256):
            with staged.open() as stream:
                self.put(stream, staged.size)

    def put(self, stream: Readable, limit: int) -> Stored:
        """Stage and store a stream of at most `limit` bytes. Raises as `stage` and `keep`."""
        staged = self.stage(stream, limit)
        try:
            return self.keep(staged)
        finally:
            staged.discard()

    def hold(self, staged: Staged, name: str) -> None:
        """Let staged bytes wait under a name, also through a restart, until `release`; they stay staged besides.

        Raises `StoreUnavailable`.
        """
        with available():
            os.link(staged.path, self._waiting(name))
            _sync(self._place.waiting)

    def stage_held(self, name: str, sha256: str, size: int) -> Staged:
        """Stage bytes that wait under a name; they keep waiting. Raises `NotKept`, `Corrupted`, `StoreUnavailable`."""
        path = self._place.staging / uuid.uuid4().hex
        with available():
            try:
                os.link(self._waiting(name), path)
            except FileNotFoundError:
                raise not_kept(sha256) from None
            held = path.open("rb")
            fcntl.flock(held, fcntl.LOCK_SH)
        staged = Staged(path, sha256, size, held)
        try:
            _verify(held, sha256)
        except BaseException:
            staged.discard()
            raise
        return staged

    def release(self, name: str) -> None:
        """Remove bytes that wait under a name; does nothing if there are none."""
        _remove(self._waiting(name))

    def held(self) -> dict[str, float]:
        """The names under which bytes wait, with the seconds since they were written."""
        with available():
            return {path.name: time.time() - path.lstat().st_mtime for path in self._place.waiting.iterdir()}

    def open_verified(self, sha256: str) -> BinaryIO:
        """Open stored bytes at their start, seekable, after recomputing their digest.

        Raises `Corrupted` when it differs, `NotKept`, and `StoreUnavailable`.
        """
        source = self._place.open(_valid_digest(sha256))
        try:
            _verify(source, sha256)
            source.seek(0)
        except BaseException:
            source.close()
            raise
        return source

    def verify(self, sha256: str) -> None:
        """Recompute the digest of stored bytes. Raises `Corrupted`, `NotKept` and `StoreUnavailable`."""
        self.open_verified(sha256).close()

    def digests(self) -> Iterator[str]:
        """The digests of everything that is stored, sorted."""
        return self._place.digests()

    def sweep(self) -> None:
        """Remove staged and partially uploaded files of killed uploads, after a day."""
        _sweep(self._place.staging)
        self._place.sweep(datetime.now(UTC) - timedelta(seconds=_ABANDONED))

    def check(self) -> None:
        """Write and remove a small file. Raises `StoreUnavailable`."""
        self._place.check()

    def _waiting(self, name: str) -> Path:
        assert _HELD.fullmatch(name), name  # noqa: S101 - made by `evidence.intake.program_uploads`, never by a stranger
        return self._place.waiting / name

    def _is_whole(self, sha256: str) -> bool:
        try:
            self.verify(sha256)
        except (Corrupted, NotKept):
            return False
        return True


def _sync(folder: Path) -> None:
    """Bring the names in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    """Remove a staged file. One that can't be removed is swept after a day, and hides no earlier error."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _open_read_only(path: str, flags: int) -> int:
    """Create a file that only its owner can read; nobody can open it again to write."""
    return os.open(path, flags, 0o400)


def _copy(stream: Readable, write: Callable[[bytes], object], limit: int) -> tuple[str, int]:
    """Copy at most `limit` bytes; return their digest and number. Raises `TooLarge`."""
    digest, size = hashlib.sha256(), 0
    while data := stream.read(_CHUNK):
        size += len(data)
        if size > limit:
            raise TooLarge(
                text(
                    "The file is larger than the maximum of {limit} MB; "
                    "divide it over several files, or ask for a higher maximum (AANTOONBAAR_MAX_UPLOAD_MB).",
                    limit=limit >> 20,
                )
            )
        digest.update(data)
        with available():
            write(data)
    return digest.hexdigest(), size


def _verify(source: BinaryIO, sha256: str) -> None:
    with available():
        digest = digest_of(source)
    if digest != sha256:
        raise _corrupted(sha256)


def _valid_digest(sha256: str) -> str:
    if not _DIGEST.fullmatch(sha256):
        raise NotKept(text("{digest} is not a SHA-256: expected 64 hexadecimal digits.", digest=repr(sha256[:80])))
    return sha256


def _corrupted(sha256: str) -> Corrupted:
    return Corrupted(
        text(
            "The file stored under {digest} is not what was uploaded. Upload the same file again, or restore a backup.",
            digest=sha256,
        )
    )


def _sweep(staging: Path) -> None:
    """Remove files not written to for a day and not locked; a lock ends with its process."""
    limit = time.time() - _ABANDONED
    for path in staging.iterdir():
        with suppress(OSError):  # removed meanwhile, in use, or not a staged file
            if path.lstat().st_mtime < limit:
                _remove_unheld(path)


def _remove_unheld(path: Path) -> None:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as abandoned:
        fcntl.flock(abandoned, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
