"""Whether log, facts and files are what was written, and whether the log's end is signed in time.

The log and the decisions are looked at whole; of evidence and its files a part every day, so that each has its turn.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlmodel import Session

from evidence.collect.cases import Case, CouldNotLook
from evidence.collect.own import CollectorContext
from evidence.integrity.verification import Verified, verify_part
from locales import Text, text
from models.calendar import calendar_of
from models.read_only import reading_one_state
from models.rows import table

_UNSIGNED = timedelta(days=1)  # the longest that an entry waits; every ten minutes is usual


def cases(session: Session, own: CollectorContext, now: datetime) -> Iterator[Case]:
    """Every entry follows from the one before it, the checkpoints are ours, and what is older than a day is signed.

    Roles, decisions and evidence are what the log says, and files are what was handed in.
    """
    found = _looked(session, own, now)
    facts: tuple[tuple[str, str], ...] = ()
    if found.log is not None:
        facts = (("entries", str(found.log.entries)), ("checkpoints", str(found.log.checkpoints)), ("key", found.key))
    yield Case("log is what was written", failure=_said(found.chained), facts=facts)
    waiting = _unsigned(session, now)
    yield Case(
        "log is signed",
        failure=f"{waiting} entries of more than a day ago have no signature after them." if waiting else "",
    )
    looked_at = (("evidence", str(found.compared.entries)),)
    yield Case("facts are what the log says", failure=_said(found.recorded), facts=looked_at)
    yield Case("files are what was handed in", failure=_said(found.stored), facts=(("files", str(found.read.files)),))


def _looked(session: Session, own: CollectorContext, now: datetime) -> Verified:
    """In one state of the database of its own: what is written meanwhile is no difference."""
    engine = session.get_bind()
    if own.store is None or not isinstance(engine, Engine):
        raise CouldNotLook(text("The store of evidence is not known here."))
    with reading_one_state(engine) as seen:
        return verify_part(seen, own.store, own.log_key, calendar_of(session).day_of(now))


def _said(problems: Sequence[Text]) -> str:
    """The first, and how many there are: `make verify` names them all."""
    more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
    return f"{problems[0]}{more}" if problems else ""


def _unsigned(session: Session, now: datetime) -> int:
    """How many old entries lie after the last checkpoint."""
    log, checkpoint = table("activity"), table("checkpoint")
    signed = select(func.coalesce(func.max(checkpoint.c.entry), 0)).scalar_subquery()
    old = select(func.count()).select_from(log).where(log.c.id > signed, log.c.recorded_at < now - _UNSIGNED)
    return int(session.execute(old).scalar_one())
