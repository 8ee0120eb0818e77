"""One-time links: the first set-up, an invitation, a password reset. Each works once, until it expires.

Making and listing them is here; choosing a password by one is `access.sign_in.link_redemption`. No session begins with
a link: whoever used it signs in, with a second factor where there is one. The ticket between a right password and the
second factor (`access.sign_in.second_step`) is kept in the same table.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import LinkNotValid, NotFound, NotPossible
from access.people.account_rules import has_officer
from access.people.delegation import require_may_open
from access.people.input_text import only_printable
from access.people.sessions import digest, make_token
from access.permissions import SYSTEM, Person, require
from locales import text
from models import Account, OneTimeLink
from models.calendar import calendar_of
from models.moments import TOLERANCE, wall_clock

SET_UP, INVITATION, RESET = "set-up", "invitation", "reset"
#: The ticket between a right password and the second factor; no password can be chosen by it.
SECOND_FACTOR = "second-factor"
#: purpose → how long a link works
LIFETIMES = {
    SET_UP: timedelta(hours=24),
    INVITATION: timedelta(days=7),
    RESET: timedelta(hours=1),
    SECOND_FACTOR: timedelta(minutes=5),
}

_SHOWN_FOR = timedelta(days=30)  # so long people are shown a link that was made for them

_TABLES = SQLModel.metadata.tables
_LINK = _TABLES[str(OneTimeLink.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that someone made for a person, as that person is shown it. `redeemed_at`: when a password was chosen."""

    made_by: str
    made_at: datetime
    redeemed_at: datetime | None


# ── Making and listing ───────────────────────────────────────────────────────────────────────────────────────────────


def first_set_up(session: Session, now: datetime) -> str | None:
    """A token for the first security officer, replacing earlier ones; None once there is a security officer."""
    if has_officer(session, now):
        return None
    earlier = (_LINK.c.account.is_(None), _LINK.c.used_at.is_(None))
    session.execute(update(_LINK).where(*earlier).values(used_at=now))
    return _issue_and_record(session, SYSTEM, SET_UP, None, now)


def invite(session: Session, person: Person, account: str, now: datetime) -> str:
    """A token with which a new person chooses the first password, replacing earlier ones. Needs `people.manage`.

    Raises `NotAllowed` if the account may do more than the person, `NotPossible` if it has a password.
    """
    require(person, "people.manage")
    if _has_password(session, account):
        raise NotPossible(text("This person has chosen a password already: make a reset link instead."))
    require_may_open(session, person, account)
    return make(session, person, INVITATION, account, now)


def reset(session: Session, person: Person, account: str, now: datetime) -> str:
    """A token with which a person chooses another password; the present one works until then. Needs `people.manage`.

    Raises `NotAllowed` if the account may do more than the person, `NotPossible` if it has no password yet.
    """
    require(person, "people.manage")
    if not _has_password(session, account):
        raise NotPossible(text("This person has not chosen a password yet: make an invitation instead."))
    require_may_open(session, person, account)
    return make(session, person, RESET, account, now)


def make(session: Session, by: Person, purpose: str, account: str, now: datetime) -> str:
    """A new link, replacing the account's open ones, without checking a permission."""
    earlier = (_LINK.c.account == account, _LINK.c.used_at.is_(None), _LINK.c.purpose != SECOND_FACTOR)
    session.execute(update(_LINK).where(*earlier).values(used_at=now))
    return _issue_and_record(session, by, purpose, account, now)


def list_made_for(session: Session, account: str, now: datetime) -> list[MadeLink]:
    """The links that were made for a person in the last thirty days, the latest first.

    They are shown at each sign-in of those days, and not once: whoever misused such a link would see them instead.
    """
    conditions = (
        _LINK.c.account == account,
        _LINK.c.purpose.in_((INVITATION, RESET)),
        _LINK.c.created_at > wall_clock(now) - _SHOWN_FOR,
    )
    columns = (_LINK.c.created_by, _LINK.c.created_at, _LINK.c.redeemed_at)
    rows = select(*columns).where(*conditions).order_by(_LINK.c.created_at.desc())
    return [MadeLink(*row) for row in session.execute(rows)]


# ── Tokens: any purpose, no permission checked ───────────────────────────────────────────────────────────────────────


def issue(session: Session, purpose: str, account: str | None, by: Person, now: datetime) -> str:
    """Store a new token's digest; returns the token, which is stored nowhere."""
    token, now = make_token(), wall_clock(now)
    row = {
        "token_sha256": digest(token),
        "account": account,
        "purpose": purpose,
        "created_at": now,
        "created_by": by.name,
        "expires_at": now + LIFETIMES[purpose],
    }
    session.execute(insert(_LINK), [row])
    return token


def find_open(session: Session, token: str, purposes: tuple[str, ...], now: datetime) -> RowMapping | None:
    """The row of an unused token within its time, with its account's name, e-mail, language and last day.

    None if there is none, or its account's last day is over.
    """
    joined = _LINK.outerjoin(_ACCOUNT, _ACCOUNT.c.id == _LINK.c.account)
    columns = (*_LINK.c, _ACCOUNT.c.name, _ACCOUNT.c.email, _ACCOUNT.c.language, _ACCOUNT.c.ends_on)
    wall = wall_clock(now)
    in_time = (_LINK.c.created_at <= wall + TOLERANCE, _LINK.c.expires_at > wall)
    conditions = (_LINK.c.purpose.in_(purposes), _LINK.c.used_at.is_(None), *in_time)
    rows = select(*columns).select_from(joined).where(_LINK.c.token_sha256 == digest(token), *conditions)
    row = session.execute(rows).mappings().one_or_none()
    has_ended = row is not None and row["ends_on"] is not None and row["ends_on"] < calendar_of(session).day_of(now)
    return None if has_ended else row


def use(session: Session, token: str, now: datetime) -> None:
    """Mark a token as used; of two requests at the same moment the second raises `LinkNotValid`."""
    unused = (_LINK.c.token_sha256 == digest(token), _LINK.c.used_at.is_(None))
    used = update(_LINK).where(*unused).values(used_at=now).returning(_LINK.c.token_sha256)
    if session.execute(used).first() is None:
        raise LinkNotValid(text("This link was used a moment ago."))


def mark_redeemed(session: Session, token: str, account: str, now: datetime) -> None:
    """Record that the password of this account was chosen by the link."""
    session.execute(update(_LINK).where(_LINK.c.token_sha256 == digest(token)).values(redeemed_at=now, account=account))


def delete_expired(session: Session, purpose: str, before: datetime) -> None:
    """Delete the tokens of a purpose that expired at this moment or earlier."""
    session.execute(delete(_LINK).where(_LINK.c.purpose == purpose, _LINK.c.expires_at <= before))


def _issue_and_record(session: Session, by: Person, purpose: str, account: str | None, now: datetime) -> str:
    until = (wall_clock(now) + LIFETIMES[purpose]).isoformat()
    record(session, by, "link.make", account or purpose, now, purpose=purpose, until=until)
    return issue(session, purpose, account, by, now)


def _has_password(session: Session, account: str) -> bool:
    rows = select(_ACCOUNT.c.password).where(_ACCOUNT.c.id == only_printable(account))
    row = session.execute(rows).one_or_none()
    if row is None:
        raise NotFound(text("There is no such account."))
    return bool(row.password)
