"""One-time links: the first set-up, an invitation, a reset. Each works once, until its moment, to choose a password.

No session begins with a link: whoever has used it signs in, with a second factor where there is one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import LinkNotValid, NotPossible
from access.people import accounts
from access.people.delegation import holder, require_account, still_passed_on
from access.people.rules import has_officer
from access.people.sessions import digest, named, new_token, printable, shut_out
from access.permissions import PERMISSIONS, SECURITY_OFFICER, SYSTEM, Person, may, require
from access.sign_in import passwords
from locales import text
from models import Account, OneTimeLink, Passkey
from models.calendar import calendar_of
from models.moments import TOLERANCE, wall_clock

SET_UP, INVITATION, RESET = "set-up", "invitation", "reset"
#: The ticket between a right password and the second factor; it chooses no password.
SECOND_FACTOR = "second-factor"
LASTS = {
    SET_UP: timedelta(hours=24),
    INVITATION: timedelta(days=7),
    RESET: timedelta(hours=1),
    SECOND_FACTOR: timedelta(minutes=5),
}

_TOLD = timedelta(days=30)  # so long a person hears of a link that was made for them

_TABLES = SQLModel.metadata.tables
_LINK = _TABLES[str(OneTimeLink.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_PASSKEY = _TABLES[str(Passkey.__tablename__)]


@dataclass(frozen=True, slots=True)
class LinkInfo:
    """What the page of a link shows before the password is chosen; of the first set-up the person is not known yet."""

    purpose: str
    account: str | None
    name: str
    email: str
    language: str
    expires_at: datetime
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that someone made for a person, as the person is told; `redeemed_at`: when a password was chosen by it."""

    made_by: str
    made_at: datetime
    redeemed_at: datetime | None


def first_set_up(session: Session, now: datetime) -> str | None:
    """A token for the first security officer, in the place of older ones; None once there is such a person."""
    if has_officer(session, now):
        return None
    older = (_LINK.c.account.is_(None), _LINK.c.used_at.is_(None))
    session.execute(update(_LINK).where(*older).values(used_at=now))
    return _recorded(session, SYSTEM, SET_UP, None, now)


def invite(session: Session, person: Person, account: str, now: datetime) -> str:
    """A token with which a new person chooses a first password, in the place of older ones."""
    require(person, "people.manage")
    if _has_password(session, account):
        raise NotPossible(text("This person has chosen a password already: make a reset link instead."))
    require_account(session, person, account)
    return made(session, person, INVITATION, account, now)


def reset(session: Session, person: Person, account: str, now: datetime) -> str:
    """A token with which a person chooses another password; the present one works until then."""
    require(person, "people.manage")
    if not _has_password(session, account):
        raise NotPossible(text("This person has not chosen a password yet: make an invitation instead."))
    require_account(session, person, account)
    return made(session, person, RESET, account, now)


def look(session: Session, token: str, now: datetime) -> LinkInfo | None:
    """What a link is for, if it works; looking does not use it."""
    row = _open(session, token, (SET_UP, INVITATION, RESET), now)
    if row is None or (row["purpose"] == SET_UP and has_officer(session, now)):
        return None
    if row["account"] and not _may_still(session, row, now):
        return None
    about = (row["name"] or "", row["email"] or "", row["language"] or "nl")
    return LinkInfo(
        row["purpose"],
        row["account"],
        *about,
        expires_at=row["expires_at"],
        made_by=row["created_by"],
        made_at=row["created_at"],
    )


def made_for(session: Session, account: str, now: datetime) -> list[MadeLink]:
    """The links that were made for a person in the last thirty days, the latest first.

    They are told at each sign-in of those days, and not once: whoever used such a link would be told instead.
    """
    mine = (
        _LINK.c.account == account,
        _LINK.c.purpose.in_((INVITATION, RESET)),
        _LINK.c.created_at > wall_clock(now) - _TOLD,
    )
    columns = (_LINK.c.created_by, _LINK.c.created_at, _LINK.c.redeemed_at)
    found = select(*columns).where(*mine).order_by(_LINK.c.created_at.desc())
    return [MadeLink(*row) for row in session.execute(found)]


def _may_still(session: Session, row: RowMapping, now: datetime) -> bool:
    """Whoever made the link may still do all that its account may: roles that were given since are not for them."""
    given = holder(session, row["account"])
    passed_on = still_passed_on(session, row["created_by"], given, now)
    return passed_on is not None and all(one in passed_on for one in PERMISSIONS if may(given, one))


def redeem(
    session: Session, token: str, now: datetime, password: str, name: str = "", email: str = "", language: str = ""
) -> str:
    """Choose the password and use the link; returns the account. The first set-up makes the first security officer."""
    link = look(session, token, now)
    if link is None:
        raise LinkNotValid(
            text(
                "This link does not work: it was used, its time is over, or a newer one has taken its place. Ask for a "
                "new one."
            )
        )
    about = (link.name, link.email) if link.account else (name, email)
    passwords.judge(password, about)
    account = link.account or _first_officer(session, name, email, language, now)
    take(session, token, now)
    session.execute(update(_LINK).where(_LINK.c.token_sha256 == digest(token)).values(redeemed_at=now, account=account))
    made = {"made_by": link.made_by, "made_at": link.made_at.isoformat()}
    set_password(session, named(session, account), account, password, now, f"link.{link.purpose}", **made)
    _let_go(session, account, now)
    return account


def _let_go(session: Session, account: str, now: datetime) -> None:
    """Passkeys from before the link end with it: whoever added one may not be who uses the link."""
    gone = delete(_PASSKEY).where(_PASSKEY.c.account == account).returning(_PASSKEY.c.id, _PASSKEY.c.label)
    for passkey, label in session.execute(gone).all():
        record(session, named(session, account), "passkey.remove", account, now, passkey=passkey, label=label)


def set_password(
    session: Session, by: Person, account: str, password: str, now: datetime, verb: str, but: str = "", **details: str
) -> None:
    """Write the (judged) password's hash; what was handed out before ends, but perhaps the session that asks."""
    values = {"password": passwords.hashed(password), "password_at": now}
    session.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == account).values(**values))
    record(session, by, verb, account, now, **details)
    shut_out(session, account, now, by, but)


# ── Tickets of a sign-in that waits for its second factor ────────────────────────────────────────────────────────────


def ticket(session: Session, account: str, now: datetime) -> str:
    """Half a sign-in, for five minutes. Those that are over are cleared away: the login log says the same."""
    over = (_LINK.c.purpose == SECOND_FACTOR, _LINK.c.expires_at <= wall_clock(now) - LASTS[RESET])
    session.execute(delete(_LINK).where(*over))
    return _issue(session, SECOND_FACTOR, account, named(session, account), now)


def ticket_of(session: Session, token: str, now: datetime) -> RowMapping | None:
    """The account, its e-mail address and when it gave the right password, if the ticket is good."""
    return _open(session, token, (SECOND_FACTOR,), now)


def take(session: Session, token: str, now: datetime) -> None:
    """Use a link; of two at the same moment the second finds it used."""
    mine = (_LINK.c.token_sha256 == digest(token), _LINK.c.used_at.is_(None))
    used = update(_LINK).where(*mine).values(used_at=now).returning(_LINK.c.token_sha256)
    if session.execute(used).first() is None:
        raise LinkNotValid(text("This link was used a moment ago."))


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _first_officer(session: Session, name: str, email: str, language: str, now: datetime) -> str:
    account = accounts.created(
        session, SYSTEM, name, email, language or "nl", calendar_of(session).day_of(now), None, now
    )
    accounts.granted(session, SYSTEM, account, SECURITY_OFFICER, now, None, None)
    return account


def made(session: Session, by: Person, purpose: str, account: str, now: datetime) -> str:
    """A new link in the place of the account's open ones, without the question who may."""
    older = (_LINK.c.account == account, _LINK.c.used_at.is_(None), _LINK.c.purpose != SECOND_FACTOR)
    session.execute(update(_LINK).where(*older).values(used_at=now))
    return _recorded(session, by, purpose, account, now)


def _recorded(session: Session, by: Person, purpose: str, account: str | None, now: datetime) -> str:
    record(
        session,
        by,
        "link.make",
        account or purpose,
        now,
        purpose=purpose,
        until=(wall_clock(now) + LASTS[purpose]).isoformat(),
    )
    return _issue(session, purpose, account, by, now)


def _issue(session: Session, purpose: str, account: str | None, by: Person, now: datetime) -> str:
    token, now = new_token(), wall_clock(now)
    row = {
        "token_sha256": digest(token),
        "account": account,
        "purpose": purpose,
        "created_at": now,
        "created_by": by.name,
        "expires_at": now + LASTS[purpose],
    }
    session.execute(insert(_LINK), [row])
    return token


def _open(session: Session, token: str, purposes: tuple[str, ...], now: datetime) -> RowMapping | None:
    """An unused link within its time, with its account; not of an account whose last day is over."""
    joined = _LINK.outerjoin(_ACCOUNT, _ACCOUNT.c.id == _LINK.c.account)
    columns = (*_LINK.c, _ACCOUNT.c.name, _ACCOUNT.c.email, _ACCOUNT.c.language, _ACCOUNT.c.ends_on)
    wall = wall_clock(now)
    in_time = (_LINK.c.created_at <= wall + TOLERANCE, _LINK.c.expires_at > wall)
    good = (_LINK.c.purpose.in_(purposes), _LINK.c.used_at.is_(None), *in_time)
    mine = select(*columns).select_from(joined).where(_LINK.c.token_sha256 == digest(token), *good)
    row = session.execute(mine).mappings().one_or_none()
    over = row is not None and row["ends_on"] is not None and row["ends_on"] < calendar_of(session).day_of(now)
    return None if over else row


def _has_password(session: Session, account: str) -> bool:
    row = session.execute(select(_ACCOUNT.c.password).where(_ACCOUNT.c.id == printable(account))).one_or_none()
    if row is None:
        raise NotPossible(text("There is no such account."))
    return bool(row.password)
