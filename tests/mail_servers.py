"""Real mail servers on this machine: one that takes everything, and others that refuse, fail or need TLS."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from models.vocabulary import MailSecurity
from reports.mail.server import MailServer
from tests.process import free_port

SENDER = "Aantoonbaar <no-reply@example.org>"
USER, PASSWORD = "product", "not-a-secret"  # noqa: S105 - of a server of the tests


@dataclass
class Postbox:
    """What a server received; `replies`: what it answers to the next messages instead of taking them.

    A reply "drop" ends the connection in the middle of the message.
    """

    messages: list[EmailMessage] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  # recipient → reply

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        reply = self.replies.pop(0) if self.replies else ""
        if reply == "drop":
            server.transport.abort()
            return "421 Gone"
        if reply:
            return reply
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 Taken"

    def to(self) -> list[str]:
        return [message["To"].addresses[0].addr_spec for message in self.messages]


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@contextmanager
def mail_server(postbox: Postbox, **options: Any) -> Iterator[MailServer]:
    """A server without TLS, on a port of its own."""
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield MailServer("127.0.0.1", controller.port, MailSecurity.NONE, SENDER)
    finally:
        controller.stop()


@contextmanager
def protected_server(postbox: Postbox, security: MailSecurity, folder: Path) -> Iterator[MailServer]:
    """A server that takes mail over TLS only, from whoever signs in."""
    certificate, context = make_certificate(folder)
    if security == MailSecurity.TLS:
        options: dict[str, Any] = {
            "ssl_context": context,
            "auth_require_tls": False,
        }  # it does not see the TLS around it
    else:
        options = {"tls_context": context, "require_starttls": True, "auth_required": True}
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port(), authenticator=authenticate, **options)
    controller.start()
    try:
        yield MailServer("127.0.0.1", controller.port, security, SENDER, USER, PASSWORD, certificate)
    finally:
        controller.stop()


def make_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that is its own authority, and the context that serves it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "mail.pem", folder / "mail-key.pem"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return certificate, context
