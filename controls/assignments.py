"""Assigns evidence requirements: to the team, and optionally the person, that provides the evidence.

A changed team is recorded as a new version of the requirement, so that permissions follow it, and stays when the files
are read again (`requirements.py`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from access.activity.record import record
from access.people.accounts import find_person
from access.people.sessions import account_is_active
from access.permissions import SECURITY_OFFICER, TEAM_MEMBER, Person, require
from controls.errors import NotPossible, Unknown
from locales import text
from models.bulk_changes import add, table
from models.queries import latest


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One assignment. `team`: its key; `account`, `person`: of one person, None for the team as a whole."""

    requirement: str
    team: str
    account: str | None
    person: str | None
    recorded_at: datetime
    recorded_by: str


def assign(session: Session, person: Person, requirement: str, team: str, account: str | None, now: datetime) -> None:
    """Assign a requirement to a team from now on, and to a person of it; `account` None: to the team as a whole.

    Nothing is recorded where it is assigned so already.

    Raises `NotAllowed`; `Unknown` for a requirement, team or account that is none; and `NotPossible` for a person who
    may not upload evidence for that team.
    """
    require(person, "task.plan")
    row = _requirement(session, requirement)
    teams = table("team")
    if not session.execute(select(teams.c.key).where(teams.c.key == team)).first():
        raise Unknown(text("There is no team {key}.", key=team))
    if account is not None:
        _require_of_team(session, account, team, now)
    if (team, account) == _assigned(session, requirement) and row["team"] == team:
        return
    if row["team"] != team:
        add(session, "evidence_requirement", [{**row, "team": team, "recorded_at": now}])
    assignment = {"requirement": requirement, "team": team, "account": account}
    add(session, "assignment", [{**assignment, "recorded_at": now, "recorded_by": person.name}])
    record(session, person, "requirement.assign", requirement, now, team=team, before=row["team"], account=account)


def _requirement(session: Session, key: str) -> dict[str, object]:
    """The latest version of a requirement in force, without its id."""
    requirement = table("evidence_requirement")
    columns = [column for column in requirement.c if column.name != "id"]
    query = select(*columns).where(requirement.c.key == key, latest(requirement, "key"))
    row = session.execute(query).mappings().one_or_none()
    if row is None or row["retired"]:
        raise Unknown(text("There is no evidence requirement {key}.", key=key))
    return dict(row)


def _assigned(session: Session, requirement: str) -> tuple[str, str | None] | None:
    """The team and the account to which a requirement is assigned."""
    assignment = table("assignment")
    own = (assignment.c.requirement == requirement, latest(assignment, "requirement"))
    row = session.execute(select(assignment.c.team, assignment.c.account).where(*own)).one_or_none()
    return None if row is None else (row.team, row.account)


def _require_of_team(session: Session, account: str, team: str, now: datetime) -> None:
    assignee = find_person(session, account, now)
    if assignee is None:
        raise Unknown(text("There is no such person, or their account has ended."))
    if team not in assignee.teams and SECURITY_OFFICER not in assignee.roles:
        raise NotPossible(
            text("{person} is not a member of team {team}; add them to it first.", person=assignee.name, team=team)
        )


def assignees(session: Session, person: Person, team: str, now: datetime) -> dict[str, str]:
    """The people who can be assigned requirements of a team, by account: its members and the security officers."""
    require(person, "task.plan")
    account, held = table("account"), table("role_grant")
    is_member = and_(held.c.role == TEAM_MEMBER, held.c.team == team)
    query = (
        select(account.c.id, account.c.name)
        .join(held, and_(held.c.account == account.c.id, held.c.ended_at.is_(None)))
        .where(or_(is_member, held.c.role == SECURITY_OFFICER), account_is_active(session, now))
        .distinct()
        .order_by(account.c.name)
    )
    return {row.id: row.name for row in session.execute(query)}


def assigned_teams(session: Session) -> dict[str, str]:
    """Return the team of each requirement that has been assigned one."""
    assignment = table("assignment")
    query = select(assignment.c.requirement, assignment.c.team).where(latest(assignment, "requirement"))
    return {row.requirement: row.team for row in session.execute(query)}


def assignments(session: Session, person: Person, requirement: str = "") -> list[AssignmentRow]:
    """List the assignments, latest first: the history of one requirement, or those in force of all."""
    require(person, "readiness.read")
    assignment, account = table("assignment"), table("account")
    columns = [assignment.c[name] for name in AssignmentRow.__dataclass_fields__ if name in assignment.c]
    query = (
        select(*columns, account.c.name.label("person"))
        .outerjoin(account, account.c.id == assignment.c.account)
        .where(assignment.c.requirement == requirement if requirement else latest(assignment, "requirement"))
        .order_by(assignment.c.recorded_at.desc(), assignment.c.id.desc())
    )
    return [AssignmentRow(**row) for row in session.execute(query).mappings()]
