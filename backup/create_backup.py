"""Creating a backup while the product runs: every row in it has its bytes, and the file is read back.

The order: the checkpoint beside the key, then one state of the database, then the keys and the bytes that this state
refers to. The log can only be longer than the checkpoint, and evidence is never removed.
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
from backup.check_database import check_database
from backup.database import POSTGRESQL, SQLITE, is_postgresql, snapshot
from backup.encryption import decrypt, encrypt, recipients, temporary_identity
from backup.errors import BackupProblem, PlaceTaken
from backup.open_database import open_database
from evidence.integrity.stored_files import stored_digests
from evidence.storage.backends import digest_of
from evidence.storage.store import EvidenceStore
from locales import text
from migrations import newest


@dataclass(frozen=True, slots=True)
class Installation:
    """The installation to back up. `tools`: the folder with PostgreSQL's programs; None: found on the PATH."""

    data: Path
    database: str
    store: EvidenceStore
    log_key: Path
    secret: Path
    tools: Path | None = None


@dataclass(frozen=True, slots=True)
class BackupResult:
    """A backup that was read back: the number of evidence files, its size in bytes, and whether it is encrypted."""

    files: int
    size: int
    encrypted: bool


def create_backup(installation: Installation, target: Path, key: str | None) -> BackupResult:
    """Write a backup to a new file; on failure no file remains.

    `key`: an age recipient, or the path of a file of them; None: not encrypted. Raises a `BackupProblem`.
    """
    to = recipients(key) if key else []
    if target.exists():
        raise PlaceTaken(text("{path} already exists; give another file name.", path=target))
    with open_database(installation.database, installation.data):
        pass
    try:
        with _unfinished_file(target) as file:
            manifest = _write(installation, target, file, to)
            size = file.seek(0, os.SEEK_END)
            target.with_name(f"{target.name}.unfinished").rename(target)
            _sync_folder(target.parent)
    except OSError as error:
        raise BackupProblem(
            text("The backup can't be written to {path}: {reason}.", path=target, reason=error)
        ) from error
    return BackupResult(manifest.files, size, bool(to))


def _write(installation: Installation, target: Path, file: BinaryIO, to: list[Any]) -> Manifest:
    """Write the backup and read it back, with a temporary identity: a recipient's key can't decrypt."""
    reader = temporary_identity()
    copy = target.with_name(f"{target.name}.database")
    copy.unlink(missing_ok=True)
    checkpoint = _content(checkpoint_file.path_of(installation.log_key))
    try:
        with snapshot(installation.database, copy, installation.tools) as session:
            check_database(session, installation.log_key, checkpoint_file.parse(checkpoint))
            with encrypt(file, [*to, reader.to_public()] if to else []) as stream:
                manifest = _fill(
                    installation, session, checkpoint, copy, Writer(stream, int(datetime.now(UTC).timestamp()))
                )
                stream.flush()
        os.fsync(file.fileno())
        file.seek(0)
        with decrypt(file, [reader] if to else []) as stream:
            if archive.unpack(stream, lambda _name, content, _size: digest_of(content)) != manifest:
                raise BackupProblem(
                    text(
                        "What was written to {path} differs from what is read back. "
                        "It is no backup; write one to another disk.",
                        path=target,
                    )
                )
    finally:
        copy.unlink(missing_ok=True)
    return manifest


def _fill(
    installation: Installation, session: Session, checkpoint: bytes | None, copy: Path, writer: Writer
) -> Manifest:
    database = POSTGRESQL if is_postgresql(installation.database) else SQLITE
    contents = {
        "keys/log-checkpoint.json": checkpoint,
        "keys/log-key.pem": _content(installation.log_key),
        "keys/secret.key": _content(installation.secret),
    }
    small = {name: content for name, content in contents.items() if content is not None}
    with copy.open("rb") as source:
        digests = {name: digest_of(io.BytesIO(content)) for name, content in small.items()}
        digests[database] = digest_of(source)
    files, over = archive.list_digest(digest for digest, _ in stored_digests(session))
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = Manifest(FORM, made_at, newest(), digests, files, over)
    for name, content in {MANIFEST: archive.as_bytes(manifest), **small}.items():
        writer.add(name, io.BytesIO(content), len(content))
    with copy.open("rb") as source:
        writer.add(database, source, copy.stat().st_size)
    for digest, size in stored_digests(session):
        with installation.store.open_verified(digest) as source:
            writer.add(f"{EVIDENCE}{digest}", source, size)
    writer.end()
    return manifest


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


@contextmanager
def _unfinished_file(target: Path) -> Iterator[BinaryIO]:
    """A file beside the target, readable by its owner only and written by one backup at a time; removed on failure."""
    path = target.with_name(f"{target.name}.unfinished")
    with ExitStack() as stack:
        file = stack.enter_context(open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b"))  # noqa: PTH123 - with its mode
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PlaceTaken(
                text(
                    "Another backup is being written to {path}; wait until that is done, or choose another file.",
                    path=target,
                )
            ) from error
        stack.callback(path.unlink, missing_ok=True)
        os.fchmod(file.fileno(), 0o600)
        file.truncate()
        yield file


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
