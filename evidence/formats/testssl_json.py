"""The records of testssl's JSON, flat or pretty, as they come. Truncated, doubled or appended-to files are refused."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import ijson

from evidence.formats.values import Unreadable, storable
from locales import text

_DEEPEST = 12
_LONGEST_TOKEN = 4_194_304  # bytes without anything finished in them
_NUMBERS = (ValueError, ArithmeticError)  # numbers that nobody can hold, bytes that are no UTF-8


class Record(NamedTuple):
    """One finding of testssl, with the address it belongs to (empty: none)."""

    id: str
    severity: str
    finding: str
    host: str
    address: str
    port: str


def records(stream: BinaryIO, facts: dict[str, str]) -> Iterator[Record]:
    """Every object with an id and a severity; what stands at the top of the pretty shape goes to `facts`."""
    bounded = _Bounded(stream)
    count = 0
    try:
        for record in _Objects(facts).read(ijson.basic_parse(bounded, buf_size=65_536), bounded):
            count += 1
            yield record
    except (ijson.JSONError, *_NUMBERS) as error:
        raise Unreadable(
            text(
                "testssl.sh JSON: after record {n} the file is cut off or was appended to; scan again to a new file.",
                n=count,
            )
        ) from error


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

    def __init__(self, facts: dict[str, str]) -> None:
        self._facts = facts
        self._open: list[dict[str, str] | None] = []
        self._key = ""

    def read(self, events: Iterator[tuple[str, object]], bounded: _Bounded) -> Iterator[Record]:
        for event, value in events:
            bounded.since = 0
            if event == "map_key":
                self._key = str(value)
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

    def _begin(self, frame: dict[str, str] | None) -> None:
        if len(self._open) >= _DEEPEST:
            raise Unreadable(text("testssl.sh JSON: nested deeper than {n} levels.", n=_DEEPEST))
        self._open.append(frame)

    def _scalar(self, frame: dict[str, str], value: object) -> None:
        if self._key in frame:
            raise Unreadable(text("testssl.sh JSON: {name} stands twice in one record.", name=storable(self._key, 80)))
        frame[self._key] = "" if value is None else str(value)
        if len(self._open) == 1:
            self._facts[self._key] = storable(frame[self._key], 1_000)

    def _end(self) -> Iterator[Record]:
        frame = self._open.pop() or {}
        if "id" not in frame or "severity" not in frame:
            return
        host, address, port = self._address(frame)
        yield Record(frame["id"], frame["severity"], frame.get("finding", ""), host, address, port)

    def _address(self, frame: dict[str, str]) -> tuple[str, str, str]:
        if "ip" in frame:  # flat: "host/address"
            host, _, address = frame["ip"].partition("/")
            return host, address, frame.get("port", "")
        for around in reversed(self._open):
            if around and ("ip" in around or "targetHost" in around or "target host" in around):
                host = around.get("targetHost") or around.get("target host", "")
                return host, around.get("ip", ""), around.get("port", "")
        return "", "", ""
