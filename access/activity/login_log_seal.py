"""The login log's own chain: one digest over all attempts, kept at its end and written into the activity log at times.

An attempt that is changed, added or removed behind the product's back gives another digest than the end has; whoever
changes that one too is found by the activity log, and its end is signed.
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
    """The digest after one more attempt, or after several that one row counts."""
    fields = [utc_text(row[name]) if name == "at" else row[name] for name in FIELDS]
    fields += [row["attempts"]] if row.get("attempts", 1) != 1 else []
    return hashlib.sha256(canonical([digest, *fields]).encode("ascii")).hexdigest()


def extend(session: Session, row: dict[str, Any]) -> None:
    """Move the end past an attempt, in the transaction that writes it."""
    before = session.execute(select(_END.c.digest)).scalar_one_or_none()
    values = {"attempt": row["id"], "digest": next_digest(before or START, row)}
    session.execute(insert(_END).values(id=1, **values) if before is None else update(_END).values(**values))


def seal_attempts(engine: Engine) -> None:
    """Write the end into the activity log, if someone tried to sign in since it was written last."""
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
    """What the attempts no longer say that was written: one that is missing, or the part that differs."""
    promised, digest, number, whole = _sealed_digests(session), START, 0, 0
    for row in _read_attempts(session):
        if row["id"] != number + 1:
            yield text("Sign-in attempt {number} is missing.", number=str(number + 1))
        digest, number = next_digest(digest, dict(row)), row["id"]
        if number in promised:
            if promised.pop(number) != digest:
                yield _range_message(whole + 1, number)
                return
            whole = number
    if promised:
        yield _range_message(number + 1, max(promised))
    elif number > whole:
        yield _range_message(whole + 1, number)


def _read_attempts(session: Session) -> Iterator[RowMapping]:
    statement = select(_ATTEMPT).order_by(_ATTEMPT.c.id).limit(_BATCH)
    rows = session.execute(statement).mappings().all()
    while rows:
        yield from rows
        rows = session.execute(statement.where(_ATTEMPT.c.id > rows[-1]["id"])).mappings().all()


def _sealed_digests(session: Session) -> dict[int, str]:
    """The digest at each attempt that the activity log sealed, and at the end."""
    seals = session.execute(select(_LOG.c.details).where(_LOG.c.verb == SEAL)).scalars()
    promised = {one["attempt"]: one["digest"] for one in seals if isinstance(one.get("attempt"), int)}
    end = session.execute(select(_END.c.attempt, _END.c.digest)).one_or_none()
    if end is not None and end.attempt and promised.setdefault(end.attempt, end.digest) != end.digest:
        promised[end.attempt] = ""  # the end and the activity log contradict each other: neither is right
    return promised


def _range_message(first: int, last: int) -> Text:
    return text(
        "Sign-in attempts {first} to {last} are not what was written: some were changed, removed or added.",
        first=str(first),
        last=str(last),
    )
