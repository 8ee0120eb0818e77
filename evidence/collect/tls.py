"""Checks TLS of the product's own address, by connecting to it as a visitor would."""

import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from sqlmodel import Session

from evidence.collect import client_hello
from evidence.collect.cases import Case, CouldNotLook, NothingToShow
from evidence.collect.collector_context import CollectorContext
from locales import text

LEAST_VALIDITY = timedelta(days=14)
_TIMEOUT = 10.0  # seconds
_NAME_MISMATCHES = (62, 64)  # OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_MODERN_VERSIONS = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}


def cases(_session: Session, context: CollectorContext, now: datetime) -> Iterator[Case]:
    """Yield whether old versions are refused, new ones accepted, and the certificate is trusted, matching and valid."""
    host, port = _host_and_port(context.address)
    try:
        for name, version in client_hello.VERSIONS.items():
            is_accepted = client_hello.accepts(host, port, host, version, _TIMEOUT)
            yield Case(f"{name} is refused", failure="It was accepted." if is_accepted else "")
        # A server without TLS refuses the old versions too, so a certificate must have been shown.
        certificate = x509.load_der_x509_certificate(_peer_certificate(host, port))
        for name, modern in _MODERN_VERSIONS.items():
            yield Case(f"{name} is taken", failure="" if _accepts(host, port, modern) else "It was refused.")
        yield from _check_trust(host, port, context)
    except (OSError, ValueError) as error:
        raise CouldNotLook(
            text("{address} could not be reached over TLS: {why}", address=context.address, why=str(error))
        ) from error
    yield _check_validity(certificate, now)


def _host_and_port(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise NothingToShow(text("{address} is reached without TLS; there is nothing to check.", address=address))
    return parts.hostname, parts.port or 443


def _check_validity(certificate: x509.Certificate, now: datetime) -> Case:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    is_valid = first <= now and last - now >= LEAST_VALIDITY
    reason = f"It is valid from {first.date()} to {last.date()}; at least {LEAST_VALIDITY.days} days must be left."
    return Case("certificate is valid", failure="" if is_valid else reason, facts=(("valid_until", str(last.date())),))


def _check_trust(host: str, port: int, context: CollectorContext) -> Iterator[Case]:
    """Check a certificate as a browser does, in two cases: its chain, then its name."""
    problem: ssl.SSLCertVerificationError | None = None
    try:
        with _connect(host, port, ssl.create_default_context(cafile=context.authorities)):
            pass
    except ssl.SSLCertVerificationError as error:
        problem = error
    other_name = problem is not None and problem.verify_code in _NAME_MISMATCHES
    reason = problem.verify_message if problem else ""
    yield Case("certificate is trusted", failure="" if other_name else reason)
    skipped = "The chain is not trusted." if problem and not other_name else ""
    yield Case("certificate is for this name", failure=reason if other_name else "", skipped=skipped)


def _peer_certificate(host: str, port: int) -> bytes:
    """The server's certificate in DER, unchecked."""
    with _connect(host, port, _context_without_checks()) as connection:
        return connection.getpeercert(binary_form=True) or b""


def _accepts(host: str, port: int, version: ssl.TLSVersion) -> bool:
    context = _context_without_checks()
    context.minimum_version = context.maximum_version = version
    try:
        with _connect(host, port, context):
            return True
    except (ssl.SSLError, ConnectionError):
        return False


def _context_without_checks() -> ssl.SSLContext:
    """A context that accepts any certificate, to read it; nothing is sent over the connection."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _connect(host: str, port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection((host, port), timeout=_TIMEOUT)
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
