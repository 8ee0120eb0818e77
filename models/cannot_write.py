"""Nothing can be written now: the one error for it, and what databases call it. Reading does not need it."""

import sqlite3
from typing import ClassVar

from sqlalchemy.exc import DBAPIError

from locales import Problem, Text, text


class CannotWrite(Problem):
    """The database takes nothing now: its disk is full, it is locked, read-only or gone. Nothing was changed."""

    status: ClassVar[int] = 503


def busy() -> Text:
    return text("The database is busy: something else keeps writing to it. Nothing was changed; try again in a minute.")


def why_not(problem: DBAPIError) -> Text | None:
    """Why nothing can be written now; None for an error that is about what was written, or asked."""
    if isinstance(problem.orig, sqlite3.Error):
        return _of_sqlite(getattr(problem.orig, "sqlite_errorname", None) or "")
    return _of_postgresql(getattr(problem.orig, "sqlstate", None) or "", gone=problem.connection_invalidated)


def _of_sqlite(name: str) -> Text | None:
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return busy()
    if name.startswith("SQLITE_FULL"):
        return _full()
    if name.startswith("SQLITE_READONLY"):
        return _read_only()
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")):
        return text("The disk that holds the database can't be written. Nothing was changed; see to the disk.")
    return None


def _of_postgresql(state: str, *, gone: bool) -> Text | None:
    if state == "53100":
        return _full()
    if state == "25006":
        return _read_only()
    if state in ("55P03", "57014"):  # a lock, or the statement's time
        return busy()
    if gone or state.startswith(("08", "53", "57P")):
        return text("The database can't be reached now. Nothing was changed; try again in a minute.")
    return None


def _full() -> Text:
    return text("The disk that holds the database is full. Nothing was changed; make room, then try again.")


def _read_only() -> Text:
    return text("The database can only be read now. Nothing was changed; let the product write to it, then try again.")
