"""The database by itself: its pages, its foreign keys, and the triggers that keep facts from being changed."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, and_, exists, func, select
from sqlalchemy import text as sql
from sqlmodel import Session, SQLModel

from locales import Text, text
from migrations.append_only import LATER, TABLES

_MOST = 20  # complaints of one sort
_SQLITE_TRIGGERS = """
SELECT tbl_name, count(*) FROM sqlite_master
WHERE type = 'trigger' AND name IN (tbl_name || '_refuse_update', tbl_name || '_refuse_delete') GROUP BY tbl_name
"""
_POSTGRESQL_TRIGGERS = """
SELECT c.relname, 2 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = c.relname || '_append_only' AND t.tgenabled <> 'D'
"""


def problems(session: Session) -> Iterator[Text]:
    """Damage, and tables of which rows can be changed now."""
    yield from damage(session)
    yield from _unprotected(session)


def damage(session: Session) -> Iterator[Text]:
    """Pages that are not whole, and rows that name a row which is not there."""
    if session.get_bind().dialect.name == "sqlite":
        for (said,) in session.execute(sql(f"PRAGMA integrity_check({_MOST})")):
            if said != "ok":
                yield text("The database is damaged: {said}", said=str(said))
    for one in SQLModel.metadata.sorted_tables:
        yield from _without_parent(session, one)


def _without_parent(session: Session, child: Table) -> Iterator[Text]:
    """Rows that name a row which is not there."""
    for constraint in child.foreign_key_constraints:
        parent = constraint.referred_table.alias("parent")
        pairs = [(one.parent, parent.c[one.column.name]) for one in constraint.elements]
        there = exists().where(and_(*(mine == theirs for mine, theirs in pairs)))
        lost: Any = select(func.count()).select_from(child).where(*(mine.is_not(None) for mine, _ in pairs), ~there)
        if number := session.execute(lost).scalar_one():
            yield text(
                "Table {table}: {number} rows name a {parent} that is not there.",
                table=child.name,
                number=str(number),
                parent=constraint.referred_table.name,
            )


def _unprotected(session: Session) -> Iterator[Text]:
    """Tables that are only added to, and of which rows can be changed or deleted now."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    found: dict[str, int] = dict(session.execute(sql(_POSTGRESQL_TRIGGERS if postgresql else _SQLITE_TRIGGERS)).all())
    for name in (*TABLES, *LATER):
        if found.get(name, 0) < 2:  # noqa: PLR2004 - one for each change
            yield text("Table {table} is no longer protected: the trigger that refuses changes is gone.", table=name)
