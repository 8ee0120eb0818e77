"""Making a backup while the product runs: no row in it can be without its bytes, and what was written is read back.

The order: the checkpoint beside the key, then one state of the database, then the keys and the bytes that this state
names. The log can only be longer than the checkpoint, and evidence is never taken away.
"""

import fcntl
import io
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlmodel import Session

from access.activity import checkpoint_file
from backup import archive
from backup.archive import EVIDENCE, FORM, MANIFEST, Manifest, Writer
from backup.database import POSTGRESQL, SQLITE, is_postgresql, snapshot
from backup.encryption import decrypted, encrypted, passing, recipients
from backup.errors import BackupProblem, PlaceTaken
from backup.opening import opened
from backup.proving import prove
from evidence.integrity.stored import named
from evidence.storage.places import digest_of
from evidence.storage.store import EvidenceStore
from locales import text
from migrations import newest


@dataclass(frozen=True, slots=True)
class Place:
    """What is backed up. `tools`: the folder with PostgreSQL's programs; None: where programs are found."""

    data: Path
    database: str
    store: EvidenceStore
    log_key: Path
    secret: Path
    tools: Path | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was read back."""

    files: int
    size: int
    encrypted: bool


def make(place: Place, target: Path, key: str | None) -> Made:
    """Write a backup to a new file; all of it, or no file. `key`: an age recipient, or a file of them."""
    to = recipients(key) if key else []
    if target.exists():
        raise PlaceTaken(text("{path} is there already; name another file.", path=target))
    with opened(place.database, place.data):
        pass
    try:
        with _unfinished(target) as file:
            manifest = _write(place, target, file, to)
            size = file.seek(0, os.SEEK_END)
            target.with_name(f"{target.name}.unfinished").rename(target)
            _on_disk(target.parent)
    except OSError as error:
        raise BackupProblem(
            text("The backup can't be written to {path}: {reason}.", path=target, reason=error)
        ) from error
    return Made(manifest.files, size, bool(to))


def _write(place: Place, target: Path, file: BinaryIO, to: list[Any]) -> Manifest:
    """Read back by an identity that nobody keeps: whoever encrypts for others cannot decrypt with their key."""
    reader = passing()
    copy = target.with_name(f"{target.name}.database")
    copy.unlink(missing_ok=True)
    checkpoint = _content(checkpoint_file.path_of(place.log_key))
    try:
        with snapshot(place.database, copy, place.tools) as session:
            prove(session, place.log_key, checkpoint_file.parse(checkpoint))
            with encrypted(file, [*to, reader.to_public()] if to else []) as stream:
                manifest = _fill(place, session, checkpoint, copy, Writer(stream, int(datetime.now(UTC).timestamp())))
                stream.flush()
        os.fsync(file.fileno())
        file.seek(0)
        with decrypted(file, [reader] if to else []) as stream:
            if archive.unpack(stream, lambda _name, content, _size: digest_of(content)) != manifest:
                raise BackupProblem(text("What was written to {path} is not what can be read back.", path=target))
    finally:
        copy.unlink(missing_ok=True)
    return manifest


def _fill(place: Place, session: Session, checkpoint: bytes | None, copy: Path, writer: Writer) -> Manifest:
    database = POSTGRESQL if is_postgresql(place.database) else SQLITE
    contents = {
        "keys/log-checkpoint.json": checkpoint,
        "keys/log-key.pem": _content(place.log_key),
        "keys/secret.key": _content(place.secret),
    }
    small = {name: content for name, content in contents.items() if content is not None}
    with copy.open("rb") as source:
        digests = {name: digest_of(io.BytesIO(content)) for name, content in small.items()}
        digests[database] = digest_of(source)
    files, over = archive.list_digest(digest for digest, _ in named(session))
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = Manifest(FORM, made_at, newest(), digests, files, over)
    for name, content in {MANIFEST: archive.as_bytes(manifest), **small}.items():
        writer.add(name, io.BytesIO(content), len(content))
    with copy.open("rb") as source:
        writer.add(database, source, copy.stat().st_size)
    for digest, size in named(session):
        with place.store.open_verified(digest) as source:
            writer.add(f"{EVIDENCE}{digest}", source, size)
    writer.end()
    return manifest


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


@contextmanager
def _unfinished(target: Path) -> Iterator[BinaryIO]:
    """A file beside the target that only its owner reads and that one backup at a time writes; gone if it fails."""
    path = target.with_name(f"{target.name}.unfinished")
    with ExitStack() as stack:
        file = stack.enter_context(open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b"))  # noqa: PTH123 - with its mode
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PlaceTaken(text("Another backup is being written to {path}.", path=target)) from error
        stack.callback(path.unlink, missing_ok=True)
        os.fchmod(file.fileno(), 0o600)
        file.truncate()
        yield file


def _on_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
