"""The parts of a spreadsheet's package (a zip): found by name, unpacked a little at a time, never beyond a budget.

What a file costs follows its bytes: the directory, the unpacked bytes, the depth of the XML and the length of a tag are
bounded, and a DTD is refused by the parser. Format: ECMA-376 part 2 (OPC).
"""

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol
from xml.parsers import expat

from evidence.formats.values import Unreadable
from locales import Text, text

#: What may be unpacked: so many bytes of a small file, so many times its size of a larger one, and never more. Each
#: element weighs some bytes more than it takes, so that millions of empty ones cost no more than a sheet that is full.
MOST_UNPACKED = 200 << 20
_LEAST_UNPACKED, _MOST_RATIO = 12 << 20, 100
WEIGHT = 16
_MOST_DIRECTORY = 1 << 20
_MOST_PARTS = 5_000
_PIECE = 65_536
_LONGEST_TAG = 262_144
_MOST_NAMES = 2_000  # of elements and attributes
DEEPEST = 64  # elements within each other
_ENCRYPTED = 0x1
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    ValueError,
)


#: Sets an expat parser's handlers.
Attach = Callable[[Any], None]


class Handler(Protocol):
    """What is told of a part: each element by its name without prefix, and the text inside."""

    def start(self, name: str, attributes: dict[str, str], /) -> None: ...

    def end(self, name: str, /) -> None: ...

    def data(self, content: str, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Relation:
    """From one part to another: the last word of its type (worksheet, styles), and the other's name."""

    kind: str
    target: str


class Package:
    """The parts by their name, without differences of case. Raises `Unreadable`."""

    def __init__(self, stream: BinaryIO) -> None:
        size = stream.seek(0, 2)
        self._left = min(MOST_UNPACKED, max(_LEAST_UNPACKED, _MOST_RATIO * size))
        self._parts: dict[str, zipfile.ZipInfo] = {}
        with _readable(_WORKBOOK):
            self._zip = zipfile.ZipFile(_Bounded(stream))
            for entry in self._zip.infolist():
                self._add(entry)

    def _add(self, entry: zipfile.ZipInfo) -> None:
        name = _plain(entry.filename)
        if entry.flag_bits & _ENCRYPTED:
            raise Unreadable(text("This workbook is encrypted; save it without a password."))
        if name in self._parts:
            raise Unreadable(
                text(
                    "This workbook has two parts of one name, which no spreadsheet program writes. "
                    "Save it again with one."
                )
            )
        if len(self._parts) >= _MOST_PARTS or entry.compress_type not in _PACKINGS:
            raise damaged(_WORKBOOK)
        self._parts[name] = entry

    def names(self) -> list[str]:
        """All parts."""
        return list(self._parts)

    def spend(self, size: int) -> None:
        """So many more bytes were unpacked or written out. Raises `Unreadable` beyond the budget."""
        self._left -= size
        if self._left < 0:
            raise Unreadable(
                text("This workbook unpacks to far more than its size; save the register as CSV and upload that.")
            )

    def parse(self, name: str, attach: Attach, where: Text | None = None) -> Iterator[None]:
        """Parses a part, and pauses after each piece of it. Raises `Unreadable`, naming `where`.

        `attach` sets the handlers; they bound how deep elements may lie within each other.
        """
        where = where or _WORKBOOK
        if name not in self._parts:
            raise damaged(where)
        parser, fed = expat.ParserCreate(), 0
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_dtd
        attach(parser)
        with _readable(where), self._zip.open(self._parts[name]) as stream:
            while piece := stream.read(_PIECE):
                self.spend(len(piece))
                fed += len(piece)
                parser.Parse(piece)
                if fed - parser.CurrentByteIndex > _LONGEST_TAG or len(parser.intern) > _MOST_NAMES:
                    raise damaged(where)
                yield
            parser.Parse(b"", True)  # noqa: FBT003 - expat's own
        yield

    def small(self, name: str, most: int) -> bytes:
        """The bytes of a part; none of one that is missing or has more than `most`. Raises `Unreadable`."""
        if name not in self._parts or self._parts[name].file_size > most:
            return b""
        with _readable(_WORKBOOK), self._zip.open(self._parts[name]) as stream:
            content = stream.read(most + 1)
        self.spend(len(content))
        return content if len(content) <= most else b""

    def tell(self, name: str, handler: Handler) -> None:
        """Tells a handler of all of a part. Raises `Unreadable`."""
        for _ in self.parse(name, lambda parser: _attach(parser, handler)):
            pass

    def relations(self, part: str) -> dict[str, Relation]:
        """From a part (of the package, if its name is empty) to others, by id."""
        folder, name = posixpath.split(part)
        relations = _Relations(folder)
        file = posixpath.join(folder, "_rels", f"{name}.rels")
        if file in self._parts:
            self.tell(file, relations)
        return relations.found


_WORKBOOK = text("This workbook")


def damaged(where: Text) -> Unreadable:
    """The refusal of bytes that no spreadsheet program would write."""
    return Unreadable(
        text(
            "{where} is damaged or cut off; open the file in a spreadsheet program and save it as XLSX again.",
            where=where,
        )
    )


def too_long(where: Text, most: int) -> Unreadable:
    """The refusal of a cell with more than `most` characters. `where`: the workbook, or the sheet and row."""
    return Unreadable(
        text(
            "{where}: a cell holds more than {n} characters, which is more than a spreadsheet program keeps; shorten "
            "it and upload the file again.",
            where=where,
            n=most,
        )
    )


@contextmanager
def _readable(where: Text) -> Iterator[None]:
    """What libraries say of broken bytes is told as `Unreadable`."""
    try:
        yield
    except _BROKEN as error:
        raise damaged(where) from error


def _plain(name: str) -> str:
    """A part's name as it is compared: ASCII case does not matter, and some programs write backslashes."""
    return posixpath.normpath(name.replace("\\", "/").lstrip("/").lower())


class _Bounded:
    """A stream of which no more is read at once than the directory of a spreadsheet takes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(_MOST_DIRECTORY + 1 if size < 0 else min(size, _MOST_DIRECTORY + 1))
        if len(content) > _MOST_DIRECTORY:
            raise zipfile.BadZipFile("too much at once")
        return content


def _attach(parser: Any, handler: Handler) -> None:
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise damaged(_WORKBOOK)
        handler.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(name.rpartition(":")[2])

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = handler.data


def _refuse_dtd(*_: object) -> None:
    raise Unreadable(
        text(
            "This workbook declares entities of its own (a DTD), which is refused. "
            "Save it again with a spreadsheet program."
        )
    )


class _Relations:
    """The relations of one part."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: dict[str, Relation] = {}

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            if len(self.found) >= _MOST_PARTS:
                raise damaged(_WORKBOOK)
            target = attributes.get("Target", "")
            whole = target if target.startswith("/") else posixpath.join(self._folder, target)
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = Relation(kind, _plain(whole))

    def end(self, name: str, /) -> None:
        pass

    def data(self, content: str, /) -> None:
        pass
