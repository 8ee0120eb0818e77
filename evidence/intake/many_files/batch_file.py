"""The files that were handed over at once, each with where it comes from and what a manifest says of it."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from evidence.intake.many_files.manifest import Entry
from locales import Text

_OF_COMPUTERS = frozenset({"__macosx", ".ds_store", "thumbs.db", "desktop.ini"})


@dataclass(slots=True)
class Part:
    """A file. `path`: as it was named, never used as a path; `stream`: None with a `problem`; the owner closes it.

    `origin`: the ZIP file that it was in.
    """

    path: str
    stream: BinaryIO | None
    size: int
    origin: str = ""
    problem: Text | None = None
    entry: Entry | None = None


def is_left_out(path: str) -> bool:
    """Whether a computer made the file for itself, so that nobody means it."""
    return any(name.casefold() in _OF_COMPUTERS for name in PurePosixPath(path.replace("\\", "/")).parts)
