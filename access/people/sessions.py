"""Sessions: who is signed in on which browser, and for how long. Only the digest of the cookie's token is stored."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.permissions import Person
from models import Account, ApiToken, OneTimeLink, SignInSession
from models.calendar import calendar_of
from models.moments import TOLERANCE, wall_clock

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH = timedelta(minutes=1)  # an act is written down at most this often
_AGENT = 200  # characters kept

_TABLES = SQLModel.metadata.tables
_SESSION = _TABLES[str(SignInSession.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_LINK = _TABLES[str(OneTimeLink.__tablename__)]
_TOKEN = _TABLES[str(ApiToken.__tablename__)]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The session that a cookie stands for."""

    account: str
    token_sha256: str
    seen_at: datetime
    second_factor: bool

    def due(self, now: datetime) -> bool:
        """Whether `touch` has something to write."""
        return self.seen_at <= now - TOUCH


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One of a person's own live sessions, as their page lists it."""

    token_sha256: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    second_factor: bool
    address: str
    agent: str


def new_token() -> str:
    """256 bits that nobody guesses, so that a plain digest keeps them."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token; of any text, since a cookie may hold anything."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def start(
    session: Session, account: str, now: datetime, address: str = "", agent: str = "", *, second_factor: bool = False
) -> str:
    """A new session; returns the cookie's token, which is nowhere else. Signing in never takes over an older one."""
    token, now = new_token(), wall_clock(now)
    row = {
        "token_sha256": digest(token),
        "account": account,
        "started_at": now,
        "seen_at": now,
        "ends_at": now + ABSOLUTE,
        "second_factor": second_factor,
        "address": printable(address)[:_AGENT],
        "agent": printable(agent)[:_AGENT],
    }
    session.execute(insert(_SESSION), [row])
    return token


def find(session: Session, token: str, now: datetime) -> SignedIn | None:
    """The live session of a cookie: not ended, not idle, not over, of an account that is active on this day."""
    mine = (_SESSION.c.token_sha256 == digest(token), _live(now), active_on(session, now))
    columns = [_SESSION.c[name] for name in SignedIn.__dataclass_fields__]
    joined = _SESSION.join(_ACCOUNT, _ACCOUNT.c.id == _SESSION.c.account)
    row = session.execute(select(*columns).select_from(joined).where(*mine)).one_or_none()
    return SignedIn(*row) if row else None


def touch(session: Session, token_sha256: str, now: datetime) -> None:
    """A person did something: at most one write a minute, and never for a session that is no longer live."""
    now = wall_clock(now)
    due = (_SESSION.c.token_sha256 == token_sha256, _SESSION.c.seen_at <= now - TOUCH, _live(now))
    session.execute(update(_SESSION).where(*due).values(seen_at=now))


def end(session: Session, token_sha256: str, now: datetime, account: str = "") -> None:
    """Sign out. With an account given only a session of that account ends: what a page sends is not trusted."""
    whose = (_SESSION.c.token_sha256 == printable(token_sha256), *((_SESSION.c.account == account,) if account else ()))
    for ended in _end(session, and_(*whose), now):
        record(session, named(session, ended), "session.end", ended, now)


def end_all(session: Session, account: str, now: datetime, but: str = "", by: Person | None = None) -> None:
    """Every session of an account, but perhaps the one (its digest) that asks for it. `by`: who, if someone else."""
    ended = _end(session, and_(_SESSION.c.account == account, _SESSION.c.token_sha256 != but), now)
    if ended:
        record(session, by or named(session, account), "session.end_all", account, now, sessions=len(ended))


def shut_out(
    session: Session, account: str, now: datetime, by: Person | None = None, but: str = "", made_by: str = ""
) -> None:
    """Nothing that was handed out before lets anyone into the account: sessions, links, half a sign-in and tokens.

    `made_by`: the name of an account that ends; the tokens that it made for teams end with it.
    """
    end_all(session, account, now, but, by)
    session.execute(update(_LINK).where(_LINK.c.account == account, _LINK.c.used_at.is_(None)).values(used_at=now))
    whose = or_(_TOKEN.c.account == account, _TOKEN.c.issued_by == made_by) if made_by else _TOKEN.c.account == account
    own = update(_TOKEN).where(whose, _TOKEN.c.revoked_at.is_(None)).values(revoked_at=now)
    if numbers := sorted(session.execute(own.returning(_TOKEN.c.id)).scalars()):
        record(session, by or named(session, account), "token.revoke_all", account, now, numbers=numbers)


def own(session: Session, account: str, now: datetime) -> list[SessionRow]:
    """A person's own live sessions, the one used last first."""
    columns = [_SESSION.c[name] for name in SessionRow.__dataclass_fields__]
    mine = select(*columns).where(_SESSION.c.account == account, _live(now)).order_by(_SESSION.c.seen_at.desc())
    return [SessionRow(*row) for row in session.execute(mine)]


def active_on(session: Session, now: datetime) -> ColumnElement[bool]:
    """The account's days hold today."""
    day = calendar_of(session).day_of(now)
    return and_(_ACCOUNT.c.starts_on <= day, or_(_ACCOUNT.c.ends_on.is_(None), _ACCOUNT.c.ends_on >= day))


def named(session: Session, account: str) -> Person:
    """The person of an account, as the log names them; without roles, since this needs none."""
    name = session.execute(select(_ACCOUNT.c.name).where(_ACCOUNT.c.id == account)).scalar_one()
    return Person(name, frozenset(), account)


def printable(given: str) -> str:
    """What a stranger sent, without control, direction and broken characters: fit for a table, a page and a log."""
    return "".join(sign for sign in given if sign.isprintable())


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> list[str]:
    """End those that are live, or would come to live; returns whose they were."""
    ending = update(_SESSION).where(which, _unended(now)).values(ended_at=now).returning(_SESSION.c.account)
    return list(session.execute(ending).scalars())


def _live(now: datetime) -> ColumnElement[bool]:
    """Not of a moment that is still to come: a clock that ran ahead gives nobody a longer session."""
    come = _SESSION.c.seen_at <= wall_clock(now) + TOLERANCE
    return and_(_unended(now), come)


def _unended(now: datetime) -> ColumnElement[bool]:
    now = wall_clock(now)
    return and_(_SESSION.c.ended_at.is_(None), _SESSION.c.ends_at > now, _SESSION.c.seen_at > now - IDLE)
