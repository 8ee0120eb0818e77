"""SSLyze and sslscan are judged by the same levels as testssl.sh, and what they do not look at never passes.

The files in `scans` were recorded of servers made for it (OpenSSL's `s_server` on one machine, with certificates of a
authority that nobody trusts): testssl.sh 3.0.8, SSLyze 6.3.1 and sslscan 2.0.7, without what is not read.
"""

import io
import json
from datetime import date
from pathlib import Path

import pytest

from evidence.formats import recognise
from evidence.formats.facts import TlsScan
from evidence.formats.values import Result, Run
from evidence.judging.policies import policies
from evidence.judging.tls.readings import readings
from evidence.judging.values import JudgeContext
from tests.days import CALENDAR
from tests.evidence.formats.network.test_sslyze import (
    HOST,
    LOCATION,
    attempt,
    certificate,
    report,
    server,
    suites,
    validations,
)
from tests.evidence.judging.policy_judging import failing, judged

SCANS = Path(__file__).parent / "scans"
SERVERS = sorted({path.name.partition(".")[0] for path in SCANS.iterdir()})
EDITIONS = ("tls-ncsc-nl@2025-05", "tls-ncsc-nl@2.1")
UNTRUSTED = "certificate: untrusted chain"


def judge(name, policy=EDITIONS[0]):
    _, verdicts, judge_ = judged(policy, (SCANS / name).read_bytes(), as_of=date(2026, 11, 30))
    (verdict,) = verdicts.values()
    return verdict, judge_


def checks(name, policy):
    return set(failing(judge(name, policy)[0]))


@pytest.mark.parametrize("policy", EDITIONS)
@pytest.mark.parametrize("server_name", SERVERS)
def test_sslyze_gives_the_same_answer_as_testssl_on_the_same_server(server_name, policy):
    by_testssl = checks(f"{server_name}.testssl.json", policy)
    verdict, judge_ = judge(f"{server_name}.sslyze.json", policy)
    assert verdict.verdict == "fail"
    not_looked_at = {"curve: secp224r1"} if server_name == "dhe" else set()  # a curve of TLS 1.2, beside TLS 1.3
    assert set(failing(verdict)) | {UNTRUSTED} == by_testssl - not_looked_at
    assert bool(judge_.parts_left_out())


@pytest.mark.parametrize("policy", EDITIONS)
@pytest.mark.parametrize("server_name", SERVERS)
def test_sslscan_finds_what_testssl_finds_except_what_it_does_not_look_at(server_name, policy):
    by_testssl = checks(f"{server_name}.testssl.json", policy)
    by_sslscan = checks(f"{server_name}.sslscan.xml", policy)
    not_looked_at = {
        check for check in by_testssl if check == UNTRUSTED or check.startswith(("dhe-group: ", "curve: "))
    }
    by_new_testssl = {"hash: SHA-224", "hash: SHA-1"}  # in key exchange, which testssl.sh 3.0 does not look at
    assert by_sslscan - by_new_testssl == by_testssl - not_looked_at
    assert judge(f"{server_name}.sslscan.xml", policy)[0].verdict in ("fail", "none")


def test_servers_fail_for_what_was_set_on_them():
    assert SERVERS == ["another-name", "dhe", "expired", "modern", "old"]
    found = {name: checks(f"{name}.sslyze.json", EDITIONS[0]) for name in SERVERS}
    assert found["modern"] == {UNTRUSTED}
    assert found["expired"] == {UNTRUSTED, "certificate: expired"}
    assert found["another-name"] == {"certificate: name mismatch"}
    assert found["dhe"] == {UNTRUSTED, "cipher-suite: TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "dhe-group: other groups"}
    assert {"protocol: TLS 1.0", "protocol: TLS 1.1", "cipher-suite: TLS_RSA_WITH_AES_128_CBC_SHA"} < found["old"]


def test_sslscan_alone_never_passes():
    verdict, _ = judge("modern.sslscan.xml")
    assert verdict.verdict == "none"
    assert "the chain of trust is missing" in str(verdict.reason)


# ── What SSLyze did not look at ──────────────────────────────────────────────────────────────────────────────────────

GOOD = {
    "certificate_info": certificate(),
    "ssl_2_0_cipher_suites": suites(),
    "ssl_3_0_cipher_suites": suites(),
    "tls_1_0_cipher_suites": suites(),
    "tls_1_1_cipher_suites": suites(),
    "tls_1_2_cipher_suites": suites("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", key={"curve_name": "X25519"}),
    "tls_1_3_cipher_suites": suites("TLS_AES_256_GCM_SHA384", key={"curve_name": "X25519"}),
    "elliptic_curves": attempt({"supported_curves": [{"name": "X25519"}, {"name": "secp256r1"}]}),
    "tls_compression": attempt({"supports_compression": False}),
    "tls_1_3_early_data": attempt({"supports_early_data": False}),
    "session_renegotiation": attempt(
        {"supports_secure_renegotiation": True, "is_vulnerable_to_client_renegotiation_dos": False}
    ),
    "heartbleed": attempt({"is_vulnerable_to_heartbleed": False}),
    "openssl_ccs_injection": attempt({"is_vulnerable_to_ccs_injection": False}),
    "robot": attempt({"robot_result": "NOT_VULNERABLE_NO_ORACLE"}),
    "http_headers": attempt({"strict_transport_security_header": None}),
}
#: without any of these nothing is shown
NEEDED = [command for command in GOOD if command.endswith("_suites") or command == "certificate_info"]
#: without any of these someone else looks at it
LOOKED_AT = {
    "tls_compression": "CRIME",
    "session_renegotiation": "secure_renego",
    "heartbleed": "Heartbleed",
    "openssl_ccs_injection": "CCS",
    "robot": "ROBOT",
    "elliptic_curves": "elliptic_curves",
    "tls_1_3_early_data": "early_data",
}


def verdict_of(commands, policy=EDITIONS[0], **more):
    _, verdicts, judge_ = judged(policy, json.dumps(report(server(commands, **more))))
    return verdicts[HOST], judge_


@pytest.mark.parametrize("policy", EDITIONS)
def test_good_server_passes_until_its_certificate_ends_and_waits_for_a_review(policy):
    verdict, judge_ = verdict_of(GOOD, policy)
    assert (verdict.verdict, verdict.failing, verdict.ends) == ("pass", [], date(2027, 2, 20))
    (part,) = judge_.parts_left_out()
    assert "left out 6 things" in str(part)


@pytest.mark.parametrize(
    ("own", "standard"),
    [
        ("ECDHE-ECDSA-AES128-CCM8", "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"),
        ("ECDHE-ECDSA-AES256-CCM8", "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8"),
        ("ECDHE-ECDSA-NULL-SHA", "TLS_ECDHE_ECDSA_WITH_NULL_SHA"),
        ("DHE-DSS-AES128-SHA", "TLS_DHE_DSS_WITH_AES_128_CBC_SHA"),
    ],
)
def test_name_of_openssl_for_a_suite_is_the_same_suite(own, standard):
    """So that an exception for a suite counts whichever scanner saw it."""
    assert readings("sslscan")._suites[own] == standard


def left_out(commands):
    content = readings("testssl", "sslyze", "sslscan")
    _, judge_ = verdict_of(commands)
    (address,) = judge_._addresses[HOST].values()
    return [str(what) for what in content.left_out("sslyze", address.seen, address.offered)]


def test_what_sslyze_never_looks_at_is_told():
    told = left_out(GOOD)
    for what in (
        "Ticketbleed",
        "cipher_order",
        "hash functions in key exchange",
        "DHE of TLS 1.3",
        "curves of TLS 1.2",
        "master secret",
    ):
        assert any(what in each for each in told), what


@pytest.mark.parametrize("status", ["NOT_SCHEDULED", "ERROR"])
@pytest.mark.parametrize("command", NEEDED)
def test_needed_command_that_saw_nothing_gives_no_verdict(command, status):
    verdict, _ = verdict_of({**GOOD, command: attempt(None, status, "CONNECTIVITY_ISSUE")})
    assert verdict.verdict == "none"
    assert "did not look at everything" in str(verdict.reason)


@pytest.mark.parametrize("command", LOOKED_AT)
def test_other_command_that_was_not_run_is_told_and_one_that_failed_gives_no_verdict(command):
    assert any(LOOKED_AT[command] in each for each in left_out({**GOOD, command: attempt(None, "NOT_SCHEDULED")}))
    verdict, _ = verdict_of({**GOOD, command: attempt(None, "ERROR", "BUG_IN_SSLYZE")})
    assert verdict.verdict == "none"
    assert f"not certain of {command}" in str(verdict.reason)


@pytest.mark.parametrize(
    ("command", "attempted"),
    [
        ("session_resumption", attempt(None, "ERROR", "BUG_IN_SSLYZE")),
        ("http_headers", attempt({"http_error_trace": "Traceback", "strict_transport_security_header": None})),
    ],
)
def test_failed_command_that_is_not_judged_makes_no_difference(command, attempted):
    verdict, _ = verdict_of({**GOOD, command: attempted})
    assert verdict.verdict == "pass"


@pytest.mark.parametrize(
    ("command", "result", "check"),
    [
        ("tls_compression", {"supports_compression": True}, "option: TLS compression on"),
        ("tls_1_3_early_data", {"supports_early_data": True}, "option: 0-RTT on"),
        ("heartbleed", {"is_vulnerable_to_heartbleed": True}, "implementation: Heartbleed"),
        ("openssl_ccs_injection", {"is_vulnerable_to_ccs_injection": True}, "implementation: CCS injection"),
        ("robot", {"robot_result": "VULNERABLE_STRONG_ORACLE"}, "implementation: ROBOT"),
        ("session_renegotiation", {"supports_secure_renegotiation": False, "accepts_client_renegotiation": True},
         "option: insecure renegotiation on"),
        ("session_renegotiation", {"supports_secure_renegotiation": True, "is_vulnerable_to_client_renegotiation_dos": True,
                                   "client_renegotiations_success_count": 10},
         "option: client-initiated renegotiation unlimited"),
        ("elliptic_curves", {"supported_curves": [{"name": "sect163k1"}]}, "curve: sect163k1"),
        ("ssl_3_0_cipher_suites", suites("TLS_RSA_WITH_RC4_128_SHA")["result"], "protocol: SSL 3.0"),
        ("tls_1_2_cipher_suites", suites("TLS_RSA_WITH_NULL_SHA")["result"], "cipher-suite: TLS_RSA_WITH_NULL_SHA"),
        ("certificate_info", certificate(path_validation_results=validations("no path", "Java"))["result"], UNTRUSTED),
    ],
)  # fmt: skip
def test_what_fails_by_sslyze(command, result, check):
    verdict, _ = verdict_of({**GOOD, command: attempt(result)})
    assert verdict.verdict == "fail"
    assert check in failing(verdict)


@pytest.mark.parametrize(("count", "check"), [(0, "off"), (4, "limited")])
def test_renegotiation_that_the_server_stops_is_limited(count, check):
    result = {
        "supports_secure_renegotiation": True,
        "is_vulnerable_to_client_renegotiation_dos": False,
        "client_renegotiations_success_count": count,
    }
    levels, _, _ = judged(EDITIONS[0], json.dumps(report(server({"session_renegotiation": attempt(result)}))))
    level = dict(levels)["session_renegotiation.is_vulnerable_to_client_renegotiation_dos"]
    assert level == {"off": "good", "limited": "sufficient"}[check]


def test_inconsistent_result_of_robot_gives_no_verdict():
    verdict, _ = verdict_of({**GOOD, "robot": attempt({"robot_result": "UNKNOWN_INCONSISTENT_RESULTS"})})
    assert verdict.verdict == "none"
    assert "robot" in str(verdict.reason)


def test_target_that_was_not_reached_has_no_verdict_beside_others():
    content = report(
        server(GOOD), server(None, {**LOCATION, "hostname": "other.example.nl"}, status="ERROR_NO_CONNECTIVITY")
    )
    _, verdicts, _ = judged(EDITIONS[0], json.dumps(content))
    assert {target: verdict.verdict for target, verdict in verdicts.items()} == {
        HOST: "pass",
        "other.example.nl": "none",
    }


@pytest.mark.parametrize("path", sorted(SCANS.iterdir()), ids=lambda path: path.name)
@pytest.mark.parametrize("edition", EDITIONS)
def test_every_record_is_explained_as_it_was_judged(path, edition):
    content, day = path.read_bytes(), date(2026, 11, 30)
    policy = policies()[edition]
    run, results = recognise(content[:65_536]).read(io.BytesIO(content))
    judge_ = policy.judge(run, JudgeContext(day, CALENDAR))
    for result in results:
        level = judge_.add_result(result)
        explained = policy.explain(result, day)
        assert level in {explanation.level for explanation in explained}, result
        unknown = any("unknown" in str(explanation.why or "") for explanation in explained)
        assert not unknown or result.check.startswith("cipher_order_"), result


def test_ids_of_scanners_do_not_collide():
    content = readings("testssl", "sslyze", "sslscan")
    for scanner in ("testssl", "sslyze", "sslscan"):
        own = readings(scanner)
        for record_id in own.read_ids():
            if not record_id.endswith("*"):
                assert content._reading(record_id).steps[0].means == own._reading(record_id).steps[0].means, record_id


@pytest.mark.parametrize("edition", EDITIONS)
def test_policies_read_every_scanner(edition):
    assert set(policies()[edition].rules.formats) == {"testssl", "sslyze", "sslscan"}


def test_severity_that_a_scanner_does_not_write_prevents_a_pass_of_formats_that_are_taken_like_it():
    own = Run("live_tls", "live_tls", facts=TlsScan(), targets={HOST})
    judge_ = policies()[EDITIONS[0]].judge(own, JudgeContext(date(2026, 11, 30), CALENDAR))
    judge_.add_result(Result(1, "TLS1_2", HOST, "not evaluated", "FINE", "offered", (("address", "192.0.2.10"),)))
    (address,) = judge_._addresses[HOST].values()
    assert "severity of TLS1_2 is unknown" in str(address.unread)
