"""Known kinds of files that are refused, each with what to upload instead."""

import re
from typing import BinaryIO

from evidence.formats.values import HEAD, Unreadable
from locales import Text, text

_IMAGE = text("upload PNG or JPEG")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128  # bytes of an entry in an OLE directory, which begins with a stream's name
_STREAMS = (
    (
        ("EncryptedPackage", "EncryptionInfo"),
        text("an encrypted Office document"),
        text("save it without a password"),
    ),
    (("WordDocument",), text("an old Word document"), text("save it as DOCX or PDF")),
    (("Workbook", "Book"), text("an old Excel workbook"), text("save it as XLSX")),
    (("PowerPoint Document",), text("an old PowerPoint presentation"), text("save it as PPTX or PDF")),
    (("__properties_version1.0", "__nameid_version1.0"), text("an Outlook message"), text("save it as PDF")),
)
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "HEIC"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
}
_BITMAP_HEADERS = frozenset((12, 40, 52, 56, 64, 108, 124))  # lengths in bytes
_BEGINNINGS = (
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL \r\n", "JPEG XL"),
    (b"\0\0\0\x0cjP  \r\n", "JPEG 2000"),
    (b"8BPS", "PSD"),
)


def refuse_known(stream: BinaryIO, head: bytes) -> None:
    """Raise `Unreadable` if the file is of a refused kind."""
    if image := _image(head):
        raise _refusal(image, _IMAGE)
    if head[4:8] == b"ftyp":
        raise _refusal(text("a video or sound recording"), text("upload a document about it"))
    if head.startswith(_OLE):
        raise _refusal(*_office(stream))


def _refusal(what: Text | str, instead: Text) -> Unreadable:
    return Unreadable(text("This file is {what}, which is not accepted: {instead}.", what=what, instead=instead))


def _image(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        return next((name for brand, name in _BRANDS.items() if brand in (head[8:12], head[16:20])), None)
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS:
        return "BMP"
    return next((name for begin, name in _BEGINNINGS if head.startswith(begin)), None)


def _office(stream: BinaryIO) -> tuple[Text, Text]:
    """The kind of an OLE file, by the streams in its directory, and what to upload instead."""
    streams = _streams(stream)
    for names, what, instead in _STREAMS:
        if not streams.isdisjoint(names):
            return what, instead
    return text("an old Office document"), text("save it as DOCX, XLSX or PDF")


def _streams(stream: BinaryIO) -> set[str]:
    """Names of streams at the start of directory entries."""
    wanted = {name: name.encode("utf-16-le") + b"\0\0" for names, _, _ in _STREAMS for name in names}
    pattern = re.compile(b"|".join(re.escape(name) for name in wanted.values()))
    occurring: set[bytes] = set()
    stream.seek(0)
    while piece := stream.read(HEAD):
        occurring |= {match.group() for match in pattern.finditer(piece) if match.start() % _ENTRY == 0}
    return {name for name, written in wanted.items() if written in occurring}
