"""Lookups that decisions share: the current definition of a requirement, and the series of a tool in a cell."""

from datetime import datetime
from typing import Final

from sqlalchemy import Row, select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person
from evidence.errors import Unknown
from evidence.intake.delivery.cells import CellKey, find_series
from locales import text
from models.bulk_changes import table
from models.queries import latest

LONGEST_REASON: Final = 4_000  # characters


def current_requirement(session: Session, key: str, now: datetime) -> Row[tuple[str, str, str]]:
    """Kind, scope and review of a requirement by its latest definition. Raises `Unknown`."""
    row = table("evidence_requirement")
    query = select(row.c.kind, row.c.scope, row.c.review).where(
        row.c.key == key, latest(row, "key", known=now), ~row.c.retired
    )
    requirement = session.execute(query).one_or_none()
    if requirement is None:
        raise Unknown(text("There is no evidence requirement {key}.", key=key))
    return requirement


def find_existing_series(session: Session, key: CellKey, tool: str) -> int:
    """The id of the series of a tool in a cell. Raises `Unknown`."""
    series = find_series(session, [(key, tool)])
    if not series:
        raise Unknown(
            text(
                "There is no evidence by {tool} for {cell}.",
                tool=tool or "-",
                cell=" ".join(part for part in key if part),
            )
        )
    return next(iter(series.values()))


def log_decision(session: Session, person: Person, verb: str, key: CellKey, now: datetime, **details: object) -> None:
    """Write a decision on a cell into the activity log, with its requirement as subject."""
    requirement, system, target = key
    record(session, person, verb, requirement, now, system=system, target=target, **details)
