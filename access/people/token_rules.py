"""The rules for API tokens: what they can be for, of whom, and until when."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Table, select
from sqlmodel import Session, SQLModel

from access.errors import NotPossible
from access.people.account_rules import row_exists
from access.people.input_text import only_printable
from access.permissions import Person, may, scoped_teams
from locales import text
from models import EvidenceRequirement, System, Team
from models.calendar import local_day

UPLOAD_PERMISSIONS = (
    "evidence.file",
)  # what an upload token is for: handing in evidence, and withdrawing what it handed in
READ_PERMISSIONS = ("evidence.read", "readiness.read", "controls.read")  # what a reading token is for
TOKEN_PERMISSIONS = (*UPLOAD_PERMISSIONS, *READ_PERMISSIONS)
MAX_DAYS = 400  # days
LABEL_MAX = 80  # characters; what fits a line
_MAX_KEYS = 200  # requirements, or systems

_TABLES = SQLModel.metadata.tables
_REQUIREMENT = _TABLES[str(EvidenceRequirement.__tablename__)]
_SYSTEM = _TABLES[str(System.__tablename__)]
_TEAM = _TABLES[str(Team.__tablename__)]


def checked_label(given: str) -> str:
    label = " ".join(given.split())
    if not label or len(label) > LABEL_MAX or not label.isprintable():
        raise NotPossible(
            text("A token needs a name of 1 to {most} characters, such as the build server's.", most=LABEL_MAX)
        )
    return label


def checked_team(session: Session, team: str) -> str:
    if not row_exists(session, _TEAM, _TEAM.c.key == only_printable(team)):
        raise NotPossible(text("There is no team {team}.", team=team))
    return team


def checked_permissions(actor: Person, given: Sequence[str]) -> list[str]:
    """Some of those offered, that whom it acts for has."""
    if not given or any(one not in TOKEN_PERMISSIONS for one in given):
        raise NotPossible(text("A token is for some of {offered}.", offered=", ".join(TOKEN_PERMISSIONS)))
    for one in given:
        if not may(actor, one):
            raise NotPossible(
                text("A token does no more than whom it acts for: {person} may not {missing}.", **_missing(actor, one))
            )
    return sorted(set(given))


def checked_requirements(session: Session, actor: Person, granted: Sequence[str], given: Sequence[str]) -> list[str]:
    """Evidence requirements that exist, and are asked of a team that it acts for."""
    defined = _team_by_requirement(session, _keys_to_look_up(granted, given))
    teams = scoped_teams(actor, UPLOAD_PERMISSIONS[0])
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
    known = _existing_keys(session, _SYSTEM, _keys_to_look_up(granted, given))
    for key in given:
        if key not in known:
            raise NotPossible(text("There is no system {system}.", system=key))
    return sorted(set(given))


def checked_day(last_day: date, now: datetime) -> date:
    if not 0 <= (last_day - local_day(now)).days <= MAX_DAYS:
        raise NotPossible(text("A token ends today or within {n} days.", n=MAX_DAYS))
    return last_day


def _keys_to_look_up(granted: Sequence[str], given: Sequence[str]) -> list[str]:
    """Keys to look up: what cannot be asked of the database is not there either."""
    if given and not set(UPLOAD_PERMISSIONS) & set(granted):
        raise NotPossible(
            text("Requirements and systems narrow what a token hands in; one that only reads has none of them.")
        )
    if len(given) > _MAX_KEYS:
        raise NotPossible(
            text("A token names at most {most} requirements and systems; leave them out for all.", most=_MAX_KEYS)
        )
    return [key for key in given if key == only_printable(key)]


def _team_by_requirement(session: Session, keys: Sequence[str]) -> dict[str, str | None]:
    """Requirement → its team, as defined last; without those that are retired."""
    row = _REQUIREMENT.c
    found = select(row.key, row.team, row.retired).where(row.key.in_(keys)).order_by(row.recorded_at)
    latest = {one.key: one for one in session.execute(found)} if keys else {}
    return {key: one.team for key, one in latest.items() if not one.retired}


def _existing_keys(session: Session, table: Table, keys: Sequence[str]) -> set[str]:
    return set(session.execute(select(table.c.key).where(table.c.key.in_(keys))).scalars()) if keys else set()


def _missing(actor: Person, permission: str) -> dict[str, str]:
    return {"person": actor.name, "missing": permission}
