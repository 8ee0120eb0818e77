"""What one person may pass on to another: never more than they have themselves, when it is made and when it is used.

This holds for roles, for links to choose a password with, for tokens, and for whatever else would open an account:
another e-mail address, more days, a second factor that is taken away.
"""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlmodel import Session, SQLModel

from access.errors import NotPossible
from access.people.rules import ROLES
from access.people.sessions import active_on
from access.permissions import AUDITOR, PERMISSIONS, TEAM_MEMBER, NotAllowed, Person, exceeding, may
from locales import text
from models import Account, OneTimeLink, RoleGrant

_TABLES = SQLModel.metadata.tables
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_GRANT = _TABLES[str(RoleGrant.__tablename__)]
_LINK = _TABLES[str(OneTimeLink.__tablename__)]


def with_role(role: str, team: str | None = None, audit: str | None = None) -> Person:
    """Someone who has this role and no other."""
    teams, audits = frozenset({team} if team else ()), frozenset({audit} if audit else ())
    return Person("", frozenset({role}), teams=teams, audits=audits)


def givable(person: Person) -> list[str]:
    """The roles that a person may give, of their own team or audit where a role is bound to one."""
    if not may(person, "people.manage"):
        return []
    of = {role: Person("", frozenset({role}), teams=person.teams, audits=person.audits) for role in ROLES}
    return [role for role in ROLES if not exceeding(person, of[role])]


def holder(session: Session, account: str, at: datetime | None = None) -> Person:
    """Whoever has the account's roles, those of now or of a moment; its days do not count, since roles outlast them."""
    open_ = _GRANT.c.ended_at.is_(None)
    held = and_(_GRANT.c.granted_at <= at, or_(open_, _GRANT.c.ended_at > at)) if at else open_
    columns = (_GRANT.c.role, _GRANT.c.team, _GRANT.c.audit)
    rows = session.execute(select(*columns).where(_GRANT.c.account == account, held)).all()
    return Person(
        "",
        frozenset(row.role for row in rows),
        account,
        frozenset(row.team for row in rows if row.role == TEAM_MEMBER and row.team),
        frozenset(row.audit for row in rows if row.role == AUDITOR and row.audit),
    )


def require_own(person: Person, given: Person) -> None:
    """Raises `NotAllowed` if something is given, or opened, that the person may not do themselves."""
    if beyond := exceeding(person, given):
        raise NotAllowed(
            text(
                "{person} passes on no more than they may themselves, and this goes further ({permissions}). Ask a "
                "security officer.",
                person=person.name,
                permissions=", ".join(beyond),
            )
        )


def require_account(session: Session, person: Person, account: str) -> None:
    """The same for whatever lets someone into an account."""
    require_own(person, holder(session, account))


def opens(session: Session, person: Person, account: str) -> bool:
    """Whether a person may let someone into an account: pages ask what to show."""
    return not exceeding(person, holder(session, account))


def still_passed_on(session: Session, made_by: str, given: Person, now: datetime) -> frozenset[str] | None:
    """The permissions of a link's account or a token that its maker still has; None if the maker's account has ended.

    All of them if no account made it, but whoever runs the machine: names are used once, and none is the process's.
    """
    row = session.execute(
        select(_ACCOUNT.c.id, active_on(session, now).label("active")).where(_ACCOUNT.c.name == made_by)
    ).one_or_none()
    has = frozenset(one for one in PERMISSIONS if may(given, one))
    if row is None:
        return has
    maker = holder(session, row.id)
    return has - frozenset(exceeding(maker, given)) if row.active and maker.roles else None


def require_own_way_in(session: Session, account: str, given: Person) -> None:
    """Raises `NotPossible` if whoever made the link that the account's password was chosen by may not do all this.

    Else someone could make a link for a colleague, use it themselves, and wait for the colleague to be given more.
    """
    used = (_LINK.c.account == account, _LINK.c.redeemed_at.is_not(None))
    by_link = select(_LINK.c.created_by, _LINK.c.created_at).where(*used).order_by(_LINK.c.redeemed_at.desc()).limit(1)
    link = session.execute(by_link).one_or_none()
    if link is None:
        return
    maker = session.execute(select(_ACCOUNT.c.id).where(_ACCOUNT.c.name == link.created_by)).scalar_one_or_none()
    if maker is not None and exceeding(holder(session, maker, link.created_at), given):
        raise NotPossible(
            text(
                "The password of this account was chosen by a link that {name} made, who may not do this. Make a new "
                "link, send it to the person, and give the role once they have used it.",
                name=link.created_by,
            )
        )
