"""The first parts of a JSON or XML file as a tree that can be folded; reading stops when enough is known."""

import json
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final
from xml.parsers import expat

import ijson

from evidence.formats.reading.xml_stream import local
from evidence.preview.texts import text_of
from evidence.preview.values import Node, Preview

_MOST_NODES: Final = 600
_DEEPEST: Final = 12
_LONGEST: Final = 500  # characters of a name or value
_PIECE: Final = 65_536
_MOST_BYTES: Final = 2_000_000


class _First:
    """The first bytes of a stream. `is_cut`: there were more."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._left, self.is_cut = stream, _MOST_BYTES, False

    def read(self, size: int = _PIECE) -> bytes:
        data = self._stream.read(min(size, self._left))
        self._left -= len(data)
        self.is_cut = self.is_cut or (not self._left and bool(size))
        return data


class _Enough(Exception):
    """As many parts as are shown were read."""


@dataclass(slots=True)
class _Open:
    """A part that is being read."""

    name: str
    value: str = ""
    inside: list["_Open"] = field(default_factory=list)
    is_list: bool = False

    def node(self) -> Node:
        return Node(self.name, self.value, tuple(part.node() for part in self.inside))


class _Tree:
    """Builds a tree as its parts begin and end; parts that lie too deep are left out."""

    def __init__(self) -> None:
        self.root = _Open("")
        self.path, self.left_out, self._count = [self.root], 0, 0

    def begin(self, name: str, value: str = "", *, is_list: bool = False) -> None:
        self._count += 1
        if self._count > _MOST_NODES:
            raise _Enough
        part = _Open(name[:_LONGEST], value[:_LONGEST], is_list=is_list)
        if len(self.path) <= _DEEPEST:
            self.path[-1].inside.append(part)
        else:
            self.left_out += 1
        self.path.append(part)

    def end(self) -> None:
        self.path.pop()

    def preview(self, *, is_part: bool) -> Preview:
        return Preview(tree=self.root.node().inside, is_part=is_part or self.left_out > 0)


def json_of(stream: BinaryIO) -> Preview:
    """The first parts of a JSON file; broken JSON as text."""
    tree, first = _Tree(), _First(stream)
    try:
        _read_json(first, tree)
    except _Enough:
        return tree.preview(is_part=True)
    except (ijson.JSONError, UnicodeDecodeError, ValueError):
        return tree.preview(is_part=True) if first.is_cut else text_of(stream)
    return tree.preview(is_part=False)


def _read_json(first: _First, tree: _Tree) -> None:
    name = ""
    for event, value in ijson.basic_parse(first, use_float=True, buf_size=_PIECE):
        if event == "map_key":
            name = str(value)
        elif event in ("end_map", "end_array"):
            tree.end()
        else:
            here = tree.path[-1]
            label = str(len(here.inside) + 1) if here.is_list else name
            is_open = event in ("start_map", "start_array")
            tree.begin(label, "" if is_open else _json_value(value), is_list=event == "start_array")
            if not is_open:
                tree.end()


def _json_value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def xml_of(stream: BinaryIO) -> Preview:
    """The first elements of an XML file with their attributes and text; what cannot be read so as text."""
    tree, parser = _Tree(), expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = lambda name, attributes: tree.begin(local(name), _attributes(attributes))
    parser.EndElementHandler = lambda _name: tree.end()
    parser.CharacterDataHandler = lambda words: _add_words(tree.path[-1], words)
    first = _First(stream)
    try:
        while piece := first.read():
            parser.Parse(piece)
        parser.Parse(b"", True)  # noqa: FBT003 - expat's
    except _Enough:
        return tree.preview(is_part=True)
    except (expat.ExpatError, UnicodeError, LookupError, ValueError):
        return tree.preview(is_part=True) if first.is_cut else text_of(stream)
    return tree.preview(is_part=False)


def _refuse(*_: object) -> None:
    raise ValueError("this file declares entities of its own")


def _attributes(attributes: dict[str, str]) -> str:
    return " ".join(f'{local(name)}="{value[:_LONGEST]}"' for name, value in list(attributes.items())[:20])


def _add_words(part: _Open, words: str) -> None:
    if words.strip() and len(part.value) < _LONGEST:
        part.value = f"{part.value} {words.strip()}".strip()[:_LONGEST]
