"""What a backup proves of the database before it is made, and again before it says that it was put back."""

from pathlib import Path

from sqlmodel import Session

from access.activity import chain
from access.activity.signing_key import existing_key
from backup.errors import BackupProblem
from evidence.integrity import database
from locales import text
from models import Checkpoint


def prove(session: Session, log_key: Path, kept: Checkpoint | None) -> None:
    """The pages, every foreign key, and the log's chain with its checkpoints; raises what is wrong first."""
    damage = next(database.damage(session), None)
    if damage is not None:
        raise BackupProblem(damage)
    key = existing_key(log_key).public_key().public_bytes_raw().hex() if log_key.exists() else None
    try:
        chain.verify(session, key, kept)
    except chain.Broken as broken:
        raise BackupProblem(text("{problem} `make verify` tells more.", problem=broken.message)) from broken
