"""Checks that a PDF is complete and not encrypted, by its beginning and end, without parsing it.

ISO 32000: the header is in the first 1,024 bytes, and `startxref`, a number and `%%EOF` are at the end. The number is
the offset of the cross-reference table with the trailer (or a stream with both), which names the encryption.
"""

import io
import re
from typing import BinaryIO

from evidence.formats.values import HEAD, Unreadable
from locales import text

_HEADER_WITHIN = 1_024
_END_WITHIN = 1_024  # content after it is ignored, as common readers do
_HEADER = re.compile(rb"%PDF-\d\.\d")
_END = re.compile(rb"startxref\s+(\d{1,12})(?:\s+%(?!%EOF)[^\r\n]*)*\s+%%EOF")  # a comment is white space
_ENCRYPTION = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R\b|<<)")
_LEAST = 64  # bytes; the shortest file with a page has a few hundred


def begins_pdf(head: bytes) -> bool:
    """Whether a file begins with a PDF header, after white space and a UTF-8 byte order mark."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\0 \t\r\n").startswith(b"%PDF-")


def has_pdf_header(stream: BinaryIO, head: bytes) -> bool:
    """Whether a file has a PDF header in its first 1,024 bytes and a PDF end."""
    size = stream.seek(0, io.SEEK_END)
    return _HEADER.search(head, 0, _HEADER_WITHIN) is not None and _end(_tail(stream, size)) is not None


def check_pdf(stream: BinaryIO) -> None:
    """Raise `Unreadable` for a PDF that is truncated or encrypted."""
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
