"""Secret addresses at which a calendar program reads what is due. Shown once; only the digest is stored.

A feed reads as whoever made it, with the roles and teams of that moment, and never more than the calendar: it ends with
the account, with the API token that made it, or when it is revoked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlmodel import Session

from access.activity.record import record
from access.errors import NotFound, NotPossible
from access.people import accounts, agreements, tokens
from access.people.sessions import digest, make_token
from access.people.token_rules import READ_PERMISSIONS, checked_team
from access.permissions import NotAllowed, Person, may, require
from locales import text
from models.bulk_changes import insert_into, table
from models.calendar import calendar_of
from models.moments import wall_clock

FEED_PATH: Final = "/feed/"
MOST_FEEDS: Final = 20  # that work, of one account or token
_TOUCH_INTERVAL: Final = timedelta(hours=1)  # a reading is recorded at most this often


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed that works, as its owner sees it. `team`: its key; None: what concerns the owner."""

    id: int
    team: str | None
    made_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class ActiveFeed:
    """A feed that works now. `person`: as whom it reads; `language`: nl or en."""

    id: int
    team: str | None
    person: Person
    language: str
    read_at: datetime | None

    def is_touch_due(self, now: datetime) -> bool:
        """Whether `touch` would write."""
        return self.read_at is None or abs(wall_clock(now) - self.read_at) >= _TOUCH_INTERVAL


def make_feed(session: Session, person: Person, team: str | None, now: datetime) -> tuple[int, str]:
    """Make a feed of a team, or (None) of what concerns the person; returns its number and secret, to be shown once.

    Needs `readiness.read`. Made by an API token it ends with the token.
    """
    require(person, "readiness.read")
    _require_owner(person)
    if len(_rows(session, person)) >= MOST_FEEDS:
        raise NotPossible(text("You have {most} calendar feeds: revoke one first.", most=MOST_FEEDS))
    team = None if team is None else checked_team(session, team)
    if _reader(session, person.account, person.token, now) is None:
        raise NotPossible(text("Your account or token can't read the calendar now, so a feed could not either."))
    secret = make_token()
    owner = {"account": person.account or None, "token": person.token}
    language = accounts.language_of(session, person.account) if person.account else "en"
    row = {"secret_sha256": digest(secret), **owner, "team": team, "language": language, "made_at": now}
    number = session.execute(insert_into("calendar_feed").returning(table("calendar_feed").c.id), [row]).scalar_one()
    record(session, person, "feed.make", str(number), now, team=team)
    return int(number), secret


def feed_address(product: str, secret: str) -> str:
    """The secret address of a feed. `product`: https://name:port."""
    return f"{product}{FEED_PATH}{secret}.ics"


def list_feeds(session: Session, person: Person) -> list[FeedRow]:
    """The person's own feeds that were not revoked, the newest first. Needs `readiness.read`."""
    require(person, "readiness.read")
    return [FeedRow(row.id, row.team, row.made_at, row.read_at) for row in _rows(session, person)]


def revoke_feed(session: Session, person: Person, feed: int, now: datetime) -> None:
    """Revoke a feed of one's own; its address answers no more. Needs `readiness.read`."""
    require(person, "readiness.read")
    _require_owner(person)
    row = table("calendar_feed")
    revoking = update(row).where(row.c.id == feed, _is_own(person)).values(revoked_at=now).returning(row.c.team)
    revoked = session.execute(revoking).one_or_none()
    if revoked is None:
        raise NotFound(text("There is no such calendar feed of yours, or it was revoked."))
    record(session, person, "feed.revoke", str(feed), now, team=revoked.team)


def find_feed(session: Session, secret: str, now: datetime) -> ActiveFeed | None:
    """The feed of a secret, with the rights that its owner has now; None if it does not work (any more)."""
    row = table("calendar_feed")
    wanted = select(row).where(row.c.secret_sha256 == digest(secret), row.c.revoked_at.is_(None))
    feed = session.execute(wanted).one_or_none()
    person = _reader(session, feed.account or "", feed.token, now) if feed else None
    if feed is None or person is None:
        return None
    language = accounts.language_of(session, feed.account) if feed.account else feed.language
    return ActiveFeed(feed.id, feed.team, person, language, feed.read_at)


def touch(session: Session, feed: int, now: datetime) -> None:
    """Record a reading."""
    row = table("calendar_feed")
    session.execute(update(row).where(row.c.id == feed).values(read_at=wall_clock(now)))


def _reader(session: Session, account: str, number: int | None, now: datetime) -> Person | None:
    """As whom a feed of an account or token reads; None without the right to, or with agreements to accept."""
    if number is None:
        owner = accounts.find_person(session, account, now)
        reader = replace(owner, only=frozenset(READ_PERMISSIONS)) if owner else None
    else:
        token = tokens.find_by_number(session, number, now)
        reader = token.person if token else None
    if reader is None or not may(reader, "readiness.read"):
        return None
    today = calendar_of(session).day_of(now)
    must_accept = reader.account and agreements.list_to_accept(session, reader.account, reader.roles, today)
    return None if must_accept else reader


def _require_owner(person: Person) -> None:
    if person.previewing or not (person.account or person.token):
        raise NotAllowed(text("Make and revoke calendar feeds yourself, not while viewing as someone else."))


def _rows(session: Session, person: Person) -> Sequence[Row[Any]]:
    row = table("calendar_feed")
    return session.execute(select(row).where(_is_own(person)).order_by(row.c.made_at.desc(), row.c.id.desc())).all()


def _is_own(person: Person) -> ColumnElement[bool]:
    """The condition of a working feed of the person; a token has only those that it made itself."""
    row = table("calendar_feed")
    own = row.c.token == person.token if person.token is not None else row.c.account == person.account
    return and_(own, row.c.revoked_at.is_(None))
