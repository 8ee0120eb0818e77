"""Cells and series, made at their first use; for any number of them in a few statements."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import text as sql
from sqlmodel import Session

#: requirement, system, target; system and target empty for the organisation, target empty for a system
CellKey = tuple[str, str, str]
#: a cell's id, and the tool (empty for records and registers)
SeriesKey = tuple[int, str]

_CELLS = "SELECT id, requirement, system, target FROM cell WHERE requirement IN :wanted"
_ADD_CELL = """INSERT INTO cell (requirement, system, target) VALUES (:requirement, :system, :target)
ON CONFLICT DO NOTHING"""
_SERIES = "SELECT id, cell, tool FROM series WHERE cell IN :wanted"
_ADD_SERIES = "INSERT INTO series (cell, tool) VALUES (:cell, :tool) ON CONFLICT DO NOTHING"
_AT_ONCE = 5_000  # values in one IN, well below what databases take


def cell_ids(session: Session, keys: Collection[CellKey]) -> dict[CellKey, int]:
    """The ids of cells; those that are not there yet are made."""
    found = find_cells(session, keys)
    if missing := [key for key in dict.fromkeys(keys) if key not in found]:
        rows = [{"requirement": key[0], "system": key[1], "target": key[2]} for key in missing]
        session.execute(sql(_ADD_CELL), rows)
        found = find_cells(session, keys)
    return found


def find_cells(session: Session, keys: Collection[CellKey]) -> dict[CellKey, int]:
    """The ids of those cells that are there."""
    wanted = set(keys)
    rows = _select(session, _CELLS, sorted({key[0] for key in wanted}))
    return {key: row[0] for row in rows if (key := (row[1], row[2], row[3])) in wanted}


def series_ids(session: Session, keys: Collection[SeriesKey]) -> dict[SeriesKey, int]:
    """The ids of series; those that are not there yet are made."""
    found = find_series(session, keys)
    if missing := [key for key in dict.fromkeys(keys) if key not in found]:
        session.execute(sql(_ADD_SERIES), [{"cell": key[0], "tool": key[1]} for key in missing])
        found = find_series(session, keys)
    return found


def find_series(session: Session, keys: Collection[SeriesKey]) -> dict[SeriesKey, int]:
    """The ids of those series that are there."""
    wanted = set(keys)
    rows = _select(session, _SERIES, sorted({key[0] for key in wanted}))
    return {key: row[0] for row in rows if (key := (row[1], row[2])) in wanted}


def series_of(session: Session, tools: Mapping[CellKey, str]) -> dict[CellKey, int]:
    """For each cell the id of its series of a tool, made where needed."""
    cells = cell_ids(session, tools.keys())
    series = series_ids(session, [(cells[key], tool) for key, tool in tools.items()])
    return {key: series[cells[key], tool] for key, tool in tools.items()}


def _select(session: Session, statement: str, wanted: Sequence[str | int]) -> list[tuple[Any, ...]]:
    query = sql(statement).bindparams(bindparam("wanted", expanding=True))
    rows: list[tuple[Any, ...]] = []
    for start in range(0, len(wanted), _AT_ONCE):
        rows += [tuple(row) for row in session.execute(query, {"wanted": wanted[start : start + _AT_ONCE]})]
    return rows
