"""Messages: text with an HTML alternative, without scripts, pictures or anything that is fetched when they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from functools import cache
from pathlib import Path

import idna
from jinja2 import Environment, FileSystemLoader, Template, select_autoescape

from access.errors import InvalidValue
from access.people.input_text import only_printable
from locales import Language, text
from models.moments import wall_clock


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: a link, and details in smaller letters."""

    label: str
    address: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines. `rest`: how many more there are, in words."""

    title: str
    lines: Sequence[Line]
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """The content of a message. `button`: the one thing to do, as a link; `closing`: small print."""

    subject: str
    opening: Sequence[str]
    sections: Sequence[Section] = ()
    button: Line | None = None
    closing: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """An account that a message goes to."""

    account: str
    name: str
    email: str
    language: str


def compose(
    t: Language, sender: str, recipient: Recipient, letter: Letter, now: datetime, message_id: str = ""
) -> EmailMessage:
    """Return the message. `message_id`: the same for the same message, sent again; empty: a new one.

    No value can add a header: the policy refuses line breaks, and control characters are left out before. Raises
    `InvalidValue` for an address that no header can hold.
    """
    message = EmailMessage(SMTP)
    message["From"] = sender
    message["To"] = _address(recipient)
    message["Subject"] = only_printable(letter.subject)
    message["Date"] = format_datetime(wall_clock(now))
    domain = parseaddr(sender)[1].rpartition("@")[2]
    message["Message-ID"] = f"<{message_id}@{domain}>" if message_id else make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office replies (RFC 3834)
    message["Content-Language"] = t.code
    values = {"t": t, "language": t.code, "letter": letter}
    message.set_content(_template("letter.txt").render(values))
    message.add_alternative(_template("letter.html").render(values), subtype="html")
    return message


def _address(recipient: Recipient) -> Address:
    local, _, domain = recipient.email.rpartition("@")
    try:
        domain = domain if domain.isascii() else idna.encode(domain).decode()
        return Address(only_printable(recipient.name), addr_spec=f"{local}@{domain}")
    except (HeaderParseError, ValueError, IndexError) as problem:
        raise InvalidValue(
            text("No mail can be sent to the e-mail address of {name}.", name=recipient.name)
        ) from problem


@cache
def _template(name: str) -> Template:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=loader, autoescape=select_autoescape(("html",)), trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)
