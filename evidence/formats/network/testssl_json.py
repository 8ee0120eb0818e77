"""Reads records of testssl.sh's JSON, flat or pretty, as a stream. Truncated or concatenated files are refused."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import ijson

from evidence.formats.values import Unreadable, storable
from locales import Text, text

_DEEPEST = 12
_LONGEST_TOKEN = 4_194_304  # bytes in a single token
_RECORD = frozenset(("id", "severity", "finding"))
_ADDRESS = frozenset(("ip", "targetHost", "target host"))
_HEADER = frozenset(("Invocation", "startTime", "scanResult"))  # names that only the outermost object has
_NUMBERS = (ValueError, ArithmeticError)  # too large numbers, bytes that are not UTF-8
_AS_SENT = text(
    "testssl.sh wrote what the server sent without escaping it. Scan again with a newer version, or upload its CSV "
    "(--csvfile)."
)
#: messages of ijson's parsers, and what they mean
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
    """A finding of testssl.sh, with its host, address and port; missing values are empty."""

    id: str
    severity: str
    finding: str
    host: str
    address: str
    port: str


def records(stream: BinaryIO, header: dict[str, str]) -> Iterator[Record]:
    """Yield records; fields of the outermost object of pretty JSON go to `header`. Raises `Unreadable`."""
    bounded = _Bounded(stream)
    count = 0
    try:
        for record in _Objects(header).read(ijson.basic_parse(bounded, buf_size=65_536), bounded):
            count += 1
            yield record
    except (ijson.JSONError, *_NUMBERS) as error:
        raise Unreadable(text("testssl.sh JSON, after record {n}: {reason}", n=count, reason=_reason(error))) from error


def _reason(error: Exception) -> Text:
    """The cause of a parser's error, without content of the file."""
    message = str(error.args[0] if error.args else "").lower().partition("\n")[0]
    known = (why for words, why in _REASONS if any(fragment in message for fragment in words))
    return next(known, text("this is not valid JSON; upload the file as testssl.sh wrote it."))


class _Bounded:
    """A stream that raises `Unreadable` when a single token is too long."""

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
            raise Unreadable(
                text(
                    "testssl.sh JSON: a single value is longer than {n} bytes; "
                    "write the file again with testssl.sh's --jsonfile-pretty.",
                    n=_LONGEST_TOKEN,
                )
            )
        return chunk


class _Objects:
    """Builds records from parser events; `_open` holds the open objects, None for an array."""

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
        """Set the current key. A file nested in another is refused, as it would get the other's moment."""
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
            raise Unreadable(
                text(
                    "testssl.sh JSON: nested deeper than {n} levels; "
                    "write the file again with testssl.sh's --jsonfile-pretty.",
                    n=_DEEPEST,
                )
            )
        self._open.append(frame)

    def _scalar(self, frame: dict[str, str], value: object) -> None:
        if self._key in frame:
            raise Unreadable(
                text(
                    "testssl.sh JSON: {name} stands twice in one record; "
                    "write the file again with testssl.sh's --jsonfile-pretty.",
                    name=storable(self._key, 80),
                )
            )
        frame[self._key] = "" if value is None else str(value)
        if len(self._open) == 1:
            self._header[self._key] = storable(frame[self._key], 1_000)

    def _end(self) -> Iterator[Record]:
        frame = self._open.pop() or {}
        if self._is_record(frame):
            values = frame.get("id", ""), frame.get("severity", ""), frame.get("finding", "")
            yield Record(*values, *self._address(frame))

    def _is_record(self, frame: dict[str, str]) -> bool:
        """Whether an object is a record, also an incomplete one; the header and objects of addresses are not."""
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
