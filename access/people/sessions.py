"""Sessions: who is signed in with which browser, and for how long. Only the digest of the cookie's token is stored."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.people.input_text import only_printable
from access.permissions import Person
from models import Account, ApiToken, CalendarFeed, OneTimeLink, SignInSession
from models.calendar import calendar_of
from models.moments import TOLERANCE, wall_clock

IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=12)
TOUCH_INTERVAL = timedelta(minutes=1)  # a use is recorded at most this often
_TEXT_MAX = 200  # characters kept

_TABLES = SQLModel.metadata.tables
_SESSION = _TABLES[str(SignInSession.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_LINK = _TABLES[str(OneTimeLink.__tablename__)]
_TOKEN = _TABLES[str(ApiToken.__tablename__)]
_FEED = _TABLES[str(CalendarFeed.__tablename__)]


@dataclass(frozen=True, slots=True)
class ActiveSession:
    """The live session of a cookie."""

    account: str
    token_sha256: str
    seen_at: datetime
    second_factor: bool

    def is_touch_due(self, now: datetime) -> bool:
        """Whether `touch` would write."""
        return self.seen_at <= now - TOUCH_INTERVAL


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One of a person's own live sessions, as the page of their account lists it."""

    token_sha256: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    second_factor: bool
    address: str
    agent: str


def make_token() -> str:
    """A random token of 256 bits, which nobody can guess, so that a plain digest protects it."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """The SHA-256 that is stored of a token; accepts any text, since a cookie may hold anything."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def start(
    session: Session, account: str, now: datetime, address: str = "", agent: str = "", *, second_factor: bool = False
) -> str:
    """Begin a session; returns the cookie's token, which is stored nowhere. Never takes over an earlier session."""
    token, now = make_token(), wall_clock(now)
    row = {
        "token_sha256": digest(token),
        "account": account,
        "started_at": now,
        "seen_at": now,
        "ends_at": now + ABSOLUTE_LIMIT,
        "second_factor": second_factor,
        "address": only_printable(address)[:_TEXT_MAX],
        "agent": only_printable(agent)[:_TEXT_MAX],
    }
    session.execute(insert(_SESSION), [row])
    return token


def find(session: Session, token: str, now: datetime) -> ActiveSession | None:
    """The session of a cookie, if it has not ended, idled or expired, and its account is active today."""
    conditions = (_SESSION.c.token_sha256 == digest(token), _is_live(now), account_is_active(session, now))
    columns = [_SESSION.c[name] for name in ActiveSession.__dataclass_fields__]
    joined = _SESSION.join(_ACCOUNT, _ACCOUNT.c.id == _SESSION.c.account)
    row = session.execute(select(*columns).select_from(joined).where(*conditions)).one_or_none()
    return ActiveSession(*row) if row else None


def touch(session: Session, token_sha256: str, now: datetime) -> None:
    """Record that a person did something: at most once a minute, and only for a live session."""
    now = wall_clock(now)
    due = (_SESSION.c.token_sha256 == token_sha256, _SESSION.c.seen_at <= now - TOUCH_INTERVAL, _is_live(now))
    session.execute(update(_SESSION).where(*due).values(seen_at=now))


def end(session: Session, token_sha256: str, now: datetime, account: str = "") -> None:
    """End a session. With an `account`, only if it is that account's: what a page sends is not trusted."""
    which = (
        _SESSION.c.token_sha256 == only_printable(token_sha256),
        *((_SESSION.c.account == account,) if account else ()),
    )
    for owner in _end(session, and_(*which), now):
        record(session, person_for_log(session, owner), "session.end", owner, now)


def end_all(session: Session, account: str, now: datetime, keep: str = "", by: Person | None = None) -> None:
    """End all sessions of an account but `keep` (a digest). `by`: who does it, if not the account's owner."""
    ended = _end(session, and_(_SESSION.c.account == account, _SESSION.c.token_sha256 != keep), now)
    if ended:
        record(session, by or person_for_log(session, account), "session.end_all", account, now, sessions=len(ended))


def revoke_access(
    session: Session, account: str, now: datetime, by: Person | None = None, keep: str = "", made_by: str = ""
) -> None:
    """End all that gives access to the account: sessions but `keep`, links, sign-ins halfway, tokens, calendar feeds.

    `made_by`: the name of an account that ends; the tokens that it made for teams end with it.
    """
    end_all(session, account, now, keep, by)
    session.execute(update(_LINK).where(_LINK.c.account == account, _LINK.c.used_at.is_(None)).values(used_at=now))
    which = or_(_TOKEN.c.account == account, _TOKEN.c.issued_by == made_by) if made_by else _TOKEN.c.account == account
    revoking = update(_TOKEN).where(which, _TOKEN.c.revoked_at.is_(None)).values(revoked_at=now)
    if numbers := sorted(session.execute(revoking.returning(_TOKEN.c.id)).scalars()):
        record(session, by or person_for_log(session, account), "token.revoke_all", account, now, numbers=numbers)
    own = (_FEED.c.account == account, _FEED.c.revoked_at.is_(None))
    ending = update(_FEED).where(*own).values(revoked_at=now)
    if feeds := sorted(session.execute(ending.returning(_FEED.c.id)).scalars()):
        record(session, by or person_for_log(session, account), "feed.revoke_all", account, now, numbers=feeds)


def list_own(session: Session, account: str, now: datetime) -> list[SessionRow]:
    """The live sessions of an account, the one used last first."""
    columns = [_SESSION.c[name] for name in SessionRow.__dataclass_fields__]
    rows = select(*columns).where(_SESSION.c.account == account, _is_live(now)).order_by(_SESSION.c.seen_at.desc())
    return [SessionRow(*row) for row in session.execute(rows)]


def account_is_active(session: Session, now: datetime) -> ColumnElement[bool]:
    """The condition that an account is active: today is between its first and last day."""
    day = calendar_of(session).day_of(now)
    return and_(_ACCOUNT.c.starts_on <= day, or_(_ACCOUNT.c.ends_on.is_(None), _ACCOUNT.c.ends_on >= day))


def person_for_log(session: Session, account: str) -> Person:
    """The person of an account for an entry of the activity log; without roles, since recording needs none."""
    name = session.execute(select(_ACCOUNT.c.name).where(_ACCOUNT.c.id == account)).scalar_one()
    return Person(name, frozenset(), account)


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> list[str]:
    """End sessions that are live, or that a clock that ran ahead made live later; returns their accounts."""
    ending = update(_SESSION).where(which, _is_open(now)).values(ended_at=now).returning(_SESSION.c.account)
    return list(session.execute(ending).scalars())


def _is_live(now: datetime) -> ColumnElement[bool]:
    """The condition of a live session; a clock that ran ahead gives nobody a longer one."""
    not_in_future = _SESSION.c.seen_at <= wall_clock(now) + TOLERANCE
    return and_(_is_open(now), not_in_future)


def _is_open(now: datetime) -> ColumnElement[bool]:
    now = wall_clock(now)
    return and_(_SESSION.c.ended_at.is_(None), _SESSION.c.ends_at > now, _SESSION.c.seen_at > now - IDLE_LIMIT)
