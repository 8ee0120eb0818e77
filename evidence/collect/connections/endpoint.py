"""Connections to one address, bounded in time, and the TLS contexts that checks use."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from math import inf
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Final

TIMEOUT: Final = 10.0  # seconds without an answer
LONGEST: Final = 30.0  # seconds of a whole connection
#: OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
NAME_MISMATCHES: Final = (62, 64)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address to connect to, and the name under which people know it (an IP address if it has no name).

    `until`: the moment of the monotonic clock after which no connection is made any more.
    """

    name: str
    address: str
    port: int
    until: float = inf

    @property
    def server_name(self) -> str:
        """The name for TLS (RFC 6066, section 3); empty for an IP address."""
        try:
            ip_address(self.name)
        except ValueError:
            return self.name
        return ""


@contextmanager
def connect(endpoint: Endpoint) -> Iterator[socket.socket]:
    """Open a connection that ends after `LONGEST` seconds, however slowly the other side answers. Raises `OSError`."""
    if monotonic() > endpoint.until:
        raise TimeoutError("it answers too slowly to be examined")
    with socket.create_connection((endpoint.address, endpoint.port), timeout=TIMEOUT) as connection:
        second = connection.dup()  # TLS takes over the first
        timer = Timer(LONGEST, _cut, (second,))
        timer.daemon = True
        timer.start()
        try:
            yield connection
        finally:
            timer.cancel()
            second.close()


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def connect_securely(endpoint: Endpoint, context: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
    """Open a TLS connection. Raises `OSError`, of which `ssl.SSLError` is a kind."""
    with connect(endpoint) as plain, context.wrap_socket(plain, server_hostname=endpoint.name) as secured:
        yield secured


def context_without_checks() -> ssl.SSLContext:
    """A context that accepts any certificate, to read it; nothing is sent over the connection."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def trusting(authorities: Path | None) -> ssl.SSLContext:
    """A context that trusts what this machine trusts, or only the authorities of a PEM file."""
    return ssl.create_default_context(cafile=authorities)


def accepts(endpoint: Endpoint, version: ssl.TLSVersion) -> bool:
    """Whether a handshake of this version succeeds; only for versions that today's libraries offer."""
    context = context_without_checks()
    context.minimum_version = context.maximum_version = version
    try:
        with connect_securely(endpoint, context):
            return True
    except (ssl.SSLError, ConnectionError):
        return False


def peer_certificate(endpoint: Endpoint, context: ssl.SSLContext) -> bytes:
    """The server's certificate in DER. Raises `OSError`."""
    with connect_securely(endpoint, context) as secured:
        return secured.getpeercert(binary_form=True) or b""


def verification_problem(endpoint: Endpoint, context: ssl.SSLContext) -> ssl.SSLCertVerificationError | None:
    """Why the certificate is not trusted for the name, as a browser would say; None if it is. Raises `OSError`."""
    try:
        with connect_securely(endpoint, context):
            return None
    except ssl.SSLCertVerificationError as error:
        return error
