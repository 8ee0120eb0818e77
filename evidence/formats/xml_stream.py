"""XML of strangers, read as it comes: no tree, no entities, no network; how much text is kept is ours to choose.

Everything before the root element must stand in the first 64 KiB, and an internal DTD subset is refused there, so that
nothing is ever declared that could expand or fetch. A plain DOCTYPE, as nmap writes, passes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, cast

from lxml import etree

from evidence.formats.values import HEAD, Result, Unreadable
from locales import text

_NAME = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)[\s/>]")
_ENCODING = re.compile(r"encoding\s*=\s*[\"']([\w.-]+)")
_READABLE = re.compile(r"(?i)utf-?(8|16(le|be)?)|us-ascii|ascii|iso-?8859-\d+|latin-?1|windows-125\d|cp125\d")
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
    """What stands before the first element, and that element's name (without prefix)."""

    root: str
    declares: bool  # a DTD inside the file: the door to entity bombs and to other files
    encoding: str


def prolog(head: bytes) -> Prolog | None:
    """None when this is not the beginning of an XML file."""
    content = _decoded(head)
    encoding = ""
    if content.startswith("<?xml"):
        found = _ENCODING.search(content, 0, content.find("?>") + 1)
        encoding = found.group(1) if found else ""
    at, declares = _first_element(content)
    name = _NAME.match(content, at) if at >= 0 else None
    return Prolog(name.group(1), declares, encoding) if name else None


def _decoded(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"<\x00")):
        return head.decode("utf-16-le", "replace").lstrip("\ufeff")
    if head.startswith((b"\xfe\xff", b"\x00<")):
        return head.decode("utf-16-be", "replace").lstrip("\ufeff")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _first_element(content: str) -> tuple[int, bool]:
    """Where the first element begins (below 0: nowhere), and whether a DTD with declarations stands before it."""
    at, declares = 0, False
    while True:
        while at < len(content) and content[at] in _WHITE:
            at += 1
        if content.startswith("<!--", at):
            at = _after(content, "-->", at)
        elif content.startswith("<?", at):
            at = _after(content, "?>", at)
        elif content.startswith("<!DOCTYPE", at):
            close, bracket = content.find(">", at), content.find("[", at)
            inside = 0 <= bracket < close
            declares = declares or inside
            at = _after(content, ">", content.find("]", bracket) if inside else at)
        else:
            return at, declares
        if at < 0:
            return -1, declares


def _after(content: str, mark: str, at: int) -> int:
    found = content.find(mark, at) if at >= 0 else -1
    return found + len(mark) if found >= 0 else -1


def first(stream: BinaryIO, title: str, roots: frozenset[str]) -> bytes:
    """The head of a file whose root is one of these. Raises `Unreadable` before anything is parsed."""
    head = stream.read(HEAD)
    found = prolog(head)
    if found is None:
        raise Unreadable(
            text("This is not {format}: the file does not begin as XML; expected what the tool wrote.", format=title)
        )
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


def results(stream: BinaryIO, head: bytes, target: Target, title: str) -> Iterator[Result]:
    """What the target makes of the file, taken after each piece that the parser was fed. Raises `Unreadable`."""
    for _ in _fed(stream, head, target, title):
        taken, target.results = target.results, []
        yield from taken
    target.finish()


def _fed(stream: BinaryIO, head: bytes, target: Target, title: str) -> Iterator[None]:
    parser = etree.XMLParser(
        target=cast("Any", target),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
    )
    try:
        chunk = head
        while chunk:
            parser.feed(chunk)
            yield
            chunk = stream.read(HEAD)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(error, title) from error


def _not_well_formed(error: etree.XMLSyntaxError, title: str) -> Unreadable:
    line = str(error.lineno or 1)
    detail = " ".join(str(error.msg or "").split())[:200]
    if "Premature end" in detail or "not found" in detail or "no element" in detail:
        return Unreadable(
            text(
                "{format}, line {line}: the file is not finished ({detail}); it was cut off. Export it again.",
                format=title,
                line=line,
                detail=detail,
            )
        )
    return Unreadable(
        text(
            "{format}, line {line}: this is not well-formed XML ({detail}); expected the file as the tool wrote it.",
            format=title,
            line=line,
            detail=detail,
        )
    )


def local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2] if tag[0] == "{" else tag
