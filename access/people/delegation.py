"""Delegation: nobody passes on more than they may do themselves, neither when it is made nor when it is used.

This holds for roles, for links to choose a password with, for tokens, and for whatever else opens an account: another
e-mail address, a later last day, removing a second factor.
"""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlmodel import Session, SQLModel

from access.errors import NotPossible
from access.people.account_rules import ROLES
from access.people.sessions import account_is_active
from access.permissions import AUDITOR, PERMISSIONS, TEAM_MEMBER, NotAllowed, Person, exceeding_permissions, may
from locales import text
from models import Account, OneTimeLink, RoleGrant

_TABLES = SQLModel.metadata.tables
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_GRANT = _TABLES[str(RoleGrant.__tablename__)]
_LINK = _TABLES[str(OneTimeLink.__tablename__)]


def person_with_role(role: str, team: str | None = None, audit: str | None = None) -> Person:
    """A nameless person with this role and no other, to compare permissions with."""
    teams, audits = frozenset({team} if team else ()), frozenset({audit} if audit else ())
    return Person("", frozenset({role}), teams=teams, audits=audits)


def grantable_roles(person: Person) -> list[str]:
    """The roles that a person may give (for their own team or audit, where a role is bound to one)."""
    if not may(person, "people.manage"):
        return []
    holders = {role: Person("", frozenset({role}), teams=person.teams, audits=person.audits) for role in ROLES}
    return [role for role in ROLES if not exceeding_permissions(person, holders[role])]


def role_holder(session: Session, account: str, at: datetime | None = None) -> Person:
    """A nameless person with the account's roles, now or at a moment, also if the account is not active."""
    is_open = _GRANT.c.ended_at.is_(None)
    held = and_(_GRANT.c.granted_at <= at, or_(is_open, _GRANT.c.ended_at > at)) if at else is_open
    columns = (_GRANT.c.role, _GRANT.c.team, _GRANT.c.audit)
    rows = session.execute(select(*columns).where(_GRANT.c.account == account, held)).all()
    return Person(
        "",
        frozenset(row.role for row in rows),
        account,
        frozenset(row.team for row in rows if row.role == TEAM_MEMBER and row.team),
        frozenset(row.audit for row in rows if row.role == AUDITOR and row.audit),
    )


def require_within_own(person: Person, other: Person) -> None:
    """Raises `NotAllowed` if `other` may do anything that the person may not."""
    if beyond := exceeding_permissions(person, other):
        raise NotAllowed(
            text(
                "{person} cannot pass on more than their own permissions, and this includes {permissions}. "
                "Ask a security officer.",
                person=person.name,
                permissions=", ".join(beyond),
            )
        )


def require_may_open(session: Session, person: Person, account: str) -> None:
    """Raises `NotAllowed` if the account may do anything that the person may not; for whatever opens an account."""
    require_within_own(person, role_holder(session, account))


def may_open_account(session: Session, person: Person, account: str) -> bool:
    """Whether a person may do all that the account may; pages decide by it what to show."""
    return not exceeding_permissions(person, role_holder(session, account))


def still_delegated(session: Session, made_by: str, holder: Person, now: datetime) -> frozenset[str] | None:
    """The permissions of `holder` (a link's account, a token) that its maker still has; None if the maker is gone.

    All of them if no account has the name `made_by`: then whoever runs the machine made it.
    """
    row = session.execute(
        select(_ACCOUNT.c.id, account_is_active(session, now).label("active")).where(_ACCOUNT.c.name == made_by)
    ).one_or_none()
    permissions = frozenset(permission for permission in PERMISSIONS if may(holder, permission))
    if row is None:
        return permissions
    maker = role_holder(session, row.id)
    return permissions - frozenset(exceeding_permissions(maker, holder)) if row.active and maker.roles else None


def require_link_maker_may(session: Session, account: str, other: Person) -> None:
    """Raises `NotPossible` if the maker of the link that the password was chosen by may not do all that `other` may.

    Else someone could make a link for a colleague, use it themselves, and wait until the colleague is given more.
    """
    used = (_LINK.c.account == account, _LINK.c.redeemed_at.is_not(None))
    by_link = select(_LINK.c.created_by, _LINK.c.created_at).where(*used).order_by(_LINK.c.redeemed_at.desc()).limit(1)
    link = session.execute(by_link).one_or_none()
    if link is None:
        return
    maker = session.execute(select(_ACCOUNT.c.id).where(_ACCOUNT.c.name == link.created_by)).scalar_one_or_none()
    if maker is not None and exceeding_permissions(role_holder(session, maker, link.created_at), other):
        raise NotPossible(
            text(
                "The password of this account was chosen with a link of {name}, who does not have these permissions. "
                "Make a new link, send it to the person, and give the role once they have used it.",
                name=link.created_by,
            )
        )
