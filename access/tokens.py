"""API tokens: for a build server or a script; of a team or a person, for some permissions, until a day. Shown once."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlmodel import Session, SQLModel, col

from access.activity import record
from access.errors import NotPossible
from access.permissions import PERMISSIONS, TEAM_MEMBER, Person, require
from locales import text
from models import ApiToken
from models.days import local_day

PREFIX = "aan_"  # so that a token that lies about is recognised as one
OFFERED = ("evidence.file", "evidence.read", "readiness.read", "controls.read")
_LONGEST = 400  # days
_TABLE = SQLModel.metadata.tables[str(ApiToken.__tablename__)]


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Whom a token acts for, and what it may."""

    person: Person
    permissions: frozenset[str]


def issue(
    session: Session, person: Person, label: str, team: str, permissions: Sequence[str], last_day: date, now: datetime
) -> str:
    """A token that acts as a member of a team. The permissions are some of `OFFERED`; `last_day` is the last it works."""
    require(person, "token.manage")
    if not label.strip() or len(label) > 80:  # noqa: PLR2004 - what fits a line
        raise NotPossible(text("A token needs a name of at most 80 characters, such as the build server's."))
    wrong = [one for one in permissions if one not in OFFERED]
    if wrong or not permissions:
        raise NotPossible(text("A token is for some of {offered}.", offered=", ".join(OFFERED)))
    if not 0 <= (last_day - local_day(now)).days <= _LONGEST:
        raise NotPossible(text("A token ends today or within {n} days.", n=_LONGEST))
    token = PREFIX + secrets.token_urlsafe(32)
    row = {
        "token_sha256": _digest(token),
        "label": " ".join(label.split()),
        "team": team,
        "permissions": sorted(set(permissions)),
        "last_day": last_day,
        "issued_at": now,
        "issued_by": person.name,
    }
    session.execute(insert(_TABLE), [row])
    record(session, person, "token.issue", row["label"], now, team=team, permissions=row["permissions"])
    return token


def revoke(session: Session, person: Person, token: int, now: datetime) -> None:
    """From now on it is of no use."""
    require(person, "token.manage")
    changed = session.execute(
        update(_TABLE)
        .where(col(ApiToken.id) == token, col(ApiToken.revoked_at).is_(None))
        .values(revoked_at=now)
        .returning(_TABLE.c.label)
    ).scalar_one_or_none()
    if changed is None:
        raise NotPossible(text("This token was revoked before, or there is none."))
    record(session, person, "token.revoke", changed, now)


def listed(session: Session, person: Person) -> list[ApiToken]:
    """All tokens, the newest first; never their secret."""
    require(person, "token.manage")
    return list(session.execute(select(ApiToken).order_by(col(ApiToken.issued_at).desc())).scalars())


def find(session: Session, token: str, now: datetime) -> TokenHolder | None:
    """Whom a token acts for, if it is in force."""
    if not token.startswith(PREFIX):
        return None
    row = session.execute(
        select(_TABLE).where(
            _TABLE.c.token_sha256 == _digest(token), _TABLE.c.revoked_at.is_(None), _TABLE.c.last_day >= local_day(now)
        )
    ).one_or_none()
    if row is None:
        return None
    granted = frozenset(one for one in row.permissions if one in PERMISSIONS)
    person = Person(f"{row.label} ({row.team})", frozenset({TEAM_MEMBER}), teams=frozenset({row.team}))
    return TokenHolder(person, granted)


def used(session: Session, token: str, now: datetime) -> None:
    """When it was last used, for whoever wonders whether it still is."""
    session.execute(update(_TABLE).where(_TABLE.c.token_sha256 == _digest(token)).values(used_at=now))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
