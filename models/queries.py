"""Of things that are recorded in versions, the latest known at a moment."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, exists


def latest(versions: Table, *identity: str, known: datetime | None = None) -> ColumnElement[bool]:
    """The condition that a row is the latest of its identity recorded at or before `known` (None: ever)."""
    later = versions.alias("later")
    newer = [later.c[column] == versions.c[column] for column in identity]
    newer.append(later.c.recorded_at > versions.c.recorded_at)
    if known is None:
        return ~exists().where(and_(*newer))
    return and_(versions.c.recorded_at <= known, ~exists().where(and_(*newer, later.c.recorded_at <= known)))
