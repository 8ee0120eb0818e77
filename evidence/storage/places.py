"""Where the store keeps its bytes: a local folder, or a file system behind fsspec."""

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
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class Readable(Protocol):
    """A stream of bytes, read from its beginning to its end."""

    def read(self, size: int = -1, /) -> bytes: ...


class Place(Protocol):
    """What the store needs of a place. Digests are checked before they come here."""

    staging: Path  # a local folder for bytes that are not kept yet

    def take(self, path: Path, sha256: str) -> None:
        """Keep the bytes of a local file that is on disk, in the place of what was there; all or nothing."""
        ...

    def open(self, sha256: str) -> BinaryIO: ...

    def digests(self) -> Iterator[str]:
        """Under which digests something is kept, in order."""
        ...

    def sweep(self, before: datetime) -> None:
        """Remove what was on its way into the place before this moment and never arrived."""
        ...

    def check(self) -> None: ...


class Folder:
    """A local folder: `sha256/ab/cdef…`, with staged files in `incoming` of the same file system.

    Folders and files are opened without following symbolic links, each below the one before.
    """

    def __init__(self, root: Path, *, read_only: bool = False) -> None:
        self._root = root
        self.staging = root / "incoming"
        if read_only:
            return
        with available():
            for folder in (root, self.staging, root / "sha256"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.chmod(0o700)  # made by an earlier version, others could read it
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
                raise _not_kept(sha256) from None

    def digests(self) -> Iterator[str]:
        with available():
            for shard in sorted(_names(self._root / "sha256")):
                yield from (f"{shard}{name}" for name in sorted(_names(self._root / "sha256" / shard)))

    def sweep(self, before: datetime) -> None:
        """Nothing: what is staged is on its way, and one rename makes it arrive."""

    def check(self) -> None:
        with available(), tempfile.TemporaryFile(dir=self.staging) as probe:
            probe.write(b"?")

    @contextmanager
    def _shard(self, sha256: str) -> Iterator[int]:
        """The opened folder of a digest."""
        with _opened(self._root / "sha256") as parent, _opened(sha256[:2], parent) as shard:
            yield shard


class Bucket:
    """Any file system of fsspec. Bytes are uploaded under a temporary key and moved, so that no digest names a part."""

    def __init__(self, url: str) -> None:
        self.staging = Path(tempfile.gettempdir()) / "aantoonbaar-incoming"
        with available():
            self.staging.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._files, self._root = _file_system(url)

    def take(self, path: Path, sha256: str) -> None:
        temporary = f"{self._root}/incoming/{uuid.uuid4().hex}"
        with available():
            for key in (temporary, self._key(sha256)):
                self._files.makedirs(key.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(path), temporary)
            with self._files.open(temporary, "rb") as arrived:
                is_whole = digest_of(arrived) == sha256
            if not is_whole:
                self._files.rm_file(temporary)
                raise Corrupted(text("The store did not take all of the file; upload it again."))
            self._files.mv(temporary, self._key(sha256))

    def open(self, sha256: str) -> BinaryIO:
        with available():
            try:
                stream: BinaryIO = self._files.open(self._key(sha256), "rb")
            except FileNotFoundError:
                raise _not_kept(sha256) from None
        return stream

    def digests(self) -> Iterator[str]:
        with available():
            self._files.invalidate_cache()
            found = self._files.find(f"{self._root}/sha256")
        for key in sorted(found):
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
    """When something was last written; one that names no zone means UTC, one that can't tell: just now."""
    try:
        at: datetime = files.modified(key)
    except NotImplementedError:
        return datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def digest_of(source: Readable) -> str:
    """The SHA-256 of a stream, to its end."""
    digest = hashlib.sha256()
    while data := source.read(_CHUNK):
        digest.update(data)
    return digest.hexdigest()


@contextmanager
def available() -> Iterator[None]:
    """What the system says of a full disk or a lost bucket, in our words."""
    try:
        yield
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise StoreUnavailable(text("The evidence store can't be used now: {reason}.", reason=reason)) from problem


@contextmanager
def _opened(folder: Path | str, parent: int | None = None) -> Iterator[int]:
    descriptor = os.open(folder, _DIRECTORY, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _names(folder: Path) -> list[str]:
    """What is in a folder; nothing if there is none."""
    try:
        return [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _make_shards(parent: int) -> None:
    """The 256 folders that digests are spread over, on disk before the first file comes."""
    for name in sorted({f"{number:02x}" for number in range(256)} - set(os.listdir(parent))):
        os.mkdir(name, 0o700, dir_fd=parent)
    os.fsync(parent)


def _not_kept(sha256: str) -> NotKept:
    return NotKept(text("Nothing is stored under {digest}.", digest=sha256))
