"""Restoring a backup into an empty folder: everything is verified first, and a failure leaves nothing behind.

All members are written into a subfolder, and moved into place when complete, the database last.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from alembic.util.exc import CommandError
from sqlalchemy.exc import SQLAlchemyError

from access.activity import checkpoint_file
from backup import archive
from backup.archive import EVIDENCE, Manifest
from backup.check_database import check_database
from backup.database import POSTGRESQL, SQLITE, drop_all, is_postgresql, require_empty, restore_dump
from backup.encryption import BEGINS, decrypt, identities
from backup.errors import BackupProblem, KeyUnusable, NotABackup, PlaceTaken
from backup.open_database import open_database
from evidence.integrity.verification import Verified, verify
from evidence.storage.backends import Readable
from evidence.storage.store import EvidenceStore
from locales import text
from migrations import bring_up_to_date
from models.transaction import make_engine

_CHUNK = 1 << 20
_WORK = ".restoring"
_PLACES = {
    "keys/log-checkpoint.json": "log-checkpoint.json",
    "keys/log-key.pem": "log-key.pem",
    "keys/secret.key": "secret.key",
    SQLITE: "aantoonbaar.db",
    POSTGRESQL: "database.pgdump",
}


@dataclass(frozen=True, slots=True)
class Restored:
    """When the backup was made (ISO 8601), and the result of verifying what was restored."""

    made_at: str
    verified: Verified


@dataclass(slots=True)
class _RestoreFolder:
    """The subfolder for the members until all is verified."""

    folder: Path
    store: EvidenceStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = EvidenceStore(str(self.folder / "evidence"))

    def store_member(self, name: str, content: Readable, size: int) -> str:
        """Write one member to the path that belongs to its name; gives the SHA-256 of what was written."""
        if name.startswith(EVIDENCE):
            return self.store.put(content, size).sha256
        digest = hashlib.sha256()
        with _private_file(self.folder / _PLACES[name]) as file:
            while data := content.read(_CHUNK):
                digest.update(data)
                file.write(data)
        return digest.hexdigest()


def restore_backup(source: Path, data: Path, database: str, key: str | None, tools: Path | None = None) -> Restored:
    """Restore into an empty folder, and a dump of PostgreSQL into the empty `database` (its address).

    `key`: the path of a file with the identity, for an encrypted backup. Raises a `BackupProblem`.
    """
    with _open_file(source) as file, _work_folder(data) as folder:
        with decrypt(file, _identities(file, source, key)) as stream:
            work = _RestoreFolder(folder)
            manifest = archive.unpack(stream, work.store_member)
        with _database(manifest, folder, database, tools) as url:
            verified = _verify_restored(folder, url)
            _move_into_place(folder, data)
    return Restored(manifest.made_at, verified)


def _verify_restored(folder: Path, url: str) -> Verified:
    """Bring the database up to date, then check it, its log, and that every row has its bytes."""
    log_key = folder / _PLACES["keys/log-key.pem"]
    engine = make_engine(url, None)
    try:
        bring_up_to_date(engine)
    except (SQLAlchemyError, CommandError) as error:
        raise BackupProblem(
            text("This product can't work with the database in the backup. Restore it with the version that wrote it.")
        ) from error
    finally:
        engine.dispose()
    with open_database(url, folder) as session:
        check_database(session, log_key, checkpoint_file.read(log_key))
        verified = verify(session, EvidenceStore(str(folder / "evidence"), read_only=True), log_key)
    if verified.stored:
        raise BackupProblem(verified.stored[0])
    return verified


@contextmanager
def _database(manifest: Manifest, folder: Path, database: str, tools: Path | None) -> Iterator[str]:
    """The address of the restored database; it is emptied again if the rest fails."""
    if SQLITE in manifest.members:
        if database:
            raise PlaceTaken(
                text("The backup contains a SQLite database: leave AANTOONBAAR_DATABASE empty to restore it.")
            )
        yield f"sqlite:///{folder / _PLACES[SQLITE]}"
        return
    if not database or not is_postgresql(database):
        raise PlaceTaken(text("The backup contains a PostgreSQL database: set AANTOONBAAR_DATABASE to an empty one."))
    require_empty(database)
    try:
        restore_dump(database, folder / _PLACES[POSTGRESQL], tools)
        (folder / _PLACES[POSTGRESQL]).unlink()
        yield database
    except BaseException:
        drop_all(database)
        raise


@contextmanager
def _open_file(source: Path) -> Iterator[BinaryIO]:
    try:
        file = source.open("rb")
    except OSError as error:
        raise NotABackup(text("{path} can't be read: {reason}.", path=source, reason=error.strerror)) from error
    with file:
        yield file


def _identities(file: BinaryIO, source: Path, key: str | None) -> list[object]:
    is_encrypted = file.read(len(BEGINS)) == BEGINS
    file.seek(0)
    if is_encrypted and not key:
        raise KeyUnusable(text("{path} is encrypted: name the file with your identity in KEY.", path=source))
    if key and not is_encrypted:
        raise KeyUnusable(
            text("{path} is not encrypted: leave KEY out if this is the backup that you expect.", path=source)
        )
    return identities(key) if key else []


@contextmanager
def _work_folder(data: Path) -> Iterator[Path]:
    """A subfolder of the empty folder. What an interrupted restore left there is removed."""
    was_there = data.is_dir()
    if data.exists() and (not was_there or any(path.name != _WORK for path in data.iterdir())):
        raise PlaceTaken(text("{path} is not empty; a backup can only be restored into an empty folder.", path=data))
    work = data / _WORK
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700, parents=True)
        yield work
    except OSError as error:
        raise BackupProblem(
            text("The backup can't be restored in {path}: {reason}.", path=data, reason=error)
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
        if not was_there and data.is_dir() and not any(data.iterdir()):
            data.rmdir()


def _move_into_place(folder: Path, data: Path) -> None:
    """Move everything into place, the database last: without it there is no installation yet."""
    names = sorted(path.name for path in folder.iterdir())
    for name in sorted(names, key=lambda name: name == _PLACES[SQLITE]):
        (folder / name).rename(data / name)
    descriptor = os.open(data, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _private_file(path: Path) -> Iterator[BinaryIO]:
    """A new file that only its owner can read; on disk when the block ends."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - with its mode
        yield file
        file.flush()
        os.fsync(file.fileno())
