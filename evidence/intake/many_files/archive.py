"""Unpacks a ZIP file of evidence within limits: its names are only shown, and nothing in it is unpacked further."""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from evidence.errors import TooLarge, Unfitting
from evidence.formats.media import check_end
from evidence.formats.values import Unreadable
from evidence.intake.many_files.batch_file import Part, is_left_out
from locales import Text, text

MOST_PARTS = 100  # files that are handed over at once, in a ZIP file or in a list
MOST_UNPACKED = 256 << 20  # bytes of all files together
_MOST_RATIO = 200  # unpacked against packed
_LEAST_PACKED = 1_024  # bytes that a smaller file counts as, since little text packs very well
_CHUNK = 1 << 18
_ENCRYPTED = 0x1
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_DAMAGED = text("This ZIP file is damaged or cut off; pack it again.")
_FAILURES = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, struct.error)


def is_archive(stream: BinaryIO) -> bool:
    """Whether a file is a ZIP file of files, and no document that is a ZIP file inside. Left at its start."""
    begin = stream.read(4)
    stream.seek(0)
    if begin not in _MAGIC:
        return False
    try:
        check_end(stream)
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    except (*_FAILURES, Unreadable):
        return False  # read as a document, which says what is wrong with it
    finally:
        stream.seek(0)
    return "[Content_Types].xml" not in names and "mimetype" not in names


def unpack(stream: BinaryIO, origin: str, most: int = MOST_UNPACKED) -> Iterator[Part]:
    """Yield the files of a ZIP file; one that can't be unpacked has a problem and holds up no other.

    `origin`: the name of the ZIP file; `most`: bytes that may be unpacked. Raises `TooLarge` and `Unfitting` for the
    whole of it.
    """
    try:
        archive = zipfile.ZipFile(stream)
    except _FAILURES as error:
        raise Unfitting(text("{name}: {problem}", name=origin, problem=_DAMAGED)) from error
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not is_left_out(entry.filename)]
        _check(entries, origin, most)
        left = most
        for entry in entries:
            part = _part(archive, entry, origin, left)
            left -= part.size
            yield part


def _check(entries: Sequence[zipfile.ZipInfo], origin: str, most: int) -> None:
    if not entries:
        raise Unfitting(text("{name}: there is no file in it; put the files in it and upload it again.", name=origin))
    if len(entries) > MOST_PARTS:
        raise TooLarge(
            text("{name}: there are {n} files in it; at most {most}.", name=origin, n=len(entries), most=MOST_PARTS)
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > most:
        message = text("{name}: it unpacks to more than the maximum of {n} MB.", name=origin, n=MOST_UNPACKED >> 20)
        raise TooLarge(message)
    spans = sorted((entry.header_offset, entry.header_offset + entry.compress_size) for entry in entries)
    if any(end > begin for (_, end), (begin, _) in pairwise(spans)):
        raise Unfitting(
            text(
                "{name}: files in it overlap, which is refused; make the archive again with another program.",
                name=origin,
            )
        )


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, origin: str, left: int) -> Part:
    target = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - the caller closes it
    try:
        problem = _problem(archive, entry, target, left)
    except BaseException:
        target.close()
        raise
    size = target.tell()
    target.seek(0)
    if problem is not None:
        target.close()
        return Part(entry.filename, None, size, origin, problem)
    return Part(entry.filename, target, size, origin)


def _problem(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: BinaryIO, left: int) -> Text | None:
    """Unpack a file; return why it can't be, if so."""
    if entry.flag_bits & _ENCRYPTED:
        return text("This file is encrypted in the ZIP file; pack it without a password.")
    most = min(left, _MOST_RATIO * max(entry.compress_size, _LEAST_PACKED))
    try:
        with archive.open(entry) as source:
            while data := source.read(_CHUNK):
                target.write(data)
                if target.tell() > most:
                    return text("This file unpacks to far more than it is packed in, which is refused.")
    except (*_FAILURES, RuntimeError):
        return text("This file can't be unpacked; pack it again.")
    return None
