"""The rules for API tokens: what they can be for, of whom, and until when."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Table, select
from sqlmodel import Session, SQLModel

from access.errors import NotPossible
from access.people.rules import is_there
from access.people.sessions import printable
from access.permissions import Person, may, scoped_teams
from locales import text
from models import EvidenceRequirement, System, Team
from models.calendar import calendar_of

FILING = ("evidence.file",)  # what an upload token is for: handing in evidence, and withdrawing what it handed in
READING = ("evidence.read", "readiness.read", "controls.read")  # what a reading token is for
OFFERED = (*FILING, *READING)
LONGEST = 400  # days
LABEL = 80  # characters; what fits a line
_MOST = 200  # requirements, or systems

_TABLES = SQLModel.metadata.tables
_REQUIREMENT = _TABLES[str(EvidenceRequirement.__tablename__)]
_SYSTEM = _TABLES[str(System.__tablename__)]
_TEAM = _TABLES[str(Team.__tablename__)]


def checked_label(given: str) -> str:
    label = " ".join(given.split())
    if not label or len(label) > LABEL or not label.isprintable():
        raise NotPossible(
            text("A token needs a name of 1 to {most} characters, such as the build server's.", most=LABEL)
        )
    return label


def checked_team(session: Session, team: str) -> str:
    if not is_there(session, _TEAM, _TEAM.c.key == printable(team)):
        raise NotPossible(text("There is no team {team}.", team=team))
    return team


def checked_permissions(actor: Person, given: Sequence[str]) -> list[str]:
    """Some of those offered, that whom it acts for has."""
    if not given or any(one not in OFFERED for one in given):
        raise NotPossible(text("A token is for some of {offered}.", offered=", ".join(OFFERED)))
    for one in given:
        if not may(actor, one):
            raise NotPossible(
                text("A token does no more than whom it acts for: {person} may not {missing}.", **_not(actor, one))
            )
    return sorted(set(given))


def checked_requirements(session: Session, actor: Person, granted: Sequence[str], given: Sequence[str]) -> list[str]:
    """Evidence requirements that exist, and are asked of a team that it acts for."""
    defined = _defined(session, _for_filing(granted, given))
    teams = scoped_teams(actor, FILING[0])
    for key in given:
        if key not in defined:
            raise NotPossible(text("There is no evidence requirement {key}.", key=key))
        if teams is not None and defined[key] not in teams:
            raise NotPossible(
                text(
                    "{requirement} is asked of team {team}; a token of {person} can't hand in evidence for it.",
                    requirement=key,
                    team=defined[key] or "-",
                    person=actor.name,
                )
            )
    return sorted(set(given))


def checked_systems(session: Session, granted: Sequence[str], given: Sequence[str]) -> list[str]:
    known = _keys(session, _SYSTEM, _for_filing(granted, given))
    for key in given:
        if key not in known:
            raise NotPossible(text("There is no system {system}.", system=key))
    return sorted(set(given))


def checked_day(session: Session, last_day: date, now: datetime) -> date:
    if not 0 <= (last_day - calendar_of(session).day_of(now)).days <= LONGEST:
        raise NotPossible(text("A token ends today or within {n} days.", n=LONGEST))
    return last_day


def _for_filing(granted: Sequence[str], given: Sequence[str]) -> list[str]:
    """Keys to look up: what cannot be asked of the database is not there either."""
    if given and not set(FILING) & set(granted):
        raise NotPossible(
            text("Requirements and systems narrow what a token hands in; one that only reads has none of them.")
        )
    if len(given) > _MOST:
        raise NotPossible(
            text("A token names at most {most} requirements and systems; leave them out for all.", most=_MOST)
        )
    return [key for key in given if key == printable(key)]


def _defined(session: Session, keys: Sequence[str]) -> dict[str, str | None]:
    """Requirement → its team, as defined last; without those that are retired."""
    row = _REQUIREMENT.c
    found = select(row.key, row.team, row.retired).where(row.key.in_(keys)).order_by(row.recorded_at)
    latest = {one.key: one for one in session.execute(found)} if keys else {}
    return {key: one.team for key, one in latest.items() if not one.retired}


def _keys(session: Session, table: Table, keys: Sequence[str]) -> set[str]:
    return set(session.execute(select(table.c.key).where(table.c.key.in_(keys))).scalars()) if keys else set()


def _not(actor: Person, permission: str) -> dict[str, str]:
    return {"person": actor.name, "missing": permission}
