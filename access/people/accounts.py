"""Accounts with their first and last day, and giving and ending their roles.

Separation of duties: people do not give or end their own roles, and a security officer who can sign in always remains.
Who a person is and which roles they have is read anew for each request.
"""

import secrets
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import RowMapping, delete, exists, func, insert, select, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import NotFound, NotPossible
from access.people.account_rows import AccountRow, GrantRow
from access.people.account_rules import (
    ROLES,
    check_role_scope,
    checked_email,
    checked_end,
    checked_language,
    checked_name,
    grant_is_open,
    is_security_officer,
    require_another_officer,
    require_not_oneself,
    row_exists,
)
from access.people.delegation import person_with_role, require_link_maker_may, require_may_open, require_within_own
from access.people.input_text import name_key, normalise_email, only_printable
from access.people.sessions import account_is_active, revoke_access
from access.permissions import AUDITOR, SECURITY_OFFICER, TEAM_MEMBER, Person, require
from locales import text
from models import Account, Identity, LoginAttempt, Passkey, RoleGrant, SecondFactor
from models.calendar import calendar_of

__all__ = [
    "KEEP",
    "ROLES",
    "AccountRow",
    "GrantRow",
    "Keep",
    "add",
    "change",
    "create",
    "end",
    "end_grant",
    "find_person",
    "grant",
    "insert_grant",
    "language_of",
    "list_accounts",
]

_TABLES = SQLModel.metadata.tables
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_GRANT = _TABLES[str(RoleGrant.__tablename__)]
_FACTOR = _TABLES[str(SecondFactor.__tablename__)]
_ATTEMPT = _TABLES[str(LoginAttempt.__tablename__)]
_PASSKEY = _TABLES[str(Passkey.__tablename__)]
_IDENTITY = _TABLES[str(Identity.__tablename__)]


class Keep(Enum):
    """The default of `change` that leaves the last day as it is, since None removes it."""

    KEEP = "keep"


KEEP = Keep.KEEP


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def find_person(session: Session, account: str, now: datetime) -> Person | None:
    """The person of an account with their roles now; None if the account is not active today, or has no role."""
    joined = _GRANT.join(_ACCOUNT, _ACCOUNT.c.id == _GRANT.c.account)
    held = select(_ACCOUNT.c.name, _GRANT.c.role, _GRANT.c.team, _GRANT.c.audit).select_from(joined)
    rows = session.execute(
        held.where(_ACCOUNT.c.id == account, _GRANT.c.ended_at.is_(None), account_is_active(session, now))
    ).all()
    if not rows:
        return None
    return Person(
        rows[0].name,
        frozenset(row.role for row in rows),
        account,
        frozenset(row.team for row in rows if row.role == TEAM_MEMBER and row.team),
        frozenset(row.audit for row in rows if row.role == AUDITOR and row.audit),
    )


def language_of(session: Session, account: str) -> str:
    """The language (nl, en) of an account; Dutch if there is none."""
    languages = select(_ACCOUNT.c.language).where(_ACCOUNT.c.id == only_printable(account))
    return str(session.execute(languages).scalar_one_or_none() or "nl")


def list_accounts(session: Session, person: Person, now: datetime) -> list[AccountRow]:
    """All accounts, also ended ones, by name, with the roles they have now. Needs `people.manage`."""
    require(person, "people.manage")
    grants = _open_grants(session)
    confirmed = exists().where(_FACTOR.c.account == _ACCOUNT.c.id, _FACTOR.c.confirmed_at.is_not(None))
    passkeys = select(func.count(_PASSKEY.c.id)).where(_PASSKEY.c.account == _ACCOUNT.c.id)
    last = select(func.max(_ATTEMPT.c.at)).where(_ATTEMPT.c.account == _ACCOUNT.c.id, _ATTEMPT.c.succeeded)
    columns = (
        *(_ACCOUNT.c[name] for name in ("id", "name", "email", "language", "starts_on", "ends_on")),
        account_is_active(session, now).label("active"),
        (_ACCOUNT.c.password != "").label("has_password"),
        confirmed.label("second_factor"),
        passkeys.scalar_subquery().label("passkeys"),
        last.scalar_subquery().label("last_sign_in"),
    )
    rows = session.execute(select(*columns).order_by(_ACCOUNT.c.name_key)).mappings()
    return [AccountRow(**row, grants=tuple(grants.get(row["id"], ()))) for row in rows]


def _open_grants(session: Session) -> dict[str, list[GrantRow]]:
    columns = [_GRANT.c[name] for name in GrantRow.__dataclass_fields__]
    held = select(_GRANT.c.account, *columns).where(_GRANT.c.ended_at.is_(None)).order_by(_GRANT.c.id)
    grants: dict[str, list[GrantRow]] = {}
    for account, *row in session.execute(held):
        grants.setdefault(account, []).append(GrantRow(*row))
    return grants


# ── Accounts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def add(
    session: Session,
    person: Person,
    name: str,
    email: str,
    language: str,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
) -> str:
    """Create an account without a role or a password; returns its id. Needs `people.manage`."""
    require(person, "people.manage")
    return create(session, person, name, email, language, starts_on, ends_on, now)


def create(
    session: Session,
    by: Person,
    name: str,
    email: str,
    language: str,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
) -> str:
    """`add` without checking a permission, as for the first set-up; returns the id."""
    name = checked_name(session, name)
    row: dict[str, Any] = {
        "id": f"u-{secrets.token_hex(8)}",  # says nothing about the person, so that an export of the log may hold it
        "name": name,
        "name_key": name_key(name),
        "email": checked_email(session, email),
        "language": checked_language(language),
        "starts_on": starts_on,
        "ends_on": checked_end(starts_on, ends_on),
        "password": "",
        "created_at": now,
        "created_by": by.name,
    }
    session.execute(insert(_ACCOUNT), [row])
    details = _as_json({key: row[key] for key in ("name", "email", "language", "starts_on", "ends_on")})
    record(session, by, "people.add", row["id"], now, **details)
    return str(row["id"])


def change(
    session: Session,
    person: Person,
    account: str,
    now: datetime,
    *,
    email: str | None = None,
    language: str | None = None,
    ends_on: date | Keep | None = KEEP,
) -> None:
    """Change the values that are passed. People set their own language; the rest needs `people.manage`.

    An ended account or another e-mail address ends all sessions, links and tokens at once. Raises `NotAllowed` if the
    account may do more than the person, `OwnRole`, `LastOfficer` or `NotPossible`.
    """
    own_language = account and person.account == account and person.in_person and (email, ends_on) == (None, KEEP)
    if not own_language:
        require(person, "people.manage")
    row, values = _find_row(session, account), dict[str, Any]()
    if email is not None and normalise_email(email) != row["email"]:
        values["email"] = checked_email(session, email)
    if language is not None:
        values["language"] = checked_language(language)
    if ends_on is not KEEP:
        values["ends_on"] = checked_end(row["starts_on"], ends_on)
    if "email" in values or _is_longer(row["ends_on"], values.get("ends_on", row["ends_on"])):
        require_may_open(session, person, row["id"])
    _write_changes(session, person, row, {key: value for key, value in values.items() if value != row[key]}, now)


def _is_longer(before: date | None, after: date | None) -> bool:
    """Whether an account would last longer, which opens it to someone; an earlier end does not."""
    return before is not None and (after is None or after > before)


def end(session: Session, person: Person, account: str, now: datetime) -> None:
    """End an account at once: yesterday becomes its last day. Its roles stay on record. Needs `people.manage`."""
    require(person, "people.manage")
    row = _find_row(session, account)
    yesterday = calendar_of(session).day_of(now) - timedelta(days=1)
    if row["ends_on"] is None or row["ends_on"] > yesterday:
        _write_changes(session, person, row, {"ends_on": yesterday}, now)


def _write_changes(session: Session, person: Person, row: RowMapping, changed: dict[str, Any], now: datetime) -> None:
    """Update an account's columns, check separation of duties, and record the former values."""
    account = row["id"]
    if not changed:
        return
    if "ends_on" in changed:
        require_not_oneself(person, account)
        if changed["ends_on"] is not None and is_security_officer(session, account):
            require_another_officer(session, account, now)
    session.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == account).values(**changed))
    before = _as_json({key: row[key] for key in changed})
    record(session, person, "people.change", account, now, before=before, after=_as_json(changed))
    last = changed.get("ends_on")
    has_ended = last is not None and last < calendar_of(session).day_of(now)
    if "email" in changed:  # the identity provider may know someone else by the former address
        session.execute(delete(_IDENTITY).where(_IDENTITY.c.account == account))
    if "email" in changed or has_ended:
        revoke_access(session, account, now, person, made_by=row["name"] if has_ended else "")


# ── Roles ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def grant(
    session: Session,
    person: Person,
    account: str,
    role: str,
    now: datetime,
    team: str | None = None,
    audit: str | None = None,
) -> int:
    """Give a role, a team member's for one team, an auditor's for one audit; returns the grant's number.

    Needs `people.manage`. Raises `OwnRole`, `NotAllowed` if the role may do more than the person, or `NotPossible`.
    """
    require(person, "people.manage")
    require_not_oneself(person, account)
    account = _find_row(session, account)["id"]
    check_role_scope(session, role, team, audit)
    require_within_own(person, person_with_role(role, team, audit))
    require_link_maker_may(session, account, person_with_role(role, team, audit))
    return insert_grant(session, person, account, role, now, team, audit)


def insert_grant(
    session: Session, by: Person, account: str, role: str, now: datetime, team: str | None, audit: str | None
) -> int:
    """`grant` without checks of permission, as for the first security officer; returns the grant's number."""
    bound = (_GRANT.c.team.is_not_distinct_from(team), _GRANT.c.audit.is_not_distinct_from(audit))
    if row_exists(session, _GRANT, _GRANT.c.account == account, _GRANT.c.role == role, *bound, grant_is_open()):
        raise NotPossible(text("This person already has this role. Nothing needs to be done."))
    row = {"account": account, "role": role, "team": team, "audit": audit, "granted_at": now, "granted_by": by.name}
    number = session.execute(insert(_GRANT).values(**row).returning(_GRANT.c.id)).scalar_one()
    record(session, by, "people.grant", account, now, role=role, team=team, audit=audit, grant=number)
    return int(number)


def end_grant(session: Session, person: Person, grant_id: int, now: datetime) -> None:
    """End a role; that person's next request is without it. Needs `people.manage`, and a role that one may give."""
    require(person, "people.manage")
    row = session.execute(select(_GRANT).where(_GRANT.c.id == grant_id, grant_is_open())).mappings().one_or_none()
    if row is None:
        raise NotFound(text("There is no such role, or it has ended."))
    require_not_oneself(person, row["account"])
    require_within_own(person, person_with_role(row["role"], row["team"], row["audit"]))
    if row["role"] == SECURITY_OFFICER:
        require_another_officer(session, row["account"], now)
    session.execute(update(_GRANT).where(_GRANT.c.id == grant_id).values(ended_at=now, ended_by=person.name))
    bound = {"role": row["role"], "team": row["team"], "audit": row["audit"], "grant": grant_id}
    record(session, person, "people.end_grant", row["account"], now, **bound)


def _find_row(session: Session, account: str) -> RowMapping:
    row = session.execute(select(_ACCOUNT).where(_ACCOUNT.c.id == only_printable(account))).mappings().one_or_none()
    if row is None:
        raise NotFound(text("There is no such account."))
    return row


def _as_json(values: dict[str, Any]) -> dict[str, Any]:
    """The values as JSON: dates as ISO 8601."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
