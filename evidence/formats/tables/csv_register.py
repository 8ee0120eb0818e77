"""CSV: a register, or any table with a header. One result per record, which a register's policy judges."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from evidence.formats.facts import Head, TableFacts
from evidence.formats.reading.plain_text import looks_like_text
from evidence.formats.tables.delimited_text import Table, cells, delimiter_of, records_of, stated_delimiter
from evidence.formats.tables.grouped_rows import with_added, with_facts, with_groups
from evidence.formats.tables.notes import with_notes
from evidence.formats.tables.row_marks import MARKS, NOTED, ROW
from evidence.formats.tables.table_head import LONGEST_NAME, LOOKED_AT, Match, header_at, unknown
from evidence.formats.values import INFORMATIONAL, LONGEST_MESSAGE, Result, Run, new_result, storable
from locales import text

NAME = "csv"
TITLE = "CSV"
ABOUT = text(
    "A table as a program exports it, judged as a register, or as test results with a row for each check. Encoding, "
    "delimiter and the line with the names of the columns are found by content; formulas are never evaluated."
)
RECOGNISED_BY = text("Its first lines read as the names of columns and records with as many cells.")
COMMANDS: tuple[str, ...] = ()
TABLE = True  # its results are rows, which no tool judged
TAKEN_AS = "junit"  # where the rows are test results
GENERAL = True  # almost any text with commas is a table, so this format is tried last

EXTRA = "+"  # the column of cells beyond the header's last
_LINES = 50  # by which it is recognised
_SHORT = 60  # characters of a name with signs in it that sentences and code have too
_MOST_WORDS = 2  # of a name that ends as a sentence does
_ABBREVIATION = re.compile(r"\b(?:[a-z]\.){2,}$", re.IGNORECASE)  # `d.d.`, which ends no sentence
_OF_TITLES = ",;\t"  # what may part the cells of a table with a title: a bar is how texts write tables
_MOST_NOTES = 6  # lines below a table, the empty one too
_LONGEST_ROW = 7  # digits
_SHOWN = 1_000  # characters of a record that the list of results shows


def recognises(head: bytes) -> bool:
    """Whether a line near the beginning reads as column names, and the next as records of as many columns or nearly.

    Names with the signs of a sentence count, and titles may stand above them, where every record has as many cells.
    """
    content = looks_like_text(head)
    if content is None or content.lstrip()[:1] in ("<", "{", "["):
        return False
    lines = [line for line in content.splitlines(keepends=True)[:_LINES] if line.strip()]
    stated = stated_delimiter(lines[0])
    if stated and len(lines) > 1:
        del lines[0]
    mark = stated or delimiter_of(lines)
    names = cells(lines[0], mark)
    if _are_names(names, _is_plain):
        return len(lines) == 1 or any(mark in line for line in lines[1:])
    rows = records_of(lines, mark)
    at = header_at(rows[:LOOKED_AT])
    return at >= 0 and mark in _OF_TITLES and _are_names(rows[at], _is_name) and _alike(rows[at:])


def _are_names(cells: Sequence[str], is_name: Callable[[str], bool]) -> bool:
    names = [name for cell in cells if (name := cell.strip())]
    return len(names) > 1 and all(map(is_name, names))


def _is_plain(name: str) -> bool:
    return len(name) <= LONGEST_NAME and not name.endswith((".", "!")) and not set("{}[]<>") & set(name)


def _is_name(name: str) -> bool:
    """Short enough, and no sentence, code or markup; `opm.`, `tel. nr.` and `score [1-5]` are names."""
    ends = name.endswith((".", "!")) and not _ABBREVIATION.search(name)
    return len(name) <= _SHORT and not set("{}<>") & set(name) and (not ends or len(name.split()) <= _MOST_WORDS)


def _alike(rows: Sequence[Sequence[str]]) -> bool:
    """Whether there are records, and all are about as wide as the header; the last may be cut off, and notes follow.

    Notes are a few lines of one cell below an empty line.
    """
    width, records = len(rows[0]), _without_notes(rows[1:])
    records = records[:-1] or records
    return bool(records) and all(_is_record(row, width) for row in records)


def _without_notes(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """The records before the empty line below which only notes stand; all where there is none."""
    empty = [at for at, row in enumerate(rows) if not any(map(str.strip, row))]
    at = empty[0] if empty else len(rows)
    notes = rows[at:]
    return rows[:at] if len(notes) <= _MOST_NOTES and all(len(row) == 1 for row in notes) else rows


def _is_record(row: Sequence[str], width: int) -> bool:
    """Spreadsheets leave out empty cells at the end, or add them."""
    return len(row) > 1 and 2 * len(row) >= width and not any(cell.strip() for cell in row[width:])


def read(stream: BinaryIO, match: Match = unknown) -> tuple[Run, Iterator[Result]]:
    """The run, with its columns known at once; its results follow. Raises `Unreadable`, also while iterating."""
    table = Table(stream, match)
    columns = [storable(name, LONGEST_NAME) for name in table.columns]
    names = [name for name in columns if name not in NOTED]
    head = Head(names, table.header_line, above=table.above, groups=table.groups)
    facts = TableFacts([head], delimiter=table.delimiter, has_marks=MARKS in columns)
    results = with_notes(_results(table, columns), facts)
    if ROW in columns:  # what was added stands in the file
        return Run(NAME, NAME, facts=facts), results
    facts.heads = [with_added(head, table.facts, table.first_cells)]
    return Run(NAME, NAME, facts=facts), with_facts(with_groups(results, facts), facts)


def _results(table: Table, columns: list[str]) -> Iterator[Result]:
    for position, (line, number, row) in enumerate(table.records(), start=1):
        written = "; ".join(row)
        if storable(written, LONGEST_MESSAGE) != written:  # else each cell can be stored too
            row = [storable(cell, LONGEST_MESSAGE) for cell in row]  # noqa: PLW2901
            written = "; ".join(row)
        named = dict(zip(columns, row, strict=False))
        if extra := [cell for cell in row[len(columns) :] if cell.strip()]:
            named[EXTRA] = " ".join(extra)
        shown = f"line {line}: {written[:_SHOWN]}"[:_SHOWN]
        own = _own_row(named, number)
        yield new_result((position, f"row {own}", "", INFORMATIONAL, "", shown, tuple(named.items()), own, ""))


def _own_row(named: dict[str, str], number: int) -> int:
    """The row in the file that was handed in, if this one stands in its place; takes what is noted out of the cells."""
    if not named.get(MARKS, "x"):
        del named[MARKS]
    noted = named.pop(ROW, "")
    return int(noted) if noted.isascii() and noted.isdigit() and len(noted) <= _LONGEST_ROW else number
