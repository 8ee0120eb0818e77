"""A small real PDF (ISO 32000-1): headings and paragraphs in Helvetica on A4, with its table of objects and trailer."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WIDTH = 92  # characters on a line
_LINES = 52  # on a page
_FONTS = {"body": ("F1", 10), "heading": ("F2", 12), "title": ("F2", 17)}


@dataclass(frozen=True, slots=True)
class _Line:
    words: str
    style: str = "body"


def document(title: str, under: str, paragraphs: Sequence[str], foot: str) -> bytes:
    """Write a title, a subtitle and paragraphs; `## ` begins a heading, `- ` an item."""
    lines = [_Line(title, "title"), _Line(under), _Line(""), *_lines(paragraphs)]
    pages = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)]
    return _whole(title, [_page(page, f"{foot} - page {n} of {len(pages)}") for n, page in enumerate(pages, 1)])


def _lines(paragraphs: Sequence[str]) -> Iterator[_Line]:
    for paragraph in paragraphs:
        words, style = paragraph, "body"
        if paragraph.startswith("## "):
            words, style = paragraph.removeprefix("## "), "heading"
        for line in textwrap.wrap(words, _WIDTH, subsequent_indent="  " if words.startswith("- ") else ""):
            yield _Line(line, style)
        if not words.startswith("- "):
            yield _Line("")


def _page(lines: Sequence[_Line], foot: str) -> bytes:
    """Return the content stream of a page."""
    drawn = [_drawn(line, 780 - 14 * number) for number, line in enumerate(lines) if line.words]
    return b"\n".join([*drawn, _drawn(_Line(foot), 40)])


def _drawn(line: _Line, height: int) -> bytes:
    font, size = _FONTS[line.style]
    words = line.words.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return f"BT /{font} {size} Tf 60 {height} Td (".encode() + words + b") Tj ET"


def _whole(title: str, contents: Sequence[bytes]) -> bytes:
    first = 5
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(contents)))
    name = re.sub(r"([()\\])", r"\\\1", title.encode("ascii", "replace").decode())
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for at, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents %d 0 R >>" % (first + 2 * at + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    objects.append(f"<< /Title ({name}) /Producer (Aantoonbaar, made up) >>".encode())
    return _written(objects)


def _written(objects: Sequence[bytes]) -> bytes:
    """Return the file: objects, cross-reference table and trailer."""
    body, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), list[int]()
    for number, content_object in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content_object)
    table = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects))
    return bytes(body + b"startxref\n%d\n%%%%EOF\n" % table)
