"""Whether the activity log is what was written, and whether its end is signed in time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from access import chain
from access.signing_key import signing_key
from controls.rows import table
from evidence.collect.cases import Case
from evidence.collect.own import Own

_UNSIGNED = timedelta(days=1)  # the longest that an entry waits; every ten minutes is usual


def cases(session: Session, own: Own, now: datetime) -> Iterator[Case]:
    """Every entry follows from the one before it, the checkpoints are ours, and what is older than a day is signed."""
    key = signing_key(own.log_key).public_key().public_bytes_raw().hex()
    try:
        found = chain.verify(session, key)
    except chain.Broken as broken:
        yield Case("log is what was written", failure=str(broken))
    else:
        facts = (("entries", str(found.entries)), ("checkpoints", str(found.checkpoints)), ("key", key))
        yield Case("log is what was written", facts=facts)
    waiting = _unsigned(session, now)
    yield Case(
        "log is signed",
        failure=f"{waiting} entries of more than a day ago have no signature after them." if waiting else "",
    )


def _unsigned(session: Session, now: datetime) -> int:
    """How many old entries lie after the last checkpoint."""
    log, checkpoint = table("activity"), table("checkpoint")
    signed = select(func.coalesce(func.max(checkpoint.c.entry), 0)).scalar_subquery()
    old = select(func.count()).select_from(log).where(log.c.id > signed, log.c.recorded_at < now - _UNSIGNED)
    return int(session.execute(old).scalar_one())
