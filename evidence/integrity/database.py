"""Checks of the database itself: its pages, its foreign keys, and the triggers that keep tables append-only."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, and_, exists, func, select
from sqlalchemy import text as sql
from sqlmodel import Session, SQLModel

from locales import Text, plural, text
from migrations.append_only import LATER, TABLES

_MOST = 20  # messages of PRAGMA integrity_check
_SQLITE_TRIGGERS = """
SELECT tbl_name, count(*) FROM sqlite_master
WHERE type = 'trigger' AND name IN (tbl_name || '_refuse_update', tbl_name || '_refuse_delete') GROUP BY tbl_name
"""
_POSTGRESQL_TRIGGERS = """
SELECT c.relname, 2 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = c.relname || '_append_only' AND t.tgenabled <> 'D'
"""


def problems(session: Session) -> Iterator[Text]:
    """Yield damage, and append-only tables without their protection."""
    yield from damage(session)
    yield from _find_unprotected(session)


def damage(session: Session) -> Iterator[Text]:
    """Yield damaged pages (SQLite), and rows whose foreign key refers to no row."""
    if session.get_bind().dialect.name == "sqlite":
        for (message,) in session.execute(sql(f"PRAGMA integrity_check({_MOST})")):
            if message != "ok":
                yield text("The database is damaged: {detail}", detail=str(message))
    for child in SQLModel.metadata.sorted_tables:
        yield from _find_orphans(session, child)


def _find_orphans(session: Session, child: Table) -> Iterator[Text]:
    """Yield the number of rows of a table whose foreign key refers to no row."""
    for constraint in child.foreign_key_constraints:
        parent = constraint.referred_table.alias("parent")
        pairs = [(element.parent, parent.c[element.column.name]) for element in constraint.elements]
        parent_exists = exists().where(and_(*(mine == theirs for mine, theirs in pairs)))
        lost: Any = (
            select(func.count()).select_from(child).where(*(mine.is_not(None) for mine, _ in pairs), ~parent_exists)
        )
        if number := session.execute(lost).scalar_one():
            yield plural(
                "Table {table}: {n} row names a {parent} that is not there.",
                "Table {table}: {n} rows name a {parent} that is not there.",
                number,
                table=child.name,
                parent=constraint.referred_table.name,
            )


def _find_unprotected(session: Session) -> Iterator[Text]:
    """Yield append-only tables whose triggers against updates and deletes are missing."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    query = sql(_POSTGRESQL_TRIGGERS if postgresql else _SQLITE_TRIGGERS)
    trigger_counts: dict[str, int] = dict(session.execute(query).all())
    for name in (*TABLES, *LATER):
        if trigger_counts.get(name, 0) < 2:  # noqa: PLR2004 - for updates and for deletes
            yield text("Table {table} is no longer protected: the trigger that refuses changes is gone.", table=name)
