"""YAML read as plain values with line numbers.

Every scalar stays text (`5.10` is not a number, `no` not a boolean): the declared structure determines its type.
Duplicate names, aliases, tags and deep nesting are refused, so that a file means what it looks like.
"""

from collections.abc import Iterator
from typing import Any, Final

import yaml

from controls.errors import WrongFile
from locales import Text, text

#: place of a value: names of fields and indexes of list items, from the top
Where = tuple[str | int, ...]

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 20
_NOTHING = ("", "~", "null", "Null", "NULL")


class Tree:
    """The values of one YAML document, and the line of each."""

    def __init__(self, file: str, content: bytes) -> None:
        self.file = file
        self.lines: dict[Where, int] = {}
        self._events = self._parse(content)
        self.values = self._document()

    def line(self, where: Where) -> int:
        """Return the line of a value, or of the nearest enclosing value."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def wrong(self, message: Text, where: Where = ()) -> WrongFile:
        """Return the error about the value at `where`, with file and line."""
        return self._wrong(message, self.line(where))

    def _wrong(self, message: Text, line: int) -> WrongFile:
        return WrongFile(text("{file}, line {line}: {problem}", file=self.file, line=str(line), problem=message))

    def _parse(self, content: bytes) -> Iterator[yaml.Event]:
        try:
            yield from yaml.parse(content.decode("utf-8"), Loader=_LOADER)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise self._wrong(text("this is not UTF-8 text; save the file as UTF-8."), line) from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            problem = str(error.problem or error.context)
            raise self._wrong(text("this is not YAML ({problem}).", problem=problem), line) from error
        except yaml.YAMLError as error:
            raise self._wrong(text("this is not YAML ({problem}).", problem=_one_line(error)), 1) from error

    def _next(self) -> yaml.Event:
        event = next(self._events)
        if isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            return self._next()
        return event

    def _document(self) -> Any:
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            raise self._wrong(text("the file is empty."), 1)
        values = self._value(event, ())
        rest = [event for event in self._events if isinstance(event, yaml.DocumentStartEvent)]
        if rest:
            line = _line(rest[0])
            raise self._wrong(text("a second document starts here; expected one document per file."), line)
        return values

    def _value(self, event: yaml.Event, where: Where) -> Any:
        line = _line(event)
        self.lines.setdefault(where, line)
        if isinstance(event, yaml.AliasEvent):
            raise self._wrong(text("aliases (*{name}) are not used here; write it out.", name=event.anchor), line)
        if len(where) > _DEEPEST:
            raise self._wrong(text("this is nested too deeply; expected at most {n} levels.", n=_DEEPEST), line)
        if tag := getattr(event, "tag", None):
            raise self._wrong(text("tags ({tag}) are not used here; write the plain value.", tag=tag), line)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(where)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(where)
        return _scalar(event)

    def _mapping(self, where: Where) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise self._wrong(text("expected the name of a field."), line)
            if event.value in values:
                first = self.lines[(*where, event.value)]
                raise self._wrong(
                    text("{name} occurs twice (first on line {first}).", name=event.value, first=str(first)), line
                )
            self.lines[(*where, event.value)] = line
            values[event.value] = self._value(self._next(), (*where, event.value))
        return values

    def _sequence(self, where: Where) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            values.append(self._value(event, (*where, len(values))))
        return values


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: yaml.Event) -> str | None:
    if not isinstance(event, yaml.ScalarEvent):
        return None
    return None if not event.style and event.value in _NOTHING else str(event.value)


def _one_line(error: yaml.YAMLError) -> str:
    return " ".join(str(error).split())
