"""Using a one-time link: showing what it is for, and setting a password with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import LinkNotValid
from access.people import accounts, links
from access.people.account_rules import has_officer
from access.people.delegation import role_holder, still_delegated
from access.people.links import INVITATION, RESET, SET_UP
from access.people.sessions import person_for_log, revoke_access
from access.permissions import PERMISSIONS, SECURITY_OFFICER, SYSTEM, Person, may
from access.sign_in import passkeys, passwords
from locales import text
from models import Account
from models.calendar import calendar_of

_ACCOUNT = SQLModel.metadata.tables[str(Account.__tablename__)]


@dataclass(frozen=True, slots=True)
class LinkInfo:
    """What the page of a link shows before the password is chosen; a set-up link has no account yet."""

    purpose: str
    account: str | None
    name: str
    email: str
    language: str
    expires_at: datetime
    made_by: str
    made_at: datetime


def describe_link(session: Session, token: str, now: datetime) -> LinkInfo | None:
    """What a link is for, without using it; None if it does not work."""
    row = links.find_open(session, token, (SET_UP, INVITATION, RESET), now)
    if row is None or (row["purpose"] == SET_UP and has_officer(session, now)):
        return None
    if row["account"] and not _maker_still_may(session, row, now):
        return None
    return LinkInfo(
        row["purpose"],
        row["account"],
        row["name"] or "",
        row["email"] or "",
        row["language"] or "nl",
        expires_at=row["expires_at"],
        made_by=row["created_by"],
        made_at=row["created_at"],
    )


def redeem(
    session: Session, token: str, now: datetime, password: str, name: str = "", email: str = "", language: str = ""
) -> str:
    """Set the password and use up the link; returns the account. A set-up link makes the first security officer.

    Raises `LinkNotValid`, or `WeakPassword`.
    """
    link = describe_link(session, token, now)
    if link is None:
        raise LinkNotValid(
            text("This link does not work: it was used, expired or replaced by a newer one. Ask for a new one.")
        )
    passwords.check_strength(password, (link.name, link.email) if link.account else (name, email))
    account = link.account or _create_first_officer(session, name, email, language, now)
    links.use(session, token, now)
    links.mark_redeemed(session, token, account, now)
    details = {"made_by": link.made_by, "made_at": link.made_at.isoformat()}
    person = person_for_log(session, account)
    set_password(session, person, account, password, now, f"link.{link.purpose}", **details)
    passkeys.remove_all(session, person, account, now)  # whoever added one may not be who uses the link
    return account


def set_password(
    session: Session,
    by: Person,
    account: str,
    password: str,
    now: datetime,
    verb: str,
    keep_session: str = "",
    **details: str,
) -> None:
    """Store the hash of a password that was checked; ends all sessions, links and tokens but `keep_session`."""
    values = {"password": passwords.hash_password(password), "password_at": now}
    session.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == account).values(**values))
    record(session, by, verb, account, now, **details)
    revoke_access(session, account, now, by, keep_session)


def _maker_still_may(session: Session, row: RowMapping, now: datetime) -> bool:
    """Whether the link's maker may still do all that its account may: roles given since are not for the maker."""
    holder = role_holder(session, row["account"])
    delegated = still_delegated(session, row["created_by"], holder, now)
    return delegated is not None and all(name in delegated for name in PERMISSIONS if may(holder, name))


def _create_first_officer(session: Session, name: str, email: str, language: str, now: datetime) -> str:
    today = calendar_of(session).day_of(now)
    account = accounts.create(session, SYSTEM, name, email, language or "nl", today, None, now)
    accounts.insert_grant(session, SYSTEM, account, SECURITY_OFFICER, now, None, None)
    return account
