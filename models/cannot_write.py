"""The error for a database that can't be written now, and its recognition in errors of SQLite and PostgreSQL."""

import sqlite3
from typing import ClassVar

from sqlalchemy.exc import DBAPIError

from locales import Problem, Text, text


class CannotWrite(Problem):
    """The database can't be written now: full disk, lock, read-only or unreachable. Nothing was changed. HTTP 503."""

    status: ClassVar[int] = 503


def busy_message() -> Text:
    return text("The database is busy: something else keeps writing to it. Nothing was changed; try again in a minute.")


def reason_not_writable(problem: DBAPIError) -> Text | None:
    """Return the reason why nothing can be written; None for an error in the statement or its values."""
    if isinstance(problem.orig, sqlite3.Error):
        return _sqlite_reason(getattr(problem.orig, "sqlite_errorname", None) or "")
    return _postgresql_reason(getattr(problem.orig, "sqlstate", None) or "", gone=problem.connection_invalidated)


def _sqlite_reason(name: str) -> Text | None:
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return busy_message()
    if name.startswith("SQLITE_FULL"):
        return _full_message()
    if name.startswith("SQLITE_READONLY"):
        return _read_only_message()
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")):
        return text("The disk that holds the database can't be written. Nothing was changed; check the disk.")
    return None


def _postgresql_reason(state: str, *, gone: bool) -> Text | None:
    if state == "53100":
        return _full_message()
    if state == "25006":
        return _read_only_message()
    if state in ("55P03", "57014"):  # a lock, or the statement's time
        return busy_message()
    if gone or state.startswith(("08", "53", "57P")):
        return text("The database can't be reached now. Nothing was changed; try again in a minute.")
    return None


def _full_message() -> Text:
    return text("The disk that holds the database is full. Nothing was changed; make room, then try again.")


def _read_only_message() -> Text:
    return text("The database can only be read now. Nothing was changed; let the product write to it, then try again.")
