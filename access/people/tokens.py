"""API tokens for build servers and scripts: some permissions, until a day. Shown once; only the digest is stored.

A team's token acts as a member of that team, a person's own as that person. Neither may do more than its maker, which
is checked at each use: it ends with the maker's account or last role.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, insert, or_, select, update
from sqlmodel import Session, SQLModel

from access.activity.record import record
from access.errors import NotFound
from access.people import accounts
from access.people.delegation import require_within_own, still_delegated
from access.people.sessions import digest, make_token
from access.people.token_rules import (
    MAX_DAYS,
    READ_PERMISSIONS,
    TOKEN_PERMISSIONS,
    UPLOAD_PERMISSIONS,
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
    "MAX_DAYS",
    "PREFIX",
    "READ_PERMISSIONS",
    "TOKEN_PERMISSIONS",
    "UPLOAD_PERMISSIONS",
    "ActiveToken",
    "TokenRow",
    "find",
    "find_by_number",
    "issue",
    "issue_own",
    "list_own",
    "list_tokens",
    "revoke",
    "revoke_own",
    "touch",
]

PREFIX = "aan_"  # lets scanners recognise a leaked token
TOUCH_INTERVAL = timedelta(minutes=1)  # a use is recorded at most this often

_TABLES = SQLModel.metadata.tables
_TOKEN = _TABLES[str(ApiToken.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]
_MAKER = _ACCOUNT.alias("maker")


@dataclass(frozen=True, slots=True)
class ActiveToken:
    """A token that works now. `person`: whom it acts for, with the token's permissions only."""

    id: int
    label: str
    person: Person
    last_day: date
    used_at: datetime | None

    def is_touch_due(self, now: datetime) -> bool:
        """Whether `touch` would write."""
        return self.used_at is None or abs(wall_clock(now) - self.used_at) >= TOUCH_INTERVAL


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as pages list it, without its secret or digest."""

    id: int
    label: str
    team: str | None  # None: a person's own
    owner: str | None  # that person's name
    permissions: tuple[str, ...]
    requirements: tuple[str, ...]  # that it uploads evidence for; empty: all of its team or person
    systems: tuple[str, ...]  # likewise
    last_day: date
    issued_at: datetime
    issued_by: str
    used_at: datetime | None
    revoked_at: datetime | None
    maker_ends_on: date | None  # the last day of the account that made it

    def works_on(self, day: date) -> bool:
        """Whether it works on a day: not revoked, and within its own and its maker's last day."""
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
    """Make a token that acts as a member of a team; returns it, to be shown once. Needs `token.manage`."""
    require(person, "token.manage")
    team = checked_team(session, team)
    actor = _team_member(checked_label(label), team)
    require_within_own(person, replace(actor, only=frozenset(permissions)))
    return _insert(session, person, actor, label, permissions, last_day, now, requirements, systems)


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
    """Make a token that acts as the person who makes it; returns it, to be shown once."""
    _require_in_person(person)
    return _insert(session, person, person, label, permissions, last_day, now, requirements, systems)


def revoke(session: Session, person: Person, token: int, now: datetime) -> None:
    """Revoke any token. Needs `token.manage`."""
    require(person, "token.manage")
    _revoke(session, person, _TOKEN.c.id == token, now)


def revoke_own(session: Session, person: Person, token: int, now: datetime) -> None:
    """Revoke a token of one's own."""
    _require_in_person(person)
    _revoke(session, person, and_(_TOKEN.c.id == token, _TOKEN.c.account == person.account), now)


def _require_in_person(person: Person) -> None:
    if not person.account or not person.in_person:
        raise NotAllowed(text("Make and revoke your own tokens yourself, signed in with a browser."))


def _insert(
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
    token = PREFIX + make_token()
    checked = checked_permissions(actor, permissions)
    row: dict[str, Any] = {
        "label": checked_label(label),
        "account": actor.account or None,
        "team": None if actor.account else next(iter(actor.teams)),
        "permissions": checked,
        "requirements": checked_requirements(session, actor, checked, requirements),
        "systems": checked_systems(session, checked, systems),
        "last_day": checked_day(session, last_day, now),
    }
    issued = {"token_sha256": digest(token), "issued_at": now, "issued_by": person.name}
    number = session.execute(insert(_TOKEN).values(**row, **issued).returning(_TOKEN.c.id)).scalar_one()
    details = {**row, "last_day": last_day.isoformat(), "number": number}
    record(session, person, "token.issue", details.pop("label"), now, **details)
    return token


def _revoke(session: Session, person: Person, condition: ColumnElement[bool], now: datetime) -> None:
    ending = update(_TOKEN).where(condition, _TOKEN.c.revoked_at.is_(None)).values(revoked_at=now)
    row = session.execute(ending.returning(_TOKEN.c.id, _TOKEN.c.label, _TOKEN.c.team, _TOKEN.c.account)).one_or_none()
    if row is None:
        raise NotFound(text("There is no such token, or it was revoked."))
    record(session, person, "token.revoke", row.label, now, number=row.id, team=row.team, account=row.account)


# ── Which there are ──────────────────────────────────────────────────────────────────────────────────────────────────


def list_tokens(session: Session, person: Person) -> list[TokenRow]:
    """All tokens, of teams and of people, the newest first. Needs `token.manage`."""
    require(person, "token.manage")
    return _rows(session)


def list_makers(session: Session, name: str) -> frozenset[str]:
    """The makers of the team tokens with this name in the records: whoever made a token may hold it."""
    full_name = _TOKEN.c.label + " (team " + _TOKEN.c.team + ")"
    return frozenset(session.execute(select(_TOKEN.c.issued_by).where(full_name == name)).scalars())


def list_own(session: Session, person: Person) -> list[TokenRow]:
    """A person's own tokens, the newest first."""
    return _rows(session, _TOKEN.c.account == person.account) if person.account else []


def _rows(session: Session, *conditions: ColumnElement[bool]) -> list[TokenRow]:
    joined_columns = {"owner": _ACCOUNT.c.name, "maker_ends_on": _MAKER.c.ends_on}
    columns: list[ColumnElement[Any]] = [
        _TOKEN.c[name] for name in TokenRow.__dataclass_fields__ if name not in joined_columns
    ]
    joined = _TOKEN.outerjoin(_ACCOUNT, _ACCOUNT.c.id == _TOKEN.c.account)
    joined = joined.outerjoin(_MAKER, _MAKER.c.name == _TOKEN.c.issued_by)
    columns += [column.label(name) for name, column in joined_columns.items()]
    tokens = select(*columns).select_from(joined).where(*conditions)
    rows = session.execute(tokens.order_by(_TOKEN.c.issued_at.desc(), _TOKEN.c.id.desc())).mappings()
    lists = ("permissions", "requirements", "systems")
    return [TokenRow(**{**row, **{name: tuple(row[name]) for name in lists}}) for row in rows]


# ── Using one ────────────────────────────────────────────────────────────────────────────────────────────────────────


def find(session: Session, token: str, now: datetime) -> ActiveToken | None:
    """The token, if it works now and there is someone that it acts for; None otherwise."""
    return _find(session, _TOKEN.c.token_sha256 == digest(token), now) if token.startswith(PREFIX) else None


def find_by_number(session: Session, number: int, now: datetime) -> ActiveToken | None:
    """The token with a number, likewise; for what was made with it and ends with it."""
    return _find(session, _TOKEN.c.id == number, now)


def _find(session: Session, which: ColumnElement[bool], now: datetime) -> ActiveToken | None:
    is_valid = (_TOKEN.c.revoked_at.is_(None), _TOKEN.c.last_day >= calendar_of(session).day_of(now))
    row = session.execute(select(_TOKEN).where(which, *is_valid)).mappings().first()
    person = _acting_person(session, row, now) if row else None
    if row is None or person is None:
        return None
    return ActiveToken(row["id"], row["label"], person, row["last_day"], row["used_at"])


def touch(session: Session, token: int, now: datetime) -> None:
    """Record a use, at most once a minute."""
    now = wall_clock(now)
    due = or_(
        _TOKEN.c.used_at.is_(None), _TOKEN.c.used_at <= now - TOUCH_INTERVAL, _TOKEN.c.used_at > now + TOUCH_INTERVAL
    )
    session.execute(update(_TOKEN).where(_TOKEN.c.id == token, due).values(used_at=now))


def _acting_person(session: Session, row: RowMapping, now: datetime) -> Person | None:
    """Whom the token acts for, with its permissions only; None if nobody is left, or no permission."""
    if row["team"] is None:
        owner = accounts.find_person(session, row["account"], now)
        return owner and _restrict(owner, row)
    member = _restrict(_team_member(row["label"], row["team"]), row)
    delegated = still_delegated(session, row["issued_by"], member, now)
    return replace(member, only=delegated) if delegated else None


def _team_member(label: str, team: str) -> Person:
    """A team's token as a person; no account has a name of this form (`account_rules.checked_name`)."""
    return Person(f"{label} (team {team})", frozenset({TEAM_MEMBER}), teams=frozenset({team}))


def _restrict(person: Person, row: RowMapping) -> Person:
    """The person with the token's permissions only, as far as tokens can still have them."""
    return replace(
        person,
        token=row["id"],
        only=frozenset(row["permissions"]) & frozenset(TOKEN_PERMISSIONS),
        requirements=frozenset(row["requirements"]),
        systems=frozenset(row["systems"]),
    )
