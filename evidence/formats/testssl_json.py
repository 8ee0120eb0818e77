"""The records of testssl's JSON, flat or pretty, as they come. Truncated, doubled or appended-to files are refused."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import ijson

from evidence.formats.values import Unreadable, storable
from locales import Text, text

_DEEPEST = 12
_LONGEST_TOKEN = 4_194_304  # bytes without anything finished in them
_RECORD = frozenset(("id", "severity", "finding"))
_ADDRESS = frozenset(("ip", "targetHost", "target host"))
_HEADER = frozenset(("Invocation", "startTime", "scanResult"))  # what only the outermost object of a file has
_NUMBERS = (ValueError, ArithmeticError)  # numbers that nobody can hold, bytes that are no UTF-8
_AS_SENT = text(
    "testssl.sh wrote what the server sent without escaping it. Scan again with a newer version, or upload its CSV "
    "(--csvfile)."
)
#: words of the parsers that ijson has, and what they mean
_REASONS: tuple[tuple[tuple[str, ...], Text], ...] = (
    (("utf8", "utf-8"), text("there are bytes that are not UTF-8. {advice}", advice=_AS_SENT)),
    (
        ("invalid character inside string", "control character"),
        text("a control character (a tab or a line break, say) stands inside a text. {advice}", advice=_AS_SENT),
    ),
    (
        ("occurs before a character", "non-hex", "escape"),
        text("a backslash stands in a text and begins no character that JSON knows. {advice}", advice=_AS_SENT),
    ),
    (
        ("trailing garbage", "additional data"),
        text("something follows the end, such as a second scan that was appended. Scan again to a new file."),
    ),
    (("premature eof", "incomplete"), text("the file is cut off. Scan again to a new file.")),
)


class Record(NamedTuple):
    """One finding of testssl, with the address it belongs to (empty: none). What the file leaves out is empty."""

    id: str
    severity: str
    finding: str
    host: str
    address: str
    port: str


def records(stream: BinaryIO, header: dict[str, str]) -> Iterator[Record]:
    """Every object that tells something; what stands at the top of the pretty shape goes to `header`."""
    bounded = _Bounded(stream)
    count = 0
    try:
        for record in _Objects(header).read(ijson.basic_parse(bounded, buf_size=65_536), bounded):
            count += 1
            yield record
    except (ijson.JSONError, *_NUMBERS) as error:
        raise Unreadable(text("testssl.sh JSON, after record {n}: {reason}", n=count, reason=_reason(error))) from error


def _reason(error: Exception) -> Text:
    """The cause behind a parser's words; nothing of the file's content is in it."""
    said = str(error.args[0] if error.args else "").lower().partition("\n")[0]
    known = (why for words, why in _REASONS if any(word in said for word in words))
    return next(known, text("this is not valid JSON; upload the file as testssl.sh wrote it."))


class _Bounded:
    """The stream, which gives no more once a single token has become unreasonably long."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._first = True
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        if self._first and size:
            self._first = False
            chunk = chunk.removeprefix(b"\xef\xbb\xbf") or chunk[3:]
        self.since += len(chunk)
        if self.since > _LONGEST_TOKEN:
            raise Unreadable(text("testssl.sh JSON: a single value is longer than {n} bytes.", n=_LONGEST_TOKEN))
        return chunk


class _Objects:
    """Objects that are being read, from the outside in; None stands for an array."""

    def __init__(self, header: dict[str, str]) -> None:
        self._header = header
        self._open: list[dict[str, str] | None] = []
        self._key = ""

    def read(self, events: Iterator[tuple[str, object]], bounded: _Bounded) -> Iterator[Record]:
        for event, value in events:
            bounded.since = 0
            if event == "map_key":
                self._key_of(str(value))
            elif event == "start_map":
                self._begin({})
            elif event == "start_array":
                self._begin(None)
            elif event == "end_array":
                self._open.pop()
            elif event == "end_map":
                yield from self._end()
            elif self._open and self._open[-1] is not None:
                self._scalar(self._open[-1], value)

    def _key_of(self, name: str) -> None:
        """A file inside another would take the other's moment."""
        if len(self._open) > 1 and name in _HEADER:
            raise Unreadable(
                text(
                    "testssl.sh JSON: this file contains another complete file ({name}); upload each separately.",
                    name=name,
                )
            )
        self._key = name

    def _begin(self, frame: dict[str, str] | None) -> None:
        if len(self._open) >= _DEEPEST:
            raise Unreadable(text("testssl.sh JSON: nested deeper than {n} levels.", n=_DEEPEST))
        self._open.append(frame)

    def _scalar(self, frame: dict[str, str], value: object) -> None:
        if self._key in frame:
            raise Unreadable(text("testssl.sh JSON: {name} stands twice in one record.", name=storable(self._key, 80)))
        frame[self._key] = "" if value is None else str(value)
        if len(self._open) == 1:
            self._header[self._key] = storable(frame[self._key], 1_000)

    def _end(self) -> Iterator[Record]:
        frame = self._open.pop() or {}
        if self._tells(frame):
            told = frame.get("id", ""), frame.get("severity", ""), frame.get("finding", "")
            yield Record(*told, *self._address(frame))

    def _tells(self, frame: dict[str, str]) -> bool:
        """Whether it is a record, though a part is missing; an address that holds records and the header are none."""
        if not self._open or _RECORD & frame.keys():
            return bool(_RECORD & frame.keys())
        return bool(frame) and (len(self._open) == 1 or not _ADDRESS & frame.keys())

    def _address(self, frame: dict[str, str]) -> tuple[str, str, str]:
        if "ip" in frame:  # flat: "host/address"
            host, _, address = frame["ip"].partition("/")
            return host, address, frame.get("port", "")
        for around in reversed(self._open):
            if around and ("ip" in around or "targetHost" in around or "target host" in around):
                host = around.get("targetHost") or around.get("target host", "")
                return host, around.get("ip", ""), around.get("port", "")
        return "", "", ""
