"""Checks that log, records and files are as they were written, and that the log is signed in time.

The log and the decisions are verified completely; of the evidence and its files a different part each day.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlmodel import Session

from evidence.collect.collector_cases import Case, CouldNotLook
from evidence.collect.collector_context import CollectorContext
from evidence.integrity.verification import Verified, verify_part
from locales import Text, text
from models.bulk_changes import table
from models.calendar import calendar_of
from models.read_only import reading_one_state

_UNSIGNED = timedelta(
    days=1
)  # the longest that an entry may lack a signature after it; checkpoints are signed every ten minutes


def cases(session: Session, context: CollectorContext, now: datetime) -> Iterator[Case]:
    """Yield whether the chain holds, its checkpoints are this product's, and entries older than a day are signed.

    Then whether roles, decisions and evidence agree with the log, and files are as they were uploaded.
    """
    verified = _verify_todays_part(session, context, now)
    facts: tuple[tuple[str, str], ...] = ()
    if verified.log is not None:
        facts = (
            ("entries", str(verified.log.entries)),
            ("checkpoints", str(verified.log.checkpoints)),
            ("key", verified.key),
        )
    yield Case("log is what was written", failure=_summary(verified.chained), facts=facts)
    waiting = _count_unsigned(session, now)
    yield Case(
        "log is signed",
        failure=f"{waiting} entries of more than a day ago have no signature after them." if waiting else "",
    )
    facts_compared = (("evidence", str(verified.compared.entries)),)
    yield Case("facts are what the log says", failure=_summary(verified.recorded), facts=facts_compared)
    yield Case(
        "files are what was handed in", failure=_summary(verified.stored), facts=(("files", str(verified.read.files)),)
    )


def _verify_todays_part(session: Session, context: CollectorContext, now: datetime) -> Verified:
    """Verify in one state of the database, so that entries written meanwhile are no difference."""
    engine = session.get_bind()
    if context.store is None or not isinstance(engine, Engine):
        raise CouldNotLook(text("The evidence store is not available here."))
    with reading_one_state(engine) as snapshot:
        return verify_part(snapshot, context.store, context.log_key, calendar_of(session).day_of(now))


def _summary(problems: Sequence[Text]) -> str:
    """The first problem and how many more there are; `make verify` lists all."""
    more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
    return f"{problems[0]}{more}" if problems else ""


def _count_unsigned(session: Session, now: datetime) -> int:
    """How many entries older than a day come after the last checkpoint."""
    log, checkpoint = table("activity"), table("checkpoint")
    signed = select(func.coalesce(func.max(checkpoint.c.entry), 0)).scalar_subquery()
    old = select(func.count()).select_from(log).where(log.c.id > signed, log.c.recorded_at < now - _UNSIGNED)
    return int(session.execute(old).scalar_one())
