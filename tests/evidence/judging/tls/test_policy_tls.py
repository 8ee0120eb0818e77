"""Judging TLS scans by the levels of NCSC-NL."""

import csv
import json
from collections import defaultdict
from datetime import date

import pytest

from evidence.formats import formats
from evidence.judging.policies import policies
from evidence.judging.values import JudgeContext
from locales import Language
from tests.days import CALENDAR
from tests.evidence.judging.policy_judging import failing, judged

GOOD = {
    "SSLv2": "not offered",
    "SSLv3": "not offered",
    "TLS1": "not offered",
    "TLS1_1": "is not offered",
    "TLS1_2": "offered",
    "TLS1_3": "offered with final",
    "cipherlist_NULL": "not offered",
    "cipher-tls1_2_xc02c": "TLSv1.2   xc02c   ECDHE-ECDSA-AES256-GCM-SHA384   ECDH 253   AESGCM  256  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "cipherorder_TLSv1_3": "TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 TLS_AES_128_GCM_SHA256",
    "FS_ECDHE_curves": "prime256v1 secp384r1 X25519",
    "DH_groups": "no DH key",
    "cert_signatureAlgorithm": "ECDSA with SHA256",
    "cert_keySize": "EC 256 bits (curve P-256)",
    "cert_trust": "Ok via SAN",
    "cert_chain_of_trust": "passed.",
    "cert_expirationStatus": "89 >= 60 days",
    "cert_notAfter": "2027-02-20 13:58",
    "secure_renego": "supported",
    "secure_client_renego": "not vulnerable",
    "CRIME_TLS": "not vulnerable",
    "early_data": "No early data",
    "OCSP_stapling": "offered",
    "heartbleed": "not vulnerable, no heartbeat extension",
    "cipherlist_aNULL": "not offered",
    "cipherlist_EXPORT": "not offered",
    "cipherlist_LOW": "not offered",
    "cipher_order": "server",
    "FS": "offered",
    "CCS": "not vulnerable",
    "ticketbleed": "not vulnerable",
    "ROBOT": "not vulnerable, no RSA key transport cipher",
    "LOGJAM": "not vulnerable, no DH EXPORT ciphers,",
    "LOGJAM-common_primes": "no DH key with <= TLS 1.2",
    "scanTime": "61",
}
HOST = "portal.example.nl/192.0.2.10"


def scan(changes=None, host=HOST, port="443", without=(), severity=None):
    findings = {**GOOD, **(changes or {})}
    return [
        {"id": name, "ip": host, "port": port, "severity": (severity or {}).get(name, "INFO"), "finding": finding}
        for name, finding in findings.items()
        if name not in without
    ]


def judge(records, policy="tls-ncsc-nl@2025-05", **context):
    return judged(policy, json.dumps(records), **context)


@pytest.mark.parametrize("policy", ["tls-ncsc-nl@2025-05", "tls-ncsc-nl@2.1"])
def test_good_scan_passes_until_the_certificate_ends(policy):
    levels, verdicts, _ = judge(scan(), policy)
    (verdict,) = verdicts.values()
    assert list(verdicts) == ["portal.example.nl"]
    assert (verdict.verdict, verdict.failing, verdict.ends) == ("pass", [], date(2027, 2, 20))
    assert dict(levels)["TLS1_3"] == "good"
    assert dict(levels)["TLS1_2"] == "sufficient"


@pytest.mark.parametrize(
    ("name", "finding", "check", "level"),
    [
        ("TLS1", "offered (deprecated)", "protocol: TLS 1.0", "insufficient"),
        ("SSLv2", "SSLv2 offered, vulnerable to DROWN attack.  Detected ciphers: 2", "protocol: SSL 2.0", "insufficient"),
        ("cipher-tls1_2_x9f", "TLSv1.2 x9f DHE-RSA-AES256-GCM-SHA384 DH 2048 AESGCM 256 TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "cipher-suite: TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "phase-out"),
        ("cipher_x35", "x35 AES256-SHA RSA AES 256 TLS_RSA_WITH_AES_256_CBC_SHA", "cipher-suite: TLS_RSA_WITH_AES_256_CBC_SHA", "insufficient"),
        ("cipherorder_TLSv1_2", "ECDHE-RSA-AES128-GCM-SHA256 AES128-SHA", "cipher-suite: TLS_RSA_WITH_AES_128_CBC_SHA", "insufficient"),
        ("cipherlist_EXPORT", "offered", "cipher-suite: EXPORT", "insufficient"),
        ("FS_ECDHE_curves", "prime256v1 secp224r1", "curve: secp224r1", "phase-out"),
        ("FS_ECDHE_curves", "prime256v1 sect283k1", "curve: sect283k1", "insufficient"),
        ("DH_groups", "ffdhe3072", "dhe-group: ffdhe3072", "phase-out"),
        ("DH_groups", "ffdhe2048 ffdhe3072", "dhe-group: ffdhe2048", "insufficient"),
        ("LOGJAM-common_primes", "RFC3526/Oakley Group 14 (2048 bits)", "dhe-group: other groups", "insufficient"),
        ("cert_signatureAlgorithm", "SHA1 with RSA", "hash: SHA-1", "insufficient"),
        ("cert_signatureAlgorithm <cert#2>", "SHA1 with RSA", "hash: SHA-1", "insufficient"),
        ("cert_keySize", "RSA 2048 bits (exponent is 65537)", "key-length: RSA 2048-3071 bit", "phase-out"),
        ("cert_keySize", "RSA 1024 bits", "key-length: RSA < 2048 bit", "insufficient"),
        ("cert_trust", "certificate does not match supplied URI", "certificate: name mismatch", "insufficient"),
        ("cert_chain_of_trust", "failed (self signed).", "certificate: untrusted chain", "insufficient"),
        ("cert_expirationStatus", "expired", "certificate: expired", "insufficient"),
        ("cert_notAfter", "2026-11-21 13:58", "certificate: expired", "insufficient"),
        ("cert_notAfter", "2026-12-05 13:58", "certificate: expires too soon", "insufficient"),
        ("cert_expirationStatus", "expires < 30 days (13)", "certificate: expires too soon", "insufficient"),
        ("secure_renego", "VULNERABLE", "option: insecure renegotiation on", "insufficient"),
        ("secure_client_renego", "VULNERABLE, DoS threat", "option: client-initiated renegotiation unlimited", "phase-out"),
        ("CRIME_TLS", "VULNERABLE (NOT ok)", "option: TLS compression on", "insufficient"),
        ("early_data", "Early data offered", "option: 0-RTT on", "insufficient"),
        ("heartbleed", "VULNERABLE", "implementation: Heartbleed", "insufficient"),
    ],
)  # fmt: skip
def test_findings_that_fail_in_2025_05(name, finding, check, level):
    levels, verdicts, judged = judge(scan({name: finding}))
    verdict = verdicts["portal.example.nl"]
    assert verdict.verdict == "fail"
    assert check in failing(verdict)
    assert dict(levels)[name] == level
    assert name in str(dict(verdict.failing)[check])
    assert all(Language("nl").render(reason) for _, reason in verdict.failing)


@pytest.mark.parametrize(
    ("name", "finding", "level"),
    [
        ("cert_keySize", "RSA 3072 bits", "sufficient"),
        ("cert_keySize", "Ed25519", "sufficient"),
        ("cert_notAfter", "2026-12-06 13:58", "good"),
        ("secure_client_renego", "likely not vulnerable, mitigated (disconnected after 6/10 attempts)", "sufficient"),
        ("FS_KEMs", "X25519MLKEM768 SecP256r1MLKEM768", "good"),
        ("FS_KEMs", "No KEMs offered", ""),
        ("OCSP_stapling", "not offered", ""),
        ("BREACH", "potentially VULNERABLE, uses gzip", ""),
        ("TLS_misses_extension_23", "Extended master secret extension detected", "good"),
    ],
)
def test_findings_that_pass_in_2025_05(name, finding, level):
    levels, verdicts, _ = judge(scan({name: finding}))
    assert verdicts["portal.example.nl"].verdict == "pass"
    assert dict(levels)[name] == level


def test_editions_differ_where_the_guidelines_do():
    changes = {"cert_keySize": "RSA 2048 bits", "cipher_x9f": "x9f DHE-RSA-AES256-GCM-SHA384 DH 3072 AESGCM 256"}
    assert judge(scan(changes), "tls-ncsc-nl@2.1")[1]["portal.example.nl"].verdict == "pass"
    assert len(judge(scan(changes))[1]["portal.example.nl"].failing) == 2


@pytest.mark.parametrize(
    "missing",
    [
        *("SSLv2", "TLS1", "TLS1_3", "cert_keySize", "cert_trust", "cert_chain_of_trust", "cert_signatureAlgorithm"),
    ],
)
def test_scan_without_required_checks_gives_no_verdict(missing):
    verdict = judge(scan(without=[missing]))[1]["portal.example.nl"]
    assert (verdict.verdict, verdict.failing) == ("none", [])
    assert "did not look" in str(verdict.reason)
    warned = judge(scan(severity={missing: "WARN"}))[1]["portal.example.nl"]
    assert warned.verdict == "none"


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("TLS1_3", "offered with draft 28, draft 23"),
        ("early_data", "no OpenSSL early_data support"),
        ("cert_keySize", "ML-DSA ML-DSA-65"),
        ("cert_keySize", "DH 2048 bits"),
        ("cert_signatureAlgorithm", "SM2 with SM3"),
        ("secure_renego", "something new"),
    ],
)
def test_unknown_wording_never_passes(name, finding):
    """Also when another certificate has a known wording."""
    more = [line | {"id": f"{name} <cert#2>", "finding": finding} for line in scan() if line["id"] == name]
    verdict = judge(scan() + more)[1]["portal.example.nl"]
    assert (verdict.verdict, verdict.failing) == ("none", [])
    assert f"{name} <cert#2> is unknown: {finding}" in str(verdict.reason)


@pytest.mark.parametrize(
    ("name", "finding", "verdict"),
    [
        ("OCSP_stapling", "stapled OCSP response contained an error response", "fail"),
        ("OCSP_stapling", "could not be tested", "none"),
        ("cert_keySize", "RSA 8192 bits (Odd)", "pass"),
        ("cert_keySize", "RSA 1024 bits", "fail"),
        ("TLS1", "offered", "none"),
    ],
)
def test_warning_counts_only_where_it_is_certain(name, finding, verdict):
    assert judge(scan({name: finding}, severity={name: "WARN"}))[1]["portal.example.nl"].verdict == verdict


def left_out(records):
    _, verdicts, judge_ = judge(records)
    return verdicts["portal.example.nl"].verdict, " ".join(map(str, judge_.parts_left_out()))


def test_partial_run_gives_no_verdict():
    protocols = [line for line in scan() if line["id"].startswith(("SSL", "TLS1", "scanTime"))]  # testssl.sh -p
    assert judge(protocols)[1]["portal.example.nl"].verdict == "none"


@pytest.mark.parametrize(
    "missing",
    [
        *("cipherlist_NULL", "cipherlist_aNULL", "cipherlist_EXPORT", "cipherlist_LOW", "cipher_order", "FS"),
        *("cipher-tls1_2_xc02c", "cipherorder_TLSv1_3", "heartbleed", "CCS", "ticketbleed", "ROBOT", "CRIME_TLS"),
        *("secure_renego", "secure_client_renego", "LOGJAM"),
    ],
)
def test_checks_left_out_of_a_full_run_are_listed(missing):
    assert left_out(scan()) == ("pass", "")
    verdict, reasons = left_out(scan(without=[missing]))
    assert (verdict, "portal.example.nl left out something" in reasons) == ("pass", True)
    second = scan(host="portal.example.nl/2001:db8::10", without=[missing])
    assert "left out" in left_out(scan() + second)[1]
    assert "left out" in left_out(scan(severity={missing: "WARN"}))[1]


def test_cipher_suites_of_each_offered_version_are_required():
    only = {"TLS1_2": "not offered"}
    assert left_out(scan(only, without=["cipher-tls1_2_xc02c"])) == ("pass", "")
    older = {"cipherorder_TLSv1_2": "ECDHE-ECDSA-AES256-GCM-SHA384"}  # 3.0 lists them so
    assert left_out(scan(older, without=["cipher-tls1_2_xc02c"])) == ("pass", "")


@pytest.mark.parametrize("name", ["heartbleed", "secure_client_renego", "DH_groups", "OCSP_stapling", "TLS1"])
@pytest.mark.parametrize(
    "finding", ["test failed", "check failed because of connect problem", "not tested", "could not be tested"]
)
@pytest.mark.parametrize("severity", ["INFO", "OK", "WARN"])
def test_failed_check_gives_no_verdict(name, finding, severity):
    verdict = judge(scan({name: finding}, severity={name: severity}))[1]["portal.example.nl"]
    assert (verdict.verdict, verdict.failing) == ("none", [])


def test_warning_about_an_unjudged_check_is_ignored():
    more = [line("QUIC", "not tested", "WARN"), line("sessionresumption_ticket", "check failed", "WARN")]
    assert judge([*scan(), *more])[1]["portal.example.nl"].verdict == "pass"


def test_json_without_end_is_reported_and_a_table_has_none():
    assert "scanTime is missing" in left_out(scan(without=["scanTime"]))[1]
    outcome = pretty(scanTime=None)[1]["portal.example.nl"]
    assert (outcome.verdict, "scanTime is missing" in str(outcome.reason)) == ("none", True)
    assert judge(scan({"TLS1": "offered"}, without=["scanTime"]))[1]["portal.example.nl"].verdict == "fail"
    rows = [
        f'{line["id"]},{line["ip"]},443,{line["severity"]},"{line["finding"]}"' for line in scan(without=["scanTime"])
    ]
    table = "\n".join(["id,fqdn/ip,port,severity,finding", *rows])
    assert judged("tls-ncsc-nl@2025-05", table)[1]["portal.example.nl"].verdict == "pass"


def test_own_authorities_prove_no_chain():
    own = judge(scan({"cert_chain_of_trust": "passed (with --add-ca)"}))[1]["portal.example.nl"]
    assert failing(own) == ["certificate: untrusted chain"]
    outcome = pretty(Invocation="testssl.sh --add-CA own.pem portal.example.nl")[1]["portal.example.nl"]
    assert (outcome.verdict, "--add-ca" in str(outcome.reason)) == ("none", True)


def test_every_address_of_a_host_must_be_scanned_and_the_worst_counts():
    second = "portal.example.nl/2001:db8::10"
    assert judge(scan() + scan(host=second))[1]["portal.example.nl"].verdict == "pass"
    assert judge(scan() + scan(host=second, without=["TLS1"]))[1]["portal.example.nl"].verdict == "none"
    assert judge(scan() + scan({"TLS1": "offered"}, host=second))[1]["portal.example.nl"].verdict == "fail"


def test_targets_are_judged_separately():
    verdicts = judge(scan() + scan({"SSLv3": "offered"}, host="downloads.example.nl/192.0.2.20", port="8443"))[1]
    assert {name: outcome.verdict for name, outcome in verdicts.items()} == {
        "portal.example.nl": "pass",
        "downloads.example.nl:8443": "fail",
    }


def test_unreachable_or_interrupted_scan_gives_no_verdict():
    problem = {
        "id": "scanProblem",
        "ip": HOST,
        "port": "443",
        "severity": "FATAL",
        "finding": "Can't connect to '192.0.2.10:443'",
    }
    assert judge([problem])[1]["portal.example.nl"].verdict == "none"
    assert judge([*scan(), problem])[1]["portal.example.nl"].verdict == "none"
    stop = {"id": "scanTime", "ip": HOST, "port": "443", "severity": "WARN", "finding": "Scan interrupted"}
    assert judge([*scan(), stop])[1]["portal.example.nl"].verdict == "none"
    assert judge([*scan({"TLS1": "offered"}), stop])[1]["portal.example.nl"].verdict == "fail"


def test_certificate_days_are_counted_on_the_represented_day():
    assert judge(scan(), as_of=date(2027, 2, 6))[1]["portal.example.nl"].verdict == "pass"
    assert failing(judge(scan(), as_of=date(2027, 2, 7))[1]["portal.example.nl"]) == ["certificate: expires too soon"]


@pytest.mark.parametrize("edition", ["2025-05", "2.1"])
def test_policies_have_every_item_of_the_guideline_at_its_level(shared, edition):
    rules = policies()[f"tls-ncsc-nl@{edition}"].rules
    ours = {}
    for group in rules.groups:
        for level, items in group.levels():
            ours |= {(group.kind, item, group.basis): level for item in items}
        if group.other:
            ours[(group.kind, "other", group.basis)] = group.other
    with (shared / "reference" / "tls-ncsc-nl.tsv").open(newline="") as source:
        rows = [row for row in csv.DictReader(source, delimiter="\t") if row["edition"] == edition]
    assert len(rows) > 50
    for row in rows:
        item = "other" if row["item"].startswith(("other ", "any other")) else row["item"]
        assert ours.pop((row["kind"], item, row["basis"])) == row["level"]
    assert {kind for kind, _, _ in ours} == {"certificate", "implementation", "hsts"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("testssl33-flat-good.json", {"127.0.0.1:8443": "fail"}),  # self-signed, and DHE groups that are insufficient
        ("testssl33-pretty-weak.json", {"127.0.0.1:9443": "fail"}),
        ("testssl33-flat-refused.json", {"127.0.0.1:1": "none"}),
        ("failed_target.csv", {"testssl.target.de": "none"}),
    ],
)
def test_real_scans_have_their_verdict(shared, name, expected):
    with (shared / "corpus" / "open" / "testssl" / name).open("rb") as stream:
        run, results = formats()["testssl"].read(stream)
        judge_ = policies()["tls-ncsc-nl@2025-05"].judge(run, JudgeContext(date(2026, 11, 22), CALENDAR))
        levels = defaultdict(int)
        for result in results:
            levels[judge_.add_result(result)] += 1
    assert {target: verdict.verdict for target, verdict in judge_.verdicts().items()} == expected


@pytest.mark.parametrize("name", ["testssl33-flat-good.json", "testssl33-pretty-weak.json", "defectdojo_many_vuln.csv"])
def test_real_full_runs_leave_out_nothing(shared, name):
    """Scans of 3.3 in both JSON shapes, and a table of 3.0."""
    with (shared / "corpus" / "open" / "testssl" / name).open("rb") as stream:
        run, results = formats()["testssl"].read(stream)
        judge_ = policies()["tls-ncsc-nl@2025-05"].judge(run, JudgeContext(date(2026, 11, 22), CALENDAR))
        for result in results:
            judge_.add_result(result)
    assert judge_.parts_left_out() == []


# ── What nobody knows proves nothing ─────────────────────────────────────────────────────────────────────────────────


def line(name, finding, severity, host=HOST):
    return {"id": name, "ip": host, "port": "443", "severity": severity, "finding": finding}


def verdict_with(*more, policy="tls-ncsc-nl@2025-05"):
    return judge([*scan(), *more], policy)[1]["portal.example.nl"]


@pytest.mark.parametrize("severity", ["", "critical", "Critical", "OK ", "SEVERE", None])
def test_record_with_unknown_severity_never_passes(severity):
    assert verdict_with(line("heartbleed", "VULNERABLE", severity)).verdict == "fail"
    outcome = verdict_with(line("heartbleed", "not vulnerable", severity))
    assert (outcome.verdict, "severity of heartbleed" in str(outcome.reason)) == ("none", True)
    assert verdict_with(line("BREACH", "potentially vulnerable", severity)).verdict == "none"


def test_incomplete_record_is_still_read():
    whole = line("heartbleed", "VULNERABLE", "CRITICAL")
    for missing in ("id", "severity", "finding", "ip"):
        outcome = verdict_with({name: value for name, value in whole.items() if name != missing})
        assert outcome.verdict == ("none" if missing in ("id", "finding") else "fail"), missing


def test_table_without_severity_does_not_pass():
    rows = ["id,fqdn/ip,port,severity,finding"]
    rows += [f'{line["id"]},{line["ip"]},443,{line["severity"]},"{line["finding"]}"' for line in scan()]
    assert judged("tls-ncsc-nl@2025-05", "\n".join(rows))[1]["portal.example.nl"].verdict == "pass"
    rows.append(f'heartbleed,{HOST},443,,"VULNERABLE"')
    assert judged("tls-ncsc-nl@2025-05", "\n".join(rows))[1]["portal.example.nl"].verdict == "fail"


@pytest.mark.parametrize(
    ("severity", "verdict"),
    [
        *((severity, "none") for severity in ("LOW", "MEDIUM", "HIGH", "CRITICAL", "WARN", "", "low")),
        ("OK", "pass"),
        ("INFO", "pass"),
    ],
)
def test_unknown_check_passes_only_if_the_scanner_says_so(severity, verdict):
    assert verdict_with(line("newvuln_2027", "VULNERABLE", severity)).verdict == verdict


@pytest.mark.parametrize(
    ("name", "finding"), [("cipherlist_NULL", "offered"), ("heartbleed", "VULNERABLE"), ("SSLv2", "offered")]
)
def test_warning_about_a_failing_item_never_passes(name, finding):
    outcome = verdict_with(line(name, finding, "WARN"))
    assert (outcome.verdict, "not certain" in str(outcome.reason)) == ("none", True)


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("SSLv2", "offered (NOT ok) -- local openssl not supported"),
        ("TLS1", "offered (deprecated), not supported by the local openssl"),
        ("cipherlist_NULL", "offered (NOT ok); EXPORT not offered"),
        ("heartbleed", "VULNERABLE (NOT ok), other addresses are not vulnerable"),
    ],
)
def test_offered_item_counts_whatever_follows_in_the_finding(name, finding):
    assert judge(scan({name: finding}))[1]["portal.example.nl"].verdict == "fail"


def test_record_without_address_applies_to_every_target():
    assert verdict_with(line("TLS1", "offered", "LOW", host="/")).verdict == "fail"
    assert verdict_with(line("newvuln", "VULNERABLE", "HIGH", host="")).verdict == "none"
    assert verdict_with(line("clientProblem1", "no openssl", "FATAL", host="/")).verdict == "none"
    assert verdict_with(line("engine_problem", "No engine", "WARN", host="/")).verdict == "pass"


def pretty(*more, **top):
    host = {"targetHost": "portal.example.nl", "ip": "192.0.2.10", "port": "443"}
    records = [{name: line[name] for name in ("id", "severity", "finding")} for line in scan()]
    whole = {
        "Invocation": "testssl.sh",
        "startTime": "1795251600",
        "scanTime": 71,
        "scanResult": [{**host, "protocols": records}, *more],
    }
    whole = {name: value for name, value in {**whole, **top}.items() if value is not None}
    return judged("tls-ncsc-nl@2025-05", json.dumps(whole))


BAD = {"id": "TLS1", "severity": "LOW", "finding": "offered"}


def test_pretty_record_without_address_applies_to_every_target():
    assert pretty()[1]["portal.example.nl"].verdict == "pass"
    assert pretty({"protocols": [BAD]})[1]["portal.example.nl"].verdict == "fail"
    assert pretty({"port": "443", "protocols": [BAD]})[1]["portal.example.nl"].verdict == "fail"
    stopped = [{"id": "clientProblem1", "severity": "FATAL", "finding": "no openssl"}]
    assert pretty(clientProblem1=stopped)[1]["portal.example.nl"].verdict == "none"


@pytest.mark.parametrize("address", [{"ip": ""}, {}, {"ip": "192.0.2.11"}])
def test_address_with_a_single_record_was_not_scanned(address):
    good = {"id": "TLS1", "severity": "OK", "finding": "not offered"}
    second = {"targetHost": "portal.example.nl", **address, "port": "443", "protocols": [good]}
    assert pretty(second)[1]["portal.example.nl"].verdict == "none"


def test_record_of_an_ip_address_applies_to_its_host_name():
    assert verdict_with(line("heartbleed", "VULNERABLE", "CRITICAL", host="/192.0.2.10")).verdict == "fail"
    assert verdict_with(line("heartbleed", "VULNERABLE", "CRITICAL", host="/192.0.2.11")).verdict == "pass"
    other = line("heartbleed", "VULNERABLE", "CRITICAL", host="/192.0.2.10") | {"port": "8443"}
    assert verdict_with(other).verdict == "pass"
