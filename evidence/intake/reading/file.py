"""Reads a file: recognises its format by content and reads it, or determines its media type.

Runs in a separate process (`process.py`) and imports only formats.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from evidence import formats
from evidence.formats.media import Media, describe
from evidence.formats.tables.table_head import Match
from evidence.formats.values import HEAD, Format, Result, Run, Unreadable
from evidence.intake.reading.spool import pack

_TEXT = Media("text/plain", "txt")  # for results in a text without media type


@dataclass(frozen=True, slots=True)
class FileContent:
    """The content of a file. `problem`: why it cannot be read as the format it appears to be.

    `overruled`: the format that its content shows (empty: none), where it was read as another that a person chose.
    """

    media: Media
    format: str = ""  # format of test results or registers; empty for a record
    run: Run | None = None
    problem: Unreadable | None = None
    counts: Counter[str] = field(default_factory=Counter)
    first: list[Result] = field(default_factory=list)
    overruled: str | None = None


def read_file(stream: BinaryIO, match: Match) -> tuple[FileContent, BinaryIO | None]:
    """Read a file as the format it appears to be. Returns its content and a file of packed results, to be closed.

    `match`: how well headings match those of registers. A file of no format, or a broken one, can still be a record.
    Raises `Unreadable` for files that are not accepted.
    """
    file_format = formats.recognise(stream.read(HEAD))
    problem: Unreadable | None = None
    if file_format is not None:
        try:
            return _results(stream, file_format, match)
        except Unreadable as trouble:
            problem = trouble
    try:
        return FileContent(describe(stream), problem=problem), None
    except Unreadable as trouble:
        raise problem or trouble from None


def read_results(stream: BinaryIO, name: str, match: Match) -> tuple[FileContent, BinaryIO | None]:
    """Read a file as the named format, whatever its content shows. Raises `Unreadable`."""
    recognised = formats.recognise(stream.read(HEAD))
    shown = recognised.NAME if recognised is not None else ""
    content, lines = _results(stream, formats.formats()[name], match)
    return (content if shown == name else replace(content, overruled=shown)), lines


def _results(stream: BinaryIO, file_format: Format, match: Match) -> tuple[FileContent, BinaryIO]:
    stream.seek(0)
    run, results = formats.read_file(file_format, stream, match)
    lines = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - the caller closes it
    try:
        counts, first = pack(results, lines)
    except BaseException:
        lines.close()
        raise
    return FileContent(_media(stream) or _TEXT, file_format.NAME, run, counts=counts, first=first), lines


def _media(stream: BinaryIO) -> Media | None:
    try:
        return describe(stream)
    except Unreadable:
        return None
