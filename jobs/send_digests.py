"""Sends the daily digest by mail, on working days from half past seven, at most once to each person.

Before a message is sent it is recorded as begun, so that a restart never sends it again. If the server does not take a
message, the job fails, is shown as failing on the status page, and tries that message again later that day.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from access.errors import AccessProblem, InvalidValue
from access.people import accounts
from access.permissions import Person, may
from controls.browse import shared_definitions
from jobs.values import Job, JobContext
from locales import Language, plural, text
from models.calendar import calendar_of
from models.transaction import present, reading, writing
from models.vocabulary import DeliveryState, MailKind
from models.working_days import after, is_working_day
from readiness.tasks.daily_digest import LastDigest, make_digest
from reports.calendar_file import EntryTitles
from reports.digest_letter import digest_letter
from reports.mail.deliveries import accounts_done, begin_digest, digest_readers, last_digests
from reports.mail.message import Letter, Recipient, compose
from reports.mail.sending import record_outcome, send_recorded
from reports.mail.server import MailConnection, MailNotSent, MailServer

FROM, UNTIL = time(7, 30), time(18)  # by the organisation's clock
_EVERY, _FIRST = 600.0, 60.0  # seconds
_MOST_FAILURES: Final = 5  # before the rest waits for the next try
_DAY: Final = timedelta(days=1)


class DigestsNotSent(AccessProblem):
    """The server did not take some digests; they are tried again."""

    status = 503


def job(context: JobContext) -> Job:
    run = partial(_run, context, set())
    return Job("send-digests", text("Sends the daily message by mail"), run, every=_EVERY, first=_FIRST)


def _run(context: JobContext, finished: set[date]) -> None:
    """Send what is to be sent today, if mail is set; a day that is finished in this process is not looked at again."""
    if context.mail is None:
        return
    local = datetime.now(calendar_of(context.engine).zone)
    if local.date() not in finished and is_time(local):
        send_digests(context.engine, context.mail, context.own.address)
        finished.add(local.date())


def is_time(local: datetime) -> bool:
    """Whether digests are sent at a moment of the organisation's clock: in the daytime of a working day."""
    return is_working_day(local.date()) and FROM <= local.time() < UNTIL


def send_digests(
    engine: Engine, server: MailServer, address: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> None:
    """Send today's digest to everyone who did not get it and has something to be told.

    Raises `MailNotSent` if the server can't be used, `DigestsNotSent` if it did not take some of them.
    """
    with reading(engine) as session:
        now = present(session, clock())
        today = calendar_of(session).day_of(now)
        done, before = accounts_done(session, today), last_digests(session)
        readers = [reader for reader in digest_readers(session, now) if reader.account not in done]
    not_sent = 0
    with ExitStack() as stack:
        connection: MailConnection | None = None
        for reader in readers:
            letter = _letter(engine, reader, before.get(reader.account), address, clock())
            if letter is None:
                continue
            connection = connection or stack.enter_context(server.connection())
            not_sent += not _send(engine, connection, reader, letter, today, clock())
            if not_sent == _MOST_FAILURES:
                break
    if not_sent:
        raise DigestsNotSent(
            plural("The mail server did not take {n} message.", "The mail server did not take {n} messages.", not_sent)
        )


def _letter(
    engine: Engine, reader: Recipient, last: tuple[date, datetime] | None, address: str, wall: datetime
) -> Letter | None:
    """The letter to a person, with what they may read now; None if there is nothing to tell."""
    with reading(engine) as session:
        now = present(session, wall)
        person = accounts.find_person(session, reader.account, now)
        if person is None or not may(person, "readiness.read"):
            return None
        today = calendar_of(session).day_of(now)
        told = LastDigest(last[0], _told_until(last[0]), last[1]) if last else None
        digest = make_digest(session, person, told, _told_until(today), now)
        if not digest.is_news:
            return None
        t = Language(reader.language, calendar_of(session).zone)
        return digest_letter(t, _titles(session, person, digest.day, address), reader.name, digest)


def _told_until(day: date) -> date:
    """The last day without a digest of its own after a day: before the next working day."""
    return after(day, 1) - _DAY


def _titles(session: Session, person: Person, day: date, address: str) -> EntryTitles:
    known, scope = shared_definitions.definitions(session, person), shared_definitions.scope(session, person, day)
    return EntryTitles(address, known.requirements, scope, known.teams)


def _send(
    engine: Engine, connection: MailConnection, reader: Recipient, letter: Letter, day: date, wall: datetime
) -> bool:
    """Send a letter unless it was begun elsewhere; whether it is done. Raises `MailNotSent` if the server is gone."""
    sender, message_id = connection.server.sender, f"digest-{day.isoformat()}-{reader.account}"
    with writing(engine, visit=True) as (session, now):
        if not begin_digest(session, reader.account, day, now):
            return True
    try:
        t = Language(reader.language)
        message = compose(t, sender, reader, letter, wall, message_id)
        send_recorded(engine, connection, message, reader.account, MailKind.DIGEST, day)
    except InvalidValue:
        record_outcome(engine, reader.account, MailKind.DIGEST, day, DeliveryState.REFUSED)
    except MailNotSent as problem:
        if not problem.reply and not problem.permanent:
            raise
        return problem.permanent
    return True
