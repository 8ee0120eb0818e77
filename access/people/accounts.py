"""People: accounts with their days, and the roles they are given and that end; what a person is, is asked each time.

Separation of duties: nobody gives or ends a role of themselves, and a security officer who can sign in always remains.
"""

import secrets
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import RowMapping, delete, exists, func, insert, select, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import NotPossible
from access.people.account_rows import AccountRow, GrantRow
from access.people.delegation import require_account, require_own, require_own_way_in, with_role
from access.people.rules import (
    ROLES,
    check_bound,
    end_after,
    free_email,
    free_name,
    holds_office,
    is_there,
    known_language,
    leave_an_officer,
    name_key,
    not_oneself,
    still_held,
    tried_name,
)
from access.people.sessions import active_on, printable, shut_out
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
    "created",
    "end",
    "end_grant",
    "grant",
    "granted",
    "language_of",
    "listed",
    "person_of",
    "tried_name",
]

_TABLES = SQLModel.metadata.tables
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_GRANT = _TABLES[str(RoleGrant.__tablename__)]
_FACTOR = _TABLES[str(SecondFactor.__tablename__)]
_ATTEMPT = _TABLES[str(LoginAttempt.__tablename__)]
_PASSKEY = _TABLES[str(Passkey.__tablename__)]
_IDENTITY = _TABLES[str(Identity.__tablename__)]


class Keep(Enum):
    """Leaves an end date as it is; None takes it away."""

    KEEP = "keep"


KEEP = Keep.KEEP


# ── Who someone is ───────────────────────────────────────────────────────────────────────────────────────────────────


def person_of(session: Session, account: str, now: datetime) -> Person | None:
    """Who an account is at this moment, for every request anew; None if not active on this day, or without a role."""
    joined = _GRANT.join(_ACCOUNT, _ACCOUNT.c.id == _GRANT.c.account)
    held = select(_ACCOUNT.c.name, _GRANT.c.role, _GRANT.c.team, _GRANT.c.audit).select_from(joined)
    rows = session.execute(
        held.where(_ACCOUNT.c.id == account, _GRANT.c.ended_at.is_(None), active_on(session, now))
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
    """The language that a person reads; Dutch if there is no such account."""
    found = select(_ACCOUNT.c.language).where(_ACCOUNT.c.id == printable(account))
    return str(session.execute(found).scalar_one_or_none() or "nl")


def listed(session: Session, person: Person, now: datetime) -> list[AccountRow]:
    """Everyone, also those whose days are over, by name, with the roles they have now."""
    require(person, "people.manage")
    grants = _open_grants(session)
    confirmed = exists().where(_FACTOR.c.account == _ACCOUNT.c.id, _FACTOR.c.confirmed_at.is_not(None))
    passkeys = select(func.count(_PASSKEY.c.id)).where(_PASSKEY.c.account == _ACCOUNT.c.id)
    last = select(func.max(_ATTEMPT.c.at)).where(_ATTEMPT.c.account == _ACCOUNT.c.id, _ATTEMPT.c.succeeded)
    columns = (
        *(_ACCOUNT.c[name] for name in ("id", "name", "email", "language", "starts_on", "ends_on")),
        active_on(session, now).label("active"),
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
    found: dict[str, list[GrantRow]] = {}
    for account, *row in session.execute(held):
        found.setdefault(account, []).append(GrantRow(*row))
    return found


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
    """A new account, without a role or a password; returns its id."""
    require(person, "people.manage")
    return created(session, person, name, email, language, starts_on, ends_on, now)


def created(
    session: Session,
    by: Person,
    name: str,
    email: str,
    language: str,
    starts_on: date,
    ends_on: date | None,
    now: datetime,
) -> str:
    """`add` without the question who may: the first set-up has nobody yet to ask it of."""
    name = free_name(session, name)
    row: dict[str, Any] = {
        "id": f"u-{secrets.token_hex(8)}",  # tells nothing of the person, so that an export of the log may hold it
        "name": name,
        "name_key": name_key(name),
        "email": free_email(session, email),
        "language": known_language(language),
        "starts_on": starts_on,
        "ends_on": end_after(starts_on, ends_on),
        "password": "",
        "created_at": now,
        "created_by": by.name,
    }
    session.execute(insert(_ACCOUNT), [row])
    details = _plain({key: row[key] for key in ("name", "email", "language", "starts_on", "ends_on")})
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
    """Change what is given. People set their own language themselves; an end or another e-mail shuts out at once."""
    own_language = account and person.account == account and person.in_person and (email, ends_on) == (None, KEEP)
    if not own_language:
        require(person, "people.manage")
    row, asked = _row(session, account), dict[str, Any]()
    if email is not None and tried_name(email) != row["email"]:
        asked["email"] = free_email(session, email)
    if language is not None:
        asked["language"] = known_language(language)
    if ends_on is not KEEP:
        asked["ends_on"] = end_after(row["starts_on"], ends_on)
    if "email" in asked or _is_longer(row["ends_on"], asked.get("ends_on", row["ends_on"])):
        require_account(session, person, row["id"])
    _write(session, person, row, {key: value for key, value in asked.items() if value != row[key]}, now)


def _is_longer(before: date | None, after: date | None) -> bool:
    """Whether an account would last longer: an address and days let someone in, an earlier end does not."""
    return before is not None and (after is None or after > before)


def end(session: Session, person: Person, account: str, now: datetime) -> None:
    """The account ends at once: yesterday was its last day. Its roles stay on record as they were."""
    require(person, "people.manage")
    row = _row(session, account)
    yesterday = calendar_of(session).day_of(now) - timedelta(days=1)
    if row["ends_on"] is None or row["ends_on"] > yesterday:
        _write(session, person, row, {"ends_on": yesterday}, now)


def _write(session: Session, person: Person, row: RowMapping, changed: dict[str, Any], now: datetime) -> None:
    """Change an account's columns, if it may be done, and write down what they were."""
    account = row["id"]
    if not changed:
        return
    if "ends_on" in changed:
        not_oneself(person, account)
        if changed["ends_on"] is not None and holds_office(session, account):
            leave_an_officer(session, account, now)
    session.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == account).values(**changed))
    before = _plain({key: row[key] for key in changed})
    record(session, person, "people.change", account, now, before=before, after=_plain(changed))
    last = changed.get("ends_on")
    ended = last is not None and last < calendar_of(session).day_of(now)
    if "email" in changed:  # who the identity provider knows by the former address may be someone else
        session.execute(delete(_IDENTITY).where(_IDENTITY.c.account == account))
    if "email" in changed or ended:
        shut_out(session, account, now, person, made_by=row["name"] if ended else "")


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
    """Give a role; a team member's for one team, an auditor's for one audit. Returns the grant's number."""
    require(person, "people.manage")
    not_oneself(person, account)
    account = _row(session, account)["id"]
    check_bound(session, role, team, audit)
    require_own(person, with_role(role, team, audit))
    require_own_way_in(session, account, with_role(role, team, audit))
    return granted(session, person, account, role, now, team, audit)


def granted(
    session: Session, by: Person, account: str, role: str, now: datetime, team: str | None, audit: str | None
) -> int:
    """`grant` without the questions: the first security officer is appointed by the set-up itself."""
    bound = (_GRANT.c.team.is_not_distinct_from(team), _GRANT.c.audit.is_not_distinct_from(audit))
    if is_there(session, _GRANT, _GRANT.c.account == account, _GRANT.c.role == role, *bound, still_held()):
        raise NotPossible(text("This person has this role already."))
    row = {"account": account, "role": role, "team": team, "audit": audit, "granted_at": now, "granted_by": by.name}
    number = session.execute(insert(_GRANT).values(**row).returning(_GRANT.c.id)).scalar_one()
    record(session, by, "people.grant", account, now, role=role, team=team, audit=audit, grant=number)
    return int(number)


def end_grant(session: Session, person: Person, grant_id: int, now: datetime) -> None:
    """End a role that one may give; the next request of that person is without it."""
    require(person, "people.manage")
    row = session.execute(select(_GRANT).where(_GRANT.c.id == grant_id, still_held())).mappings().one_or_none()
    if row is None:
        raise NotPossible(text("There is no such role to end, or it ended already."))
    not_oneself(person, row["account"])
    require_own(person, with_role(row["role"], row["team"], row["audit"]))
    if row["role"] == SECURITY_OFFICER:
        leave_an_officer(session, row["account"], now)
    session.execute(update(_GRANT).where(_GRANT.c.id == grant_id).values(ended_at=now, ended_by=person.name))
    bound = {"role": row["role"], "team": row["team"], "audit": row["audit"], "grant": grant_id}
    record(session, person, "people.end_grant", row["account"], now, **bound)


def _row(session: Session, account: str) -> RowMapping:
    row = session.execute(select(_ACCOUNT).where(_ACCOUNT.c.id == printable(account))).mappings().one_or_none()
    if row is None:
        raise NotPossible(text("There is no such account."))
    return row


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it: days as text."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
