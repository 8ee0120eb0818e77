"""Sending a message and recording what became of it, each in a transaction of its own."""

from datetime import date
from email.message import EmailMessage

from sqlalchemy import Engine

from models.transaction import writing
from models.vocabulary import DeliveryState, MailKind
from reports.mail.deliveries import record_delivery
from reports.mail.server import MailConnection, MailNotSent


def send_recorded(
    engine: Engine, connection: MailConnection, message: EmailMessage, account: str, kind: MailKind, day: date
) -> None:
    """Send a message to an account, and record that it was sent, or why not. Raises `MailNotSent`."""
    try:
        connection.send(message)
    except MailNotSent as problem:
        state = DeliveryState.REFUSED if problem.permanent else DeliveryState.NOT_TAKEN
        record_outcome(engine, account, kind, day, state, problem.reply)
        raise
    record_outcome(engine, account, kind, day, DeliveryState.SENT)


def record_outcome(
    engine: Engine, account: str, kind: MailKind, day: date, state: DeliveryState, reply: str = ""
) -> None:
    """Record how sending ended. A visit: it changes no answer about readiness."""
    with writing(engine, visit=True) as (session, now):
        record_delivery(session, account, kind, day, state, now, reply)
