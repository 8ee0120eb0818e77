"""One PostgreSQL database for many tests, emptied between them: copying one took a tenth of the suite's time."""

from typing import Any, Final

from sqlalchemy import Connection, text

from models.bulk_changes import table

_MOST_TESTS: Final = 25  # that use one database: deleted rows stay in its files
_FILLED_AT_FIRST: Final = ("clock", "login_log_end")

#: Changes with every change of tables, triggers, functions and settings; a count shows what was removed.
_SCHEMA: Final = text(
    "SELECT "
    + ", ".join(
        f"(SELECT (count(*), max(xmin::text::bigint))::text FROM {name})"  # noqa: S608
        for name in ("pg_class", "pg_attribute", "pg_trigger", "pg_constraint", "pg_proc", "pg_db_role_setting")
    )
)
_OTHERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
#: Rows and numbers as in a new database. The role switches triggers off, which refuse to delete evidence.
_EMPTY: Final = text(
    """
    DO $$
    DECLARE name text; filled boolean;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR name IN SELECT relname FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO filled;
            IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
        END LOOP;
        PERFORM setval(format('public.%I', sequencename), start_value, false)
            FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
    END $$
    """
)


class ReusedDatabase:
    """A database that is like a new one for each test. `connection`: of its own, which commits each statement."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tests = 0
        self._schema = self._fingerprint()
        self._rows = {key: [dict(row) for row in self._all(key)] for key in _FILLED_AT_FIRST}

    def empty(self) -> bool:
        """Make it like a new one; False where it can't be: its tables changed, or a connection is still open."""
        self._tests += 1
        if self._tests >= _MOST_TESTS or self._fingerprint() != self._schema:
            return False
        if self._connection.execute(_OTHERS).scalar_one():
            return False
        self._connection.execute(_EMPTY)
        for key, rows in self._rows.items():
            self._connection.execute(table(key).insert(), rows)
        return True

    def close(self) -> None:
        """Close its connection."""
        self._connection.close()
        self._connection.engine.dispose()

    @property
    def name(self) -> str:
        return str(self._connection.engine.url.database)

    def _fingerprint(self) -> list[Any]:
        return list(self._connection.execute(_SCHEMA).one())

    def _all(self, key: str) -> Any:
        return self._connection.execute(table(key).select()).mappings()
