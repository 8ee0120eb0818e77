"""The first part of a text or a table of strangers; only what is shown is read."""

import io
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import BinaryIO, Final

import mammoth

from evidence.formats.reading.plain_text import looks_like_text
from evidence.formats.tables.delimited_text import Table
from evidence.formats.tables.xlsx_package import Package
from evidence.formats.tables.xlsx_sheet import rows
from evidence.formats.tables.xlsx_workbook import Workbook
from evidence.formats.values import HEAD, Unreadable
from evidence.preview.values import Preview, Reason, Rows

_LONGEST_TEXT: Final = 20_000  # characters
_LONGEST_DOCUMENT: Final = 200_000
_MOST_ROWS, _MOST_COLUMNS, _MOST_SHEETS = 50, 30, 10
_LONGEST_CELL: Final = 300
_MOST_COMPARED: Final = 1_000  # rows


def text_of(stream: BinaryIO, longest: int = _LONGEST_TEXT) -> Preview:
    """The first characters of a text."""
    stream.seek(0)
    head = stream.read(HEAD * max(1, 4 * longest // HEAD))
    words = looks_like_text(head)
    if words is None:
        return Preview(reason=Reason.KIND)
    return Preview(text=words[:longest], is_part=len(words) > longest or bool(stream.read(1)))


def table_of(stream: BinaryIO) -> Preview:
    """The first rows of a delimited text; what is no table after all is shown as text."""
    head = stream.read(HEAD * 4)
    is_part = bool(stream.read(1))
    if is_part:
        head = head[: head.rfind(b"\n") + 1] or head
    try:
        table = Table(io.BytesIO(head))
        cells = [table.columns, *(row for _, _, row in islice(table.records(), _MOST_ROWS))]
    except Unreadable:
        return text_of(stream)
    shown = _shown("", cells[:_MOST_ROWS], is_part=is_part or len(cells) > _MOST_ROWS)
    return Preview(tables=(shown,), is_part=shown.is_part)


def workbook_of(stream: BinaryIO) -> Preview:
    """The first rows of each sheet that holds something, hidden ones too. Raises `Unreadable`."""
    workbook = Workbook(Package(stream))
    sheets = [*workbook.sheets, *workbook.hidden]
    tables = []
    for sheet in sheets[:_MOST_SHEETS]:
        read = [row.cells for row in islice(rows(workbook, sheet, calculated=False), _MOST_ROWS + 1)]
        if read:
            tables.append(_shown(sheet.name, read[:_MOST_ROWS], is_part=len(read) > _MOST_ROWS))
    is_part = len(sheets) > _MOST_SHEETS or any(table.is_part for table in tables)
    return Preview(tables=tuple(tables), is_part=is_part)


def table_words(stream: BinaryIO) -> Preview:
    """The first rows of a delimited text as words, a paragraph each."""
    table = Table(stream)
    return _row_words([table.columns, *(row for _, _, row in islice(table.records(), _MOST_COMPARED + 1))])


def workbook_words(stream: BinaryIO) -> Preview:
    """The first rows of the visible sheets as words, a paragraph each."""
    workbook = Workbook(Package(stream))
    read = (row.cells for sheet in workbook.sheets for row in rows(workbook, sheet, calculated=False))
    return _row_words(list(islice(read, _MOST_COMPARED + 1)))


def _row_words(read: Sequence[Sequence[str]]) -> Preview:
    words = "\n\n".join(" · ".join(" ".join(cell.split())[:_LONGEST_CELL] for cell in row) for row in read)
    return Preview(text=words[:_LONGEST_DOCUMENT], is_part=len(read) > _MOST_COMPARED or len(words) > _LONGEST_DOCUMENT)


def document_of(stream: BinaryIO) -> Preview:
    """The words of a Word document, without its pictures and form."""
    words = str(mammoth.extract_raw_text(io.BytesIO(stream.read())).value)
    return Preview(text=words[:_LONGEST_DOCUMENT], is_part=len(words) > _LONGEST_DOCUMENT)


def _shown(sheet: str, read: Iterable[list[str]], *, is_part: bool) -> Rows:
    cells = tuple(tuple(cell[:_LONGEST_CELL] for cell in row[:_MOST_COLUMNS]) for row in read)
    return Rows(sheet, cells, is_part)
