"""Versions of the database schema (Alembic): updating, and comparing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

_CONFIG = Path(__file__).parent.parent / "alembic.ini"


def bring_up_to_date(engine: Engine) -> None:
    """Apply missing migrations; fast if there are none."""
    config = Config(_CONFIG)
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def version_of(connection: Connection) -> str | None:
    """Return the schema version of a database; None if it is not one of the product."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the schema version that this product needs."""
    return str(ScriptDirectory.from_config(Config(_CONFIG)).get_current_head())
