"""The rules for accounts and roles: unique names, roles bound to a team or an audit, separation of duties."""

import re
import unicodedata
from datetime import date, datetime

from sqlalchemy import ColumnElement, Table, select
from sqlmodel import Session, SQLModel

from access.errors import InvalidValue, LastOfficer, NotFound, NotPossible, OwnRole
from access.people.input_text import EMAIL_MAX, name_key, normalise_email, only_printable
from access.people.sessions import account_is_active
from access.permissions import (
    ADMINISTRATOR,
    AUDITOR,
    READER,
    REVIEWER,
    SECURITY_OFFICER,
    SYSTEM_ROLE,
    TEAM_MEMBER,
    Person,
)
from locales import LANGUAGES, text
from models import Account, Audit, RoleGrant, Team

ROLES = (SECURITY_OFFICER, REVIEWER, TEAM_MEMBER, AUDITOR, READER, ADMINISTRATOR)
NAME_MAX = 100  # characters
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")
_TOKEN_NAME = re.compile(r"\(team [^()]*\)$")  # how the activity log names a team's token (`access.people.tokens`)
PROVIDER_NAME = "OpenID Connect"  # the identity provider's name in the activity log
_RESERVED = frozenset({SYSTEM_ROLE.casefold(), PROVIDER_NAME.casefold(), *ROLES})  # in the log, no persons

_TABLES = SQLModel.metadata.tables
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_GRANT = _TABLES[str(RoleGrant.__tablename__)]
_TEAM = _TABLES[str(Team.__tablename__)]
_AUDIT = _TABLES[str(Audit.__tablename__)]


def require_not_oneself(person: Person, account: str) -> None:
    """Raises `OwnRole` if the account is the person's own."""
    if person.account == account:
        raise OwnRole(text("You cannot give or end your own roles, nor end your own account: ask a colleague."))


def is_security_officer(session: Session, account: str) -> bool:
    """Whether the account has the role now."""
    return row_exists(session, _GRANT, _GRANT.c.account == account, _GRANT.c.role == SECURITY_OFFICER, grant_is_open())


def has_officer(session: Session, now: datetime) -> bool:
    """Whether there is a security officer whose account is active today."""
    joined = _GRANT.join(_ACCOUNT, _ACCOUNT.c.id == _GRANT.c.account)
    held = (_GRANT.c.role == SECURITY_OFFICER, grant_is_open(), account_is_active(session, now))
    return session.execute(select(_GRANT.c.id).select_from(joined).where(*held).limit(1)).first() is not None


def require_another_officer(session: Session, account: str, now: datetime) -> None:
    """Raises `LastOfficer` unless another is active, has no last day and has a password (not only an invitation)."""
    joined = _GRANT.join(_ACCOUNT, _ACCOUNT.c.id == _GRANT.c.account)
    lasting = (
        _ACCOUNT.c.id != account,
        _ACCOUNT.c.ends_on.is_(None),
        _ACCOUNT.c.password != "",
        account_is_active(session, now),
    )
    others = select(_GRANT.c.id).select_from(joined).where(*lasting, _GRANT.c.role == SECURITY_OFFICER, grant_is_open())
    if session.execute(others.limit(1)).first() is None:
        raise LastOfficer(
            text(
                "This is the last security officer. First appoint another one, without an end date, who has chosen a "
                "password."
            )
        )


def check_role_scope(session: Session, role: str, team: str | None, audit: str | None) -> None:
    """Raises `NotFound` or `InvalidValue` unless a team member has a team, an auditor an audit, and they exist."""
    if role not in ROLES:
        raise NotFound(text("There is no role {role}: expected one of {roles}.", role=role, roles=", ".join(ROLES)))
    if (team is not None) != (role == TEAM_MEMBER):
        raise InvalidValue(text("A team member belongs to a team; no other role has a team."))
    if (audit is not None) != (role == AUDITOR):
        raise InvalidValue(text("An auditor belongs to an audit; no other role has an audit."))
    if team is not None and not row_exists(session, _TEAM, _TEAM.c.key == only_printable(team)):
        raise NotFound(text("There is no team {team}.", team=team))
    if audit is not None and not row_exists(session, _AUDIT, _AUDIT.c.key == only_printable(audit)):
        raise NotFound(text("There is no audit {audit}.", audit=audit))


def checked_name(session: Session, name: str) -> str:
    """The name, tidied. Raises if it is invalid or anyone has or had it: the activity log names people."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise InvalidValue(text("A name has 1 to {most} characters, without control characters.", most=NAME_MAX))
    if _TOKEN_NAME.search(name_key(name)):
        raise InvalidValue(text("This is how tokens of teams are named: leave out the part in brackets."))
    is_taken = name_key(name) in _RESERVED or row_exists(session, _ACCOUNT, _ACCOUNT.c.name_key == name_key(name))
    if is_taken or not name_key(name):
        raise NotPossible(
            text("The name {name} is or was in use; names are used once, since the log names people.", name=name)
        )
    return name


def checked_email(session: Session, entered: str) -> str:
    """The e-mail address as it is stored. Raises `InvalidValue`, or `NotPossible` if an account has it."""
    email = normalise_email(entered)
    if len(entered.strip()) > EMAIL_MAX or not _EMAIL.fullmatch(email):
        raise InvalidValue(
            text(
                "This is not an e-mail address: expected one like name@example.org, at most {most} characters.",
                most=EMAIL_MAX,
            )
        )
    if row_exists(session, _ACCOUNT, _ACCOUNT.c.email == email):
        raise NotPossible(text("An account with the e-mail address {email} exists already.", email=email))
    return email


def checked_language(language: str) -> str:
    """The language, or `InvalidValue`."""
    if language not in LANGUAGES:
        raise InvalidValue(
            text("There is no language {language}: expected nl or en.", language=only_printable(language)[:20])
        )
    return language


def checked_end(starts_on: date, ends_on: date | None) -> date | None:
    """The last day, or `InvalidValue` if it is before the first."""
    if ends_on is not None and ends_on < starts_on:
        raise InvalidValue(text("The last day, {last}, is before the first, {first}.", last=ends_on, first=starts_on))
    return ends_on


def row_exists(session: Session, table: Table, *where: ColumnElement[bool]) -> bool:
    """Whether a row meets all conditions."""
    return session.execute(select(1).select_from(table).where(*where).limit(1)).first() is not None


def grant_is_open() -> ColumnElement[bool]:
    """The condition that a role has not ended."""
    return _GRANT.c.ended_at.is_(None)
