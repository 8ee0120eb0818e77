"""Makes the preview of a file by its media type. Runs in a reading process, never in the product's own."""

from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

import pypdfium2
from PIL import Image

from evidence.preview.pdf_pages import page_of, reason_of, words_of
from evidence.preview.pictures import image_of
from evidence.preview.texts import document_of, table_of, table_words, text_of, workbook_of, workbook_words
from evidence.preview.trees import json_of, xml_of
from evidence.preview.values import WORDS, Preview, Reason

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_MAKERS: Final[Mapping[str, Callable[[BinaryIO], Preview]]] = {
    "image/png": image_of,
    "image/jpeg": image_of,
    "application/json": json_of,
    "application/xml": xml_of,
    "image/svg+xml": xml_of,
    "text/csv": table_of,
    "text/plain": text_of,
    "text/markdown": text_of,
    f"{_OFFICE}spreadsheetml.sheet": workbook_of,
    f"{_OFFICE}wordprocessingml.document": document_of,
}
_WORDS: Final[Mapping[str, Callable[[BinaryIO], Preview]]] = {
    "application/pdf": words_of,
    "text/csv": table_words,
    f"{_OFFICE}spreadsheetml.sheet": workbook_words,
    "text/plain": lambda stream: text_of(stream, 200_000),
    "text/markdown": lambda stream: text_of(stream, 200_000),
    f"{_OFFICE}wordprocessingml.document": document_of,
}


def draw(stream: BinaryIO, media_type: str, page: int) -> Preview:
    """What is shown of a file of this media type. `page`: of a PDF, from 1; or `WORDS`."""
    try:
        if page == WORDS:
            return _WORDS[media_type](stream) if media_type in _WORDS else Preview(reason=Reason.KIND)
        if media_type == "application/pdf":
            return page_of(stream, page)
        return _MAKERS[media_type](stream) if media_type in _MAKERS else Preview(reason=Reason.KIND)
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Preview(reason=Reason.COSTLY)
    except pypdfium2.PdfiumError as problem:
        return Preview(reason=reason_of(problem))
    except Exception:  # noqa: BLE001 - of a stranger's bytes a library may raise anything
        return Preview(reason=Reason.DAMAGED)
