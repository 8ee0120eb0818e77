"""Pages of a PDF as pictures, and their words, by PDFium. Nothing in the file is executed: this PDFium has no scripts.

Runs in a reading process only (`evidence/intake/reading/process.py`), since PDFium is native code that reads a
stranger's bytes.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import BinaryIO, Final

import pypdfium2

from evidence.preview.pictures import picture_of
from evidence.preview.values import Preview, Reason

_LONGEST_SIDE: Final = 1_600  # pixels
_MOST_SCALE: Final = 3.0
_LONGEST_TEXT: Final = 20_000  # characters of a page
_MOST_PAGES_READ: Final = 40
_LONGEST_WHOLE: Final = 200_000  # characters of a document that is compared
_PASSWORD: Final = 4  # FPDF_ERR_PASSWORD


def page_of(stream: BinaryIO, number: int) -> Preview:
    """A page as a picture with its words. `number`: from 1; beyond the last it is the last."""
    with _opened(stream) as document:
        pages = len(document)
        if not pages:
            return Preview(reason=Reason.DAMAGED)
        number = min(max(1, number), pages)
        with closing(document[number - 1]) as page:
            return Preview(number, pages, _drawn(page), _words(page, _LONGEST_TEXT))


def words_of(stream: BinaryIO) -> Preview:
    """The words of the first pages, without pictures."""
    parts: list[str] = []
    with _opened(stream) as document:
        pages = len(document)
        for index in range(min(pages, _MOST_PAGES_READ)):
            with closing(document[index]) as page:
                parts.append(_words(page, _LONGEST_WHOLE - sum(map(len, parts))))
    return Preview(1, pages, text="\n".join(parts), is_part=pages > _MOST_PAGES_READ)


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[pypdfium2.PdfDocument]:
    """The document, with what is filled in on its forms. Raises `PdfiumError`."""
    with closing(pypdfium2.PdfDocument(stream)) as document:
        with suppress(pypdfium2.PdfiumError):
            document.init_forms()
        yield document


def reason_of(problem: pypdfium2.PdfiumError) -> Reason:
    """Why PDFium cannot open a document."""
    return Reason.ENCRYPTED if getattr(problem, "err_code", None) == _PASSWORD else Reason.DAMAGED


def _drawn(page: pypdfium2.PdfPage) -> bytes:
    scale = min(_MOST_SCALE, _LONGEST_SIDE / max(1.0, *page.get_size()))
    with closing(page.render(scale=scale)) as bitmap:
        return picture_of(bitmap.to_pil())


def _words(page: pypdfium2.PdfPage, most: int) -> str:
    if most <= 0:
        return ""
    with closing(page.get_textpage()) as words:
        return str(words.get_text_range(0, min(most, words.count_chars()))).replace("\r\n", "\n")
