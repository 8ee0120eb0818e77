"""Storage backends: a local folder, or a file system behind fsspec."""

import errno
import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import fsspec

from evidence.errors import Corrupted, NotKept, StoreUnavailable
from locales import text

_CHUNK = 1 << 20
#: Bytes of a usual upload: a full disk often still takes a file of one byte.
_ROOM = 1 << 20
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class Readable(Protocol):
    """A stream of bytes, read from start to end."""

    def read(self, size: int = -1, /) -> bytes: ...


class Place(Protocol):
    """A storage backend. Digests are validated before they get here."""

    staging: Path  # a local folder for bytes that are not stored yet
    waiting: Path  # on the same file system: bytes that wait for their upload to be judged

    def take(self, path: Path, sha256: str) -> None:
        """Store a local file under its digest, replacing what was there; all or nothing."""
        ...

    def open(self, sha256: str) -> BinaryIO:
        """Open stored bytes. Raises `NotKept`."""
        ...

    def digests(self) -> Iterator[str]:
        """Digests of all stored bytes, sorted."""
        ...

    def sweep(self, before: datetime) -> None:
        """Remove uploads to the backend that began before this moment and never finished."""
        ...

    def check(self) -> None:
        """Write and remove a small file. Raises `StoreUnavailable`."""
        ...


class Folder:
    """A local folder: `sha256/ab/cdef…`, with staged files in `incoming` of the same file system.

    Folders and files are opened without following symbolic links, each relative to its parent.
    """

    def __init__(self, root: Path, *, read_only: bool = False) -> None:
        self._root = root
        self.staging, self.waiting = root / "incoming", root / "waiting"
        if read_only:
            return
        with available():
            for folder in (root, self.staging, self.waiting, root / "sha256"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.chmod(0o700)  # an earlier version made it readable for others
            with _opened(root / "sha256") as parent:
                _make_shards(parent)

    def take(self, path: Path, sha256: str) -> None:
        with available(), self._shard(sha256) as shard:
            os.rename(path, sha256[2:], dst_dir_fd=shard)
            os.fsync(shard)

    def open(self, sha256: str) -> BinaryIO:
        with available():
            try:
                with self._shard(sha256) as shard:
                    return os.fdopen(os.open(sha256[2:], os.O_RDONLY | os.O_NOFOLLOW, dir_fd=shard), "rb")
            except FileNotFoundError:
                raise not_kept(sha256) from None

    def digests(self) -> Iterator[str]:
        with available():
            for shard in sorted(_names(self._root / "sha256")):
                yield from (f"{shard}{name}" for name in sorted(_names(self._root / "sha256" / shard)))

    def sweep(self, before: datetime) -> None:
        """Do nothing: a single rename moves staged files, so none is left halfway."""

    def check(self) -> None:
        with available(), tempfile.TemporaryFile(dir=self.staging) as probe:
            probe.write(bytes(_ROOM))

    @contextmanager
    def _shard(self, sha256: str) -> Iterator[int]:
        """The file descriptor of a digest's folder."""
        with _opened(self._root / "sha256") as parent, _opened(sha256[:2], parent) as shard:
            yield shard


class Bucket:
    """Any fsspec file system.

    Bytes are uploaded under a temporary key and then moved: a digest never names a partial file.
    """

    def __init__(self, url: str) -> None:
        temporary = Path(tempfile.gettempdir())
        self.staging, self.waiting = temporary / "aantoonbaar-incoming", temporary / "aantoonbaar-waiting"
        with available():
            for folder in (self.staging, self.waiting):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._files, self._root = _file_system(url)

    def take(self, path: Path, sha256: str) -> None:
        temporary = f"{self._root}/incoming/{uuid.uuid4().hex}"
        with available():
            for key in (temporary, self._key(sha256)):
                self._files.makedirs(key.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(path), temporary)
            with self._files.open(temporary, "rb") as uploaded:
                is_whole = digest_of(uploaded) == sha256
            if not is_whole:
                self._files.rm_file(temporary)
                raise Corrupted(text("The store did not take all of the file; upload it again."))
            self._files.mv(temporary, self._key(sha256))

    def open(self, sha256: str) -> BinaryIO:
        with available():
            try:
                stream: BinaryIO = self._files.open(self._key(sha256), "rb")
            except FileNotFoundError:
                raise not_kept(sha256) from None
        return stream

    def digests(self) -> Iterator[str]:
        with available():
            self._files.invalidate_cache()
            paths = self._files.find(f"{self._root}/sha256")
        for key in sorted(paths):
            yield "".join(key.rsplit("/", 2)[1:])

    def sweep(self, before: datetime) -> None:
        with available():
            self._files.invalidate_cache()
            for key in self._files.find(f"{self._root}/incoming"):
                if _written(self._files, key) < before:
                    self._files.rm_file(key)

    def check(self) -> None:
        key = f"{self._root}/incoming/{uuid.uuid4().hex}"
        with available():
            self._files.makedirs(f"{self._root}/incoming", exist_ok=True)
            self._files.pipe_file(key, b"?")
            self._files.rm_file(key)

    def _key(self, sha256: str) -> str:
        return f"{self._root}/sha256/{sha256[:2]}/{sha256[2:]}"


def _file_system(url: str) -> tuple[Any, str]:
    try:
        files, root = fsspec.core.url_to_fs(url)
    except (ValueError, ImportError) as problem:
        raise StoreUnavailable(text("{url} can't store evidence: {reason}", url=url, reason=str(problem))) from None
    return files, str(root).rstrip("/")


def _written(files: Any, key: str) -> datetime:
    """When a key was last written: UTC if the file system gives no zone, now if it gives no time."""
    try:
        at: datetime = files.modified(key)
    except NotImplementedError:
        return datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def digest_of(source: Readable) -> str:
    """The SHA-256 of a stream, hexadecimal."""
    digest = hashlib.sha256()
    while data := source.read(_CHUNK):
        digest.update(data)
    return digest.hexdigest()


_FULL = text("its disk is full; make room, then try again")
#: What the system says in English and few words.
_REASONS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: text("it can only be read now; let the product write to it, then try again"),
    errno.EACCES: text("the product may not write to its folder; let it, then try again"),
}


@contextmanager
def available() -> Iterator[None]:
    """Turn `OSError`, such as a full disk or a lost bucket, into `StoreUnavailable`."""
    try:
        yield
    except OSError as problem:
        reason = _REASONS.get(problem.errno or 0) or problem.strerror or str(problem)
        raise StoreUnavailable(
            text(
                "The evidence store can't be used now: {reason}. Nothing was recorded; try again later.", reason=reason
            )
        ) from problem


@contextmanager
def _opened(folder: Path | str, parent: int | None = None) -> Iterator[int]:
    descriptor = os.open(folder, _DIRECTORY, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _names(folder: Path) -> list[str]:
    """Names in a folder; an empty list if it does not exist."""
    try:
        return [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _make_shards(parent: int) -> None:
    """Create the 256 folders for digests, on disk before the first file."""
    for name in sorted({f"{number:02x}" for number in range(256)} - set(os.listdir(parent))):
        os.mkdir(name, 0o700, dir_fd=parent)
    os.fsync(parent)


def not_kept(sha256: str) -> NotKept:
    return NotKept(
        text(
            "Nothing is stored under {digest}: "
            "its file is gone from the evidence store. Upload the same file again, or restore it from a backup.",
            digest=sha256,
        )
    )
