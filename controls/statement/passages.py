"""The Markdown of a statement as passages: headings, paragraphs and list items, each with its place in the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = ("<!--", "-->")
_SIGNS = {
    "heading": re.compile(r"#{1,6} +"),
    "item": re.compile(r" *[-*+] +"),
    "number": re.compile(r" *(\d+)[.)] +"),
    "paragraph": re.compile(r"\s*"),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """Characters `start` to `end` of the text; kind is heading, paragraph, item or number."""

    kind: str
    start: int
    end: int
    number: str = ""


def passages(text: str) -> list[Passage]:
    """In the order of the text. Comments are left out; lines that follow each other belong together."""
    found: list[Passage] = []
    joins = False
    for start, line in _lines(_without_comments(text)):
        if not line.strip():
            joins = False
            continue
        passage = _begin(start, line)
        if joins and passage.kind == "paragraph":
            found[-1] = Passage(found[-1].kind, found[-1].start, passage.end, found[-1].number)
        else:
            found.append(passage)
        joins = passage.kind != "heading"
    return found


def _without_comments(text: str) -> str:
    """Spaces in their place, so that the rest stays where it is; one that does not end is none."""
    begin, end = _COMMENT
    parts, at = [], 0
    while (start := text.find(begin, at)) >= 0 and (last := text.find(end, start + len(begin))) >= 0:
        parts += [text[at:start], " " * (last + len(end) - start)]
        at = last + len(end)
    return "".join([*parts, text[at:]])


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.splitlines(keepends=True):
        yield at, line
        at += len(line)


def _begin(start: int, line: str) -> Passage:
    for kind, sign in _SIGNS.items():
        if found := sign.match(line):
            number = found.group(1) if kind == "number" else ""
            first = start + found.end()
            return Passage(kind, first, max(first, start + len(line.rstrip())), number)
    raise AssertionError("every line is at least a paragraph")  # pragma: no cover
