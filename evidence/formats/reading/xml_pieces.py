"""Splits XML into pieces for a parser in constant memory, however long a CDATA section or a comment is.

A parser buffers a CDATA section until its end, and captured output of tests can be many megabytes. A section that
continues in the next piece is closed and reopened: the text is the same. Comments that continue are dropped. UTF-16
becomes UTF-8.
"""

import codecs
import re
from collections.abc import Iterable, Iterator

_CDATA, _COMMENT, _INSTRUCTION = b"<![CDATA[", b"<!--", b"<?"
_END = {_CDATA: b"]]>", _COMMENT: b"-->", _INSTRUCTION: b"?>"}
_BEGIN = re.compile(b"|".join(re.escape(mark) for mark in _END))
_PARTIAL = len(_CDATA) - 1  # bytes of a mark that may be split between two pieces
_INDIVISIBLE = b"]->\r" + bytes(range(0x80, 0xC0))  # never split "]]>", "-->", a line end or a UTF-8 character
_LETTER = 0xC0  # the first byte of a multi-byte character
_LONGEST_HELD = 1_048_576


def utf8(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Convert pieces to UTF-8. Raises `UnicodeError`."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8")
    yield decoder.decode(b"", final=True).encode("utf-8")


def in_short_sections(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same document without CDATA sections or comments longer than a piece (ASCII-compatible encodings)."""
    rest = b""
    for piece in pieces:
        done, rest = _split(rest + piece)
        yield done
    yield rest


def _split(content: bytes) -> tuple[bytes, bytes]:
    """Split content into what can be passed on and what needs more; it begins outside sections and comments."""
    at = 0
    while begin := _BEGIN.search(content, at):
        end = _END[begin.group()]
        close = content.find(end, begin.end())
        if close < 0:
            return _split_open(content, begin)
        at = close + len(end)
    cut = max(at, len(content) - _PARTIAL)
    return content[:cut], content[cut:]


def _split_open(content: bytes, begin: re.Match[bytes]) -> tuple[bytes, bytes]:
    """The same when a section, comment or instruction is still open at the end."""
    mark, cut = begin.group(), _end_of_text(content, begin.end())
    if mark == _COMMENT and cut > begin.end():
        return content[: begin.start()], _COMMENT + content[cut:]
    if mark == _CDATA and cut > begin.end():
        return content[:cut] + _END[_CDATA], _CDATA + content[cut:]
    if len(content) - begin.start() > _LONGEST_HELD:
        return content, b""  # the parser raises an error for it
    return content[: begin.start()], content[begin.start() :]


def _end_of_text(content: bytes, since: int) -> int:
    """The last index after `since` where the text can be split."""
    cut = since + len(content[since:].rstrip(_INDIVISIBLE))
    return cut - 1 if cut > since and content[cut - 1] >= _LETTER else cut
