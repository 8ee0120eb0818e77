"""Streams untrusted JSON: values at chosen places, one after the other, so that memory does not grow with the file.

A value that lies within what is read at once is decoded as a whole; a longer one is read by its members. A name that
stands twice in an object, a value that is too long, nesting that is too deep and anything that is no JSON are refused
with the record or the byte.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, BinaryIO

from evidence.formats.reading.json_text import PARTS, PLAIN, JsonText, NotJson, scanner
from evidence.formats.reading.plain_text import looks_like_text
from evidence.formats.values import Unreadable, storable
from locales import text

_IN_PLACES, _NOWHERE = frozenset(".[{"), "."  # a name with one of these is at no place that is wanted
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
) -> Values:
    """Yield each value at a wanted place with that place, in the order of the file.

    A place is a path of names: `runs[].results[]` is each element of an array, `metrics{}` each name in an object with
    its value, and the empty place the whole document. No place may lie within another. `starts`: places around wanted
    ones, yielded with None when an object there begins. `without`: names inside values that are left out; instead of
    an array stands the number of its elements, else None. `several`: whether documents may follow each other.

    Raises `Unreadable`, also if something else stands where only an array can be, as it would be overlooked.
    """
    source = JsonText(stream, title)
    reader = _Reader(source, title, wanted, without, starts)
    try:
        yield from reader.read()
        while several and source.next():
            yield from reader.read()
        source.check_end()
    except NotJson as error:
        raise Unreadable(
            text(
                "{format}, after record {n} (before byte {byte}): {reason}",
                format=title,
                n=reader.count,
                byte=source.read_bytes,
                reason=error.reason,
            )
        ) from error


class _Reader:
    """Follows the wanted places through a document; `count`: values that were read."""

    def __init__(
        self,
        source: JsonText,
        title: str,
        wanted: AbstractSet[str],
        without: AbstractSet[str],
        starts: AbstractSet[str],
    ) -> None:
        self._source, self._title = source, title
        self._wanted, self._without, self._starts = wanted, without, starts
        self._on_the_way = {place[:end] for place in wanted for end in _ends(place)}
        self._only_lists = _only_lists(wanted)
        self._scan = scanner(self._object_of)
        self.count = 0

    def read(self) -> Values:
        """Yield the wanted values of a document."""
        yield from self._at("", 0)

    def _at(self, place: str, depth: int) -> Values:
        """Yield the wanted values at a place or below it."""
        self._source.since = 0
        sign = self._source.next()
        if place in self._wanted:
            self.count += 1
            yield place, self._value(depth)
        elif place not in self._on_the_way:
            self._skip(depth)
        elif place in self._only_lists and sign != "[":
            self._refuse_other(place, sign)
        elif sign == "{":
            if place in self._starts:
                yield place, None
            yield from self._below_names(place, depth + 1)
        elif sign == "[":
            yield from self._below_list(f"{place}[]", depth + 1)
        else:
            self._skip(depth)

    def _refuse_other(self, place: str, sign: str) -> None:
        """Refuse what is no array, unless it is empty."""
        is_empty = not any(True for _ in self._source.names()) if sign == "{" else not self._source.value(PLAIN, 0)
        if not is_empty:
            raise Unreadable(
                text(
                    "{format}, after record {n}: expected a list under {name}.",
                    format=self._title,
                    n=self.count,
                    name=storable(place, 80),
                )
            )

    def _below_list(self, place: str, depth: int) -> Values:
        if place not in self._wanted:
            for _ in self._source.elements():
                yield from self._at(place, depth)
            return
        for _ in self._source.elements():  # as `_at`, without a generator for each of most values
            self._source.since = 0
            self.count += 1
            yield place, self._value(depth)

    def _below_names(self, place: str, depth: int) -> Values:
        names = set()
        for name in self._source.names():
            if name in names:
                raise self._twice(name)
            names.add(name)
            if f"{place}{{}}" in self._wanted:
                self._source.since = 0
                self.count += 1
                yield f"{place}{{}}", (name, self._value(depth))
                continue
            below = f"{place}.{name}" if place else name
            yield from self._at(_NOWHERE if _IN_PLACES & set(name) else below, depth)

    def _value(self, depth: int) -> Any:
        """The value that begins here."""
        source = self._source
        if (value := source.value(self._scan, depth)) is not PARTS:
            return value
        source.check_depth(depth + 1)
        if source.next() == "[":
            return [self._value(depth + 1) for _ in source.elements()]
        made: dict[str, Any] = {}
        for name in source.names():
            if name in made:
                raise self._twice(name)
            made[name] = self._skip(depth + 1) if name in self._without else self._value(depth + 1)
        return made

    def _object_of(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object of names and values, as values have it."""
        made = dict(pairs)
        if len(made) < len(pairs):
            raise ValueError("a name stands twice")  # which one is found when the object is read by its members
        if not self._without.isdisjoint(made):
            for name in self._without & made.keys():
                made[name] = len(made[name]) if isinstance(made[name], list) else None
        return made

    def _skip(self, depth: int) -> int | None:
        """Pass over a value that is not wanted; return the number of elements of an array."""
        source = self._source
        if (value := source.value(PLAIN, depth)) is not PARTS:
            return len(value) if isinstance(value, list) else None
        source.check_depth(depth + 1)
        is_list, number = source.next() == "[", 0
        for _ in source.elements() if is_list else source.names():
            source.since = 0
            number += 1
            self._skip(depth + 1)
        return number if is_list else None

    def _twice(self, name: str) -> Unreadable:
        return Unreadable(
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
        if not isinstance(value, dict):
            return ""
        value = value.get(name)
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
