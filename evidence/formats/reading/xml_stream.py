"""Streams untrusted XML: no tree, no entities, no network; the target decides how much text is kept.

Everything before the root element must be in the first 64 KiB, and an internal DTD subset is refused there, so that
nothing can expand or be fetched. A plain DOCTYPE, as nmap writes, is accepted.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO, NamedTuple, Protocol, cast
from xml.parsers import expat

from lxml import etree

from evidence.formats.reading.xml_errors import not_well_formed, wrong_encoding
from evidence.formats.reading.xml_pieces import in_short_sections, utf8
from evidence.formats.values import HEAD, Result, Unreadable
from locales import text

_NAME = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)[\s/>]")
_ENCODING = re.compile(r"encoding\s*=\s*[\"']([\w.-]+)")
_READABLE = re.compile(r"(?i)utf-?(8|16(le|be)?)|us-ascii|ascii|iso-?8859-\d+|latin-?1|windows-125\d|cp125\d")
_LATIN = re.compile(r"(?i)latin-?1")  # the parser only knows its other name
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_WHITE = " \t\r\n"


class Target(Protocol):
    """A target of lxml's parser; `results` holds those not yet taken."""

    results: list[Result]

    def start(self, tag: str, attributes: dict[str, str], /) -> None: ...

    def end(self, tag: str, /) -> None: ...

    def data(self, data: str, /) -> None: ...

    def comment(self, text: str, /) -> None: ...

    def close(self) -> None: ...

    def finish(self) -> None:
        """Complete the run, after all results were taken."""
        ...


@dataclass(frozen=True, slots=True)
class Prolog:
    """The start of an XML file: its root element's name (without prefix) and encoding.

    `declares`: whether it has an internal DTD, which allows entity bombs and external files; None if unknown.
    """

    root: str
    declares: bool | None
    encoding: str


class _RootReached(Exception):
    """The parser reached an internal DTD, or the first element without one."""

    def __init__(self, root: str, *, declares: bool) -> None:
        super().__init__()
        self.root, self.declares = root, declares


def prolog(head: bytes) -> Prolog | None:
    """Read the start of an XML file, by a parser or else by its text; None if it is not XML."""
    content = _decoded(head)
    if not content.lstrip(_WHITE).startswith("<"):
        return None
    encoding = ""
    if content.startswith("<?xml"):
        stated = _ENCODING.search(content, 0, content.find("?>") + 1)
        encoding = stated.group(1) if stated else ""
    known = _known(head, _true_encoding(head, encoding))
    if known is not None:
        return Prolog(known.root, known.declares, encoding)
    at = _first_element(content)
    name = _NAME.match(content, at) if at >= 0 else None
    return Prolog(name.group(1), None, encoding) if name else None


def _known(head: bytes, encoding: "_Encoding") -> _RootReached | None:
    """What a parser reaches first; None if it reaches neither, or cannot read so far."""
    parser = expat.ParserCreate(encoding.as_read)
    parser.StartDoctypeDeclHandler = _at_doctype
    parser.StartElementHandler = _at_element
    try:
        for piece in utf8([head], encoding.incoming) if encoding.incoming else [head]:
            parser.Parse(piece)
    except _RootReached as known:
        return known
    except (expat.ExpatError, UnicodeError, LookupError, ValueError):
        pass
    return None


def _at_doctype(name: str, _system: str | None, _public: str | None, inside: bool) -> None:  # noqa: FBT001 - expat's
    if inside:
        raise _RootReached(local(name), declares=True)


def _at_element(name: str, _attributes: dict[str, str]) -> None:
    raise _RootReached(name.rpartition(":")[2], declares=False)


def _decoded(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"<\x00")):
        return head.decode("utf-16-le", "replace").lstrip("\ufeff")
    if head.startswith((b"\xfe\xff", b"\x00<")):
        return head.decode("utf-16-be", "replace").lstrip("\ufeff")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _first_element(content: str) -> int:
    """Index of the first element; negative if there is none."""
    at = 0
    while at >= 0:
        while at < len(content) and content[at] in _WHITE:
            at += 1
        if content.startswith("<!--", at):
            at = _after(content, "-->", at)
        elif content.startswith("<?", at):
            at = _after(content, "?>", at)
        elif content.startswith("<!DOCTYPE", at):
            close, bracket = content.find(">", at), content.find("[", at)
            at = _after(content, ">", content.find("]", bracket) if 0 <= bracket < close else at)
        else:
            return at
    return at


def _after(content: str, mark: str, at: int) -> int:
    index = content.find(mark, at) if at >= 0 else -1
    return index + len(mark) if index >= 0 else -1


def read_head(stream: BinaryIO, title: str, roots: frozenset[str]) -> bytes:
    """Read the head of a file with one of these roots. Raises `Unreadable` before anything is parsed."""
    head = stream.read(HEAD)
    beginning = prolog(head)
    if beginning is None:
        raise _no_beginning(title)
    if beginning.declares:
        raise Unreadable(
            text("This file declares entities of its own (a DTD), which is refused; expected {format}.", format=title)
        )
    if beginning.root not in roots:
        expected = ", ".join(sorted(roots))
        raise Unreadable(
            text(
                "This is not {format}: its root is {root}; expected {roots}.",
                format=title,
                root=beginning.root[:80],
                roots=expected,
            )
        )
    if beginning.encoding and not _READABLE.fullmatch(beginning.encoding):
        raise Unreadable(
            text("This file says it is written in {encoding}; expected UTF-8.", encoding=beginning.encoding[:40])
        )
    return head


def _no_beginning(title: str) -> Unreadable:
    return Unreadable(
        text("This is not {format}: the file does not begin as XML; expected what the tool wrote.", format=title)
    )


def results(stream: BinaryIO, head: bytes, target: Target, title: str) -> Iterator[Result]:
    """Yield the target's results, after each piece fed to the parser. Raises `Unreadable`."""
    for _ in _fed(stream, head, target, title):
        taken, target.results = target.results, []
        yield from taken
    target.finish()


def _fed(stream: BinaryIO, head: bytes, target: Target, title: str) -> Iterator[None]:
    beginning = prolog(head)
    encoding = _true_encoding(head, beginning.encoding if beginning else "")
    sure = (
        beginning is not None and beginning.declares is False
    )  # else the other parser did not reach the first element
    parser = etree.XMLParser(
        target=cast("Any", target),
        encoding=encoding.as_read,
        # of XML itself: with False, `&amp;` in an attribute would become `&#38;`
        resolve_entities=cast("Any", "internal"),
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
    )
    piece, at_end = b"", False
    try:
        for fed in _pieces(stream, head, encoding):
            piece = fed if fed.strip() else piece
            parser.feed(fed)
            if sure or not target.results:
                yield
            else:
                raise _no_beginning(title)
        at_end = True
        parser.close()
        if not sure:
            raise _no_beginning(title)
    except etree.XMLSyntaxError as error:
        raise not_well_formed(error, title, encoding.stated, piece, at_end=at_end) from error
    except UnicodeError as error:
        raise wrong_encoding(title, encoding.stated) from error


class _Encoding(NamedTuple):
    """Encodings: stated by the file, of its bytes (empty: as parsed), and for the parser (None: as stated)."""

    stated: str
    incoming: str
    as_read: str | None


def _true_encoding(head: bytes, stated: str) -> _Encoding:
    """The actual encoding. UTF-16 is recognised by its bytes; other files labelled UTF-16 are UTF-8, as .NET writes."""
    for begins, name in _UTF16.items():
        if head.startswith(begins):
            return _Encoding(stated or "UTF-16", name, "utf-8")
    if stated.lower().startswith("utf-16") or head.startswith(codecs.BOM_UTF8):
        return _Encoding("UTF-8", "", "utf-8")
    return _Encoding(stated or "UTF-8", "", "iso-8859-1" if _LATIN.fullmatch(stated) else None)


def _pieces(stream: BinaryIO, head: bytes, encoding: _Encoding) -> Iterator[bytes]:
    pieces = chain([head], iter(lambda: stream.read(HEAD), b""))
    return in_short_sections(utf8(pieces, encoding.incoming) if encoding.incoming else pieces)


def local(tag: str) -> str:
    """A tag's name without its namespace."""
    return tag.rpartition("}")[2] if tag[0] == "{" else tag


class ElementText:
    """The part of a reader that collects the text of an element: `_text` where it is needed, at most `_room` more."""

    _text: list[str] | None
    _room: int

    def data(self, data: str) -> None:
        if self._text is not None and self._room > 0:
            self._text.append(data[: self._room])
            self._room -= len(data)

    def comment(self, text: str) -> None:
        """Ignore comments."""

    def close(self) -> None:
        """Called at the end of the file."""
