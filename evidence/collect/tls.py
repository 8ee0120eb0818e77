"""Whether the product's own address speaks TLS as it should: asked of the address itself, as a visitor would."""

import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from sqlmodel import Session

from evidence.collect import hello
from evidence.collect.cases import Case, CouldNotLook, NothingToShow
from evidence.collect.own import CollectorContext
from locales import text

LEFT = timedelta(days=14)
_PATIENCE = 10.0  # seconds
_ANOTHER_NAME = (62, 64)  # OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_NEW = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}


def cases(_session: Session, own: CollectorContext, now: datetime) -> Iterator[Case]:
    """Old versions are refused, new ones taken; the certificate is trusted, for this name, and not about to end."""
    host, port = _place(own.address)
    try:
        for name, version in hello.VERSIONS.items():
            taken = hello.takes(host, port, host, version, _PATIENCE)
            yield Case(f"{name} is refused", failure="It was taken." if taken else "")
        # The old ones may also be refused by something that is no TLS at all: a certificate must have been shown.
        certificate = x509.load_der_x509_certificate(_shown(host, port))
        for name, known in _NEW.items():
            yield Case(f"{name} is taken", failure="" if _takes(host, port, known) else "It was refused.")
        yield from _trusted(host, port, own)
    except (OSError, ValueError) as error:
        raise CouldNotLook(
            text("{address} could not be reached over TLS: {why}", address=own.address, why=str(error))
        ) from error
    yield _lasting(certificate, now)


def _place(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise NothingToShow(text("{address} is reached without TLS; there is nothing to look at.", address=address))
    return parts.hostname, parts.port or 443


def _lasting(certificate: x509.Certificate, now: datetime) -> Case:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    holds = first <= now and last - now >= LEFT
    said = f"It is valid from {first.date()} to {last.date()}; at least {LEFT.days} days must be left."
    return Case("certificate is valid", failure="" if holds else said, facts=(("valid_until", str(last.date())),))


def _trusted(host: str, port: int, own: CollectorContext) -> Iterator[Case]:
    """A visitor's own check, in two: whom the chain comes from, then whom it is for."""
    trouble: ssl.SSLCertVerificationError | None = None
    try:
        with _connected(host, port, ssl.create_default_context(cafile=own.authorities)):
            pass
    except ssl.SSLCertVerificationError as error:
        trouble = error
    other_name = trouble is not None and trouble.verify_code in _ANOTHER_NAME
    said = trouble.verify_message if trouble else ""
    yield Case("certificate is trusted", failure="" if other_name else said)
    skipped = "The chain is not trusted." if trouble and not other_name else ""
    yield Case("certificate is for this name", failure=said if other_name else "", skipped=skipped)


def _shown(host: str, port: int) -> bytes:
    """The certificate, whatever it is worth."""
    with _connected(host, port, _unchecked()) as connection:
        return connection.getpeercert(binary_form=True) or b""


def _takes(host: str, port: int, version: ssl.TLSVersion) -> bool:
    context = _unchecked()
    context.minimum_version = context.maximum_version = version
    try:
        with _connected(host, port, context):
            return True
    except (ssl.SSLError, ConnectionError):
        return False


def _unchecked() -> ssl.SSLContext:
    """For looking only; nothing is sent over it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _connected(host: str, port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection((host, port), timeout=_PATIENCE)
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
