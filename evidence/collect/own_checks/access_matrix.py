"""Checks that people can do what was approved and nothing else: the matrix, granted roles, ended accounts."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session

from access.people import accounts
from access.permissions import PERMISSIONS
from evidence.collect.collector_cases import Case
from evidence.collect.collector_context import CollectorContext, Verb
from evidence.collect.own_checks.allowed_verbs import is_allowed
from evidence.collect.own_checks.approved_matrix import Matrix, read_approved_matrix
from models.bulk_changes import table
from models.calendar import calendar_of
from models.moments import wall_clock


def cases(session: Session, context: CollectorContext, now: datetime) -> Iterator[Case]:
    """Yield a case for every role and permission (approved against what the verbs do), then for roles and accounts."""
    matrix = read_approved_matrix(context.matrix)
    yield _check_completeness(matrix)
    for permission in matrix.permissions:
        for role in matrix.roles:
            yield _check_permission(matrix, role, permission, context.verbs)
    yield _check_roles(session, matrix)
    yield _check_people(session, now)
    yield _check_ended_sessions(session, now)
    yield _check_ended_tokens(session, now)


def _check_completeness(matrix: Matrix) -> Case:
    other = sorted(set(matrix.permissions) ^ PERMISSIONS.keys())
    twice = len(set(matrix.permissions)) < len(matrix.permissions)
    difference = f"Approved and actual permissions differ: {', '.join(other)}." if other else ""
    return Case("matrix is complete", failure="A permission is listed twice." if twice else difference)


def _check_permission(matrix: Matrix, role: str, permission: str, verbs: Mapping[str, Verb]) -> Case:
    expected, actual = (role, permission) in matrix.granted, is_allowed(permission, role, verbs)
    words = {True: "allowed", False: "refused"}
    failure = "" if expected == actual else f"expected {words[expected]}, found {words[actual]}"
    return Case(f"{role}: {permission}", failure=failure, facts=(("expected", words[expected]),))


def _check_roles(session: Session, matrix: Matrix) -> Case:
    """Check that nobody has a role outside the matrix, or the role of the process itself."""
    grant = table("role_grant")
    known = [role for role in matrix.roles if role in accounts.ROLES]
    other = select(func.count()).select_from(grant).where(grant.c.ended_at.is_(None), grant.c.role.not_in(known))
    number = session.execute(other).scalar_one()
    return Case("roles are known ones", failure=f"{number} granted roles are not in the matrix." if number else "")


def _check_people(session: Session, now: datetime) -> Case:
    """Check that each person has exactly the roles that were granted, and none before or after their days."""
    granted, wrong = _granted_roles(session, calendar_of(session).day_of(now)), 0
    for account, roles in granted.items():
        person = accounts.find_person(session, account, now)
        wrong += (person.roles if person else frozenset()) != roles
    failure = f"{wrong} of {len(granted)} people with roles have other roles than were granted." if wrong else ""
    return Case("people are what was given", failure=failure, facts=(("people", str(len(granted))),))


def _granted_roles(session: Session, day: date) -> dict[str, set[str]]:
    """Granted roles by account id; an empty set for an account outside its days."""
    account, grant = table("account"), table("role_grant")
    joined = grant.join(account, account.c.id == grant.c.account)
    held = select(account.c.id, account.c.starts_on, account.c.ends_on, grant.c.role).select_from(joined)
    roles: dict[str, set[str]] = {}
    for key, first, last, role in session.execute(held.where(grant.c.ended_at.is_(None))):
        active = first <= day and (last is None or last >= day)
        roles.setdefault(key, set()).update([role] if active else [])
    return roles


def _check_ended_sessions(session: Session, now: datetime) -> Case:
    """Check that no session of an ended account was used after the account's last day."""
    account, signed_in = table("account"), table("sign_in_session")
    joined = signed_in.join(account, account.c.id == signed_in.c.account)
    open_ = (
        signed_in.c.ended_at.is_(None),
        signed_in.c.ends_at > wall_clock(now),
        account.c.ends_on < calendar_of(session).day_of(now),
    )
    rows = session.execute(select(signed_in.c.seen_at, account.c.ends_on).select_from(joined).where(*open_))
    number = sum(calendar_of(session).day_of(row.seen_at) > row.ends_on for row in rows)
    failure = f"{number} sessions of ended accounts were used after the last day." if number else ""
    return Case("ended accounts are not signed in", failure=failure)


def _check_ended_tokens(session: Session, now: datetime) -> Case:
    """Check that no token of an ended account is still in force."""
    account, token, day = table("account"), table("api_token"), calendar_of(session).day_of(now)
    joined = token.join(account, account.c.id == token.c.account)
    valid = (token.c.last_day >= day, or_(token.c.revoked_at.is_(None), token.c.revoked_at > now))
    live = select(func.count()).select_from(joined).where(account.c.ends_on < day, *valid)
    number = session.execute(live).scalar_one()
    failure = f"{number} tokens of ended accounts are in force; revoke them." if number else ""
    return Case("ended accounts have no token", failure=failure)
