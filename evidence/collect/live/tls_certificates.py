"""The certificates that a server shows, whether this machine trusts them, and the OCSP answer that comes with them."""

import ssl
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from evidence.collect.connections.cipher_suites import suites
from evidence.collect.connections.client_hello import TLS_1_3
from evidence.collect.connections.endpoint import (
    Endpoint,
    context_without_checks,
    peer_certificate,
    trusting,
    verification_problem,
)
from evidence.collect.connections.server_hello import CERTIFICATE_STATUS, ServerAnswer
from evidence.collect.live.tls_probe import Offer


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """A certificate that a server shows to some clients, and why it is not trusted for the name (None: it is)."""

    certificate: x509.Certificate
    problem: ssl.SSLCertVerificationError | None


def shown_certificates(endpoint: Endpoint, offer: Offer, authorities: Path | None) -> list[ShownCertificate]:
    """The certificates for RSA, for ECDSA and for TLS 1.3, each once; those that this machine cannot ask for lack.

    Raises `OSError`.
    """
    shown: dict[bytes, ShownCertificate] = {}
    for limit in _limits(offer):
        with suppress(ssl.SSLError, ConnectionError):
            certificate = peer_certificate(endpoint, _limited(context_without_checks(), limit))
            problem = verification_problem(endpoint, _limited(trusting(authorities), limit))
            if certificate not in shown:
                shown[certificate] = ShownCertificate(x509.load_der_x509_certificate(certificate), problem)
    return list(shown.values())


def _limits(offer: Offer) -> Iterator[str]:
    """OpenSSL's names of the kinds of suites to ask for; empty for TLS 1.3."""
    names = suites()
    older = [names[number] for version, accepted in offer.suites.items() if version != TLS_1_3 for number in accepted]
    if any("_ECDSA_" in name for name in older):
        yield "aECDSA"
    if any("_RSA_" in name for name in older):
        yield "aRSA"
    if TLS_1_3 in offer.suites:
        yield ""


def _limited(context: ssl.SSLContext, limit: str) -> ssl.SSLContext:
    """Limit a context to TLS 1.3, or to suites of a kind in earlier versions, which OpenSSL has to be told to use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if limit:
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2
            context.set_ciphers(f"{limit}:@SECLEVEL=0")
        else:
            context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def key_of(certificate: x509.Certificate) -> str:
    """The certificate's key, in words that the readings of a scan know."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size} bits (exponent is {key.public_numbers().e})"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.key_size} bits (curve {key.curve.name})"
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "Ed25519"
    if isinstance(key, ed448.Ed448PublicKey):
        return "Ed448"
    return f"DSA {key.key_size} bits" if isinstance(key, dsa.DSAPublicKey) else "another kind of key"


def signature_of(certificate: x509.Certificate) -> str:
    """The algorithm with which it was signed."""
    algorithm = certificate.signature_hash_algorithm
    if algorithm is not None:
        return f"{algorithm.name.upper()} with {certificate.signature_algorithm_oid._name}"  # noqa: SLF001 - its only name
    return {"1.3.101.112": "Ed25519", "1.3.101.113": "Ed448"}.get(
        certificate.signature_algorithm_oid.dotted_string, "another algorithm"
    )


def ocsp_pointer(certificate: x509.Certificate) -> str:
    """Where to ask whether it was revoked; empty if it does not say."""
    with suppress(x509.ExtensionNotFound):
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
        for description in access:
            if description.access_method == AuthorityInformationAccessOID.OCSP:
                return str(description.access_location.value)
    return ""


def stapled_answer(answer: ServerAnswer, certificates: list[x509.Certificate], now: datetime) -> str:
    """What the OCSP answer says that came with the certificate; its signature is not verified here."""
    body = answer.messages.get(CERTIFICATE_STATUS)
    if body is None:
        return "not offered"
    try:
        response = ocsp.load_der_ocsp_response(body[4:])
        if response.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
            return "error: no successful answer"
        if response.certificate_status == ocsp.OCSPCertStatus.REVOKED:
            return "revoked"
        return _of_response(response, certificates, now)
    except ValueError:
        return "invalid: it cannot be read"


def _of_response(response: ocsp.OCSPResponse, certificates: list[x509.Certificate], now: datetime) -> str:
    if response.serial_number not in {certificate.serial_number for certificate in certificates}:
        return "invalid: it is about another certificate"
    if response.next_update_utc is not None and response.next_update_utc < now:
        return f"expired on {response.next_update_utc.date()}"
    if response.certificate_status != ocsp.OCSPCertStatus.GOOD:
        return "error: the authority does not know the certificate"
    return "offered"
