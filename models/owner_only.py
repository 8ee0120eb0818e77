"""Files and folders of the database that only their owner can read, whatever the umask is."""

import os
import stat
from pathlib import Path

_SUFFIXES = ("", "-wal", "-shm", "-journal")  # files that SQLite keeps beside the database


def make_folder(path: Path, database: str) -> None:
    """Make the data folder. An existing folder without a database keeps its mode: it may be a home folder."""
    is_own = not path.exists() or (path / database).exists()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_own:
        _restrict(path, 0o700)


def make_database(path: Path) -> None:
    """Make an empty database file, so that SQLite gives its other files the same mode; restrict existing ones."""
    path.touch(mode=0o600)
    for suffix in _SUFFIXES:
        _restrict(path.with_name(path.name + suffix), 0o600)


def _restrict(path: Path, mode: int) -> None:
    """Remove the permissions of others; files of other owners and sticky folders (such as `/tmp`) are left alone."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return
    if status.st_uid == os.geteuid() and not status.st_mode & stat.S_ISVTX and stat.S_IMODE(status.st_mode) & 0o077:
        path.chmod(mode)
