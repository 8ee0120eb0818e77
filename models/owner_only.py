"""Files and folders of the database that nobody but their owner reads, whatever the umask was when they were made."""

import os
import stat
from pathlib import Path

_BESIDE = ("", "-wal", "-shm", "-journal")  # SQLite keeps these beside the database


def make_folder(path: Path, database: str) -> None:
    """The folder of the data. One that exists and holds no database yet may be somebody's home: it keeps its mode."""
    is_ours = not path.exists() or (path / database).exists()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_ours:
        _shut(path, 0o700)


def make_database(path: Path) -> None:
    """An empty file for a new database, so that SQLite gives its own files the same mode; shuts those of before."""
    path.touch(mode=0o600)
    for beside in _BESIDE:
        _shut(path.with_name(path.name + beside), 0o600)


def _shut(path: Path, mode: int) -> None:
    """Take what others may do; what is not ours, or shared by many (as `/tmp` is), stays as it is."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    if found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX and stat.S_IMODE(found.st_mode) & 0o077:
        path.chmod(mode)
