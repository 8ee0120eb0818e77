"""Determines the media type of a document by its content, never by its name.

Documents, images and plain text are accepted; programs, archives and encrypted files are refused. Archives are judged
by their directory only, nothing is unpacked. SVG is stored unchanged.
"""

import io
import struct
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

import puremagic

from evidence.formats.pdf import begins_pdf, check_pdf, has_pdf_header
from evidence.formats.reading.plain_text import looks_like_text, stray_control_character
from evidence.formats.reading.xml_stream import prolog
from evidence.formats.refused_kinds import refuse_known
from evidence.formats.tables.csv_register import recognises as is_table
from evidence.formats.values import HEAD, Unreadable
from locales import Text, text

_OFFICE = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "ppt/": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
}
_OPEN = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_IMAGES = {
    ".png": ("image/png", "png"),
    ".jpg": ("image/jpeg", "jpg"),
    ".jpeg": ("image/jpeg", "jpg"),
    ".jfif": ("image/jpeg", "jpg"),
}
_PROGRAMS = (
    (b"MZ", text("a Windows program")),
    (b"\x7fELF", text("a Linux program")),
    (b"#!", text("a script")),
    (b"\xca\xfe\xba\xbe", text("a program")),
    (b"\xcf\xfa\xed\xfe", text("a macOS program")),
    (b"\xce\xfa\xed\xfe", text("a macOS program")),
)
_ARCHIVES = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"(\xb5/\xfd")
_MOST_UNPACKED = 200 << 20
_MOST_RATIO = 200
_MOST_ENTRIES = 20_000
_MOST_DIRECTORY = 8 << 20
_NESTED = (".zip", ".jar", ".7z", ".rar", ".gz", ".tar")
_ENCRYPTED = 0x1
_MARKDOWN = ("# ", "## ", "### ", "```", "- [ ] ", "- [x] ", "|--", "| --")
_ZIP_END = struct.Struct("<4s4H2LH")
_LARGE_ZIP_END = struct.Struct("<4sQ2H2L4Q")  # of ZIP64, whose counts zipfile uses instead of those of the other
_LARGE_ZIP_PLACE = struct.Struct("<4sLQL")


@dataclass(frozen=True, slots=True)
class Media:
    """A media type by its IANA name, and its file extension."""

    type: str
    extension: str


def describe(stream: BinaryIO) -> Media:
    """The media type of a file; the stream is left at its start. Raises `Unreadable` for refused kinds."""
    stream.seek(0)
    head = stream.read(HEAD)
    try:
        return _described(stream, head)
    finally:
        stream.seek(0)


def _described(stream: BinaryIO, head: bytes) -> Media:
    if not head:
        raise Unreadable(text("This file is empty; save or export it again, and upload it once it has content."))
    for mark, what in _PROGRAMS:
        if head.startswith(mark):
            raise _refused(what)
    if begins_pdf(head):
        return _pdf(stream)
    if head.startswith(b"PK"):
        return _document(stream)
    if head.startswith(_ARCHIVES):
        raise _refused(text("an archive"))
    refuse_known(stream, head)
    if not head.lstrip().startswith(b"<") and has_pdf_header(stream, head):
        return _pdf(stream)
    return _image(head) or _textual(head)


def _pdf(stream: BinaryIO) -> Media:
    check_pdf(stream)
    return Media("application/pdf", "pdf")


def _refused(what: Text) -> Unreadable:
    return Unreadable(
        text(
            "This file is {what}, which is not accepted; expected a document (PDF, DOCX, XLSX, ODF), an image or a "
            "text.",
            what=what,
        )
    )


def _image(head: bytes) -> Media | None:
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        try:
            extension = puremagic.from_string(head)
        except (puremagic.PureError, ValueError):
            extension = ".png" if head.startswith(b"\x89") else ".jpg"
        return Media(*_IMAGES.get(extension, _IMAGES[".png" if head.startswith(b"\x89") else ".jpg"]))
    return None


# ── Texts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _textual(head: bytes) -> Media:
    content = looks_like_text(head)
    if content is None:
        raise _no_text(head)
    begin = content.lstrip("\ufeff \t\r\n")
    if begin.startswith("<"):
        return _markup(head, begin)
    if begin[0] in "{[" and begin[1:].lstrip()[:1] in frozenset('"{[}]-0123456789'):
        return Media("application/json", "json")
    if is_table(head):
        return Media("text/csv", "csv")
    if _is_markdown(begin):
        return Media("text/markdown", "md")
    return Media("text/plain", "txt")


def _no_text(head: bytes) -> Unreadable:
    stray = stray_control_character(head)
    if stray is None:
        return _refused(text("of a kind that is not known"))
    line, character = stray
    return Unreadable(
        text(
            "Line {line} holds the control character {character}, which no text has; the file is damaged, or its tool "
            "wrote it that way. Export it again without that character.",
            line=str(line),
            character=f"U+{ord(character):04X}",
        )
    )


def _markup(head: bytes, begin: str) -> Media:
    beginning = prolog(head)
    root = beginning.root.lower() if beginning else ""
    if beginning and beginning.declares:
        raise _refused(text("an XML file that declares entities of its own"))
    if root == "html" or begin[:15].lower().startswith(("<!doctype html", "<script")):
        raise _refused(text("a web page, which can carry scripts"))
    if root == "svg":
        return Media("image/svg+xml", "svg")
    return Media("application/xml", "xml") if beginning else Media("text/plain", "txt")


def _is_markdown(begin: str) -> bool:
    lines = begin.splitlines()
    return any(line.startswith(_MARKDOWN) or ("](" in line and "[" in line) for line in lines[:400])


# ── Documents in a zip ───────────────────────────────────────────────────────────────────────────────────────────────


def _document(stream: BinaryIO) -> Media:
    check_end(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise Unreadable(text("This document is damaged or cut off; export it again.")) from error
    _check_entries(entries)
    return _kind(stream, entries)


def check_end(stream: BinaryIO) -> None:
    """Check the size of the zip directory before it is read into memory. Raises `Unreadable`."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - HEAD - _ZIP_END.size))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _ZIP_END.size > len(tail):
        raise Unreadable(text("This document is damaged or cut off; export it again."))
    _, _, _, _, count, directory, _, _ = _ZIP_END.unpack_from(tail, at)
    large_count, large_directory = _large_end(tail[:at])
    if max(count, large_count) > _MOST_ENTRIES or max(directory, large_directory) > _MOST_DIRECTORY:
        raise _bomb()
    stream.seek(0)


def _large_end(before: bytes) -> tuple[int, int]:
    """The number of entries and the size of the directory by the ZIP64 end, if there is one; it precedes the end."""
    at = len(before) - _LARGE_ZIP_PLACE.size
    if at < 0 or not before.startswith(b"PK\x06\x07", at):
        return 0, 0
    at -= _LARGE_ZIP_END.size
    if at < 0 or not before.startswith(b"PK\x06\x06", at):
        raise Unreadable(text("This document is damaged or cut off; export it again."))
    _, _, _, _, _, _, _, count, directory, _ = _LARGE_ZIP_END.unpack_from(before, at)
    return count, directory


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    offsets = {entry.header_offset for entry in entries}
    if len(entries) > _MOST_ENTRIES or unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * max(packed, 1_024):
        raise _bomb()
    if len(offsets) != len(entries):
        raise _bomb()
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise Unreadable(text("This document is encrypted; expected one that a reviewer and an auditor can open."))
        if entry.filename.lower().endswith(_NESTED):
            raise _refused(text("an archive within an archive"))


def _bomb() -> Unreadable:
    return Unreadable(text("This archive unpacks to far more than a document holds, which is refused."))


def _kind(stream: BinaryIO, entries: list[zipfile.ZipInfo]) -> Media:
    names = [entry.filename for entry in entries]
    if "[Content_Types].xml" in names:
        if any(name.endswith("vbaProject.bin") for name in names):
            raise _refused(text("a document with macros"))
        for folder, (media, extension) in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return Media(media, extension)
        if any(name.lower().endswith("workbook.xml") for name in names):  # its parts may be at the root
            return Media(*_OFFICE["xl/"])
    first = min(entries, key=lambda entry: entry.header_offset, default=None)
    if first is not None and first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED:
        stream.seek(first.header_offset)
        content = stream.read(256)[30:]
        for name, extension in _OPEN.items():
            if content.startswith(b"mimetype" + name):
                return Media(name.decode(), extension)
    raise _refused(text("an archive"))
