"""The rules for API tokens: permissions, requirements, systems, team, and last day."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Table, select
from sqlmodel import Session, SQLModel

from access.errors import InvalidValue, NotFound, NotPossible
from access.people.account_rules import row_exists
from access.people.input_text import only_printable
from access.permissions import Person, may, scoped_teams
from locales import text
from models import EvidenceRequirement, System, Team
from models.calendar import calendar_of

UPLOAD_PERMISSIONS = ("evidence.file",)  # upload evidence, and withdraw one's own
READ_PERMISSIONS = ("evidence.read", "readiness.read", "controls.read")  # of a token that reads
TOKEN_PERMISSIONS = (*UPLOAD_PERMISSIONS, *READ_PERMISSIONS)
MAX_DAYS = 400  # days
LABEL_MAX = 80  # characters
_MAX_KEYS = 200  # requirements, or systems

_TABLES = SQLModel.metadata.tables
_REQUIREMENT = _TABLES[str(EvidenceRequirement.__tablename__)]
_SYSTEM = _TABLES[str(System.__tablename__)]
_TEAM = _TABLES[str(Team.__tablename__)]


def checked_label(label: str) -> str:
    """The label, tidied, or `InvalidValue`."""
    label = " ".join(label.split())
    if not label or len(label) > LABEL_MAX or not label.isprintable():
        raise NotPossible(
            text("A token needs a name of 1 to {most} characters, such as the build server's.", most=LABEL_MAX)
        )
    return label


def checked_team(session: Session, team: str) -> str:
    """The team, or `NotFound`."""
    if not row_exists(session, _TEAM, _TEAM.c.key == only_printable(team)):
        raise NotFound(text("There is no team {team}.", team=team))
    return team


def checked_permissions(actor: Person, permissions: Sequence[str]) -> list[str]:
    """The permissions, sorted: some of `TOKEN_PERMISSIONS`, and no more than the actor has."""
    if not permissions or any(permission not in TOKEN_PERMISSIONS for permission in permissions):
        offered = ", ".join(TOKEN_PERMISSIONS)
        raise InvalidValue(text("A token needs at least one of the permissions {offered}.", offered=offered))
    for permission in permissions:
        if not may(actor, permission):
            raise NotPossible(
                text(
                    "A token has no more permissions than its owner: {person} does not have {missing}.",
                    person=actor.name,
                    missing=permission,
                )
            )
    return sorted(set(permissions))


def checked_requirements(session: Session, actor: Person, permissions: Sequence[str], keys: Sequence[str]) -> list[str]:
    """The keys, sorted, of evidence requirements that exist and belong to a team that the token acts for."""
    teams_by_key = _team_by_requirement(session, _keys_to_look_up(permissions, keys))
    teams = scoped_teams(actor, UPLOAD_PERMISSIONS[0])
    for key in keys:
        if key not in teams_by_key:
            raise NotFound(text("There is no evidence requirement {key}.", key=key))
        if teams is not None and teams_by_key[key] not in teams:
            raise NotPossible(
                text(
                    "{requirement} belongs to team {team}; a token of {person} cannot upload evidence for it.",
                    requirement=key,
                    team=teams_by_key[key] or "-",
                    person=actor.name,
                )
            )
    return sorted(set(keys))


def checked_systems(session: Session, permissions: Sequence[str], keys: Sequence[str]) -> list[str]:
    """The keys, sorted, of systems that exist."""
    existing = _existing_keys(session, _SYSTEM, _keys_to_look_up(permissions, keys))
    for key in keys:
        if key not in existing:
            raise NotFound(text("There is no system {system}.", system=key))
    return sorted(set(keys))


def checked_day(session: Session, last_day: date, now: datetime) -> date:
    """The last day, today or at most `MAX_DAYS` later, or `InvalidValue`."""
    if not 0 <= (last_day - calendar_of(session).day_of(now)).days <= MAX_DAYS:
        raise InvalidValue(text("A token ends today or within {n} days.", n=MAX_DAYS))
    return last_day


def _keys_to_look_up(permissions: Sequence[str], keys: Sequence[str]) -> list[str]:
    """The keys that can exist: a database refuses some characters, so those keys are left out."""
    if keys and not set(UPLOAD_PERMISSIONS) & set(permissions):
        raise NotPossible(
            text("Requirements and systems limit what a token uploads; a token that only reads has none.")
        )
    if len(keys) > _MAX_KEYS:
        raise NotPossible(
            text("A token has at most {most} requirements and systems; leave them out for all.", most=_MAX_KEYS)
        )
    return [key for key in keys if key == only_printable(key)]


def _team_by_requirement(session: Session, keys: Sequence[str]) -> dict[str, str | None]:
    """Key → team of the requirements as they are defined last; without retired ones."""
    row = _REQUIREMENT.c
    versions = select(row.key, row.team, row.retired).where(row.key.in_(keys)).order_by(row.recorded_at)
    latest = {version.key: version for version in session.execute(versions)} if keys else {}
    return {key: version.team for key, version in latest.items() if not version.retired}


def _existing_keys(session: Session, table: Table, keys: Sequence[str]) -> set[str]:
    return set(session.execute(select(table.c.key).where(table.c.key.in_(keys))).scalars()) if keys else set()
