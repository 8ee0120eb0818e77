"""Whether bytes are text, and in which encoding.

UTF-8 (with or without mark), UTF-16 with its mark, else Windows-1252.
"""

import codecs
import re
from functools import lru_cache
from typing import BinaryIO

from evidence.formats.values import HEAD, Unreadable
from locales import text

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_FEW = 50  # one control character in as many is few; other bytes hold far more
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding_of(stream: BinaryIO) -> str:
    """The encoding of the whole text, read once through; the stream stands at its beginning again."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, line = "utf-8-sig", 1
    head = stream.read(HEAD)
    if head.startswith(_UTF16):
        stream.seek(0)
        return "utf-16"
    chunk = head
    while chunk:
        if b"\0" in chunk:
            line += chunk.count(b"\n", 0, chunk.index(b"\0"))
            raise Unreadable(text("Line {line} holds a NUL byte; expected a text file.", line=str(line)))
        if encoding == "utf-8-sig":
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                encoding = "cp1252"
        line += chunk.count(b"\n")
        chunk = stream.read(1_048_576)
    stream.seek(0)
    return encoding


@lru_cache(maxsize=8)
def looks_like_text(head: bytes) -> str | None:
    """The head as text, or None when it is none (control characters, no encoding that fits).

    Several formats ask it of the same file, hence the few that are kept.
    """
    decoded = _decoded(head)
    return decoded if decoded.strip() and not _CONTROL.search(decoded) else None


def stray_control_character(head: bytes) -> tuple[int, str] | None:
    """The line and the first control character of what is a text but for few of them; None for any other bytes."""
    decoded = _decoded(head)
    first = _CONTROL.search(decoded)
    if first is None or _FEW * len(_CONTROL.findall(decoded)) > len(decoded):
        return None
    return 1 + decoded.count("\n", 0, first.start()), first.group()


def _decoded(head: bytes) -> str:
    if head.startswith(_UTF16):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")
