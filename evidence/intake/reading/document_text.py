"""The text of a document that a statement is made from, as Markdown: Markdown or plain text, HTML, DOCX, PDF.

Runs in the reading process (`process.py`), within its limits.
"""

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Final
from xml.parsers.expat import ExpatError

from evidence.formats.media import describe
from evidence.formats.values import Unreadable
from evidence.intake.reading.html_text import html_text
from locales import text

_HEAD: Final = 2048  # bytes by which a page is recognised
_LARGEST_TEXT: Final = 20_000_000  # bytes of a page saved with its pictures inside
_CHARSET: Final = re.compile(rb"charset=[\"']?([A-Za-z0-9_-]{1,40})", re.IGNORECASE)
_NO_TEXT: Final = frozenset({"xlsx", "pptx", "odt", "ods", "odp", "png", "jpg"})
#: what a document holds besides its text: control characters, soft hyphens, marks that turn the order of letters,
#: halves of characters
_UNREADABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe]"
)
#: what mammoth, and the libraries of Python that it uses, raise for a broken document
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ExpatError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    EOFError,
)
_IS_HTML: Final = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The text as Markdown."""

    text: str


def document_text(stream: BinaryIO) -> DocumentText:
    """Read a document by its content, whatever its name. Raises `Unreadable`."""
    made = _UNREADABLE.sub("", _text_of(stream))
    if not made.strip():
        raise Unreadable(text("this document has no text."))
    return DocumentText(made)


def _text_of(stream: BinaryIO) -> str:
    if _IS_HTML.match(stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf")):
        return html_text(_decoded(stream))
    kind = describe(stream).extension  # refuses programs, archives, and packages that unpack to too much
    if kind == "pdf":
        from evidence.intake.reading.pdf_text import pdf_text  # noqa: PLC0415 - costs memory; few files need it

        return pdf_text(stream)
    if kind == "docx":
        return html_text(_docx_page(stream))
    if kind in _NO_TEXT:
        raise Unreadable(text("this is no text document; expected DOCX, PDF, HTML, Markdown or plain text."))
    return _decoded(stream)


def _docx_page(stream: BinaryIO) -> str:
    """The document as HTML, without its pictures."""
    import mammoth  # noqa: PLC0415 - costs memory; few files need it

    stream.seek(0)
    unnamed = BytesIO(stream.read())  # mammoth takes the name of a stream for a path, also if it is a number
    try:
        page: str = mammoth.convert_to_html(unnamed, convert_image=mammoth.images.img_element(_no_picture)).value
    except _BROKEN as error:
        raise Unreadable(text("this Word document is broken; save it again as DOCX, or paste its text.")) from error
    return f"<main>{page}</main>"


def _no_picture(_image: object) -> Mapping[str, str]:
    return {"src": ""}


def _decoded(stream: BinaryIO) -> str:
    stream.seek(0)
    content = stream.read(_LARGEST_TEXT + 1)
    if len(content) > _LARGEST_TEXT:
        raise Unreadable(
            text("this text is larger than {n} MB; paste the statement alone.", n=_LARGEST_TEXT // 1_000_000)
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    declared = _CHARSET.search(content[:_HEAD])
    for encoding in ("utf-8-sig", declared.group(1).decode() if declared else "cp1252", "cp1252"):
        try:
            return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    raise Unreadable(text("this is no text document; expected DOCX, PDF, HTML, Markdown or plain text."))
