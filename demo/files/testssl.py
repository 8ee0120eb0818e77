"""A scan as `testssl.sh --jsonfile-pretty` writes it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

_Record = tuple[str, str, str]  # id, severity, finding

_PROTOCOLS: Sequence[_Record] = (
    ("SSLv2", "OK", "not offered"),
    ("SSLv3", "OK", "not offered"),
    ("TLS1", "INFO", "not offered"),
    ("TLS1_1", "INFO", "not offered"),
    ("TLS1_2", "OK", "offered"),
    ("TLS1_3", "OK", "offered with final"),
    ("ALPN", "OK", "h2, http/1.1"),
)
_CIPHERS: Sequence[_Record] = (
    ("cipherlist_NULL", "OK", "not offered"),
    ("cipherlist_aNULL", "OK", "not offered"),
    ("cipherlist_EXPORT", "OK", "not offered"),
    ("cipherlist_LOW", "OK", "not offered"),
    ("cipherlist_3DES_IDEA", "INFO", "not offered"),
    ("cipherlist_OBSOLETED", "OK", "not offered"),
    ("cipherlist_STRONG_FS", "OK", "offered"),
)
_DEFAULTS: Sequence[_Record] = (
    ("TLS_misses_extension_23", "INFO", "Extended master secret extension detected"),
    ("TLS_session_ticket", "INFO", "valid for 3600 seconds only (<daily)"),
    ("early_data", "OK", "No early data"),
    ("cert_numbers", "INFO", "1"),
    ("cert_signatureAlgorithm", "OK", "ECDSA with SHA256"),
    ("cert_keySize", "OK", "EC 256 bits (curve P-256)"),
    ("cert_trust", "OK", "Ok via SAN (SNI mandatory)"),
    ("cert_chain_of_trust", "OK", "passed."),
    ("OCSP_stapling", "OK", "offered"),
)
_WEAKNESSES: Sequence[_Record] = (
    ("heartbleed", "OK", "not vulnerable, no heartbeat extension"),
    ("CCS", "OK", "not vulnerable"),
    ("ticketbleed", "OK", "not vulnerable"),
    ("ROBOT", "OK", "not vulnerable, no RSA key transport cipher"),
    ("secure_renego", "OK", "supported"),
    ("secure_client_renego", "OK", "not vulnerable"),
    ("CRIME_TLS", "OK", "not vulnerable"),
    ("POODLE_SSL", "OK", "not vulnerable, no SSLv3"),
    ("fallback_SCSV", "OK", "no protocol below TLS 1.2 offered"),
    ("SWEET32", "OK", "not vulnerable"),
    ("FREAK", "OK", "not vulnerable"),
    ("DROWN", "OK", "not vulnerable on this host and port"),
    ("LOGJAM", "OK", "not vulnerable, no DH EXPORT ciphers,"),
    ("LOGJAM-common_primes", "OK", "no DH key with <= TLS 1.2"),
    ("BEAST", "OK", "not vulnerable, no SSL3 or TLS1"),
    ("LUCKY13", "OK", "not vulnerable"),
    ("winshock", "OK", "not vulnerable"),
    ("RC4", "OK", "not vulnerable"),
)
_ECDSA = ("xc02c", "ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
_RSA = ("xc030", "ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned address. `differs`: findings by id that replace the good ones."""

    host: str
    ip: str
    at: datetime
    days_left: int
    rsa: bool = False
    differs: dict[str, tuple[str, str]] = field(default_factory=dict)


def pretty(scan: Scan) -> bytes:
    """Write the scan of an address, with its start."""
    left = scan.days_left
    term = ("cert_expirationStatus", "OK", f"{left} >= 30 days")
    tested = {
        "targetHost": scan.host,
        "ip": scan.ip,
        "port": "443",
        "rDNS": "--",
        "service": "HTTP",
        "pretest": [],
        "protocols": _records(scan, _PROTOCOLS),
        "ciphers": _records(scan, _CIPHERS),
        "serverPreferences": _records(scan, _suites(scan)),
        "fs": _records(scan, [("FS", "OK", "offered"), ("FS_ECDHE_curves", "OK", "prime256v1 secp384r1 X25519")]),
        "serverDefaults": _records(scan, [*_DEFAULTS, term]),
        "headerResponse": _records(
            scan,
            [
                ("HTTP_status_code", "INFO", "200 OK  ('/')"),
                ("HSTS_time", "OK", "730 days (=63072000 seconds) > 15552000 seconds"),
            ],
        ),
        "vulnerabilities": _records(scan, _WEAKNESSES),
    }
    whole = {
        "Invocation": f"testssl.sh --jsonfile-pretty {scan.host}.json https://{scan.host}",
        "at": "scanner:/usr/bin/openssl",
        "version": "3.2.1 ",
        "openssl": "OpenSSL 3.0.13 from 30 Jan 2024",
        "startTime": str(int(scan.at.timestamp())),
        "scanResult": [tested],
        "scanTime": 60 + int(scan.at.timestamp()) % 40,
    }
    return json.dumps(whole, indent=1).encode() + b"\n"


def _suites(scan: Scan) -> Sequence[_Record]:
    code, openssl, iana = _RSA if scan.rsa else _ECDSA
    return (
        ("cipher_order", "OK", "server"),
        (f"cipher-tls1_2_{code}", "OK", f"TLSv1.2   {code}   {openssl}   ECDH 253   AESGCM   256   {iana}"),
        (
            "cipher-tls1_3_x1302",
            "OK",
            "TLSv1.3   x1302   TLS_AES_256_GCM_SHA384   ECDH 253   AESGCM   256   TLS_AES_256_GCM_SHA384",
        ),
    )


def _records(scan: Scan, records: Sequence[_Record]) -> list[dict[str, str]]:
    return [
        {"id": name, "severity": severity, "finding": finding}
        for name, good, best in records
        for severity, finding in [scan.differs.get(name, (good, best))]
    ]
