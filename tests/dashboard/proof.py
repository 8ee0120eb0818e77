"""Files as tools write them, made here: a scan of a host by testssl (flat JSON), and a JUnit report."""

import json
from datetime import date, datetime
from html import escape

from tests.days import CALENDAR

_GOOD = [
    ("SSLv2", "OK", "not offered"),
    ("SSLv3", "OK", "not offered"),
    ("TLS1", "INFO", "not offered"),
    ("TLS1_1", "INFO", "not offered"),
    ("TLS1_2", "OK", "offered"),
    ("TLS1_3", "OK", "offered with final"),
    (
        "cipher-tls1_3_x1302",
        "OK",
        "TLSv1.3   x1302   TLS_AES_256_GCM_SHA384   ECDH 253   AESGCM   256   TLS_AES_256_GCM_SHA384",
    ),
    ("cipher-tls1_2_xc02c", "OK", "TLSv1.2   xc02c   ECDHE-ECDSA-AES256-GCM-SHA384   ECDH 253   AESGCM   256"),
    ("cipherlist_NULL", "OK", "not offered"),
    ("cipherlist_aNULL", "OK", "not offered"),
    ("cipherlist_EXPORT", "OK", "not offered"),
    ("cipherlist_LOW", "OK", "not offered"),
    ("cipher_order", "OK", "server"),
    ("FS", "OK", "offered"),
    ("FS_ECDHE_curves", "OK", "X25519 prime256v1"),
    ("cert_signatureAlgorithm", "OK", "ECDSA with SHA256"),
    ("cert_keySize", "OK", "EC 256 bits (curve P-256)"),
    ("cert_chain_of_trust", "OK", "passed."),
    ("cert_trust", "OK", "Ok via SAN and CN"),
    ("cert_expirationStatus", "OK", "300 >= 60 days"),
    ("HSTS", "LOW", "not offered"),
    ("heartbleed", "OK", "not vulnerable, no heartbeat extension"),
    ("CCS", "OK", "not vulnerable"),
    ("ticketbleed", "OK", "not vulnerable"),
    ("ROBOT", "OK", "not vulnerable, no RSA key transport cipher"),
    ("secure_renego", "OK", "supported"),
    ("secure_client_renego", "OK", "not vulnerable"),
    ("CRIME_TLS", "OK", "not vulnerable"),
    ("LOGJAM", "OK", "not vulnerable, no DH EXPORT ciphers,"),
    ("LOGJAM-common_primes", "OK", "no DH key with <= TLS 1.2"),
]
_WEAK = [("TLS1", "LOW", "offered (deprecated)"), ("cert_chain_of_trust", "CRITICAL", "failed (self signed).")]


def tls_scan(*hosts: str, weak: bool = False) -> bytes:
    """A whole scan of the hosts on port 443; a weak one offers TLS 1.0 and trusts itself."""
    worse = {check: (check, severity, finding) for check, severity, finding in _WEAK} if weak else {}
    records = [
        {"id": check, "ip": f"{host}/192.0.2.{number}", "port": "443", "severity": severity, "finding": finding}
        for number, host in enumerate(hosts, 1)
        for check, severity, finding in (worse.get(good[0], good) for good in _GOOD)
    ]
    records.append({"id": "scanTime", "ip": "/", "port": "443", "severity": "INFO", "finding": "71"})
    return json.dumps(records, indent=1).encode()


def dated_scan(host: str, day: str, *, weak: bool = False) -> bytes:
    """The same of one host as `--jsonfile-pretty` writes it, which tells when the scan was made: as the day begins."""
    worse = {check: (check, severity, finding) for check, severity, finding in _WEAK} if weak else {}
    lines = [
        {"id": check, "severity": severity, "finding": finding}
        for check, severity, finding in (worse.get(good[0], good) for good in _GOOD)
    ]
    start = int(_begin(day).timestamp())
    scanned = {"targetHost": host, "ip": "192.0.2.1", "port": "443", "protocols": lines}
    whole = {
        "Invocation": "testssl.sh",
        "version": "3.2",
        "startTime": str(start),
        "scanResult": [scanned],
        "scanTime": 71,
    }
    return json.dumps(whole, indent=1).encode()


def junit(*names: str, fails: int = 0, day: str = "") -> bytes:
    """A report with a test case for each name, the first of which fail."""
    cases = "".join(
        f'<testcase classname="suite" name="{escape(name)}" time="0.1">'
        + ('<failure message="it did not hold">expected &lt;b&gt;</failure>' if number < fails else "")
        + "</testcase>"
        for number, name in enumerate(names)
    )
    stamp = f' timestamp="{_begin(day).isoformat()}"' if day else ""
    return f'<testsuite name="suite" tests="{len(names)}" failures="{fails}"{stamp}>{cases}</testsuite>'.encode()


def _begin(day: str) -> datetime:
    """The first moment of a day: whenever the tests run, it is over."""
    return CALENDAR.start_of(date.fromisoformat(day))
