"""The database's versions (Alembic): bringing it up to date, and asking whether it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

_CONFIG = Path(__file__).parent.parent / "alembic.ini"


def bring_up_to_date(engine: Engine) -> None:
    """Apply what is missing; nothing to do is quick."""
    config = Config(_CONFIG)
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def version_of(connection: Connection) -> str | None:
    """The version of a database; None if it is none of the product's."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The version that this product works with."""
    return str(ScriptDirectory.from_config(Config(_CONFIG)).get_current_head())
