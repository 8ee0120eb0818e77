"""Keys that the product makes for itself at the first start, each in a file that only its owner reads."""

import os
import secrets
from pathlib import Path
from uuid import uuid4

_BYTES = 32


def read_or_make_secret(path: Path) -> bytes:
    """The key of stored secrets (32 bytes), made if the file does not exist. Back it up: without it they are lost."""
    if not path.exists():
        write_once(path, secrets.token_bytes(_BYTES))
    return path.read_bytes()


def write_once(path: Path, content: bytes) -> None:
    """Write a file atomically, unless it exists: as a hard link to a finished file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        os.link(write_whole(unfinished, content), path)
    except FileExistsError:
        return  # another process was first
    finally:
        unfinished.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> Path:
    """Write a new file that only its owner can read, durably (fsync); returns its path."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - with its mode
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path
