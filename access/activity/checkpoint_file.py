"""A copy of the last checkpoint in a file beside the signing key, out of reach of whoever rewrites the database.

The file is written after the commit, and never with an older checkpoint, so its checkpoint is always in the database
too, unless it was removed there.
"""

import json
import os
from pathlib import Path
from uuid import uuid4

from access.errors import CheckpointUnreadable
from access.keys.key_file import write_whole
from locales import text
from models import Checkpoint

_FIELDS = ("entry", "entries", "digest", "signed_at", "signature", "public_key")


def path_of(key: Path) -> Path:
    """The file with the checkpoint of a signing key."""
    return key.with_name("log-checkpoint.json")


def read(key: Path) -> Checkpoint | None:
    """The checkpoint beside a key; None if there is no file. Raises `CheckpointUnreadable`."""
    path = path_of(key)
    try:
        return parse(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, CheckpointUnreadable) as error:
        raise CheckpointUnreadable(
            text("{path} is not a readable checkpoint of the activity log.", path=path)
        ) from error


def parse(content: bytes | None) -> Checkpoint | None:
    """The checkpoint in the bytes of such a file (None: no file). Raises `CheckpointUnreadable`."""
    if content is None:
        return None
    try:
        values = json.loads(content)
        return Checkpoint.model_validate({name: values[name] for name in _FIELDS})
    except (ValueError, TypeError, KeyError) as error:
        raise CheckpointUnreadable(text("This is not a readable checkpoint of the activity log.")) from error


def write(key: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint, durably (fsync); a later one that is there already stays."""
    before = read(key)
    if before is not None and before.entry > checkpoint.entry:
        return
    content = checkpoint.model_dump(mode="json", include=set(_FIELDS))
    path = path_of(key)
    unfinished = write_whole(path.with_name(f".{path.name}.{uuid4().hex}"), json.dumps(content).encode())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
