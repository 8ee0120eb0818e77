"""Reading one file: recognised by its content, read as that format, or described as a document.

This runs in a process of its own (`reader_process.py`), and imports nothing but formats.
"""

from collections import Counter
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from evidence import formats
from evidence.formats.media import Media, describe
from evidence.formats.table_head import Match
from evidence.formats.values import HEAD, Format, Result, Run, Unreadable
from evidence.intake.reading.spool import pack

_TEXT = Media("text/plain", "txt")  # of results in a text that is no type by itself


@dataclass(frozen=True, slots=True)
class FileContent:
    """What was read from one file. `problem`: why it can't be read as the format that it seems to be."""

    media: Media
    format: str = ""  # of test results and registers; empty for a record
    run: Run | None = None
    problem: Unreadable | None = None
    counts: Counter[str] = field(default_factory=Counter)
    first: list[Result] = field(default_factory=list)


def read_file(stream: BinaryIO, match: Match) -> tuple[FileContent, BinaryIO | None]:
    """Read a file as the format it looks like; its packed results too, which the caller closes.

    `match`: how well the registers know some headings.

    A file that is no format, or a broken one, can still be a record. Raises `Unreadable` for what is not accepted.
    """
    found = formats.recognise(stream.read(HEAD))
    problem: Unreadable | None = None
    if found is not None:
        try:
            return _results(stream, found, match)
        except Unreadable as trouble:
            problem = trouble
    try:
        return FileContent(describe(stream), problem=problem), None
    except Unreadable as trouble:
        raise problem or trouble from None


def read_results(stream: BinaryIO, name: str, match: Match) -> tuple[FileContent, BinaryIO | None]:
    """Read a file as the format that it was read as before. Raises `Unreadable`."""
    return _results(stream, formats.formats()[name], match)


def _results(stream: BinaryIO, found: Format, match: Match) -> tuple[FileContent, BinaryIO]:
    stream.seek(0)
    run, results = formats.read_file(found, stream, match)
    lines = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - the caller closes it
    try:
        counts, first = pack(results, lines)
    except BaseException:
        lines.close()
        raise
    return FileContent(_media(stream) or _TEXT, found.NAME, run, counts=counts, first=first), lines


def _media(stream: BinaryIO) -> Media | None:
    try:
        return describe(stream)
    except Unreadable:
        return None
