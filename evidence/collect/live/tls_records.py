"""Writes what was seen of a server as records, with the ids and wordings of testssl.sh.

So the readings of a TLS policy understand both alike (`evidence/policies/readings/testssl.yaml`). What was not examined
has no record: a policy then says that the scan left it out, and it waits for a review.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from evidence.collect.connections.cipher_suites import (
    FFDHE_GROUPS,
    GROUPS,
    KEM_GROUPS,
    is_anonymous,
    is_for_export,
    is_unencrypted,
    is_weak,
    suites,
    transports_key,
)
from evidence.collect.connections.client_hello import (
    EXTENDED_MASTER_SECRET,
    HEARTBEAT,
    RENEGOTIATION,
    SESSION_TICKET,
    SSL_3,
    TLS_1_2,
    TLS_1_3,
)
from evidence.collect.connections.endpoint import NAME_MISMATCHES
from evidence.collect.live.tls_certificates import (
    ShownCertificate,
    key_of,
    ocsp_pointer,
    signature_of,
    stapled_answer,
)
from evidence.collect.live.tls_probe import VERSIONS, Offer

INFORMATIONAL = "INFO"
_LISTS: Final[dict[str, Callable[[str], bool]]] = {
    "cipherlist_NULL": is_unencrypted,
    "cipherlist_aNULL": is_anonymous,
    "cipherlist_EXPORT": is_for_export,
    "cipherlist_LOW": is_weak,
}
#: SHA-256 of the primes of RFC 7919, appendix A
_PRIMES: Final = {
    "9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966": "ffdhe2048",
    "0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17": "ffdhe3072",
    "4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e": "ffdhe4096",
    "227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7": "ffdhe6144",
    "770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833": "ffdhe8192",
}
_NOT_EXAMINED = (
    "flaws that need an attack to show (CCS injection, Ticketbleed, ROBOT), early data, and revocation lists"
)


class Record(NamedTuple):
    """A record of a scan."""

    id: str
    finding: str


def records(offer: Offer, shown: Sequence[ShownCertificate], hsts: str | None, now: datetime) -> Iterator[Record]:
    """Yield the records of one address. `hsts`: the header's max-age in seconds, empty without one, None if unknown."""
    yield from _versions(offer)
    yield from _suites(offer)
    yield from _groups(offer)
    yield from _options(offer)
    yield from _flaws(offer)
    for number, certificate in enumerate(shown, start=1):
        yield from _certificate(certificate, f" <cert#{number}>" if len(shown) > 1 else "")
    if offer.answer is not None:
        yield Record("OCSP_stapling", stapled_answer(offer.answer, [each.certificate for each in shown], now))
    yield from _hsts(hsts)
    yield Record("not_examined", _NOT_EXAMINED)


def _offered(is_offered: bool) -> str:  # noqa: FBT001 - its only argument
    return "offered" if is_offered else "not offered"


def _versions(offer: Offer) -> Iterator[Record]:
    yield Record("SSLv2", _offered(offer.ssl_2))
    for version, name in VERSIONS.items():
        final = " with final" if version == TLS_1_3 and version in offer.suites else ""
        yield Record(name, _offered(version in offer.suites) + final)


def _suites(offer: Offer) -> Iterator[Record]:
    names = suites()
    for version, accepted in offer.suites.items():
        for number in accepted:
            yield Record(f"cipher-{VERSIONS[version].lower()}_x{number:04x}", f"x{number:04x} {names[number]}")
    for list_id, is_of_list in _LISTS.items():
        yield Record(list_id, _offered(any(map(is_of_list, offer.suite_names))))
    yield Record("FS", _offered(offer.has_forward_secrecy))
    yield Record("cipher_order", "server" if offer.has_order else "client")


def _groups(offer: Offer) -> Iterator[Record]:
    curves = [GROUPS[number] for number in offer.groups if number in GROUPS]
    yield Record("FS_ECDHE_curves", " ".join(curves) or "no elliptic curves")
    yield Record("FS_KEMs", " ".join(KEM_GROUPS[n] for n in offer.groups if n in KEM_GROUPS) or "no hybrid groups")
    finite = {FFDHE_GROUPS[number] for number in offer.groups if number in FFDHE_GROUPS}
    finite |= {_name_of_prime(prime) for prime in offer.primes}
    known = sorted(name for name in finite if name)
    if known or not finite:
        yield Record("DH_groups", " ".join(known) or "no DH groups")
    if "" in finite:
        yield Record("LOGJAM-common_primes", "a prime without a name in RFC 7919")
    for_export = any(is_for_export(name) and "_DH" in name for name in offer.suite_names)
    yield Record(
        "LOGJAM", "vulnerable: export suites with DH" if for_export else "not vulnerable: no export suites with DH"
    )


def _name_of_prime(prime: bytes) -> str:
    return _PRIMES.get(hashlib.sha256(prime).hexdigest(), "")


def _options(offer: Offer) -> Iterator[Record]:
    answer = offer.answer
    if answer is None:
        for record_id in ("CRIME_TLS", "secure_renego", "secure_client_renego"):
            yield Record(record_id, "not vulnerable (TLS 1.3 only)")
        return
    yield Record("CRIME_TLS", "VULNERABLE: compression is accepted" if offer.compresses else "not vulnerable")
    if answer.version != SSL_3:  # which is asked without extensions
        secure = RENEGOTIATION in answer.extensions
        yield Record("secure_renego", "supported" if secure else "not supported (RFC 5746)")
    if answer.version == TLS_1_2:
        has_secret = EXTENDED_MASTER_SECRET in answer.extensions
        yield Record("TLS_misses_extension_23", "supported" if has_secret else "not supported")


def _flaws(offer: Offer) -> Iterator[Record]:
    """Flaws that cannot be there, because what they are in is not offered."""
    answer = offer.answer
    if answer is None:
        for record_id in ("heartbleed", "CCS", "ticketbleed", "ROBOT"):
            yield Record(record_id, "not vulnerable (TLS 1.3 only)")
        return
    if answer.version != SSL_3:  # which is asked without extensions
        if HEARTBEAT not in answer.extensions:
            yield Record("heartbleed", "not vulnerable: no heartbeat extension")
        if SESSION_TICKET not in answer.extensions:
            yield Record("ticketbleed", "not vulnerable: no session ticket extension")
    if not any(map(transports_key, offer.suite_names)):
        yield Record("ROBOT", "not vulnerable: no suite in which RSA transports the key")


def _certificate(shown: ShownCertificate, suffix: str) -> Iterator[Record]:
    certificate, problem = shown.certificate, shown.problem
    other_name = problem is not None and problem.verify_code in NAME_MISMATCHES
    yield Record(f"cert_keySize{suffix}", key_of(certificate))
    yield Record(f"cert_signatureAlgorithm{suffix}", signature_of(certificate))
    yield Record(f"cert_notAfter{suffix}", certificate.not_valid_after_utc.strftime("%Y-%m-%d %H:%M"))
    yield Record(
        f"cert_chain_of_trust{suffix}",
        f"failed ({problem.verify_message})" if problem and not other_name else "passed",
    )
    if problem is None:
        yield Record(f"cert_trust{suffix}", "Ok via SAN")
    elif other_name:
        yield Record(f"cert_trust{suffix}", "certificate does not match the name")
    yield Record(f"cert_ocspURL{suffix}", ocsp_pointer(certificate) or "--")


def _hsts(hsts: str | None) -> Iterator[Record]:
    if hsts is None:
        return
    if not hsts:
        yield Record("HSTS", "not offered")
        return
    yield Record("HSTS_time", f"max-age (={hsts} sec)")
