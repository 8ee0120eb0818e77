"""The last checkpoint once more, in a file beside the signing key: whoever rewrites the database does not reach it.

The file follows the database: it is written after the commit, and never by an older checkpoint, so what it holds is
always in the database too, unless something was taken away there.
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
    """Where the checkpoint of a signing key is kept."""
    return key.with_name("log-checkpoint.json")


def read(key: Path) -> Checkpoint | None:
    """What is kept beside a key; None if nothing was signed since this is done."""
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
    """The checkpoint in the bytes of such a file."""
    if content is None:
        return None
    try:
        found = json.loads(content)
        return Checkpoint.model_validate({name: found[name] for name in _FIELDS})
    except (ValueError, TypeError, KeyError) as error:
        raise CheckpointUnreadable(text("This is not a readable checkpoint of the activity log.")) from error


def write(key: Path, checkpoint: Checkpoint) -> None:
    """Keep a checkpoint, on disk when this returns; one that is kept already and is later stays."""
    before = read(key)
    if before is not None and before.entry > checkpoint.entry:
        return
    kept = checkpoint.model_dump(mode="json", include=set(_FIELDS))
    path = path_of(key)
    unfinished = write_whole(path.with_name(f".{path.name}.{uuid4().hex}"), json.dumps(kept).encode())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
