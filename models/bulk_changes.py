"""Bulk changes of tables: adding, updating and retiring rows in a few statements, whatever their number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, bindparam, insert, select, update
from sqlmodel import Session, SQLModel

import models  # noqa: F401  (declares the tables)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """Counts of rows that were added, changed, and retired or ended."""

    added: int = 0
    changed: int = 0
    retired: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.retired)


def table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


@cache
def insert_into(name: str) -> Insert:
    """The statement that inserts rows into a table; made once, since making it takes longer than carrying it out."""
    return insert(table(name))


def add(session: Session, name: str, rows: Sequence[Row]) -> int:
    """Insert rows in one statement; returns how many."""
    if rows:
        session.execute(insert_into(name), [dict(row) for row in rows])
    return len(rows)


def change(session: Session, name: str, key: str, rows: Sequence[Row]) -> int:
    """Update rows (all with the same columns) by their column `key`, in one statement; returns how many."""
    if not rows:
        return 0
    target = table(name)
    columns = [column for column in rows[0] if column != key]
    values: dict[str, Any] = {column: bindparam(f"new_{column}") for column in columns}
    statement = update(target).where(target.c[key] == bindparam("its_key")).values(values)
    session.connection().execute(
        statement, [{"its_key": row[key], **{f"new_{column}": row[column] for column in columns}} for row in rows]
    )
    return len(rows)


def add_or_change(session: Session, name: str, rows: Sequence[Row]) -> None:
    """Insert rows with a new `key` and update the others; rows of the table that are not given are unchanged."""
    known = {row["key"] for row in present(session, name, ["key"])}
    add(session, name, [row for row in rows if row["key"] not in known])
    change(session, name, "key", [row for row in rows if row["key"] in known])


def present(session: Session, name: str, columns: Sequence[str]) -> list[Row]:
    """Read the named columns of all rows of a table."""
    target = table(name)
    return [dict(row) for row in session.execute(select(*(target.c[column] for column in columns))).mappings()]


def bring_up_to_date(
    session: Session, name: str, wanted: Sequence[Row], identity: Callable[[Row], Any], now: datetime
) -> Change:
    """Make a table with `retired_at` equal to the wanted rows: add, change, retire and restore; nothing is deleted.

    `identity`: what identifies a row among both.
    """
    target = table(name)
    key = next(iter(target.primary_key.columns)).name
    columns = list(dict.fromkeys([key, *(wanted[0] if wanted else ()), "retired_at"]))
    columns = columns if wanted else [column.name for column in target.columns]
    before = {identity(row): row for row in present(session, name, columns)}
    current = [{**row, "retired_at": None} for row in wanted]
    added = [row for row in current if identity(row) not in before]
    remaining = [{**before[identity(row)], **row} for row in current if identity(row) in before]
    retired = [{key: row[key], "retired_at": now} for row in _not_wanted(before, {identity(row) for row in current})]
    different = [row for row in remaining if row != before[identity(row)]]
    return Change(
        added=add(session, name, added),
        changed=change(session, name, key, different),
        retired=change(session, name, key, retired),
    )


def _not_wanted(before: Mapping[Any, Row], wanted: set[Any]) -> list[Row]:
    return [row for identity, row in before.items() if identity not in wanted and row["retired_at"] is None]
