"""JSON of no particular tool: a list of objects, `{"results": [...]}`, or an object after the other; each is a row.

The columns are the names in the first objects; names that appear later are refused, so that nothing is left unread. An
object in an object gives columns of its own (`target.name`); lists, and objects deeper inside, are left out and told.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, BinaryIO

from evidence.formats.facts import Head, TableFacts
from evidence.formats.reading.json_stream import begins, values
from evidence.formats.tables.table_head import LONGEST_NAME, Match, unknown
from evidence.formats.values import HEAD, INFORMATIONAL, LONGEST_MESSAGE, Result, Run, Unreadable, new_result, storable
from locales import text

NAME = "json"
TITLE = "JSON"
ABOUT = text(
    "A list of objects, an object with the list `results`, or an object after the other: each object is a row, judged "
    "like the same table in CSV. Names of an object inside it are columns too; lists inside it are left out and told."
)
RECOGNISED_BY = text(
    "It is a list of objects of JSON, or has one under the name `results`, as no known tool writes it."
)
COMMANDS: tuple[str, ...] = ()
TABLE = True  # its results are rows, which no tool judged
GENERAL = True  # many tools write lists of objects, so this format is tried last
TAKEN_AS = "junit"  # where the rows are test results

_ARRAY, _UNDER_NAME, _ONE_BY_ONE = "[]", "results[]", ""  # the places of the rows
_BEGINS_ARRAY = re.compile(r"\[\s*\{")
_HAS_RESULTS = re.compile(r'"results"\s*:\s*\[')
_NEXT_OBJECT = re.compile(r"\}\s*\{")
_HEADER_RECORDS = 1_000  # records from which the columns are taken
_MOST_COLUMNS = 200
_MOST_TOLD, _LONGEST_TOLD = 6, 40  # names of what is left out; characters of each
_SHOWN = 1_000  # characters of a record that the list of results shows

Row = dict[str, str]


def recognises(head: bytes) -> bool:
    """Whether it begins with a list of objects, has the list `results`, or has objects after each other."""
    return _place(begins(head)) is not None


def read(stream: BinaryIO, match: Match = unknown) -> tuple[Run, Iterator[Result]]:
    """Read the run, with its columns, and its results. Raises `Unreadable`, also while iterating."""
    del match  # every object has its own names
    place = _place(begins(stream.read(HEAD)))
    stream.seek(0)
    left_out: dict[str, None] = {}
    rows = _rows(stream, _ARRAY if place is None else place, left_out)
    first = list(islice(rows, _HEADER_RECORDS))
    if not first:
        raise Unreadable(
            text(
                "There is no object in this file; expected a list of objects, or an object with the list {name}.",
                name="results",
            )
        )
    columns = list(dict.fromkeys(name for row in first for name in row))
    if len(columns) > _MOST_COLUMNS:
        raise Unreadable(
            text("The objects have {n} different names; at most {most} are read.", n=len(columns), most=_MOST_COLUMNS)
        )
    run = Run(NAME, NAME, facts=TableFacts([Head(columns)]))
    return run, _results(run, first, rows, frozenset(columns), left_out)


def _place(content: str) -> str | None:
    """The place of the rows by the beginning of a file; None if it has none."""
    if content.startswith("["):
        return _ARRAY if _BEGINS_ARRAY.match(content) else None
    if _HAS_RESULTS.search(content):
        return _UNDER_NAME
    return _ONE_BY_ONE if _NEXT_OBJECT.search(content) else None


def _rows(stream: BinaryIO, place: str, left_out: dict[str, None]) -> Iterator[Row]:
    """Yield each record as text by name; `left_out` gets the names of values that are not read."""
    records = values(stream, TITLE, frozenset((place,)), several=place == _ONE_BY_ONE)
    for number, (_, record) in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise Unreadable(text("record {n} is no object; expected names with texts and numbers.", n=number))
        cells = list(_cells(record, left_out, ""))
        row = dict(cells)
        if len(row) < len(cells):
            twice = next(name for name, times in Counter(name for name, _ in cells).items() if times > 1)
            raise Unreadable(text("record {n}: {name} stands in it twice.", n=number, name=twice[:_LONGEST_TOLD]))
        yield row


def _cells(record: Mapping[str, Any], left_out: dict[str, None], outer: str) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        column = _column(outer, name)
        if isinstance(value, dict) and not outer:
            yield from _cells(value, left_out, f"{name}.")
        elif isinstance(value, dict | list):
            if value and len(left_out) <= _MOST_TOLD:
                left_out[column[:_LONGEST_TOLD]] = None
        else:
            yield column, storable(_text(value), LONGEST_MESSAGE)


@lru_cache(4096)  # every record has the same names
def _column(outer: str, name: str) -> str:
    return storable(f"{outer}{name}", LONGEST_NAME)


def _text(value: str | float | bool | None) -> str:  # noqa: FBT001 - a value of JSON
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _results(
    run: Run, first: list[Row], rest: Iterator[Row], columns: frozenset[str], left_out: dict[str, None]
) -> Iterator[Result]:
    position = 0
    for rows in (first, rest):
        for row in rows:
            position += 1
            if new := sorted(row.keys() - columns):
                raise Unreadable(
                    text(
                        "record {n} has {name}, which none of the first {most} records has; write every name in each.",
                        n=position,
                        name=new[0][:_LONGEST_TOLD],
                        most=_HEADER_RECORDS,
                    )
                )
            shown = f"record {position}: {'; '.join(row.values())}"[:_SHOWN]
            cells = tuple(row.items())
            yield new_result((position, f"row {position}", "", INFORMATIONAL, "", shown, cells, position, ""))
    if left_out:
        names = ", ".join(list(left_out)[:_MOST_TOLD]) + (" …" if len(left_out) > _MOST_TOLD else "")
        run.remark = text("Lists and objects inside a value are left out: {names}.", names=names)
