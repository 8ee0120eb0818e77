"""Ids of cells and series, created at first use, in a constant number of statements."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import text as sql
from sqlmodel import Session

#: requirement, system, target; system and target are empty for the organisation, target for a system
CellKey = tuple[str, str, str]
#: a cell, and the tool (empty for records and registers)
SeriesKey = tuple[CellKey, str]

_WANTED: Any = bindparam("wanted", expanding=True)
_CELLS = sql("SELECT id, requirement, system, target FROM cell WHERE requirement IN :wanted").bindparams(_WANTED)
_SERIES = sql(
    """SELECT s.id, c.requirement, c.system, c.target, s.tool FROM series s JOIN cell c ON c.id = s.cell
       WHERE c.requirement IN :wanted"""
).bindparams(_WANTED)
_ADD_CELL = sql(
    "INSERT INTO cell (requirement, system, target) VALUES (:requirement, :system, :target) ON CONFLICT DO NOTHING"
)
_ADD_SERIES = sql("INSERT INTO series (cell, tool) VALUES (:cell, :tool) ON CONFLICT DO NOTHING")
_AT_ONCE = 5_000  # values in an IN, well below the limits of databases


def cell_ids(session: Session, keys: Collection[CellKey]) -> dict[CellKey, int]:
    """Ids by cell; missing cells are created."""
    ids = find_cells(session, keys)
    if missing := [key for key in dict.fromkeys(keys) if key not in ids]:
        rows = [{"requirement": key[0], "system": key[1], "target": key[2]} for key in missing]
        session.execute(_ADD_CELL, rows)
        ids = find_cells(session, keys)
    return ids


def find_cells(session: Session, keys: Collection[CellKey]) -> dict[CellKey, int]:
    """Ids by cell, of existing cells."""
    wanted = set(keys)
    rows = _select(session, _CELLS, {key[0] for key in wanted})
    return {key: row[0] for row in rows if (key := (row[1], row[2], row[3])) in wanted}


def series_ids(session: Session, keys: Collection[SeriesKey]) -> dict[SeriesKey, int]:
    """Ids by series; missing series and cells are created."""
    ids = find_series(session, keys)
    if missing := [key for key in dict.fromkeys(keys) if key not in ids]:
        cells = cell_ids(session, [cell for cell, _ in missing])
        session.execute(_ADD_SERIES, [{"cell": cells[cell], "tool": tool} for cell, tool in missing])
        ids = find_series(session, keys)
    return ids


def find_series(session: Session, keys: Collection[SeriesKey]) -> dict[SeriesKey, int]:
    """Ids by series, of existing series."""
    wanted = set(keys)
    rows = _select(session, _SERIES, {cell[0] for cell, _ in wanted})
    return {key: row[0] for row in rows if (key := ((row[1], row[2], row[3]), row[4])) in wanted}


def series_of(session: Session, tools: Mapping[CellKey, str]) -> dict[CellKey, int]:
    """The id of the series of each cell for a tool; missing ones are created."""
    ids = series_ids(session, list(tools.items()))
    return {cell: number for (cell, _), number in ids.items()}


def _select(session: Session, query: Any, requirements: Collection[str]) -> list[tuple[Any, ...]]:
    wanted, rows = sorted(requirements), []
    for start in range(0, len(wanted), _AT_ONCE):
        rows += [tuple(row) for row in session.execute(query, {"wanted": wanted[start : start + _AT_ONCE]})]
    return rows
