"""CSV: a register, or any table with a header. One result per record, which a register's policy judges."""

import json
from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.table_stream import Table, cells, delimiter_of, looks_like_text, stated_delimiter
from evidence.formats.values import INFORMATIONAL, LONGEST_MESSAGE, Result, Run, storable

NAME = "csv"
TITLE = "CSV"
TABLE = True  # its results are rows, which no tool judged
GENERAL = True  # almost any text with commas is a table, so this format is tried last

EXTRA = "+"  # the column of cells beyond the header's last
_LONGEST_NAME = 120
_SHOWN = 1_000  # characters of a record that the list of results shows


def recognises(head: bytes) -> bool:
    """Whether the first line reads as column names and the next as a record of as many columns or nearly."""
    content = looks_like_text(head)
    if content is None or content.lstrip()[:1] in ("<", "{", "["):
        return False
    lines = [line for line in content.splitlines()[:50] if line.strip()]
    stated = stated_delimiter(lines[0])
    if stated and len(lines) > 1:
        del lines[0]
    mark = stated or delimiter_of(lines[0])
    names = [name.strip() for name in cells(lines[0], mark)]
    if len(names) < 2 or not all(_is_name(name) for name in names if name) or sum(map(bool, names)) < 2:  # noqa: PLR2004
        return False
    return len(lines) == 1 or any(mark in line for line in lines[1:])


def _is_name(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and not name.endswith((".", "!")) and not set("{}[]<>") & set(name)


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """The run, with its columns known at once; its results follow. Raises `Unreadable`, also while iterating."""
    table = Table(stream)
    columns = [storable(name, _LONGEST_NAME) for name in table.columns]
    run = Run(NAME, NAME, facts={"columns": json.dumps(columns), "delimiter": table.delimiter})
    return run, _results(table, columns)


def _results(table: Table, columns: list[str]) -> Iterator[Result]:
    for position, (line, row) in enumerate(table.records(), start=1):
        row = [storable(cell, LONGEST_MESSAGE) for cell in row]  # noqa: PLW2901
        named = dict(zip(columns, row, strict=False))
        if extra := [cell for cell in row[len(columns) :] if cell.strip()]:
            named[EXTRA] = " ".join(extra)
        shown = f"line {line}: {'; '.join(row)}"[:_SHOWN]
        yield Result(position, f"row {position}", "", INFORMATIONAL, "", shown, tuple(named.items()))
