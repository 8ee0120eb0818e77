"""Whether people can do what was approved and nothing else: the matrix, the roles given, the accounts that ended."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session

from access.people import accounts
from access.permissions import PERMISSIONS
from evidence.collect.approved import Matrix, approved
from evidence.collect.cases import Case
from evidence.collect.own import CollectorContext, Verb
from evidence.collect.verbs import allowed
from models.calendar import calendar_of
from models.moments import wall_clock
from models.rows import table


def cases(session: Session, own: CollectorContext, now: datetime) -> Iterator[Case]:
    """Every role and permission once: as approved against what the verbs do. Then what the rows say of people."""
    matrix = approved(own.matrix)
    yield _complete(matrix)
    for permission in matrix.permissions:
        for role in matrix.roles:
            yield _decision(matrix, role, permission, own.verbs)
    yield _roles(session, matrix)
    yield _people(session, now)
    yield _ended_sessions(session, now)
    yield _ended_tokens(session, now)


def _complete(matrix: Matrix) -> Case:
    other = sorted(set(matrix.permissions) ^ PERMISSIONS.keys())
    twice = len(set(matrix.permissions)) < len(matrix.permissions)
    said = f"Approved and actual permissions differ: {', '.join(other)}." if other else ""
    return Case("matrix is complete", failure="A permission stands in it twice." if twice else said)


def _decision(matrix: Matrix, role: str, permission: str, verbs: Mapping[str, Verb]) -> Case:
    expected, actual = (role, permission) in matrix.given, allowed(permission, role, verbs)
    words = {True: "allowed", False: "refused"}
    failure = "" if expected == actual else f"expected {words[expected]}, found {words[actual]}"
    return Case(f"{role}: {permission}", failure=failure, facts=(("expected", words[expected]),))


def _roles(session: Session, matrix: Matrix) -> Case:
    """Nobody has a role that the matrix does not know, nor the role of the process."""
    grant = table("role_grant")
    known = [role for role in matrix.roles if role in accounts.ROLES]
    other = select(func.count()).select_from(grant).where(grant.c.ended_at.is_(None), grant.c.role.not_in(known))
    number = session.execute(other).scalar_one()
    return Case("roles are known ones", failure=f"{number} roles given are none of the matrix." if number else "")


def _people(session: Session, now: datetime) -> Case:
    """The product takes each person for what was given: no role more or less, and none before or after their days."""
    given, wrong = _given(session, calendar_of(session).day_of(now)), 0
    for account, roles in given.items():
        person = accounts.person_of(session, account, now)
        wrong += (person.roles if person else frozenset()) != roles
    failure = f"{wrong} of {len(given)} people with roles are taken for something else than was given." if wrong else ""
    return Case("people are what was given", failure=failure, facts=(("people", str(len(given))),))


def _given(session: Session, day: date) -> dict[str, set[str]]:
    """The roles that were given to each account and are in use: none outside its days."""
    account, grant = table("account"), table("role_grant")
    joined = grant.join(account, account.c.id == grant.c.account)
    held = select(account.c.id, account.c.starts_on, account.c.ends_on, grant.c.role).select_from(joined)
    found: dict[str, set[str]] = {}
    for key, first, last, role in session.execute(held.where(grant.c.ended_at.is_(None))):
        active = first <= day and (last is None or last >= day)
        found.setdefault(key, set()).update([role] if active else [])
    return found


def _ended_sessions(session: Session, now: datetime) -> Case:
    """Nobody is signed in who was last seen after the last day."""
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


def _ended_tokens(session: Session, now: datetime) -> Case:
    """No token of somebody whose account ended is still in force: it was forgotten."""
    account, token, day = table("account"), table("api_token"), calendar_of(session).day_of(now)
    joined = token.join(account, account.c.id == token.c.account)
    valid = (token.c.last_day >= day, or_(token.c.revoked_at.is_(None), token.c.revoked_at > now))
    live = select(func.count()).select_from(joined).where(account.c.ends_on < day, *valid)
    number = session.execute(live).scalar_one()
    failure = f"{number} tokens of ended accounts are in force; revoke them." if number else ""
    return Case("ended accounts have no token", failure=failure)
