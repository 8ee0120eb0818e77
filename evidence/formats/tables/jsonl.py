"""JSON lines: a log or register with a flat object per line, judged like the same table in CSV.

The columns are the names in the first lines; names that appear later are refused, so that nothing is left unread.
Format: https://jsonlines.org (UTF-8, one JSON value a line).
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from evidence.formats.facts import Head, TableFacts
from evidence.formats.tables.table_head import Match, unknown
from evidence.formats.values import INFORMATIONAL, LONGEST_MESSAGE, Result, Run, Unreadable, storable
from locales import text

NAME = "jsonl"
TITLE = "JSON lines"
ABOUT = text(
    "A log or test results with an object on each line, judged like the same table in CSV. Values that are nested are "
    "refused."
)
RECOGNISED_BY = text("Each of its first lines is an object of JSON, with nothing nested in the first.")
COMMANDS: tuple[str, ...] = ()
TABLE = True  # results are rows, which no tool judged
TAKEN_AS = "junit"  # where the rows are test results

_LONGEST_NAME, _LONGEST_LINE = 120, 65_536
_MOST_COLUMNS = 200
_HEADER_LINES = 1_000  # lines from which the columns are taken
_LINES_TO_RECOGNISE = 5
_SHOWN = 1_000  # characters of a line that the list of results shows


def recognises(head: bytes) -> bool:
    """Whether the first line is a flat object and more objects begin on the next lines."""
    lines = [
        line
        for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n", _LINES_TO_RECOGNISE)[:_LINES_TO_RECOGNISE]
        if line.strip()
    ]
    return len(lines) > 1 and _object(lines[0]) is not None and all(line.lstrip()[:1] == b"{" for line in lines)


def read(stream: BinaryIO, match: Match = unknown) -> tuple[Run, Iterator[Result]]:
    """Read the run, with its columns, and its results. Raises `Unreadable`, also while iterating."""
    del match  # every line has its own names
    rows = _rows(stream)
    first = list(islice(rows, _HEADER_LINES))
    if not first:
        raise Unreadable(text("There is no line with an object in this file; expected a JSON object on each line."))
    columns = list(dict.fromkeys(storable(name, _LONGEST_NAME) for _, row in first for name in row))
    if len(columns) > _MOST_COLUMNS:
        raise Unreadable(
            text("The lines have {n} different names; at most {most} are read.", n=len(columns), most=_MOST_COLUMNS)
        )
    return Run(NAME, NAME, facts=TableFacts([Head(columns)])), _results(first, rows, frozenset(columns))


def _rows(stream: BinaryIO) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line numbers and objects as text by name. Raises `Unreadable`."""
    number = 0
    while line := stream.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
            raise Unreadable(text("line {line} is longer than {n} characters.", line=str(number), n=_LONGEST_LINE))
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        row = _object(line)
        if row is None:
            raise Unreadable(
                text(
                    "line {line} is no JSON object with names, texts and numbers alone, nothing nested.",
                    line=str(number),
                )
            )
        yield number, row


def _object(line: bytes) -> dict[str, str] | None:
    """Values of a line as text by name; None if it is no flat object, or has a name twice."""
    try:
        value = json.loads(line, object_pairs_hook=_pairs)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value else None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, str]:
    if any(isinstance(value, dict | list) for _, value in pairs) or len(dict(pairs)) < len(pairs):
        raise ValueError("nested or double")
    return {name: _text(value) for name, value in pairs}


def _text(value: str | float | bool | None) -> str:  # noqa: FBT001 - a value of JSON
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _results(
    first: list[tuple[int, dict[str, str]]], rest: Iterator[tuple[int, dict[str, str]]], columns: frozenset[str]
) -> Iterator[Result]:
    position = 0
    for rows in (first, rest):
        for line, row in rows:
            position += 1
            named = {storable(name, _LONGEST_NAME): storable(value, LONGEST_MESSAGE) for name, value in row.items()}
            if new := sorted(named.keys() - columns):
                raise Unreadable(
                    text(
                        "line {line} has {name}, which none of the first {n} lines has; write every name in each line.",
                        line=str(line),
                        name=new[0],
                        n=_HEADER_LINES,
                    )
                )
            shown = f"line {line}: {'; '.join(named.values())}"[:_SHOWN]
            yield Result(position, f"row {line}", "", INFORMATIONAL, "", shown, tuple(named.items()), line)
