"""The file format of a backup: a tar that any `tar` opens, written and read as a stream, and read strictly.

First `manifest.json`, which lists what follows: the keys and the database with their digests, then the evidence by its
digest, in order. Any difference (a member more or less, other bytes, a byte after the end) is refused.
"""

import hashlib
import json
import re
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import BinaryIO

from backup.errors import NotABackup
from evidence.storage.backends import Readable
from locales import plural, text

FORM = 1
MANIFEST = "manifest.json"
EVIDENCE = "evidence/"
#: The members besides evidence. A name in a backup is compared with these, and never becomes a path.
KNOWN = (
    *("keys/log-key.pem", "keys/log-checkpoint.json", "keys/secret.key"),
    *("database.sqlite", "database.pgdump"),
)
_BLOCK = 512
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of a backup. `members`: name → SHA-256, in order; `files_sha256`: over the evidence's digests."""

    form: int
    made_at: str
    database: str  # its version
    members: dict[str, str]
    files: int
    files_sha256: str


class Writer:
    """Writes the members one after the other, as a stream."""

    def __init__(self, target: BinaryIO, made_at: int) -> None:
        self._target = target
        self._made_at = made_at

    def add(self, name: str, source: Readable, size: int) -> str:
        """Write a member of `size` bytes; returns its SHA-256. Raises `NotABackup` if the source has another size."""
        self._target.write(_header(name, size, self._made_at))
        digest, left = hashlib.sha256(), size
        while data := source.read(_CHUNK):
            left -= len(data)
            digest.update(data)
            self._target.write(data)
        if left:
            raise NotABackup(text("{name} changed during the copy; make the backup again.", name=name))
        self._target.write(bytes(-size % _BLOCK))
        return digest.hexdigest()

    def end(self) -> None:
        """Write the end of the archive."""
        self._target.write(bytes(2 * _BLOCK))


def as_bytes(manifest: Manifest) -> bytes:
    """Return the manifest as JSON."""
    return json.dumps(asdict(manifest), indent=1).encode()


def list_digest(digests: Sequence[str] | Iterator[str]) -> tuple[int, str]:
    """Return the number of digests and the SHA-256 over all of them, one per line."""
    number, over = 0, hashlib.sha256()
    for digest in digests:
        number += 1
        over.update(f"{digest}\n".encode())
    return number, over.hexdigest()


def unpack(source: BinaryIO, store: Callable[[str, Readable, int], str]) -> Manifest:
    """Pass every member (name, content, size) to `store`, which reads it and returns its SHA-256.

    Raises `NotABackup` when anything differs from the manifest.
    """
    members = _members(source)
    manifest = _manifest(members)
    for name, digest in manifest.members.items():
        member, content = next(members, ("", None))
        if member != name or content is None:
            raise _unexpected(member or "-", name)
        if store(name, content, content.size) != digest:
            raise _altered(name)
    digests = _evidence(members, store)
    if list_digest(digests) != (manifest.files, manifest.files_sha256):
        raise NotABackup(
            plural(
                "The backup does not contain the one file that it lists; it was changed.",
                "The backup does not contain the {n} files that it lists; it was changed.",
                manifest.files,
            )
        )
    return manifest


def _evidence(members: Iterator[tuple[str, "_Content"]], store: Callable[[str, Readable, int], str]) -> Iterator[str]:
    before = ""
    for name, content in members:
        digest = name.removeprefix(EVIDENCE)
        if not name.startswith(EVIDENCE) or not _DIGEST.fullmatch(digest) or digest <= before:
            raise _unexpected(name, f"{EVIDENCE}<SHA-256>")
        if store(name, content, content.size) != digest:
            raise _altered(name)
        before = digest
        yield digest


def _manifest(members: Iterator[tuple[str, "_Content"]]) -> Manifest:
    name, content = next(members, ("", None))
    if name != MANIFEST or content is None or content.size > _LARGEST_MANIFEST:
        raise _unexpected(name or "-", MANIFEST)
    try:
        manifest = Manifest(**json.loads(content.read()))
        is_known = manifest.form == FORM and all(member in KNOWN for member in manifest.members)
    except (ValueError, TypeError, AttributeError) as error:
        raise _altered(MANIFEST) from error
    if not is_known:
        raise NotABackup(text("The backup has a format that this version does not read; use the version that made it."))
    return manifest


class _Content:
    """A stream of the bytes of one member."""

    def __init__(self, source: BinaryIO, size: int) -> None:
        self._source = source
        self._left = size
        self.size = size

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = _read_exactly(self._source, wanted)
        self._left -= len(data)
        return data

    def is_read(self) -> bool:
        return self._left == 0


def _members(source: BinaryIO) -> Iterator[tuple[str, _Content]]:
    while any(header := _read_exactly(source, _BLOCK)):
        name, size = _read_header(header)
        content = _Content(source, size)
        yield name, content
        if not content.is_read() or any(_read_exactly(source, -size % _BLOCK)):
            raise _altered(name)
    if any(_read_exactly(source, _BLOCK)) or source.read(1):
        raise NotABackup(text("There are bytes after the end of the backup; it was changed."))


def _header(name: str, size: int, made_at: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, made_at, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _read_header(header: bytes) -> tuple[str, int]:
    """Read name and size from a header; refuse any header that `_header` would not write."""
    try:
        info = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
        ours = header == _header(info.name, info.size, int(info.mtime))
    except (tarfile.TarError, ValueError, OverflowError) as error:
        raise NotABackup(
            text(
                "This is not a backup of Aantoonbaar, or it was changed; use another copy of it, or an earlier backup."
            )
        ) from error
    if not ours or info.size < 0:
        raise NotABackup(
            text(
                "This is not a backup of Aantoonbaar, or it was changed; use another copy of it, or an earlier backup."
            )
        )
    return info.name, info.size


def _read_exactly(source: BinaryIO, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = source.read(size - len(data))
        if not more:
            raise NotABackup(
                text(
                    "The backup is truncated, or is not one of Aantoonbaar; "
                    "use another copy of it, or an earlier backup."
                )
            )
        data = data + more if data else more
    return data


def _unexpected(name: str, expected: str) -> NotABackup:
    return NotABackup(
        text("The backup contains {name} where {expected} was expected.", name=name[:80], expected=expected)
    )


def _altered(name: str) -> NotABackup:
    return NotABackup(text("{name} in the backup is not what was backed up; the file was changed.", name=name[:80]))
