"""Delimited text of strangers, a record at a time: encoding and delimiter found out, nothing ever evaluated.

A quoted field that never closes, a NUL, a field,
record or header beyond what a person makes: refused, with the line.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

from evidence.formats.reading.plain_text import encoding_of
from evidence.formats.tables.grouped_rows import first_cells
from evidence.formats.tables.table_head import LOOKED_AT, Match, NamesOfColumns, names_of_columns, unknown
from evidence.formats.values import HEAD, Unreadable
from locales import text

MOST_COLUMNS = 500
LONGEST_LINE = 1_048_576  # characters
LONGEST_RECORD = 2_097_152
DELIMITERS = ",;\t|"
_BEGIN = 50  # lines by which the delimiter is found
_END = "\ue000end\ue000"  # follows the last line: if a quote is still open, it is found inside a field


class Table:
    """A delimited text: its columns, the line on which their names stand, and its records with the line of each."""

    def __init__(self, stream: BinaryIO, match: Match = unknown) -> None:
        self.encoding = encoding_of(stream)
        lines = _lines(stream, self.encoding)
        begin = _begin(lines)
        stated = stated_delimiter(begin[0]) if begin else ""
        self._before = 1 if stated else 0  # lines that the reader does not see
        begin = begin[self._before :]
        self.delimiter = stated or delimiter_of(begin)
        self._reader = csv.reader(chain(begin, lines, (_END,)), delimiter=self.delimiter)
        self._number = 0  # of the record that was read last, as spreadsheets number rows
        self._rows = self._checked()
        first = list(islice(self._numbered(), LOOKED_AT))
        rows = [row for _, _, row in first]
        found = names_of_columns(rows, match) or NamesOfColumns(0, rows[0] if rows else [])
        at = found.at
        self.header_line = first[at][0] if first else 0
        self.above = at
        self.groups, self.facts = found.groups, found.facts
        self.columns = [name.strip() for name in found.names]
        if not any(self.columns):
            raise Unreadable(text("This table is empty; expected a line with the names of the columns."))
        self._first = first[at + 1 :]
        self.first_cells = first_cells(row for _, _, row in self._first)

    def records(self) -> Iterator[tuple[int, int, list[str]]]:
        """Each record below the header, after the line on which it ends and its row in a spreadsheet.

        These differ where a cell has several lines.
        """
        return chain(self._first, self._numbered())

    def _numbered(self) -> Iterator[tuple[int, int, list[str]]]:
        for row in self._rows:
            yield self._before + self._reader.line_num, self._number, row

    def _checked(self) -> Iterator[list[str]]:
        while True:
            try:
                row = next(self._reader, None)
            except csv.Error as error:
                raise self._wrong() from error
            if row is None or row == [_END]:
                return
            if row and _END in row[-1]:
                raise Unreadable(
                    text("A quoted field is still open at the end of the file; it was cut off. Export it again.")
                )
            if len(row) > MOST_COLUMNS or sum(map(len, row)) > LONGEST_RECORD:
                raise self._wrong()
            self._number += 1
            if row:
                yield row

    def _wrong(self) -> Unreadable:
        return Unreadable(
            text(
                "Line {line}: this is no record of a table (too long, too many columns, or a quote out of place).",
                line=str(self._before + self._reader.line_num),
            )
        )


def stated_delimiter(line: str) -> str:
    """What Excel notes as `sep=;` in a line of its own; empty when this is no such line."""
    stated = line.strip()
    return stated[-1] if len(stated) == len("sep=;") and stated.lower().startswith("sep=") else ""


def delimiter_of(lines: Sequence[str]) -> str:
    """The delimiter that gives most of these lines equally many columns, else the most columns; a comma if none does.

    A comma inside a heading would give a comma the most columns in the first line, and in no other. Where every heading
    is in quotes, what stands between these is it.
    """
    if between := [mark for mark in DELIMITERS if lines and f'"{mark}"' in lines[0]]:
        return between[0] if len(between) == 1 else max(between, key=lambda mark: len(cells(lines[0], mark)))
    occurring = [mark for mark in DELIMITERS[1:] if any(mark in line for line in lines)]
    return max([DELIMITERS[0], *occurring], key=lambda mark: _regular(records_of(lines, mark)))


def records_of(lines: Iterable[str], delimiter: str) -> list[list[str]]:
    """These lines as records; nothing where they are not to be read so."""
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return []


def _regular(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many records have the number of cells that most have, if that is more than one; and the most cells."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(widths.values(), default=0), max(widths, default=0)


def cells(line: str, delimiter: str) -> list[str]:
    """One line as cells; one cell where it is not to be read so."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [line]


def _lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    decoded = io.TextIOWrapper(stream, encoding=encoding, newline="")
    number = 0
    try:
        while line := decoded.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise Unreadable(
                    text(
                        "Line {line} is longer than {n} characters; "
                        "look for a quote that is not closed, or split the value.",
                        line=str(number),
                        n=LONGEST_LINE,
                    )
                )
            yield line
    except UnicodeError as error:
        raise Unreadable(
            text("After line {line} the text is neither UTF-8 nor Windows-1252; save it as UTF-8.", line=str(number))
        ) from error
    finally:
        if not stream.closed:
            decoded.detach()


def _begin(lines: Iterator[str]) -> list[str]:
    """The first lines, by which the delimiter and the header are found."""
    begin: list[str] = []
    room = HEAD
    while len(begin) < _BEGIN and room > 0 and (line := next(lines, "")):
        begin.append(line)
        room -= len(line)
    return begin
