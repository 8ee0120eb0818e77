"""SSLyze: what was not looked at is never a fact, and files made of random results are read back."""

import base64
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise
from evidence.formats.network.sslyze_commands import facts
from evidence.formats.values import Unreadable

HOST = "portal.example.nl"
LOCATION = {"hostname": HOST, "port": 443, "ip_address": "192.0.2.10"}
STORES = ("Android", "Apple", "Java", "Mozilla", "Windows")


def attempt(result, status="COMPLETED", reason=None):
    return {"status": status, "error_reason": reason, "result": result}


def server(commands, location=LOCATION, highest="TLS_1_3", status="COMPLETED"):
    return {
        "server_location": location,
        "connectivity_status": "COMPLETED" if status == "COMPLETED" else "ERROR",
        "connectivity_result": {"highest_tls_version_supported": highest},
        "scan_status": status,
        "scan_result": commands,
    }


def report(*servers, **more):
    return {"invalid_server_strings": [], "server_scan_results": list(servers), "sslyze_version": "6.3.1", **more}


def read(content):
    content = json.dumps(content).encode()
    file_format = recognise(content[:65_536])
    assert file_format.NAME == "sslyze"
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


def seen(commands, **more):
    return {result.check: (result.message, result.outcome) for result in read(report(server(commands, **more)))[1]}


def suites(*names, offered=None, key=None):
    accepted = [{"cipher_suite": {"name": name}, "ephemeral_key": key} for name in names]
    return attempt(
        {"is_tls_version_supported": bool(names) if offered is None else offered, "accepted_cipher_suites": accepted}
    )


def certificate(**more):
    leaf = {
        "public_key": {"algorithm": "RSAPublicKey", "key_size": 3072, "rsa_e": 65537, "rsa_n": 2**3000 + 1},
        "serial_number": 2**150,
        "signature_hash_algorithm": {"name": "sha256"},
        "not_valid_after": "2027-02-20T10:00:00Z",
        "subject_alternative_name": {"dns_names": [HOST], "ip_addresses": []},
    }
    valid = [{"trust_store": {"name": name}, "was_validation_successful": True} for name in STORES]
    made = {"received_certificate_chain": [leaf], "path_validation_results": valid, "ocsp_response": None, **more}
    return attempt({"certificate_deployments": [made]})


def fact_of(check, commands, **more):
    return seen(commands, **more)[check]


def validations(error, *stores, success=False):
    return [
        {"trust_store": {"name": name}, "was_validation_successful": success, "validation_error": error}
        for name in stores
    ]


# ── The run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_run_has_its_version_moments_and_numbers_of_any_length():
    moments = {"date_scans_started": "2026-11-30T14:00:00Z", "date_scans_completed": "2026-11-30T14:05:00.5Z"}
    run, results = read(report(server({"certificate_info": certificate()}), **moments))
    assert (run.tool_version, run.complete, run.remark, run.default_port) == ("6.3.1", True, None, 443)
    assert (run.started_at, run.ended_at.minute) == (datetime(2026, 11, 30, 14, tzinfo=UTC), 5)
    assert {result.properties for result in results} == {(("address", "192.0.2.10"),)}


@pytest.mark.parametrize(
    ("content", "remark"),
    [
        (report(), "reached no address"),
        (report(server({"heartbleed": attempt(None, "NOT_SCHEDULED")})), "No scan command was completed"),
        (report(server({"robot": attempt(None, "ERROR", "CONNECTIVITY_ISSUE")})), "robot failed"),
        (report(server(None, status="ERROR_NO_CONNECTIVITY")), "portal.example.nl could not be reached"),
        (
            report(invalid_server_strings=[{"server_string": "nowhere.example.nl:8443", "error_message": "unknown"}]),
            "nowhere.example.nl:8443 could not be reached",
        ),
    ],
)
def test_run_in_which_something_was_not_looked_at_is_incomplete(content, remark):
    run, _ = read(content)
    assert not run.complete
    assert remark in str(run.remark)


def test_target_that_was_not_reached_is_a_target_with_an_error():
    run, results = read(report(server(None, status="ERROR_NO_CONNECTIVITY"), server({}, {**LOCATION, "port": 8443})))
    assert run.targets == {HOST, f"{HOST}:8443"}
    assert [(result.target, result.outcome) for result in results] == [(HOST, "error")]


def test_result_without_a_hostname_is_refused():
    with pytest.raises(Unreadable, match="record 1: there is no hostname"):
        read(report(server({}, {"port": 443})))


# ── Scan commands ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_command_that_was_not_scheduled_is_no_fact_and_a_failed_one_decides_nothing():
    checks = seen({"heartbleed": attempt(None, "NOT_SCHEDULED"), "robot": attempt(None, "ERROR", "BUG_IN_SSLYZE")})
    assert checks == {"robot.status": ("ERROR: BUG_IN_SSLYZE", "not evaluated")}


@pytest.mark.parametrize(
    ("command", "result", "check", "message", "outcome"),
    [
        ("heartbleed", {"is_vulnerable_to_heartbleed": True}, "heartbleed.is_vulnerable_to_heartbleed", "true", "informational"),
        ("heartbleed", {}, "heartbleed.is_vulnerable_to_heartbleed", "missing", "not evaluated"),
        ("heartbleed", {"is_vulnerable_to_heartbleed": None}, "heartbleed.is_vulnerable_to_heartbleed", "missing", "not evaluated"),
        ("robot", {"robot_result": "VULNERABLE_WEAK_ORACLE"}, "robot.robot_result", "VULNERABLE_WEAK_ORACLE", "informational"),
        ("tls_1_2_cipher_suites", {}, "tls_1_2_cipher_suites", "not offered", "not evaluated"),
        ("tls_1_2_cipher_suites", {"accepted_cipher_suites": "none"}, "tls_1_2_cipher_suites", "not offered", "not evaluated"),
        ("elliptic_curves", {"supported_curves": None}, "elliptic_curves.supported_curves.TLS_1_3", "none", "informational"),
        ("elliptic_curves", {}, "elliptic_curves.supported_curves.TLS_1_3", "none", "not evaluated"),
        ("http_headers", {"http_error_trace": "x", "strict_transport_security_header": None},
         "http_headers.status", "no answer", "not evaluated"),
        ("http_headers", {"strict_transport_security_header": {"max_age": 31536000}},
         "http_headers.strict_transport_security_header", "max_age 31536000", "informational"),
        ("quantum_leap", {"is_vulnerable": False}, "quantum_leap.status", "completed", "informational"),
    ],
)  # fmt: skip
def test_facts_of_a_command(command, result, check, message, outcome):
    assert fact_of(check, {command: attempt(result)}) == (message, outcome)


def test_versions_suites_curves_and_groups_are_facts():
    key = {"curve_name": "prime256v1", "prime": base64.b64encode(b"\1\2").decode()}
    checks = seen({"tls_1_2_cipher_suites": suites("TLS_A", "TLS_B", key=key), "ssl_3_0_cipher_suites": suites()})
    assert {check: message for check, (message, _) in checks.items()} == {
        "tls_1_2_cipher_suites": "offered",
        "tls_1_2_cipher_suites.TLS_A": "TLS_A",
        "tls_1_2_cipher_suites.TLS_B": "TLS_B",
        "tls_1_2_cipher_suites.curve": "prime256v1",
        "tls_1_2_cipher_suites.group": "other group",
        "ssl_3_0_cipher_suites": "not offered",
    }


def test_version_with_accepted_suites_is_offered_whatever_the_report_says():
    assert seen({"tls_1_0_cipher_suites": suites("TLS_A", offered=False)})["tls_1_0_cipher_suites"][0] == "offered"


def test_extended_master_secret_is_not_tried_with_a_server_that_offers_tls_1_3():
    commands = {"tls_extended_master_secret": attempt({"supports_ems_extension": True})}
    assert seen(commands, highest="TLS_1_3") == {}
    assert seen(commands, highest="TLS_1_2") == {
        "tls_extended_master_secret.supports_ems_extension": ("true", "informational")
    }


# ── Certificates ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_certificate_is_trusted_if_every_store_of_sslyze_trusts_it():
    checks = seen({"certificate_info": certificate()})
    assert checks["certificate_info.path_validation_results"][0].startswith("trusted by Android, Apple")
    assert checks["certificate_info.public_key"][0] == "RSA 3072 bits exponent 65537"
    assert checks["certificate_info.subject_alternative_name"][0] == "the host is among its names"


@pytest.mark.parametrize(
    ("results", "message", "outcome"),
    [
        (validations("no path", "Mozilla") + validations("", "Apple", success=True), "not trusted by Mozilla: no path", "informational"),
        (validations("", "Our own", success=True), "no trust store of SSLyze was used", "not evaluated"),
        (validations("", "Our own", success=True) + validations("no path", "Java"), "not trusted by Java: no path", "informational"),
        (validations("leaf certificate has no matching subjectAltName", "Java"),
         "not trusted by Java: leaf certificate has no matching subjectAltName", "not evaluated"),
        ([], "no trust store of SSLyze was used", "not evaluated"),
    ],
)  # fmt: skip
def test_certificate_that_some_store_does_not_trust(results, message, outcome):
    commands = {"certificate_info": certificate(path_validation_results=results)}
    assert fact_of("certificate_info.path_validation_results", commands) == (message, outcome)


def test_each_certificate_has_its_facts():
    two = certificate()
    two["result"]["certificate_deployments"] *= 2
    checks = seen({"certificate_info": two})
    assert {"certificate_info.public_key", "certificate_info.public_key #2"} <= set(checks)


def test_own_answer_of_sslyze_on_the_name_counts_too():
    commands = {"certificate_info": certificate(leaf_certificate_subject_matches_hostname=False)}
    assert fact_of("certificate_info.subject_alternative_name", commands)[0] == "the host is not among its names"


def test_certificate_that_is_missing_decides_nothing():
    checks = seen({"certificate_info": attempt({"certificate_deployments": []})})
    assert checks == {"certificate_info.certificate_deployments": ("missing", "not evaluated")}
    empty = seen({"certificate_info": attempt({"certificate_deployments": [{}]})})
    assert {outcome for check, (_, outcome) in empty.items() if "ocsp" not in check} == {"not evaluated"}


@pytest.mark.parametrize(
    ("response", "trusted", "message"),
    [
        (None, None, "none"),
        ({"response_status": "SUCCESSFUL", "certificate_status": "GOOD"}, True, "GOOD, trusted"),
        ({"response_status": "SUCCESSFUL", "certificate_status": "REVOKED"}, False, "REVOKED, not trusted"),
        ({"response_status": "TRY_LATER"}, None, "TRY_LATER, not verified"),
    ],
)
def test_stapled_answer(response, trusted, message):
    commands = {"certificate_info": certificate(ocsp_response=response, ocsp_response_is_trusted=trusted)}
    assert fact_of("certificate_info.ocsp_response", commands)[0] == message


# ── Random files ─────────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = st.lists(st.from_regex(r"TLS_[A-Z0-9_]{1,20}", fullmatch=True), max_size=5, unique=True)
COMMANDS = st.sampled_from(("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3")).map(
    "{}_cipher_suites".format
)


@given(accepted=st.dictionaries(COMMANDS, NAMES), version=st.sampled_from(("5.2.0", "6.3.1", "9.0.0")))
def test_report_of_random_suites_is_read_back(accepted, version):
    content = report(server({command: suites(*names) for command, names in accepted.items()}), sslyze_version=version)
    run, results = read(content)
    assert run.tool_version == version
    assert run.complete == bool(accepted)
    for command, names in accepted.items():
        own = [result.message for result in results if result.check.startswith(command)]
        assert own == ["offered" if names else "not offered", *names]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    (
        "accepted_cipher_suites",
        "certificate_deployments",
        "received_certificate_chain",
        "supported_curves",
        "public_key",
    )
)
KNOWN = st.sampled_from(
    ("tls_1_2_cipher_suites", "certificate_info", "elliptic_curves", "http_headers", "session_renegotiation")
)


@given(command=KNOWN, result=st.dictionaries(FIELDS, JSON | st.lists(st.dictionaries(FIELDS, JSON), max_size=2)))
def test_result_of_any_shape_gives_facts_and_no_error(command, result):
    assert all(isinstance(fact.message, str) for fact in facts(command, result, HOST, ""))
