"""Passages of a statement in Markdown: headings, paragraphs, list items and rows of tables, with their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = ("<!--", "-->")
_MARKERS = {
    "heading": re.compile(r"#{1,6} +"),
    "item": re.compile(r" *[-*+] +"),
    "number": re.compile(r" *(\d+)[.)] +"),
    "row": re.compile(r" *\|[ |]*"),
    "paragraph": re.compile(r"\s*"),
}
_ROW_ENDS = " |"
_RULE = re.compile(r"[\s|:-]*\|[\s|:-]*")  # under the first row of a table


@dataclass(frozen=True, slots=True)
class Passage:
    """Characters `start` to `end` of the text; kind is heading, paragraph, item, number or row (of a table)."""

    kind: str
    start: int
    end: int
    number: str = ""


def passages(text: str) -> list[Passage]:
    """Return the passages in the order of the text, without comments; adjacent lines form one passage."""
    result: list[Passage] = []
    joins = False
    for start, line in _lines(_without_comments(text)):
        if not line.strip() or _RULE.fullmatch(line):
            joins = False
            continue
        passage = _passage_of(start, line)
        if joins and passage.kind == "paragraph":
            result[-1] = Passage(result[-1].kind, result[-1].start, passage.end, result[-1].number)
        else:
            result.append(passage)
        joins = passage.kind not in ("heading", "row")
    return result


def _without_comments(text: str) -> str:
    """Replace comments by spaces, so that other characters keep their places; an unclosed comment is text."""
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


def _passage_of(start: int, line: str) -> Passage:
    for kind, sign in _MARKERS.items():
        if match := sign.match(line):
            number = match.group(1) if kind == "number" else ""
            first = start + match.end()
            words = line.rstrip().rstrip(_ROW_ENDS) if kind == "row" else line.rstrip()
            return Passage(kind, first, max(first, start + len(words)), number)
    raise AssertionError("every line is at least a paragraph")  # pragma: no cover
