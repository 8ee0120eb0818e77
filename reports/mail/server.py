"""The mail server that takes our messages (SMTP, RFC 5321), over TLS unless it is on this machine."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from access.errors import AccessProblem
from locales import Text, text
from models.vocabulary import MailSecurity

_TIMEOUT: Final = 20.0  # seconds for each step
_LONGEST_CODE: Final = len("5.123.123")
_PERMANENT: Final = 500  # replies from here on: the server never takes this message


class MailNotSent(AccessProblem):
    """The server did not take a message. `reply`: the code of its reply; `permanent`: trying again does not help."""

    status = 503

    def __init__(self, message: Text, reply: str = "", *, permanent: bool = False) -> None:
        super().__init__(message)
        self.reply, self.permanent = reply, permanent


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where and as whom mail is sent. `authorities`: a PEM file of certificates to trust; None: this machine's."""

    host: str
    port: int
    security: MailSecurity
    sender: str  # "Aantoonbaar <no-reply@example.org>"
    user: str = ""
    password: str = field(default="", repr=False)
    authorities: Path | None = None

    @contextmanager
    def connection(self) -> Iterator["MailConnection"]:
        """Yield a connection that is signed in. Raises `MailNotSent` if the server can't be used now."""
        with self._translated():
            client = self._connect()
        try:
            with self._translated():
                self._sign_in(client)
            yield MailConnection(self, client)
        finally:
            _leave(client)

    def send(self, message: EmailMessage) -> None:
        """Send one message over a connection of its own. Raises `MailNotSent`."""
        with self.connection() as connection:
            connection.send(message)

    def _connect(self) -> smtplib.SMTP:
        if self.security == MailSecurity.TLS:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT, context=self._trust())
        return smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT)

    def _sign_in(self, client: smtplib.SMTP) -> None:
        if self.security == MailSecurity.STARTTLS:
            client.starttls(context=self._trust())  # raises if the server, or someone between, does not offer it
        if self.user:
            client.login(self.user, self.password)

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authorities) if self.authorities else None)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (smtplib.SMTPException, OSError, ValueError) as problem:
            raise MailNotSent(
                text(
                    "The mail server {host} can't be used: {reason}. Check the settings AANTOONBAAR_SMTP_….",
                    host=f"{self.host}:{self.port}",
                    reason=_reason(problem),
                ),
                _reply(problem),
            ) from problem


@dataclass(frozen=True, slots=True)
class MailConnection:
    """An open connection with the mail server."""

    server: MailServer
    client: smtplib.SMTP

    def send(self, message: EmailMessage) -> None:
        """Send a message to its one recipient. Raises `MailNotSent`.

        Without a reply to the whole message it counts as not taken (RFC 5321, 4.2.5).
        """
        try:
            self.client.send_message(message)
        except (smtplib.SMTPException, OSError, ValueError) as problem:
            raise MailNotSent(
                text(
                    "The mail server {host} did not take a message: {reason}.",
                    host=f"{self.server.host}:{self.server.port}",
                    reason=_reason(problem),
                ),
                _reply(problem),
                permanent=_is_permanent(problem),
            ) from problem


def _leave(client: smtplib.SMTP) -> None:
    """End the conversation; a server that is gone already does not matter any more."""
    try:
        client.quit()
    except (smtplib.SMTPException, OSError):
        client.close()


def _code_and_text(problem: Exception) -> tuple[int, bytes]:
    """The server's reply; of a refused recipient, the one to that."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return next(iter(problem.recipients.values()), (0, b""))
    if isinstance(problem, smtplib.SMTPResponseException):
        reply = problem.smtp_error
        return problem.smtp_code, reply if isinstance(reply, bytes) else str(reply).encode()
    return 0, b""


def _is_permanent(problem: Exception) -> bool:
    """Whether the server refused this message or recipient for good; not the sender, which concerns all messages."""
    if isinstance(problem, (smtplib.SMTPNotSupportedError, ValueError)):
        return True
    refused = isinstance(problem, (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError))
    return refused and _code_and_text(problem)[0] >= _PERMANENT


def _reply(problem: Exception) -> str:
    """The code of the reply and its enhanced status code (RFC 3463), never its words: these may hold anything."""
    code, words = _code_and_text(problem)
    enhanced = words.decode("ascii", "replace").partition(" ")[0]
    is_code = len(enhanced) <= _LONGEST_CODE and all(part.isdigit() for part in enhanced.split("."))
    return " ".join(part for part in (str(code) if code else "", enhanced if is_code else "") if part)


def _reason(problem: Exception) -> Text:
    if reply := _reply(problem):
        return text("it answers {reply}", reply=reply)
    if isinstance(problem, ssl.SSLCertVerificationError):
        return text("its certificate is not trusted ({why})", why=problem.verify_message)
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return text("it does not offer what is needed, such as STARTTLS or signing in")
    return text("no answer ({kind})", kind=type(problem).__name__)
