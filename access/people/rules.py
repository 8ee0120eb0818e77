"""The rules for accounts and roles: names used once, roles bound to what they are about, duties kept apart."""

import re
import unicodedata
from datetime import date, datetime

from sqlalchemy import ColumnElement, Table, select
from sqlmodel import Session, SQLModel

from access.errors import LastOfficer, NotPossible, OwnRole
from access.people.sessions import active_on, printable
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
NAME, EMAIL = 100, 200  # characters at most
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")
_OF_A_TOKEN = re.compile(r"\(team [^()]*\)$")  # how facts name a team's token (`access.people.tokens`)
PROVIDER_NAME = "OpenID Connect"  # what the log calls the identity provider
_RESERVED = frozenset({SYSTEM_ROLE.casefold(), PROVIDER_NAME.casefold(), *ROLES})  # the log knows these as no person

_TABLES = SQLModel.metadata.tables
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_GRANT = _TABLES[str(RoleGrant.__tablename__)]
_TEAM = _TABLES[str(Team.__tablename__)]
_AUDIT = _TABLES[str(Audit.__tablename__)]


def not_oneself(person: Person, account: str) -> None:
    if person.account == account:
        raise OwnRole(text("Nobody gives or ends a role of themselves, nor their own account: ask a colleague."))


def holds_office(session: Session, account: str) -> bool:
    return is_there(session, _GRANT, _GRANT.c.account == account, _GRANT.c.role == SECURITY_OFFICER, still_held())


def has_officer(session: Session, now: datetime) -> bool:
    """Whether there is a security officer whose days hold today."""
    joined = _GRANT.join(_ACCOUNT, _ACCOUNT.c.id == _GRANT.c.account)
    held = (_GRANT.c.role == SECURITY_OFFICER, still_held(), active_on(session, now))
    return session.execute(select(_GRANT.c.id).select_from(joined).where(*held).limit(1)).first() is not None


def leave_an_officer(session: Session, account: str, now: datetime) -> None:
    """Another one must remain who has begun, has no last day and can sign in; an invitation alone does not count."""
    joined = _GRANT.join(_ACCOUNT, _ACCOUNT.c.id == _GRANT.c.account)
    lasting = (
        _ACCOUNT.c.id != account,
        _ACCOUNT.c.ends_on.is_(None),
        _ACCOUNT.c.password != "",
        active_on(session, now),
    )
    others = select(_GRANT.c.id).select_from(joined).where(*lasting, _GRANT.c.role == SECURITY_OFFICER, still_held())
    if session.execute(others.limit(1)).first() is None:
        raise LastOfficer(
            text(
                "This is the last security officer: first appoint another, without an end date, who has chosen a "
                "password."
            )
        )


def check_bound(session: Session, role: str, team: str | None, audit: str | None) -> None:
    """A role is bound to what it is about, and to something that exists."""
    if role not in ROLES:
        raise NotPossible(text("There is no role {role}: expected one of {roles}.", role=role, roles=", ".join(ROLES)))
    if (team is not None) != (role == TEAM_MEMBER):
        raise NotPossible(text("A team member is one of a team; no other role has a team."))
    if (audit is not None) != (role == AUDITOR):
        raise NotPossible(text("An auditor is one of an audit; no other role has an audit."))
    if team is not None and not is_there(session, _TEAM, _TEAM.c.key == printable(team)):
        raise NotPossible(text("There is no team {team}.", team=team))
    if audit is not None and not is_there(session, _AUDIT, _AUDIT.c.key == printable(audit)):
        raise NotPossible(text("There is no audit {audit}.", audit=audit))


def name_key(name: str) -> str:
    """A name as compared: what looks alike is alike, capitals and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def tried_name(email: str) -> str:
    """An e-mail address as stored and compared; of whatever was given as one, the part that is kept."""
    return printable(email).strip().lower()[:EMAIL]


def free_name(session: Session, given: str) -> str:
    """A name that nobody has or had: the log says by name who did what."""
    name = " ".join(unicodedata.normalize("NFC", given).split())
    if not name or len(name) > NAME or not name.isprintable():
        raise NotPossible(text("A name has 1 to {most} characters, without control characters.", most=NAME))
    if _OF_A_TOKEN.search(name_key(name)):
        raise NotPossible(text("No person is named like a team's token: leave the part between brackets out."))
    taken = name_key(name) in _RESERVED or is_there(session, _ACCOUNT, _ACCOUNT.c.name_key == name_key(name))
    if taken or not name_key(name):
        raise NotPossible(
            text("The name {name} is taken, or was: names are used once, since the log names people.", name=name)
        )
    return name


def free_email(session: Session, given: str) -> str:
    email = tried_name(given)
    if len(given.strip()) > EMAIL or not _EMAIL.fullmatch(email):
        raise NotPossible(
            text("This is no e-mail address: expected one like name@example.org, of at most {most} signs.", most=EMAIL)
        )
    if is_there(session, _ACCOUNT, _ACCOUNT.c.email == email):
        raise NotPossible(text("There is an account with the e-mail address {email} already.", email=email))
    return email


def known_language(language: str) -> str:
    if language not in LANGUAGES:
        raise NotPossible(
            text("There is no language {language}: expected nl or en.", language=printable(language)[:20])
        )
    return language


def end_after(starts_on: date, ends_on: date | None) -> date | None:
    if ends_on is not None and ends_on < starts_on:
        raise NotPossible(text("The last day, {last}, is before the first, {first}.", last=ends_on, first=starts_on))
    return ends_on


def is_there(session: Session, table: Table, *where: ColumnElement[bool]) -> bool:
    return session.execute(select(1).select_from(table).where(*where).limit(1)).first() is not None


def still_held() -> ColumnElement[bool]:
    return _GRANT.c.ended_at.is_(None)
