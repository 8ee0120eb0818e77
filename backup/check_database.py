"""The check of a database before it is backed up, and again after it is restored."""

from pathlib import Path

from sqlmodel import Session

from access.activity import chain
from access.activity.signing_key import existing_key
from backup.errors import BackupProblem
from evidence.integrity import database
from locales import text
from models import Checkpoint


def check_database(session: Session, log_key: Path, checkpoint: Checkpoint | None) -> None:
    """Check the pages, every foreign key, and the log's chain with its checkpoints.

    Raises `BackupProblem` for the first problem. `checkpoint`: the one that is kept beside the key.
    """
    damage = next(database.damage(session), None)
    if damage is not None:
        raise BackupProblem(damage)
    key = existing_key(log_key).public_key().public_bytes_raw().hex() if log_key.exists() else None
    try:
        chain.verify(session, key, checkpoint)
    except chain.Broken as broken:
        raise BackupProblem(text("{problem} Run `make verify` for details.", problem=broken.message)) from broken
