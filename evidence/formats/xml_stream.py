"""XML of strangers, read as it comes: no tree, no entities, no network; how much text is kept is ours to choose.

Everything before the root element must stand in the first 64 KiB, and an internal DTD subset is refused there, so that
nothing is ever declared that could expand or fetch. A plain DOCTYPE, as nmap writes, passes.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO, NamedTuple, Protocol, cast
from xml.parsers import expat

from lxml import etree

from evidence.formats.values import HEAD, Result, Unreadable
from evidence.formats.xml_errors import not_well_formed, wrong_encoding
from evidence.formats.xml_pieces import in_short_sections, utf8
from locales import text

_NAME = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)[\s/>]")
_ENCODING = re.compile(r"encoding\s*=\s*[\"']([\w.-]+)")
_READABLE = re.compile(r"(?i)utf-?(8|16(le|be)?)|us-ascii|ascii|iso-?8859-\d+|latin-?1|windows-125\d|cp125\d")
_LATIN = re.compile(r"(?i)latin-?1")  # which the parser knows by its other name
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_WHITE = " \t\r\n"


class Target(Protocol):
    """What is told of each element, as lxml's parser targets are; `results` holds those that were not taken yet."""

    results: list[Result]

    def start(self, tag: str, attributes: dict[str, str], /) -> None: ...

    def end(self, tag: str, /) -> None: ...

    def data(self, data: str, /) -> None: ...

    def comment(self, text: str, /) -> None: ...

    def close(self) -> None: ...

    def finish(self) -> None:
        """Once all results were taken: what the run says as a whole."""
        ...


@dataclass(frozen=True, slots=True)
class Prolog:
    """What stands before the first element, and that element's name (without prefix).

    `declares`: a DTD inside the file, the door to entity bombs and to other files; None if no parser came so far.
    """

    root: str
    declares: bool | None
    encoding: str


class _Known(Exception):
    """The parser came to a DTD inside the file, or to the first element (its name) without one."""

    def __init__(self, root: str, *, declares: bool) -> None:
        super().__init__()
        self.root, self.declares = root, declares


def prolog(head: bytes) -> Prolog | None:
    """None when this is not the beginning of an XML file. A parser says what it is; how it looks, where none can."""
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


def _known(head: bytes, encoding: "_Encoding") -> _Known | None:
    """What a parser comes to first; None if it comes to neither, or can't read so far."""
    parser = expat.ParserCreate(encoding.as_read)
    parser.StartDoctypeDeclHandler = _at_doctype
    parser.StartElementHandler = _at_element
    try:
        for piece in utf8([head], encoding.incoming) if encoding.incoming else [head]:
            parser.Parse(piece)
    except _Known as known:
        return known
    except (expat.ExpatError, UnicodeError, LookupError, ValueError):
        pass
    return None


def _at_doctype(name: str, _system: str | None, _public: str | None, inside: bool) -> None:  # noqa: FBT001 - expat's
    if inside:
        raise _Known(local(name), declares=True)


def _at_element(name: str, _attributes: dict[str, str]) -> None:
    raise _Known(name.rpartition(":")[2], declares=False)


def _decoded(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"<\x00")):
        return head.decode("utf-16-le", "replace").lstrip("\ufeff")
    if head.startswith((b"\xfe\xff", b"\x00<")):
        return head.decode("utf-16-be", "replace").lstrip("\ufeff")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _first_element(content: str) -> int:
    """Where the first element seems to begin; below 0: nowhere."""
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
    found = content.find(mark, at) if at >= 0 else -1
    return found + len(mark) if found >= 0 else -1


def first(stream: BinaryIO, title: str, roots: frozenset[str]) -> bytes:
    """The head of a file whose root is one of these. Raises `Unreadable` before anything is parsed."""
    head = stream.read(HEAD)
    found = prolog(head)
    if found is None:
        raise _no_beginning(title)
    if found.declares:
        raise Unreadable(
            text("This file declares entities of its own (a DTD), which is refused; expected {format}.", format=title)
        )
    if found.root not in roots:
        expected = ", ".join(sorted(roots))
        raise Unreadable(
            text(
                "This is not {format}: its root is {root}; expected {roots}.",
                format=title,
                root=found.root[:80],
                roots=expected,
            )
        )
    if found.encoding and not _READABLE.fullmatch(found.encoding):
        raise Unreadable(
            text("This file says it is written in {encoding}; expected UTF-8.", encoding=found.encoding[:40])
        )
    return head


def _no_beginning(title: str) -> Unreadable:
    return Unreadable(
        text("This is not {format}: the file does not begin as XML; expected what the tool wrote.", format=title)
    )


def results(stream: BinaryIO, head: bytes, target: Target, title: str) -> Iterator[Result]:
    """What the target makes of the file, taken after each piece that the parser was fed. Raises `Unreadable`."""
    for _ in _fed(stream, head, target, title):
        taken, target.results = target.results, []
        yield from taken
    target.finish()


def _fed(stream: BinaryIO, head: bytes, target: Target, title: str) -> Iterator[None]:
    found = prolog(head)
    encoding = _true_encoding(head, found.encoding if found else "")
    sure = found is not None and found.declares is False  # else another parser did not come to the first element
    parser = etree.XMLParser(
        target=cast("Any", target),
        encoding=encoding.as_read,
        resolve_entities=False,
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
    """How a file says it is written, how its bytes come in, and how the parser gets them (None: as the file says)."""

    stated: str
    incoming: str
    as_read: str | None


def _true_encoding(head: bytes, stated: str) -> _Encoding:
    """UTF-16 is known by its bytes. A file of other bytes that says UTF-16 is UTF-8: .NET labels its strings so."""
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
    """The name without its namespace."""
    return tag.rpartition("}")[2] if tag[0] == "{" else tag
