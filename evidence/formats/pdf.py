"""Whether a PDF is one, whole, and can be opened by everyone. Nothing is parsed: its beginning and end are looked at.

ISO 32000 has the header in the first 1,024 bytes and `startxref`, a number and `%%EOF` at the end. The number points to
the table of objects with the trailer (or the stream that stands for both), which names the encryption.
"""

import io
import re
from typing import BinaryIO

from evidence.formats.values import HEAD, Unreadable
from locales import text

_HEADER_WITHIN = 1_024
_END_WITHIN = 1_024  # what stands behind it is not read, as common readers do
_HEADER = re.compile(rb"%PDF-\d\.\d")
_END = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
_ENCRYPTION = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R\b|<<)")
_LEAST = 64  # bytes; the shortest file with a page has some hundred


def begins_pdf(head: bytes) -> bool:
    """Whether the file begins with the header of a PDF, after white space and a mark of UTF-8."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\0 \t\r\n").startswith(b"%PDF-")


def holds_pdf(stream: BinaryIO, head: bytes) -> bool:
    """Whether the header stands elsewhere in the first 1,024 bytes, and the end of a PDF at the end."""
    size = stream.seek(0, io.SEEK_END)
    return _HEADER.search(head, 0, _HEADER_WITHIN) is not None and _end(_tail(stream, size)) is not None


def check_pdf(stream: BinaryIO) -> None:
    """Raises `Unreadable` for a PDF that is cut off, or encrypted."""
    size = stream.seek(0, io.SEEK_END)
    tail = _tail(stream, size)
    end = _end(tail)
    if size < _LEAST or end is None:
        raise Unreadable(text("This PDF is not whole: its end is missing. It was cut off; export it again."))
    table = _at(stream, min(int(end.group(1)), size))
    if _ENCRYPTION.search(tail) or _ENCRYPTION.search(table):
        raise Unreadable(
            text(
                "This PDF is encrypted. Save it without a password and without restrictions, so that a reviewer and an "
                "auditor can open it."
            )
        )


def _tail(stream: BinaryIO, size: int) -> bytes:
    return _at(stream, max(0, size - HEAD)).rstrip(b"\0 \t\r\n")


def _end(tail: bytes) -> re.Match[bytes] | None:
    return _END.search(tail, max(0, len(tail) - _END_WITHIN))


def _at(stream: BinaryIO, offset: int) -> bytes:
    stream.seek(offset)
    return stream.read(HEAD)
