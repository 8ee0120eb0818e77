"""Whether a delivery may be read at all: what is known of it without its bytes is asked before any file is opened."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import Person, require
from controls.browse.rows import RequirementRow
from evidence.errors import TooLarge, Unfitting
from evidence.intake.cells import CellKey
from evidence.intake.delivery_fit import requirements_named
from evidence.intake.inspection import MOST_FILES
from evidence.intake.token_limits import require_for, require_own_teams
from locales import text
from models.calendar import calendar_of
from models.rows import table
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
    """Whether so many files may be handed in for these; filing asks all of it again, and more.

    `days`: those that it should represent, as far as they are declared. Raises `NotAllowed`, `Unknown`, `Unfitting` and
    `TooLarge`.
    """
    require(person, "evidence.file")
    if files > MOST_FILES:
        raise TooLarge(text("There are {n} files; at most {most} belong to one evidence.", n=files, most=MOST_FILES))
    named = requirements_named(session, requirements, now)
    require_own_teams(person, named)
    require_for(person, _cells(named, systems))
    _exist(session, systems)
    _have_passed(days, calendar_of(session).day_of(now))


def _cells(requirements: Sequence[RequirementRow], systems: Sequence[str]) -> Iterator[CellKey]:
    """What it would cover, as far as its fields say."""
    for one in requirements:
        for system in [""] if one.scope == Scope.ORGANISATION else systems:
            yield one.key, system, ""


def _exist(session: Session, systems: Sequence[str]) -> None:
    system = table("system")
    known = set(session.execute(select(system.c.key).where(system.c.key.in_(systems))).scalars()) if systems else set()
    for key in systems:
        if key not in known:
            raise Unfitting(text("There is no system {key}.", key=key))


def _have_passed(days: Sequence[date | None], today: date) -> None:
    for day in days:
        if day is not None and day > today:
            raise Unfitting(
                text("{day} is in the future; evidence represents days up to {today}.", day=day, today=today)
            )
