"""Bytes of an XML file in pieces that a parser can take one by one, however long a CDATA section or a comment is.

A parser holds a CDATA section until its end has come; captured output of tests stands in one and can be many megabytes.
A section that goes on in the next piece is closed and opened again: the text is the same. Of a comment that goes on,
nothing is kept. UTF-16 becomes UTF-8.
"""

import codecs
import re
from collections.abc import Iterable, Iterator

_CDATA, _COMMENT, _INSTRUCTION = b"<![CDATA[", b"<!--", b"<?"
_END = {_CDATA: b"]]>", _COMMENT: b"-->", _INSTRUCTION: b"?>"}
_BEGIN = re.compile(b"|".join(re.escape(mark) for mark in _END))
_PARTIAL = len(_CDATA) - 1  # bytes of a mark that may be split between two pieces
_INDIVISIBLE = b"]->\r" + bytes(range(0x80, 0xC0))  # "]]>", "-->", a line's end and a letter of UTF-8 stay together
_LETTER = 0xC0  # the first byte of a letter that has several
_LONGEST_HELD = 1_048_576


def utf8(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The same text as UTF-8. Raises `UnicodeError`."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8")
    yield decoder.decode(b"", final=True).encode("utf-8")


def in_short_sections(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same document, in which no CDATA section or comment is longer than a piece. For encodings that hold ASCII."""
    rest = b""
    for piece in pieces:
        done, rest = _divided(rest + piece)
        yield done
    yield rest


def _divided(content: bytes) -> tuple[bytes, bytes]:
    """What can be handed on, and what waits for more; `content` begins outside sections and comments."""
    at = 0
    while begin := _BEGIN.search(content, at):
        end = _END[begin.group()]
        found = content.find(end, begin.end())
        if found < 0:
            return _within(content, begin)
        at = found + len(end)
    cut = max(at, len(content) - _PARTIAL)
    return content[:cut], content[cut:]


def _within(content: bytes, begin: re.Match[bytes]) -> tuple[bytes, bytes]:
    """The same where a section, comment or instruction is still open at the end."""
    mark, cut = begin.group(), _end_of_text(content, begin.end())
    if mark == _COMMENT and cut > begin.end():
        return content[: begin.start()], _COMMENT + content[cut:]
    if mark == _CDATA and cut > begin.end():
        return content[:cut] + _END[_CDATA], _CDATA + content[cut:]
    if len(content) - begin.start() > _LONGEST_HELD:
        return content, b""  # the parser says what it thinks of it
    return content[: begin.start()], content[begin.start() :]


def _end_of_text(content: bytes, since: int) -> int:
    """The last place after `since` where the text can be divided."""
    cut = since + len(content[since:].rstrip(_INDIVISIBLE))
    return cut - 1 if cut > since and content[cut - 1] >= _LETTER else cut
