"""Cells that a spreadsheet merges over several rows: what stands in them is shown for each of these rows.

Format: ECMA-376 part 1, 18.3.1.55 (`mergeCell`), below the rows of a sheet.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from evidence.formats.tables.xlsx_package import Package
from evidence.formats.tables.xlsx_sheet import MOST_COLUMNS, SheetRow, column_number

_LARGEST = 4 << 20  # bytes of a sheet in which merged cells are looked for: larger ones are exports
_MOST_ROWS = 10_000  # of all merged cells together
_END = b"sheetData>"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def merged_down(package: Package, part: str) -> dict[int, list[tuple[int, int]]]:
    """By row the columns that are merged with a row above it, each with the first row of the merged cell."""
    content = package.small(part, _LARGEST)
    below: dict[int, list[tuple[int, int]]] = defaultdict(list)
    found = _MERGED.finditer(content, content.rfind(_END) + 1) if _END in content else iter(())
    number = 0
    for merge in found:
        left, top, right, bottom = merge.groups()
        first, last = int(top), int(bottom)
        number += max(1, last - first)
        if number > _MOST_ROWS:
            return {}
        column = column_number(left.decode())
        if first < last and left == right and column <= MOST_COLUMNS:
            for row in range(first + 1, last + 1):
                below[row].append((column, first))
    return below


def filled_down(rows: Iterable[SheetRow], merged: dict[int, list[tuple[int, int]]]) -> Iterator[SheetRow]:
    """The rows, in which an empty cell that is merged with one above it has what stands there."""
    if not merged:
        yield from rows
        return
    begins = {(first, column) for each in merged.values() for column, first in each}
    held: dict[tuple[int, int], str] = {}
    for row in rows:
        cells = row.cells
        for column, cell in enumerate(cells, start=1):
            if (row.number, column) in begins:
                held[row.number, column] = cell
        for column, first in merged.get(row.number, ()):
            if value := held.get((first, column), ""):
                cells += [""] * (column - len(cells))
                cells[column - 1] = cells[column - 1] or value
        yield row
