"""The record of what was sent by mail: a step before sending, and one after. Holds no address and no content.

Whoever sends records `BEGUN` in a transaction of its own first, so that a process that ends while sending never sends
the same again. A message that the server did not take is `NOT_TAKEN`, and may be begun again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import Session

from access.people import accounts, agreements
from access.people.sessions import account_is_active
from access.permissions import Person, require
from models.bulk_changes import insert_into, table
from models.calendar import calendar_of
from models.moments import wall_clock
from models.vocabulary import DeliveryState, MailKind
from reports.mail.message import Recipient

_RECENT: Final = timedelta(days=7)
_DONE: Final = (DeliveryState.BEGUN, DeliveryState.SENT, DeliveryState.REFUSED)


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """A message that did not arrive, as the status page lists it. `reply`: the code of the server's reply."""

    name: str
    kind: str
    state: str
    reply: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MailState:
    """When mail was last sent, and what did not arrive in the last week; None: nothing was sent yet."""

    sent_at: datetime | None
    not_delivered: Sequence[NotDelivered]


def record_delivery(
    session: Session, account: str, kind: MailKind, day: date, state: DeliveryState, now: datetime, reply: str = ""
) -> None:
    """Record a step of sending."""
    row = {"account": account, "kind": kind, "day": day, "state": state, "reply": reply, "recorded_at": now}
    session.execute(insert_into("mail_delivery"), [row])


def begin_digest(session: Session, account: str, day: date, now: datetime) -> bool:
    """Record that the digest of a day begins to be sent; False: it was, or the account may not get it any more."""
    is_reader = _wanting(session, now, table("account").c.id == account) and _may_open(session, account, now)
    if not is_reader or account in accounts_done(session, day):
        return False
    record_delivery(session, account, MailKind.DIGEST, day, DeliveryState.BEGUN, now)
    return True


def accounts_done(session: Session, day: date) -> frozenset[str]:
    """The accounts whose digest of a day was sent, was refused, or began to be sent."""
    row = table("mail_delivery")
    of_day = (row.c.kind == MailKind.DIGEST, row.c.day == day)
    rows = session.execute(select(row.c.account, row.c.state).where(*of_day).order_by(row.c.recorded_at))
    latest = {each.account: each.state for each in rows}
    return frozenset(account for account, state in latest.items() if state in _DONE)


def last_digests(session: Session) -> dict[str, tuple[date, datetime]]:
    """Account → the day of its last digest that was sent, and the moment when it began to be."""
    row = table("mail_delivery")
    sent = row.alias("sent")
    same = [sent.c[name] == row.c[name] for name in ("account", "kind", "day")]
    began = (row.c.kind == MailKind.DIGEST, row.c.state == DeliveryState.BEGUN)
    was_sent = exists().where(*same, sent.c.state == DeliveryState.SENT)
    columns = (row.c.account, row.c.day, row.c.recorded_at)
    rows = session.execute(select(*columns).where(*began, was_sent).order_by(row.c.recorded_at))
    return {each.account: (each.day, each.recorded_at) for each in rows}


def digest_readers(session: Session, now: datetime) -> list[Recipient]:
    """The active accounts that want the digest, and may open the product: with a role, and agreements accepted."""
    return [reader for reader in _wanting(session, now) if _may_open(session, reader.account, now)]


def recipient_of(session: Session, account: str) -> Recipient:
    """The name, address and language of an account."""
    return _recipients(session, table("account").c.id == account)[0]


def mail_state(session: Session, person: Person, now: datetime) -> MailState:
    """When mail was last sent, and what did not arrive in the last week. Needs `status.read`."""
    require(person, "status.read")
    row = table("mail_delivery")
    sent = select(func.max(row.c.recorded_at)).where(row.c.state == DeliveryState.SENT)
    return MailState(session.execute(sent).scalar_one(), _not_delivered(session, wall_clock(now) - _RECENT))


def _not_delivered(session: Session, since: datetime) -> list[NotDelivered]:
    row, account = table("mail_delivery"), table("account")
    joined = row.join(account, account.c.id == row.c.account)
    columns = (row.c.account, row.c.day, account.c.name, row.c.kind, row.c.state, row.c.reply, row.c.recorded_at)
    rows = session.execute(
        select(*columns).select_from(joined).where(row.c.recorded_at >= since).order_by(row.c.recorded_at)
    )
    latest = {(each.account, each.kind, each.day): each for each in rows}
    return [
        NotDelivered(each.name, each.kind, each.state, each.reply, each.recorded_at)
        for each in reversed(latest.values())
        if each.state != DeliveryState.SENT
    ]


def _wanting(session: Session, now: datetime, *conditions: ColumnElement[bool]) -> list[Recipient]:
    """The active accounts that did not turn the digest off."""
    return _recipients(session, table("account").c.digest.is_(True), account_is_active(session, now), *conditions)


def _recipients(session: Session, *conditions: ColumnElement[bool]) -> list[Recipient]:
    account = table("account")
    columns = (account.c.id, account.c.name, account.c.email, account.c.language)
    return [Recipient(*row) for row in session.execute(select(*columns).where(*conditions).order_by(account.c.id))]


def _may_open(session: Session, account: str, now: datetime) -> bool:
    person = accounts.find_person(session, account, now)
    today = calendar_of(session).day_of(now)
    return person is not None and not agreements.list_to_accept(session, account, person.roles, today)
