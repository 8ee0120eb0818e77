"""Find the columns with personal data, by their headings and all values, and propose a treatment for each.

A column of the policy gets a reference for each person; any other is left out. A person confirms the proposal.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd

from evidence.formats.tables.heading_comparison import plain
from evidence.formats.tables.table_head import SHEET
from evidence.judging.personal_data.headings_and_values import REFERENCE, is_of_things, is_personal, personal_column
from evidence.judging.personal_data.in_text import Tally, may_identify
from evidence.judging.personal_data.person_names import is_first_name, is_name
from evidence.judging.register.cells import names_people
from evidence.judging.register.rules import Column, Rules
from evidence.judging.table_mapping import Treatment

_TEXTS = frozenset(("text", "list", "ref"))
_FEWEST = 2  # headings of a first name alone that are people


def personal_columns(
    rules: Rules,
    frame: pd.DataFrame,
    keys: Mapping[str, str],
    rows: Iterable[Sequence[tuple[str, str]]],
    wide: Collection[str],
) -> dict[str, Treatment]:
    """The headings with personal data, and the proposed treatment of each.

    `frame`: the first rows; `keys`: the key of each heading that is read; `rows`: the cells of all rows, by heading;
    `wide`: the headings of a wide table.
    """
    columns = {column.key: column for column in rules.columns}
    read = {name: columns[key] for name, key in keys.items() if key in columns}
    treatments: dict[str, Treatment] = {}
    for name in map(str, frame):
        cells = [str(cell) for cell in frame[name].unique()]
        if not all(REFERENCE.fullmatch(cell) for cell in cells if cell) and _is_of_people(name, cells, read.get(name)):
            treatments[name] = "reference" if name in read else "leave out"
    free = [name for name in map(str, frame) if name not in read and name != SHEET]
    for name in headings_of_people(free):
        treatments[name] = "heading" if name in wide else "leave out"
    rest = {name: read.get(name) for name in map(str, frame) if name not in treatments and name != SHEET}
    return treatments | {name: "in text" if name in read else "leave out" for name in _telling(rest, rows)}


def headings_of_people(headings: Sequence[str]) -> list[str]:
    """The headings that are names of people: whole names, and first names where half of them are."""
    whole = [name for name in headings if is_name(name)]
    first = [name for name in headings if is_first_name(name)]
    return whole + first if len(first) >= _FEWEST and 2 * len(first + whole) >= len(headings) else whole


def _is_of_people(name: str, cells: Sequence[str], column: Column | None) -> bool:
    """Whether the whole column is one of people, by its heading or by most of its values."""
    of_people = column is not None and column.type == "ref" and names_people(column)
    if is_personal(name) and (column is None or column.type == "ref"):
        return True
    may_name, fewest = column is None or of_people, 1 if of_people else 2
    return personal_column(name, cells, may_name=may_name, fewest=fewest) is not None


def _telling(columns: Mapping[str, Column | None], rows: Iterable[Sequence[tuple[str, str]]]) -> list[str]:
    """The columns in which some value identifies a person."""
    tallies = {name: Tally(_may_name(name, column)) for name, column in columns.items()}
    undecided = dict(tallies)
    for row in rows:
        for name, cell in row:
            if cell and (tally := undecided.get(name)) is not None and may_identify(cell):
                tally.add(cell)
                if tally.is_sure:
                    del undecided[name]
    return [name for name, tally in tallies.items() if tally.is_sure or tally.has_bsn]


def _may_name(name: str, column: Column | None) -> bool:
    """Whether a column may hold names of people; suppliers and products are named after people too."""
    if column is None:
        return not is_of_things(name)
    return column.type in _TEXTS and not any(map(is_of_things, (name, plain(column.key), *column.nl, *column.en)))
