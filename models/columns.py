"""Column types with the same meaning on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

#: A JSON document: JSONB on PostgreSQL, text on SQLite.
Document = JSON().with_variant(JSONB(), "postgresql")

#: Text compared by bytes on every database, as the last tie-break of the readiness rule requires.
Identifier = String().with_variant(String(collation="C"), "postgresql")

#: A number of 32 bits without a sign, which PostgreSQL's INTEGER can't hold.
Counter = Integer().with_variant(BigInteger(), "postgresql")

_TEXT_FORM = "%Y-%m-%d %H:%M:%S.%f"


class Moment(TypeDecorator[datetime]):
    """A time zone aware moment: timestamptz on PostgreSQL, fixed-width UTC text (which sorts) on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else String(26))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.strftime(_TEXT_FORM)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
