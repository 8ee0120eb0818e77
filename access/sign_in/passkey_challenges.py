"""Challenges for passkeys: one-time tokens, good for five minutes and one response; only their digests are stored.

Anyone can ask for one to sign in, so their number is limited: the oldest are dropped, first those of the same network,
which costs a person at most a second try. Expired ones are deleted: the login log holds who signed in.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlmodel import Session, SQLModel

from access.people.sessions import digest, make_token
from models import OneTimeLink
from models.moments import wall_clock

ADDING, SIGNING_IN = "passkey-add", "passkey-sign-in"
LASTS = timedelta(minutes=5)
MAX_PER_NETWORK, MAX_OPEN = 100, 2_000  # open at the same time, for signing in

_LINK = SQLModel.metadata.tables[str(OneTimeLink.__tablename__)]


def issue_for_adding(session: Session, account: str, name: str, now: datetime) -> str:
    """A challenge for adding a passkey to this account, replacing an earlier one."""
    _delete_expired(session, now)
    session.execute(delete(_LINK).where(_LINK.c.purpose == ADDING, _LINK.c.account == account))
    return _issue(session, ADDING, account, name, now)


def issue_for_sign_in(session: Session, network: str, now: datetime) -> str:
    """A challenge for signing in; `network`: that of the client's address, which limits their number."""
    _delete_expired(session, now)
    _keep_latest(session, and_(_LINK.c.purpose == SIGNING_IN, _LINK.c.created_by == network), MAX_PER_NETWORK - 1)
    _keep_latest(session, _LINK.c.purpose == SIGNING_IN, MAX_OPEN - 1)
    return _issue(session, SIGNING_IN, None, network, now)


def take(session: Session, challenge: str, purpose: str, account: str | None, now: datetime) -> bool:
    """Use up a challenge; returns whether it was open for this purpose and account (None: for signing in)."""
    of_account = _LINK.c.account.is_(None) if account is None else _LINK.c.account == account
    open_ = (_LINK.c.purpose == purpose, of_account, _LINK.c.used_at.is_(None), _LINK.c.expires_at > wall_clock(now))
    taken = delete(_LINK).where(_LINK.c.token_sha256 == digest(challenge), *open_).returning(_LINK.c.token_sha256)
    return session.execute(taken).first() is not None


def _delete_expired(session: Session, now: datetime) -> None:
    over = (_LINK.c.purpose.in_((ADDING, SIGNING_IN)), _LINK.c.expires_at <= wall_clock(now))
    session.execute(delete(_LINK).where(*over))


def _keep_latest(session: Session, which: ColumnElement[bool], most: int) -> None:
    """Delete all but the latest `most`."""
    latest = select(_LINK.c.token_sha256).where(which).order_by(_LINK.c.created_at.desc()).limit(most)
    session.execute(delete(_LINK).where(which, _LINK.c.token_sha256.not_in(latest)))


def _issue(session: Session, purpose: str, account: str | None, by: str, now: datetime) -> str:
    token, now = make_token(), wall_clock(now)
    row = {"token_sha256": digest(token), "account": account, "purpose": purpose, "created_by": by}
    session.execute(insert(_LINK), [{**row, "created_at": now, "expires_at": now + LASTS}])
    return token
