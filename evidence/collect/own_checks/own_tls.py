"""Checks TLS of the product's own address, by connecting to it as a visitor would."""

import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from sqlmodel import Session

from evidence.collect.collector_cases import Case, CouldNotLook, NothingToShow
from evidence.collect.collector_context import CollectorContext
from evidence.collect.connections import client_hello
from evidence.collect.connections.endpoint import (
    NAME_MISMATCHES,
    Endpoint,
    accepts,
    context_without_checks,
    peer_certificate,
    trusting,
    verification_problem,
)
from locales import text

LEAST_VALIDITY = timedelta(days=14)
_MODERN_VERSIONS = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}


def cases(_session: Session, context: CollectorContext, now: datetime) -> Iterator[Case]:
    """Yield whether old versions are refused, new ones accepted, and the certificate is trusted, matching and valid."""
    endpoint = _own_endpoint(context.address)
    try:
        for name, version in client_hello.VERSIONS.items():
            is_accepted = client_hello.accepts(endpoint, version)
            yield Case(f"{name} is refused", failure="It was accepted." if is_accepted else "")
        # A server without TLS refuses the old versions too, so a certificate must have been shown.
        certificate = x509.load_der_x509_certificate(peer_certificate(endpoint, context_without_checks()))
        for name, modern in _MODERN_VERSIONS.items():
            yield Case(f"{name} is taken", failure="" if accepts(endpoint, modern) else "It was refused.")
        yield from _check_trust(endpoint, context)
    except (OSError, ValueError) as error:
        raise CouldNotLook(
            text("{address} could not be reached over TLS: {why}", address=context.address, why=str(error))
        ) from error
    yield _check_validity(certificate, now)


def _own_endpoint(address: str) -> Endpoint:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise NothingToShow(text("{address} is reached without TLS; there is nothing to check.", address=address))
    return Endpoint(parts.hostname, parts.hostname, parts.port or 443)


def _check_validity(certificate: x509.Certificate, now: datetime) -> Case:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    is_valid = first <= now and last - now >= LEAST_VALIDITY
    reason = f"It is valid from {first.date()} to {last.date()}; at least {LEAST_VALIDITY.days} days must be left."
    return Case("certificate is valid", failure="" if is_valid else reason, facts=(("valid_until", str(last.date())),))


def _check_trust(endpoint: Endpoint, context: CollectorContext) -> Iterator[Case]:
    """Check a certificate as a browser does, in two cases: its chain, then its name."""
    problem = verification_problem(endpoint, trusting(context.authorities))
    other_name = problem is not None and problem.verify_code in NAME_MISMATCHES
    reason = problem.verify_message if problem else ""
    yield Case("certificate is trusted", failure="" if other_name else reason)
    skipped = "The chain is not trusted." if problem and not other_name else ""
    yield Case("certificate is for this name", failure=reason if other_name else "", skipped=skipped)
