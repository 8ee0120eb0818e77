"""Admission of an upload before its files are read: permission, limits, number of files, systems and days."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import Person, require
from controls.browse.values import RequirementRow
from evidence.errors import TooLarge, Unfitting
from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.delivery_fit import requirements_named
from evidence.intake.delivery.token_limits import require_own_teams, require_token_limits
from evidence.intake.reading.inspection import MOST_FILES
from locales import text
from models.bulk_changes import table
from models.calendar import calendar_of
from models.vocabulary import Scope


def admit(
    session: Session,
    person: Person,
    requirements: Sequence[str],
    systems: Sequence[str],
    files: int,
    days: Sequence[date | None],
    now: datetime,
) -> None:
    """Check whether a person may upload files for these requirements and systems; `submit` checks again.

    `files`: their number; `days`: the declared days, None if not declared. Raises `NotAllowed`, `Unknown`, `Unfitting`
    and `TooLarge`.
    """
    require(person, "evidence.file")
    if files > MOST_FILES:
        raise TooLarge(text("There are {n} files; at most {most} belong to one evidence.", n=files, most=MOST_FILES))
    named = requirements_named(session, requirements, now)
    require_own_teams(person, named)
    require_token_limits(person, _cells(named, systems))
    _require_systems(session, systems)
    _require_past(days, calendar_of(session).day_of(now))


def _cells(requirements: Sequence[RequirementRow], systems: Sequence[str]) -> Iterator[CellKey]:
    """Cells that the upload would cover, as far as its fields say."""
    for requirement in requirements:
        for system in [""] if requirement.scope == Scope.ORGANISATION else systems:
            yield requirement.key, system, ""


def _require_systems(session: Session, systems: Sequence[str]) -> None:
    system = table("system")
    known = set(session.execute(select(system.c.key).where(system.c.key.in_(systems))).scalars()) if systems else set()
    for key in systems:
        if key not in known:
            raise Unfitting(text("There is no system {key}.", key=key))


def _require_past(days: Sequence[date | None], today: date) -> None:
    for day in days:
        if day is not None and day > today:
            raise Unfitting(
                text("{day} is in the future; evidence represents days up to {today}.", day=day, today=today)
            )
