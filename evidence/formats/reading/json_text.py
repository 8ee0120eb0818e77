"""The text of untrusted JSON: decodes a value at a time, and refuses what is no JSON, too long or nested too deep.

Files are UTF-8, or UTF-16 with a byte order mark (PowerShell writes it).
"""

import codecs
import json
import math
import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any, BinaryIO, Final, cast

from evidence.formats.values import Unreadable
from locales import Text, text

_DEEPEST = 60
_LONGEST = 8_388_608  # bytes of a value, or between two names
_LEAST_PIECE, _MOST_PIECE = 65_536, 1_048_576  # bytes that are read at once
_WHOLE = 262_144  # characters; an object or array that does not end within them is read by its members
_UNSURE = 2  # characters at the end of the content that may belong to the number before them: `1` and `e+`
_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF8: "utf-8"}

_NOT_TEXT = text("there are bytes that are not text in its encoding; expected UTF-8.")
_CONTROL = text(
    "a control character (a tab or a line break, say) stands inside a text; expected an escape such as \\n."
)
_ESCAPE = text("a backslash stands in a text and begins no character that JSON knows.")
_FOLLOWS = text("something follows the end, such as a second report. Upload each report by itself.")
_CUT_OFF = text("the file is cut off. Let the tool write it again.")
_NOT_JSON = text("this is not valid JSON; upload the file as the tool wrote it.")

_WHITE = re.compile(r"[ \t\r\n]*")
_COMMA = re.compile(r"[ \t\r\n]*,[ \t\r\n]*")
_NESTING = re.compile(r'"(?:[^"\\]+|\\.)*"|[\[\]{}]')
_CHANGES = {"{": 1, "[": 1, "}": -1, "]": -1}  # of the depth, by sign
_OPENING = ("{", "[")
_WORDS = ("true", "false", "null", "-")
_SURROGATES = re.compile("[\ud800-\udfff]")

PARTS: Final = object()  # instead of a value: it can only be read by its members
#: decodes the value at an index; returns it with the index after it
Scan = Callable[[str, int], tuple[Any, int]]


class NotJson(Exception):
    """What stands here is no JSON."""

    def __init__(self, reason: Text) -> None:
        super().__init__()
        self.reason = reason


def _number(written: str) -> float:
    number = float(written)
    return number if math.isfinite(number) else _no_number(written)


def _no_number(written: str) -> Any:
    """Refuse NaN and infinity, which JSON does not have."""
    raise ValueError(written)


def scanner(object_of: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Scan:
    """A function that decodes strictly; `object_of` makes objects of names and values, and may raise `ValueError`."""
    decoder = json.JSONDecoder(object_pairs_hook=object_of, parse_float=_number, parse_constant=_no_number)
    return cast("Scan", cast("Any", decoder).scan_once)  # what `raw_decode` calls


PLAIN: Final = scanner()


class JsonText:
    """The text of a stream, of which `content` from `at` on is not yet used.

    `since`: bytes that were read without that a value ended, which the reader sets back.
    """

    def __init__(self, stream: BinaryIO, title: str) -> None:
        self._stream, self._title = stream, title
        self._decoder: codecs.IncrementalDecoder | None = None
        self._broken: UnicodeDecodeError | None = None  # what follows the content
        self._ended = False  # whether the content reaches to the end of the stream
        self._has_surrogates = False  # whether the content may have any, as escapes
        self._content, self._at = "", 0
        self.read_bytes = self.since = 0

    def next(self) -> str:
        """Go to the next character that is no white space, and return it; empty at the end."""
        while True:
            self._at = at = cast("re.Match[str]", _WHITE.match(self._content, self._at)).end()
            if at < len(self._content):
                return self._content[at]
            if self._ended:
                return ""
            self._read_more()

    def elements(self) -> Iterator[None]:
        """Go to each element of the array that begins here; each has to be read before the next."""
        if self._is_empty("]"):
            return
        while True:
            yield
            comma = _COMMA.match(self._content, self._at)
            if comma is not None and comma.end() < len(self._content):
                self._at = comma.end()
            elif self._has_ended("]"):
                return

    def names(self) -> Iterator[str]:
        """Go to the value of each name of the object that begins here; each has to be read before the next."""
        if self._is_empty("}"):
            return
        while True:
            self._expect('"')
            name = self.value(PLAIN, 0)
            self._expect(":")
            self._at += 1
            self.next()
            yield name
            if self._has_ended("}"):
                return

    def value(self, scan: Scan, depth: int) -> Any:
        """Decode the value that begins here, below `depth` others; `PARTS` for an object or array that is too long.

        Also one that `scan` does not accept gives `PARTS`. Raises `NotJson`, `UnicodeError` and `Unreadable`.
        """
        while True:
            content, at = self._content, self._at
            has_parts = content[at : at + 1] in _OPENING
            try:
                value, end = scan(content, at)
                if has_parts or end < len(content) - _UNSURE or self._ended or content[at] == '"':
                    break
            except (ValueError, StopIteration, RecursionError) as error:
                is_cut = not self._ended and _is_cut(error, content)
                if has_parts and (not is_cut or self._broken or len(content) - at > _WHOLE):
                    return PARTS
                if not is_cut:
                    raise NotJson(_reason(error, content)) from error
            self._read_more()
        self._at = end
        if has_parts and depth + content.count("[", at, end) + content.count("{", at, end) > _DEEPEST:
            self.check_depth(depth + _nesting(content[at:end]))
        return _without_surrogates(value) if self._has_surrogates and "\\ud" in content[at:end].lower() else value

    def check_depth(self, depth: int) -> None:
        """Raises `Unreadable`."""
        if depth > _DEEPEST:
            raise Unreadable(text("{format}: nested deeper than {n} levels.", format=self._title, n=_DEEPEST))

    def check_end(self) -> None:
        """Check that nothing follows. Raises `NotJson`."""
        if self.next():
            raise NotJson(_FOLLOWS)

    def _is_empty(self, closing: str) -> bool:
        """Go into an array or object, and behind it if it is empty."""
        self._at += 1
        if self._next_sign() != closing:
            return False
        self._at += 1
        return True

    def _has_ended(self, closing: str) -> bool:
        """Go behind a comma to what follows, or behind the closing sign."""
        self._expect(",", closing)
        is_end = self._content[self._at] == closing
        self._at += 1
        if not is_end:
            self._next_sign()
        return is_end

    def _expect(self, *signs: str) -> None:
        if self._next_sign() not in signs:
            raise NotJson(_NOT_JSON)

    def _next_sign(self) -> str:
        """As `next`, where something has to follow."""
        if not (sign := self.next()):
            raise NotJson(_CUT_OFF)
        return sign

    def _read_more(self) -> None:
        """Add to the content. Raises `Unreadable` when no value ends for too long."""
        if self._broken is not None:
            raise NotJson(_NOT_TEXT) from self._broken
        rest = self._content[self._at :]
        piece = self._stream.read(min(max(len(rest), _LEAST_PIECE), _MOST_PIECE))
        self.read_bytes += len(piece)
        self.since += len(piece)
        if self.since > _LONGEST:
            raise Unreadable(text("{format}: a single value is longer than {n} bytes.", format=self._title, n=_LONGEST))
        self._ended = not piece
        self._content, self._at = rest + self._decoded(piece), 0
        self._has_surrogates = "\\ud" in self._content or "\\uD" in self._content

    def _decoded(self, piece: bytes) -> str:
        """A piece as text, up to what is none."""
        if self._decoder is None:
            mark = next((each for each in _MARKS if piece.startswith(each)), b"")
            self._decoder, piece = codecs.getincrementaldecoder(_MARKS.get(mark, "utf-8"))(), piece.removeprefix(mark)
        try:
            return self._decoder.decode(piece, final=self._ended)
        except UnicodeDecodeError as error:
            self._broken, self._ended = error, False
            return error.object[: error.start].decode(error.encoding)


def _is_cut(error: Exception, content: str) -> bool:
    """Whether a value failed only because the content ends in it."""
    if isinstance(error, StopIteration):
        return _ends_in_word(content[error.value :])
    if not isinstance(error, json.JSONDecodeError):
        return False
    rest = content[error.pos :]
    is_text = error.msg.startswith("Unterminated") or ("uXXXX" in error.msg and '"' not in rest)
    return is_text or len(rest) <= _UNSURE or _ends_in_word(rest)


def _ends_in_word(rest: str) -> bool:
    return any(word.startswith(rest) for word in _WORDS)


def _reason(error: Exception, content: str) -> Text:
    """Why a text, number or word can't be read, without content of the file."""
    if _is_cut(error, content):
        return _CUT_OFF
    message = error.msg if isinstance(error, json.JSONDecodeError) else ""
    return _CONTROL if "control character" in message else _ESCAPE if "escape" in message else _NOT_JSON


def _nesting(written: str) -> int:
    """How deep JSON is nested."""
    return max(accumulate(_CHANGES.get(sign, 0) for sign in _NESTING.findall(written)), default=0)


def _without_surrogates(value: Any) -> Any:
    """A value with a replacement for each surrogate that is no half of a pair, as no database stores it."""
    written = json.dumps(value, ensure_ascii=False)
    return json.loads(_SURROGATES.sub("\N{REPLACEMENT CHARACTER}", written))
