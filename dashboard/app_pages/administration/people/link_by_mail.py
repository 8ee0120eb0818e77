"""One-time links for people: sent by mail where a mail server is set, else shown once to whoever made them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import streamlit as st
from sqlmodel import Session

from access.errors import InvalidValue
from access.people import links
from access.permissions import Person
from dashboard.shell.one_time_secret import OneTimeSecret, keep_secret, link_address
from dashboard.shell.saving import keep_message, show_problem
from locales import Language, Problem
from models.moments import wall_clock
from models.transaction import writing
from models.vocabulary import MailKind
from reports.mail.deliveries import recipient_of
from reports.mail.letters import link_letter
from reports.mail.message import Recipient, compose
from reports.mail.sending import send_recorded
from reports.mail.server import MailNotSent, MailServer
from settings import engine, mail_server, settings

_KINDS = {links.INVITATION: MailKind.INVITATION, links.RESET: MailKind.RESET}


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link that was made for someone. `purpose`: invitation or reset."""

    recipient: Recipient
    purpose: str
    token: str = field(repr=False)
    made_at: datetime

    @property
    def until(self) -> datetime:
        return wall_clock(self.made_at) + links.LIFETIMES[self.purpose]


def new_link(session: Session, person: Person, account: str, now: datetime, *, invited: bool) -> NewLink:
    """Make an invitation, or a link for a new password."""
    make, purpose = (links.invite, links.INVITATION) if invited else (links.reset, links.RESET)
    return NewLink(recipient_of(session, account), purpose, make(session, person, account, now), now)


def create_link(t: Language, person: Person, make: Callable[[Session, datetime], NewLink]) -> None:
    """Make a link, then redraw the page: it says that the link was sent, or shows the link."""
    try:
        with writing(engine()) as (session, now):
            link = make(session, now)
    except Problem as problem:
        show_problem(t, problem)
        return
    server, name = mail_server(), link.recipient.name
    if server is None:
        keep_secret(OneTimeSecret(_explanation(t, link), link_address(link.token)))
        return
    try:
        with st.spinner(t("Sending a message to {name}…", name=name)):
            send_link(t, server, person, link)
    except (MailNotSent, InvalidValue) as problem:
        why = t("The message was not sent. {reason}", reason=t.render(problem.message))
        keep_secret(OneTimeSecret(f"{why} {_explanation(t, link)}", link_address(link.token)))
    else:
        email, until = link.recipient.email, link.until
        keep_message(t("The link was sent to {email}. It works once, until {moment}.", email=email, moment=until))


def send_link(t: Language, server: MailServer, by: Person, link: NewLink) -> None:
    """Send a link in the language of its recipient, at the address by which the product is known."""
    theirs, address = Language(link.recipient.language, t.zone), f"{settings().address}/link/{link.token}"
    letter = link_letter(theirs, link.recipient.name, by.name, link.purpose, address, link.until)
    message = compose(theirs, server.sender, link.recipient, letter, link.made_at)
    day = settings().calendar.day_of(link.made_at)
    with server.connection() as connection:
        send_recorded(engine(), connection, message, link.recipient.account, _KINDS[link.purpose], day)


def _explanation(t: Language, link: NewLink) -> str:
    return t(
        "Send this link to {name} yourself, in a way that only this person can see. It works once, until "
        "{moment}, and will not be shown again.",
        name=link.recipient.name,
        moment=link.until,
    )
