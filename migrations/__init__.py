"""The database's versions (Alembic). `bring_up_to_date` is all that the product calls."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def bring_up_to_date(engine: Engine) -> None:
    """Apply what is missing; nothing to do is quick."""
    config = Config(Path(__file__).parent.parent / "alembic.ini")
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
