"""API tokens, for a build server or a script: for some permissions, until a day. Shown once; only the digest is kept.

A team's token acts as a member of that team, and a person's own as that person. Neither does what its maker may not do
themselves, who is asked for anew each time: it ends with their account or their last role.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, insert, or_, select, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import NotPossible
from access.people import accounts
from access.people.delegation import require_own, still_passed_on
from access.people.sessions import digest, new_token
from access.people.token_rules import (
    FILING,
    LONGEST,
    OFFERED,
    READING,
    checked_day,
    checked_label,
    checked_permissions,
    checked_requirements,
    checked_systems,
    checked_team,
)
from access.permissions import TEAM_MEMBER, NotAllowed, Person, require
from locales import text
from models import Account, ApiToken
from models.calendar import calendar_of
from models.moments import wall_clock

__all__ = [
    "FILING",
    "LONGEST",
    "OFFERED",
    "PREFIX",
    "READING",
    "InForce",
    "TokenRow",
    "find",
    "issue",
    "issue_own",
    "listed",
    "own",
    "revoke",
    "revoke_own",
    "touch",
]

PREFIX = "aan_"  # so that a token that lies about is recognised as one
TOUCH = timedelta(minutes=1)  # a use is written down at most this often

_TABLES = SQLModel.metadata.tables
_TOKEN = _TABLES[str(ApiToken.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_MAKER = _ACCOUNT.alias("maker")


@dataclass(frozen=True, slots=True)
class InForce:
    """A token that works now: whom it acts for, narrowed to what it is for."""

    id: int
    label: str
    person: Person
    last_day: date
    used_at: datetime | None

    def due(self, now: datetime) -> bool:
        """Whether `touch` has something to write."""
        return self.used_at is None or abs(wall_clock(now) - self.used_at) >= TOUCH


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as pages list it; not its secret, nor the digest."""

    id: int
    label: str
    team: str | None  # or else a person's own
    owner: str | None  # that person's name
    permissions: tuple[str, ...]
    requirements: tuple[str, ...]  # that it hands in evidence for; empty: all that its team or person may
    systems: tuple[str, ...]  # likewise
    last_day: date
    issued_at: datetime
    issued_by: str
    used_at: datetime | None
    revoked_at: datetime | None
    maker_ends_on: date | None  # the last day of the account that made it

    def works_on(self, day: date) -> bool:
        """Not revoked, within its days, and within those of its maker."""
        return self.revoked_at is None and day <= min(self.last_day, self.maker_ends_on or self.last_day)


# ── Making and ending them ───────────────────────────────────────────────────────────────────────────────────────────


def issue(
    session: Session,
    person: Person,
    label: str,
    team: str,
    permissions: Sequence[str],
    last_day: date,
    now: datetime,
    *,
    requirements: Sequence[str] = (),
    systems: Sequence[str] = (),
) -> str:
    """A token that acts as a member of a team, for some of `OFFERED`; works to the end of `last_day`. Shown once."""
    require(person, "token.manage")
    team = checked_team(session, team)
    actor = _member(checked_label(label), team)
    require_own(person, replace(actor, only=frozenset(permissions)))
    return _issued(session, person, actor, label, permissions, last_day, now, requirements, systems)


def issue_own(
    session: Session,
    person: Person,
    label: str,
    permissions: Sequence[str],
    last_day: date,
    now: datetime,
    *,
    requirements: Sequence[str] = (),
    systems: Sequence[str] = (),
) -> str:
    """A token that acts as the person who makes it, for some of what they may; nobody else can make one of theirs."""
    _in_person(person)
    return _issued(session, person, person, label, permissions, last_day, now, requirements, systems)


def revoke(session: Session, person: Person, token: int, now: datetime) -> None:
    """From now on it is of no use, whosever it is."""
    require(person, "token.manage")
    _revoked(session, person, _TOKEN.c.id == token, now)


def revoke_own(session: Session, person: Person, token: int, now: datetime) -> None:
    """The same for a token of one's own."""
    _in_person(person)
    _revoked(session, person, and_(_TOKEN.c.id == token, _TOKEN.c.account == person.account), now)


def _in_person(person: Person) -> None:
    if not person.account or not person.in_person:
        raise NotAllowed(
            text("A token of one's own is made and revoked by the person themselves, signed in in a browser.")
        )


def _issued(
    session: Session,
    person: Person,
    actor: Person,
    label: str,
    permissions: Sequence[str],
    last_day: date,
    now: datetime,
    requirements: Sequence[str],
    systems: Sequence[str],
) -> str:
    token = PREFIX + new_token()
    granted = checked_permissions(actor, permissions)
    row: dict[str, Any] = {
        "label": checked_label(label),
        "account": actor.account or None,
        "team": None if actor.account else next(iter(actor.teams)),
        "permissions": granted,
        "requirements": checked_requirements(session, actor, granted, requirements),
        "systems": checked_systems(session, granted, systems),
        "last_day": checked_day(session, last_day, now),
    }
    kept = {"token_sha256": digest(token), "issued_at": now, "issued_by": person.name}
    number = session.execute(insert(_TOKEN).values(**row, **kept).returning(_TOKEN.c.id)).scalar_one()
    told = {**row, "last_day": last_day.isoformat(), "number": number}
    record(session, person, "token.issue", told.pop("label"), now, **told)
    return token


def _revoked(session: Session, person: Person, which: ColumnElement[bool], now: datetime) -> None:
    ending = update(_TOKEN).where(which, _TOKEN.c.revoked_at.is_(None)).values(revoked_at=now)
    row = session.execute(ending.returning(_TOKEN.c.id, _TOKEN.c.label, _TOKEN.c.team, _TOKEN.c.account)).one_or_none()
    if row is None:
        raise NotPossible(text("This token was revoked before, or there is none."))
    record(session, person, "token.revoke", row.label, now, number=row.id, team=row.team, account=row.account)


# ── Which there are ──────────────────────────────────────────────────────────────────────────────────────────────────


def listed(session: Session, person: Person) -> list[TokenRow]:
    """All tokens, of teams and of people, the newest first."""
    require(person, "token.manage")
    return _rows(session)


def makers(session: Session, name: str) -> frozenset[str]:
    """Who made the teams' tokens that facts call by this name: whoever made one may hold it."""
    called = _TOKEN.c.label + " (team " + _TOKEN.c.team + ")"
    return frozenset(session.execute(select(_TOKEN.c.issued_by).where(called == name)).scalars())


def own(session: Session, person: Person) -> list[TokenRow]:
    """A person's own, the newest first."""
    return _rows(session, _TOKEN.c.account == person.account) if person.account else []


def _rows(session: Session, *which: ColumnElement[bool]) -> list[TokenRow]:
    joined_in = {"owner": _ACCOUNT.c.name, "maker_ends_on": _MAKER.c.ends_on}
    columns: list[ColumnElement[Any]] = [
        _TOKEN.c[name] for name in TokenRow.__dataclass_fields__ if name not in joined_in
    ]
    joined = _TOKEN.outerjoin(_ACCOUNT, _ACCOUNT.c.id == _TOKEN.c.account)
    joined = joined.outerjoin(_MAKER, _MAKER.c.name == _TOKEN.c.issued_by)
    columns += [column.label(name) for name, column in joined_in.items()]
    found = select(*columns).select_from(joined).where(*which)
    rows = session.execute(found.order_by(_TOKEN.c.issued_at.desc(), _TOKEN.c.id.desc())).mappings()
    lists = ("permissions", "requirements", "systems")
    return [TokenRow(**{**row, **{name: tuple(row[name]) for name in lists}}) for row in rows]


# ── Using one ────────────────────────────────────────────────────────────────────────────────────────────────────────


def find(session: Session, token: str, now: datetime) -> InForce | None:
    """The token, if it works at this moment and there is someone that it acts for."""
    if not token.startswith(PREFIX):
        return None
    lasting = (_TOKEN.c.revoked_at.is_(None), _TOKEN.c.last_day >= calendar_of(session).day_of(now))
    row = session.execute(select(_TOKEN).where(_TOKEN.c.token_sha256 == digest(token), *lasting)).mappings().first()
    person = _whom(session, row, now) if row else None
    if row is None or person is None:
        return None
    return InForce(row["id"], row["label"], person, row["last_day"], row["used_at"])


def touch(session: Session, token: int, now: datetime) -> None:
    """It was used: at most one write a minute, for whoever wonders whether it still is."""
    now = wall_clock(now)
    due = or_(_TOKEN.c.used_at.is_(None), _TOKEN.c.used_at <= now - TOUCH, _TOKEN.c.used_at > now + TOUCH)
    session.execute(update(_TOKEN).where(_TOKEN.c.id == token, due).values(used_at=now))


def _whom(session: Session, row: RowMapping, now: datetime) -> Person | None:
    """Whom the token acts for, within what it is for; None if that is nobody any more, or nothing."""
    if row["team"] is None:
        owner = accounts.person_of(session, row["account"], now)
        return owner and _narrowed(owner, row)
    member = _narrowed(_member(row["label"], row["team"]), row)
    passed_on = still_passed_on(session, row["issued_by"], member, now)
    return replace(member, only=passed_on) if passed_on else None


def _member(label: str, team: str) -> Person:
    """As facts name it: no account has a name of this form (`people_rules.free_name`)."""
    return Person(f"{label} (team {team})", frozenset({TEAM_MEMBER}), teams=frozenset({team}))


def _narrowed(person: Person, row: RowMapping) -> Person:
    """What a token was made for, should more be offered or less: only that which is offered now."""
    return replace(
        person,
        token=row["id"],
        only=frozenset(row["permissions"]) & frozenset(OFFERED),
        requirements=frozenset(row["requirements"]),
        systems=frozenset(row["systems"]),
    )
