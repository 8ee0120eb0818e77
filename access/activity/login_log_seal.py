"""The login log's chain: one digest over all attempts, stored at its end and copied to the activity log regularly.

An attempt that is changed, added or removed outside the product gives another digest than the stored one; if
that digest is changed too, it differs from the copy in the activity log, whose end is signed.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, RowMapping, insert, select, update
from sqlmodel import Session, SQLModel

from access.activity.chain import canonical, utc_text
from access.activity.record import record
from access.permissions import SYSTEM
from locales import Text, text
from models import Activity, LoginAttempt, LoginLogEnd
from models.transaction import reading, writing

SEAL = "login_log.seal"
START = "0" * 64
FIELDS = ("id", "at", "tried", "account", "address", "agent", "method", "succeeded", "reason")
_BATCH = 1_000
_TABLES = SQLModel.metadata.tables
_END = _TABLES[str(LoginLogEnd.__tablename__)]
_LOG = _TABLES[str(Activity.__tablename__)]
_ATTEMPT = _TABLES[str(LoginAttempt.__tablename__)]


def next_digest(digest: str, row: dict[str, Any]) -> str:
    """The digest (SHA-256, hex) after one more row of attempts."""
    fields = [utc_text(row[name]) if name == "at" else row[name] for name in FIELDS]
    fields += [row["attempts"]] if row.get("attempts", 1) != 1 else []
    return hashlib.sha256(canonical([digest, *fields]).encode("ascii")).hexdigest()


def extend(session: Session, row: dict[str, Any]) -> None:
    """Update the digest at the end with a new row, in the transaction that writes it."""
    before = session.execute(select(_END.c.digest)).scalar_one_or_none()
    values = {"attempt": row["id"], "digest": next_digest(before or START, row)}
    session.execute(insert(_END).values(id=1, **values) if before is None else update(_END).values(**values))


def seal_attempts(engine: Engine) -> None:
    """Copy the end to the activity log, if there were attempts since the last time."""
    with reading(engine) as session:
        if _is_sealed(session):
            return
    with writing(engine, visit=True) as (session, now):
        if not _is_sealed(session):  # another process was first
            _seal(session, now)


def _is_sealed(session: Session) -> bool:
    last = select(_LOG.c.details).where(_LOG.c.verb == SEAL).order_by(_LOG.c.id.desc()).limit(1)
    sealed = session.execute(last).scalar_one_or_none() or {"digest": START}
    end = session.execute(select(_END.c.digest)).scalar_one_or_none() or START
    return bool(sealed.get("digest") == end)


def _seal(session: Session, now: datetime) -> None:
    end = session.execute(select(_END)).one()
    record(session, SYSTEM, SEAL, "login", now, attempt=end.attempt, digest=end.digest)


def find_problems(session: Session) -> Iterator[Text]:
    """Messages about attempts that are missing, or the part of the log that was changed."""
    sealed, digest, number, verified = _sealed_digests(session), START, 0, 0
    for row in _read_attempts(session):
        if row["id"] != number + 1:
            yield text("Sign-in attempt {number} is missing.", number=str(number + 1))
        digest, number = next_digest(digest, dict(row)), row["id"]
        if number in sealed:
            if sealed.pop(number) != digest:
                yield _range_message(verified + 1, number)
                return
            verified = number
    if sealed:
        yield _range_message(number + 1, max(sealed))
    elif number > verified:
        yield _range_message(verified + 1, number)


def _read_attempts(session: Session) -> Iterator[RowMapping]:
    statement = select(_ATTEMPT).order_by(_ATTEMPT.c.id).limit(_BATCH)
    rows = session.execute(statement).mappings().all()
    while rows:
        yield from rows
        rows = session.execute(statement.where(_ATTEMPT.c.id > rows[-1]["id"])).mappings().all()


def _sealed_digests(session: Session) -> dict[int, str]:
    """The digest at each attempt that the activity log sealed, and at the end."""
    seals = session.execute(select(_LOG.c.details).where(_LOG.c.verb == SEAL)).scalars()
    sealed = {seal["attempt"]: seal["digest"] for seal in seals if isinstance(seal.get("attempt"), int)}
    end = session.execute(select(_END.c.attempt, _END.c.digest)).one_or_none()
    if end is not None and end.attempt and sealed.setdefault(end.attempt, end.digest) != end.digest:
        sealed[end.attempt] = ""  # the end and the activity log contradict each other: neither can be trusted
    return sealed


def _range_message(first: int, last: int) -> Text:
    return text(
        "Sign-in attempts {first} to {last} are not what was written: some were changed, removed or added.",
        first=str(first),
        last=str(last),
    )
