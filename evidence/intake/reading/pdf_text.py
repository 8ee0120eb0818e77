"""The text of a PDF as Markdown: lines joined to paragraphs, bullets as list items, likely headings marked.

A PDF knows places on paper, not paragraphs; so a person reads the result before it is used.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final

import pypdfium2

from evidence.formats.values import Unreadable
from locales import text

_MOST_PAGES: Final = 200
_FEW: Final = 3  # pages; of fewer, no line counts as a margin
_LONGEST_HEADING: Final = 80  # characters
_BULLET: Final = re.compile(r"^\s*[\u2022\u25cf\u25aa\u25e6\u2013\uf0b7*-]\s+")
_NUMBER: Final = re.compile(r"^\s*\d{1,2}[.)]\s+")
_SENTENCE_END: Final = re.compile(r"[.!?:;,…]['\")\u2019\u201d]*$")
_HYPHEN: Final = re.compile(r"[a-zà-þ][-\u00ad\u2010\ufffe\u0002]$")


def pdf_text(stream: BinaryIO) -> str:
    """Raises `Unreadable` for a PDF that is broken, locked with a password, too long, or without text."""
    try:
        pages = _pages(stream)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(
            text("this PDF can't be read; it is broken or has a password. Save it without one, or paste its text.")
        ) from error
    if not any(line.strip() for page in pages for line in page):
        raise Unreadable(text("this PDF has no text, only pictures of it; paste the text."))
    return pages_text(pages)


def _pages(stream: BinaryIO) -> list[list[str]]:
    document = pypdfium2.PdfDocument(stream.read())
    if len(document) > _MOST_PAGES:
        raise Unreadable(text("this PDF has more than {n} pages; upload the statement alone.", n=_MOST_PAGES))
    return [page.get_textpage().get_text_range().splitlines() for page in document]


def pages_text(pages: Sequence[Sequence[str]]) -> str:
    """The lines of pages as Markdown, without lines that return on most pages and without page numbers."""
    lines = [line.strip() for page in _without_margins(pages) for line in page]
    return "\n\n".join(_blocks([line for line in lines if line])) + "\n"


def _without_margins(pages: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    counts = Counter(line for page in pages for line in {_words(line) for line in page})
    most = max(2, len(pages) // 2)
    for page in pages:
        yield [line for line in page if len(pages) < _FEW or (_words(line) and counts[_words(line)] <= most)]


def _words(line: str) -> str:
    return re.sub(r"\d+", "", line).strip()


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    """Join lines until a paragraph ends: at a bullet, number or heading, or a full stop that ends a short line."""
    block = ""
    width = max((len(line) for line in lines), default=0)
    for before, line, after in _neighbours(lines):
        if _is_heading(before, line, after):
            yield from filter(None, [block])
            yield f"## {line}"
            block = ""
        elif _BULLET.match(line) or _NUMBER.match(line):
            yield from filter(None, [block])
            block = _BULLET.sub("- ", line)
        else:
            block = _joined(block, line)
            if _SENTENCE_END.search(line) and len(line) < 0.75 * width and not line.endswith(","):
                yield block
                block = ""
    yield from filter(None, [block])


def _neighbours(lines: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    return zip(["", *lines], lines, [*lines[1:], ""], strict=False)


def _is_heading(before: str, line: str, after: str) -> bool:
    """Whether a line is short, ends without punctuation, starts with a capital, and stands between paragraphs."""
    if len(line) > _LONGEST_HEADING or _SENTENCE_END.search(line) or _BULLET.match(line) or not after:
        return False
    starts = re.sub(r"^\d+(\.\d+)*\.?\s+", "", line)[:1]
    ended = not before or bool(re.search(r"[.!?:;]['\")\u2019\u201d]*$", before)) or len(before) < len(line)
    return starts.isupper() and ended and not after[:1].islower()


def _joined(block: str, line: str) -> str:
    if not block:
        return line
    if _HYPHEN.search(block) and line[:1].islower():
        return block[:-1] + line
    return f"{block} {line}"
