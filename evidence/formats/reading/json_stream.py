"""Streams untrusted JSON: values at chosen places, one after the other, so that memory does not grow with the file.

A name that stands twice in an object, a value that is too long, nesting that is too deep and anything that is no JSON
are refused with the record or the byte. Files are UTF-8, or UTF-16 with a byte order mark (PowerShell writes it).
"""

import codecs
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any, BinaryIO, NoReturn

import ijson

from evidence.formats.reading.plain_text import looks_like_text
from evidence.formats.values import Unreadable, storable
from locales import Text, text

_DEEPEST = 60
_LONGEST = 8_388_608  # bytes of a value, or between two names
_PIECE = 65_536
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
#: fragments of the messages of ijson's parsers, and what they mean
_REASONS: tuple[tuple[tuple[str, ...], Text], ...] = (
    (("utf8", "utf-8", "utf-16"), text("there are bytes that are not text in its encoding; expected UTF-8.")),
    (
        ("invalid character inside string", "control character"),
        text("a control character (a tab or a line break, say) stands inside a text; expected an escape such as \\n."),
    ),
    (
        ("occurs before a character", "non-hex", "escape"),
        text("a backslash stands in a text and begins no character that JSON knows."),
    ),
    (
        ("trailing garbage", "additional data"),
        text("something follows the end, such as a second report. Upload each report by itself."),
    ),
    (("premature eof", "incomplete"), text("the file is cut off. Let the tool write it again.")),
)

_IN_PLACES, _NOWHERE = frozenset(".[{"), "."  # a name with one of these is at no place that is wanted
_BEGINS = frozenset(("start_map", "start_array"))
_CHANGES = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}  # of the depth, by event

_NO_TEXT = (bool, dict, list)  # types of values that are no text or number

Values = Iterator[tuple[str, Any]]


def begins(head: bytes) -> str:
    """The first 64 KiB of a file as text without white space before it; empty if it does not begin as JSON."""
    content = (looks_like_text(head) or "").lstrip("\ufeff \t\r\n")
    return content if content.startswith(("{", "[")) else ""


def values(
    stream: BinaryIO,
    title: str,
    wanted: AbstractSet[str],
    without: AbstractSet[str] = frozenset(),
    *,
    starts: AbstractSet[str] = frozenset(),
    several: bool = False,
    long_numbers: bool = False,
) -> Values:
    """Yield each value at a wanted place with that place, in the order of the file.

    A place is a path of names: `runs[].results[]` is each element of an array, `metrics{}` each name in an object with
    its value, and the empty place the whole document. No place may lie within another. `starts`: places around wanted
    ones, yielded with None when an object there begins. `without`: names inside values that are left out; instead of
    an array stands the number of its elements, else None. `several`: whether documents may follow each other.
    `long_numbers`: whether integers may be longer than 64 bits (keys, serial numbers); fractions are then `Decimal`.

    Raises `Unreadable`, also if something else stands where only an array can be, as it would be overlooked.
    """
    source = _Bounded(stream, title)
    reader = _Reader(source, title, wanted, without, starts)
    with _refusing(title, source, reader):
        events = ijson.basic_parse(source, buf_size=_PIECE, use_float=not long_numbers, multiple_values=several)
        yield from reader.read(events)


@contextmanager
def _refusing(title: str, source: "_Bounded", reader: "_Reader") -> Iterator[None]:
    try:
        yield
    except (ijson.JSONError, ValueError, ArithmeticError) as error:
        raise Unreadable(
            text(
                "{format}, after record {n} (before byte {byte}): {reason}",
                format=title,
                n=reader.count,
                byte=source.read_bytes,
                reason=_reason(error),
            )
        ) from error


def _reason(error: Exception) -> Text:
    """The cause of a parser's error, without content of the file."""
    message = str(error.args[0] if error.args else "").lower().partition("\n")[0]
    known = (why for words, why in _REASONS if any(fragment in message for fragment in words))
    return next(known, text("this is not valid JSON; upload the file as the tool wrote it."))


class _Bounded:
    """A stream as UTF-8, which raises `Unreadable` when no value ends for too long."""

    def __init__(self, stream: BinaryIO, title: str) -> None:
        self._stream, self._title = stream, title
        self._decoder: codecs.IncrementalDecoder | None = None
        self.read_bytes = self.since = 0

    def read(self, size: int = -1) -> bytes:
        if size == 0:  # how ijson finds out whether the stream has bytes
            return b""
        piece = self._stream.read(size)
        if not self.read_bytes:
            piece = self._without_mark(piece)
        self.read_bytes += len(piece)
        self.since += len(piece)
        if self.since > _LONGEST:
            raise Unreadable(text("{format}: a single value is longer than {n} bytes.", format=self._title, n=_LONGEST))
        if self._decoder is None:
            return piece
        return self._decoder.decode(piece, final=not piece).encode("utf-8")

    def _without_mark(self, piece: bytes) -> bytes:
        """The first piece without its byte order mark, which says the encoding."""
        for mark, encoding in _UTF16.items():
            if piece.startswith(mark):
                self._decoder = codecs.getincrementaldecoder(encoding)()
                return piece[len(mark) :]
        return piece.removeprefix(codecs.BOM_UTF8)


class _Reader:
    """Follows the parser's events along the wanted places; `count`: values that were read."""

    def __init__(
        self,
        source: _Bounded,
        title: str,
        wanted: AbstractSet[str],
        without: AbstractSet[str],
        starts: AbstractSet[str],
    ) -> None:
        self._source, self._title = source, title
        self._wanted, self._without, self._starts = wanted, without, starts
        self._on_the_way = {place[:end] for place in wanted for end in _ends(place)}
        self._only_lists = _only_lists(wanted)
        self._events: Iterator[tuple[str, Any]] = iter(())
        self.count = 0

    def read(self, events: Iterator[tuple[str, Any]]) -> Values:
        self._events = events
        for event, value in events:
            yield from self._at("", event, value, 0)

    def _at(self, place: str, event: str, value: Any, depth: int) -> Values:
        """Yield the wanted values at a place or below it."""
        self._source.since = 0
        if place in self._wanted:
            self.count += 1
            yield place, self._value(event, value, depth)
        elif place not in self._on_the_way:
            self._skip(event, depth)
        elif place in self._only_lists and event != "start_array":
            self._refuse_other(place, event, value)
        elif event == "start_map":
            if place in self._starts:
                yield place, None
            yield from self._below_names(place, depth + 1)
        elif event == "start_array":
            for element, content in self._events:
                if element == "end_array":
                    return
                yield from self._at(f"{place}[]", element, content, depth + 1)

    def _refuse_other(self, place: str, event: str, value: Any) -> None:
        """Refuse what is no array, unless it is empty."""
        is_empty = next(self._events)[0] == "end_map" if event == "start_map" else not value
        if not is_empty:
            raise Unreadable(
                text(
                    "{format}, after record {n}: expected a list under {name}.",
                    format=self._title,
                    n=self.count,
                    name=storable(place, 80),
                )
            )

    def _below_names(self, place: str, depth: int) -> Values:
        names = set()
        for event, name in self._events:
            if event == "end_map":
                return
            if name in names:
                self._twice(name)
            names.add(name)
            if f"{place}{{}}" in self._wanted:
                self.count += 1
                yield f"{place}{{}}", (name, self._value(*next(self._events), depth))
                continue
            below = f"{place}.{name}" if place else name
            yield from self._at(_NOWHERE if _IN_PLACES & set(name) else below, *next(self._events), depth)

    def _value(self, event: str, value: Any, depth: int) -> Any:
        """Build a value from its events."""
        if event == "start_map":
            return self._object(depth + 1)
        if event == "start_array":
            return self._array(depth + 1)
        return value

    def _object(self, depth: int) -> dict[str, Any]:
        self._check(depth)
        made: dict[str, Any] = {}
        events, without = self._events, self._without
        for event, name in events:
            if event == "end_map":
                return made
            kind, value = next(events)
            if name in made:
                self._twice(name)
            if name in without:
                value = self._skip(kind, depth)
            elif kind == "start_map":
                value = self._object(depth + 1)
            elif kind == "start_array":
                value = self._array(depth + 1)
            made[name] = value
        return made

    def _array(self, depth: int) -> list[Any]:
        self._check(depth)
        made: list[Any] = []
        for event, value in self._events:
            if event == "end_array":
                break
            made.append(self._value(event, value, depth))
        return made

    def _skip(self, event: str, depth: int) -> int | None:
        """Pass over a value that is not wanted; return the number of elements of an array."""
        if event not in _BEGINS:
            return None
        inside, elements = 1, 0
        for each, _ in self._events:
            change = _CHANGES.get(each, 0)
            if inside == 1 and change >= 0:
                elements += 1
                self._source.since = 0
            if change:
                self._source.since = 0
                inside += change
                if not inside:
                    break
                if depth + inside > _DEEPEST:
                    self._check(depth + inside)
        return elements if event == "start_array" else None

    def _check(self, depth: int) -> None:
        if depth > _DEEPEST:
            raise Unreadable(text("{format}: nested deeper than {n} levels.", format=self._title, n=_DEEPEST))

    def _twice(self, name: str) -> NoReturn:
        raise Unreadable(
            text(
                "{format}, after record {n}: {name} stands twice in one object.",
                format=self._title,
                n=self.count,
                name=storable(name, 80),
            )
        )


def _ends(place: str) -> list[int]:
    """Ends of the places on the way to a place."""
    return [0, *(at for at, sign in enumerate(place) if sign in ".[{")] if place else []


def _only_lists(wanted: AbstractSet[str]) -> set[str]:
    """Places on the way to these at which only an array can be; not the document itself."""
    ways = {(place[:at], sign) for place in wanted for at, sign in enumerate(place) if at and sign in ".[{"}
    return {place for place, sign in ways if sign == "["} - {place for place, sign in ways if sign != "["}


# ── Values of a document ─────────────────────────────────────────────────────────────────────────────────────────────


def inner(value: Any, *names: str) -> Any:
    """The value under these names in nested objects; None if any is missing or no object."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def string(value: Any, *names: str) -> str:
    """The text or number under these names; empty if there is none."""
    for name in names:  # as `inner`, without a call, as this is the most frequent function
        if not isinstance(value, dict) or name not in value:
            return ""
        value = value[name]
    if isinstance(value, str):
        return value
    return "" if value is None or isinstance(value, _NO_TEXT) else str(value)


def objects(value: Any, *names: str) -> list[Mapping[str, Any]]:
    """The objects in the array under these names; empty if there is none."""
    under = inner(value, *names)
    return [each for each in under if isinstance(each, dict)] if isinstance(under, list) else []


def strings(value: Any, *names: str) -> list[str]:
    """The texts in the array under these names; empty if there is none."""
    under = inner(value, *names)
    return [each for each in under if isinstance(each, str)] if isinstance(under, list) else []
