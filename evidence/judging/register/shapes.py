"""Other shapes of tables: a column for each role or system, one system for all rows, titles in place of keys."""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from evidence.formats.headings import clean, plain
from evidence.formats.table_head import SHEET
from evidence.judging.register.cells import words
from evidence.judging.register.likeness import likeness, meanings
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.spellings import list_parts
from evidence.judging.table_mapping import SYSTEMS, AllRows, Cell, Matrix, Systems, TableMapping

_FEWEST = 2  # wide columns that make a matrix
_MOST_OF = 0.5  # the share of allowed values that makes a column part of a matrix
_CROSS, _NO = "x", "nee"  # in a table of crosses an empty cell means no


def fixed_system(rules: Rules, keys: Collection[str], systems: Systems) -> dict[AllRows, str]:
    """The system of every row, where the table has no column for it and is declared for one system."""
    is_wanted = any(column.key == "system" for column in rules.columns) and "system" not in keys
    return {"system": systems.declared[0]} if is_wanted and len(systems.declared) == 1 else {}


def sheet_of_system(frame: pd.DataFrame, systems: Systems) -> bool:
    """Whether every sheet that is read is named after a system."""
    return SHEET in frame and all(plain(str(name)) in systems.keys for name in frame[SHEET].unique())


def system_words(
    frame: pd.DataFrame, keys: Mapping[str, str], mapping: TableMapping, systems: Systems
) -> dict[str, dict[str, str | None]]:
    """By column: the titles of systems in a table → their keys; a key needs no mapping."""
    known = set(systems.keys.values())
    values: dict[str, dict[str, str | None]] = {}
    for name, key in keys.items():
        if key not in SYSTEMS or name not in frame:
            continue
        written = [part for cell in frame[name].unique() for part in list_parts(clean(str(cell)))]
        titles = {name: systems.keys[plain(name)] for name in dict.fromkeys(written) if plain(name) in systems.keys}
        new = {title: system for title, system in titles.items() if title.casefold() not in known}
        if new := {title: system for title, system in new.items() if plain(title) not in mapping.decided(key)}:
            values[key] = dict(new)
    return values


# ── Wide tables ──────────────────────────────────────────────────────────────────────────────────────────────────────


def matrix(rules: Rules, frame: pd.DataFrame, keys: Mapping[str, str], systems: Systems) -> Matrix | None:
    """How a table with a column for each role or system is read; None for any other table.

    `keys`: the headings that are recognised as columns.
    """
    missing = {
        column.key: column for column in rules.columns if column.required is True and column.key not in keys.values()
    }
    free = [str(name) for name in frame if name and name != SHEET and name not in keys]
    of_systems = {name: systems.keys[plain(name)] for name in free if plain(name) in systems.keys}
    if "system" in missing and "role" in missing and len(of_systems) >= _FEWEST:
        cells_of_systems = {name: Cell(of=system, column="role") for name, system in of_systems.items()}
        return Matrix(names="system", headings=cells_of_systems)
    cells = [column for column in missing.values() if _NO in words(column)]
    if "role" not in missing or not cells:
        return None
    headings = {name: _cell(name, cells) for name in free if _tells(cells[0], frame[name])}
    is_whole = {cell.column for cell in headings.values()} == {column.key for column in cells}
    if not is_whole or len({cell.of for cell in headings.values()}) < _FEWEST:
        return None
    return Matrix(names="role", headings=headings, empty=_empty(cells[0], frame[list(headings)]))


def completed(wide: Matrix, rules: Rules, frame: pd.DataFrame, keys: Mapping[str, str], systems: Systems) -> Matrix:
    """A mapped wide table, with the similar columns that the mapping does not name, and the meaning of an empty cell.

    `keys`: the headings that are recognised as columns.
    """
    filled = {cell.column for cell in wide.headings.values()}
    columns = [column for column in rules.columns if column.key in filled]
    mapped = set(map(plain, wide.headings))
    free = [
        str(name) for name in frame if name and name != SHEET and name not in keys and plain(str(name)) not in mapped
    ]
    if not columns:
        return wide
    if wide.names == "system":
        new = {
            name: Cell(of=systems.keys[plain(name)], column=columns[0].key)
            for name in free
            if plain(name) in systems.keys
        }
    else:
        new = {name: _cell(name, columns) for name in free if _tells(columns[0], frame[name], _MOST_OF)}
    there = [name for name in frame if plain(str(name)) in mapped or name in new]
    return Matrix(names=wide.names, headings={**wide.headings, **new}, empty=_empty(columns[0], frame[there]))


def _tells(column: Column, cells: "pd.Series[str]", least: float = 1.0) -> bool:
    """Whether at least the share `least` of these cells are values of the column, or crosses."""
    written = [plain(clean(str(cell))) for cell in cells if clean(str(cell))]
    return bool(written) and sum(value in words(column) for value in written) >= least * len(written)


def _cell(heading: str, columns: Sequence[Column]) -> Cell:
    """The thing and column of a wide heading: `Nurse (actual)` has the column `actual` of the nurse."""
    if len(columns) == 1:
        return Cell(of=heading, column=columns[0].key)
    parts = [part for part in plain(heading).replace("(", " ").replace(")", " ").split() if part]
    for at, part in enumerate(parts):
        for column in columns:
            if meanings(part) and any(likeness(part, name) == 1 for name in (column.key, *column.nl, *column.en)):
                rest = " ".join([*parts[:at], *parts[at + 1 :]])
                return Cell(of=rest or heading, column=column.key)
    return Cell(of=heading, column=columns[0].key)


def _empty(column: Column, frame: pd.DataFrame) -> str | None:
    """The meaning of an empty cell: no, in a table of crosses; otherwise None, and it gives no row."""
    written = {plain(clean(str(cell))) for name in frame for cell in frame[name].unique()} - {""}
    return words(column).get(_NO) if written == {_CROSS} else None
