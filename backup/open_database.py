"""Opening an existing database for reading only, if it is one of this version of the product."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session

from backup.errors import NoDatabase
from locales import text
from migrations import newest, version_of
from models.read_only import make_read_only_engine, reading_one_state


@contextmanager
def open_database(url: str, data: Path) -> Iterator[Session]:
    """A session that sees one state of the database. Raises `NoDatabase` when there is none of this version."""
    try:
        engine = make_read_only_engine(url)
    except (FileNotFoundError, SQLAlchemyError) as error:
        raise NoDatabase(
            text("There is no database of Aantoonbaar yet in {data}: start it once.", data=data)
        ) from error
    try:
        with reading_one_state(engine) as session:
            _require_own_version(session, data)
            yield session
    finally:
        engine.dispose()


def _require_own_version(session: Session, data: Path) -> None:
    try:
        version = version_of(session.connection())
    except DBAPIError as error:
        message = text("The database in {data} can't be read: {reason}.", data=data, reason=str(error.orig).strip())
        raise NoDatabase(message) from error
    if version is None:
        raise _no_database(data)
    if version != newest():
        raise NoDatabase(
            text(
                "The database in {data} is of version {version}, and this product works with {newest}: start it once.",
                data=data,
                version=version,
                newest=newest(),
            )
        )


def _no_database(data: Path) -> NoDatabase:
    return NoDatabase(text("There is no database of Aantoonbaar yet in {data}: start it once.", data=data))
