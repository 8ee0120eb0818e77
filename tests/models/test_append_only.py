"""The database refuses to update or delete rows of append-only tables."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from access.activity import record
from access.permissions import BUILT_IN
from migrations.append_only import LATER, TABLES
from models import Activity
from models.transaction import reading, writing


def test_activity_log_refuses_update_and_delete(engine):
    with writing(engine) as (session, now):
        record.record(session, BUILT_IN, "test", "subject", now, value=1)
    for change in ("UPDATE activity SET verb = 'x'", "DELETE FROM activity"):
        with pytest.raises(DBAPIError, match="append-only"), writing(engine) as (session, _):
            session.execute(text(change))
    with reading(engine) as session:
        assert session.get_one(Activity, 1).verb == "test"


@pytest.mark.parametrize("table", TABLES + LATER)
def test_every_append_only_table_has_triggers(sqlite, table):
    with sqlite.connect() as connection:
        rows = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"), {"table": table}
        )
        assert {row.name for row in rows} >= {f"{table}_refuse_update", f"{table}_refuse_delete"}


def test_migrations_create_the_tables_of_the_models(engine):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
