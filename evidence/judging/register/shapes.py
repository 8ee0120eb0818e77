"""Other shapes of a table: a column for each role or system, one system for all rows, titles of systems for keys."""

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
_MOST_OF = 0.5  # the share of words that makes a column one more of a matrix
_CROSS, _NO = "x", "nee"  # in a table of crosses an empty cell means no


def fixed_system(rules: Rules, keys: Collection[str], systems: Systems) -> dict[AllRows, str]:
    """The system of every row, where the table has no column for it and is handed in for one system."""
    is_wanted = any(column.key == "system" for column in rules.columns) and "system" not in keys
    return {"system": systems.asked[0]} if is_wanted and len(systems.asked) == 1 else {}


def sheet_of_system(frame: pd.DataFrame, systems: Systems) -> bool:
    """Whether every sheet that is read is named after a system."""
    return SHEET in frame and all(plain(str(name)) in systems.keys for name in frame[SHEET].unique())


def system_words(
    frame: pd.DataFrame, keys: Mapping[str, str], given: TableMapping, systems: Systems
) -> dict[str, dict[str, str | None]]:
    """What a table calls the systems by their titles → their keys; what is a key already needs none."""
    known = set(systems.keys.values())
    found: dict[str, dict[str, str | None]] = {}
    for name, key in keys.items():
        if key not in SYSTEMS or name not in frame:
            continue
        written = [part for cell in frame[name].unique() for part in list_parts(clean(str(cell)))]
        titles = {name: systems.keys[plain(name)] for name in dict.fromkeys(written) if plain(name) in systems.keys}
        new = {one: system for one, system in titles.items() if one.casefold() not in known}
        if new := {one: system for one, system in new.items() if plain(one) not in given.decided(key)}:
            found[key] = dict(new)
    return found


# ── Wide tables ──────────────────────────────────────────────────────────────────────────────────────────────────────


def matrix(rules: Rules, frame: pd.DataFrame, keys: Mapping[str, str], systems: Systems) -> Matrix | None:
    """How a table with a column for each role or system is read; None if it is no such table.

    `keys`: the headings that are known to be columns.
    """
    missing = {
        column.key: column for column in rules.columns if column.required is True and column.key not in keys.values()
    }
    free = [str(name) for name in frame if name and name != SHEET and name not in keys]
    of_systems = {name: systems.keys[plain(name)] for name in free if plain(name) in systems.keys}
    if "system" in missing and "role" in missing and len(of_systems) >= _FEWEST:
        told = {name: Cell(of=system, column="role") for name, system in of_systems.items()}
        return Matrix(names="system", headings=told)
    cells = [one for one in missing.values() if _NO in words(one)]
    if "role" not in missing or not cells:
        return None
    headings = {name: _cell(name, cells) for name in free if _tells(cells[0], frame[name])}
    is_whole = {cell.column for cell in headings.values()} == {one.key for one in cells}
    if not is_whole or len({cell.of for cell in headings.values()}) < _FEWEST:
        return None
    return Matrix(names="role", headings=headings, empty=_empty(cells[0], frame[list(headings)]))


def completed(wide: Matrix, rules: Rules, frame: pd.DataFrame, keys: Mapping[str, str], systems: Systems) -> Matrix:
    """A wide table as a mapping reads it, with the columns alike that it leaves unsaid, and what an empty cell means.

    `keys`: the headings that are known to be columns.
    """
    told = {cell.column for cell in wide.headings.values()}
    columns = [column for column in rules.columns if column.key in told]
    said = set(map(plain, wide.headings))
    free = [str(name) for name in frame if name and name != SHEET and name not in keys and plain(str(name)) not in said]
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
    there = [name for name in frame if plain(str(name)) in said or name in new]
    return Matrix(names=wide.names, headings={**wide.headings, **new}, empty=_empty(columns[0], frame[there]))


def _tells(column: Column, cells: "pd.Series[str]", least: float = 1.0) -> bool:
    """Whether what stands in these cells are words of the column, or crosses: `least` of them."""
    written = [plain(clean(str(cell))) for cell in cells if clean(str(cell))]
    return bool(written) and sum(one in words(column) for one in written) >= least * len(written)


def _cell(heading: str, columns: Sequence[Column]) -> Cell:
    """Of what a wide column tells, and what: `Nurse (actual)` tells what is actual of the nurse."""
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
    """What an empty cell means: no, in a table of crosses; else there is no row for it."""
    written = {plain(clean(str(cell))) for name in frame for cell in frame[name].unique()} - {""}
    return words(column).get(_NO) if written == {_CROSS} else None
