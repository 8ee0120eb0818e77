"""Putting a backup back into an empty place: everything is proven before it says so, and a failure leaves nothing.

All is written into a folder of its own inside the place, and moved up when it is whole, the database last.
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
from backup.database import POSTGRESQL, SQLITE, empty, is_postgresql, put_back, require_empty
from backup.encryption import BEGINS, decrypted, identities
from backup.errors import BackupProblem, KeyUnusable, NotABackup, PlaceTaken
from backup.opening import opened
from backup.proving import prove
from evidence.integrity.verification import Verified, verify
from evidence.storage.places import Readable
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
    """What was put back, and what `make verify` finds in it."""

    made_at: str
    verified: Verified


@dataclass(slots=True)
class _Work:
    """Where the members go before all is proven."""

    folder: Path
    store: EvidenceStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = EvidenceStore(str(self.folder / "evidence"))

    def keep(self, name: str, content: Readable, size: int) -> str:
        """Write one member where its name says, which is looked up; gives the SHA-256 of what was written."""
        if name.startswith(EVIDENCE):
            return self.store.put(content, size).sha256
        digest = hashlib.sha256()
        with _new_file(self.folder / _PLACES[name]) as file:
            while data := content.read(_CHUNK):
                digest.update(data)
                file.write(data)
        return digest.hexdigest()


def restore(source: Path, data: Path, database: str, key: str | None, tools: Path | None = None) -> Restored:
    """Into an empty folder; a dump of PostgreSQL into the empty database that `database` names."""
    with _opened(source) as file, _place(data) as folder:
        with decrypted(file, _identities(file, source, key)) as stream:
            work = _Work(folder)
            manifest = archive.unpack(stream, work.keep)
        with _database(manifest, folder, database, tools) as url:
            verified = _proven(folder, url)
            _move_up(folder, data)
    return Restored(manifest.made_at, verified)


def _proven(folder: Path, url: str) -> Verified:
    """Every digest was; now the database (of this product's version), its log, and that no row lacks its bytes."""
    log_key = folder / _PLACES["keys/log-key.pem"]
    engine = make_engine(url, None)
    try:
        bring_up_to_date(engine)
    except (SQLAlchemyError, CommandError) as error:
        raise BackupProblem(text("The database in the backup is none that this product can work with.")) from error
    finally:
        engine.dispose()
    with opened(url, folder) as session:
        prove(session, log_key, checkpoint_file.read(log_key))
        verified = verify(session, EvidenceStore(str(folder / "evidence"), read_only=True), log_key)
    if verified.stored:
        raise BackupProblem(verified.stored[0])
    return verified


@contextmanager
def _database(manifest: Manifest, folder: Path, database: str, tools: Path | None) -> Iterator[str]:
    """The address of the database that was put back; emptied again if what follows fails."""
    if SQLITE in manifest.members:
        if database:
            raise PlaceTaken(
                text("The backup holds a SQLite database: leave AANTOONBAAR_DATABASE empty to restore it.")
            )
        yield f"sqlite:///{folder / _PLACES[SQLITE]}"
        return
    if not database or not is_postgresql(database):
        raise PlaceTaken(text("The backup is of PostgreSQL: name an empty database of it in AANTOONBAAR_DATABASE."))
    require_empty(database)
    try:
        put_back(database, folder / _PLACES[POSTGRESQL], tools)
        (folder / _PLACES[POSTGRESQL]).unlink()
        yield database
    except BaseException:
        empty(database)
        raise


@contextmanager
def _opened(source: Path) -> Iterator[BinaryIO]:
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
        raise KeyUnusable(text("{path} is not encrypted: leave KEY out if it is the one that you expect.", path=source))
    return identities(key) if key else []


@contextmanager
def _place(data: Path) -> Iterator[Path]:
    """A folder to work in, inside the empty place. What a restore left that was killed is cleared away."""
    was_there = data.is_dir()
    if data.exists() and (not was_there or any(path.name != _WORK for path in data.iterdir())):
        raise PlaceTaken(text("{path} is not empty; a backup is restored into an empty folder only.", path=data))
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


def _move_up(folder: Path, data: Path) -> None:
    """The database last: without it the place is no place of ours yet."""
    names = sorted(path.name for path in folder.iterdir())
    for name in sorted(names, key=lambda name: name == _PLACES[SQLITE]):
        (folder / name).rename(data / name)
    descriptor = os.open(data, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that only its owner reads, on disk when this ends."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - with its mode
        yield file
        file.flush()
        os.fsync(file.fileno())
