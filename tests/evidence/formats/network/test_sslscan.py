"""sslscan: targets, errors, certificates, and files made of random results."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<document title="SSLScan Results" version="2.1.5">'


def scanned(inside, host="portal.example.nl", port="443"):
    return f'<ssltest host="{host}" sniname="{host}" port="{port}">{inside}</ssltest>'


def read(inside):
    content = f"{HEAD}{inside}</document>".encode()
    file_format = recognise(content[:65_536])
    assert file_format.NAME == "sslscan"
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


def seen(inside, host="portal.example.nl"):
    return {result.check: (result.message, result.outcome) for result in read(scanned(inside, host))[1]}


def certified(inside, host="portal.example.nl"):
    return seen(f"<certificates><certificate type='short'>{inside}</certificate></certificates>", host)


def test_targets_have_their_ports():
    version = '<protocol type="tls" version="1.2" enabled="1"/>'
    run, results = read(scanned(version) + scanned(version, "Mail.Example.NL", "993"))
    assert (run.tool_version, run.complete, run.default_port) == ("2.1.5", True, 443)
    assert [result.target for result in results] == ["portal.example.nl", "mail.example.nl:993"]


@pytest.mark.parametrize(
    ("inside", "target"),
    [
        ("", ""),
        (scanned(""), "portal.example.nl"),
        (scanned("<error>Could not resolve</error>"), "portal.example.nl"),
        ("<error>Could not open a connection to host a.example.nl (192.0.2.1) on port 25.</error>", "a.example.nl:25"),
        ("<error>Something else</error>", ""),
    ],
)
def test_scan_that_saw_nothing_is_incomplete(inside, target):
    run, results = read(inside)
    assert not run.complete
    assert run.targets == ({target} if target else set())
    assert {result.outcome for result in results} <= {"error"}


def test_error_of_a_second_target_is_its_own():
    run, results = read(
        scanned('<compression supported="0"/>')
        + "<error>Could not open a connection to host b.example.nl on port 443.</error>"
    )
    assert not run.complete
    assert [(result.target, result.outcome) for result in results] == [
        ("portal.example.nl", "informational"),
        ("b.example.nl", "error"),
    ]


@pytest.mark.parametrize(
    ("inside", "check", "message", "outcome"),
    [
        ('<protocol type="ssl" version="2" enabled="1"/>', "protocol.ssl2", "yes", "informational"),
        ('<protocol type="tls" version="1.3" enabled="?"/>', "protocol.tls1.3", "missing", "not evaluated"),
        ('<renegotiation supported="1" secure="0"/>', "renegotiation", "insecure", "informational"),
        ('<renegotiation supported="1" secure="1"/>', "renegotiation", "secure", "informational"),
        ('<renegotiation supported="0" secure="0"/>', "renegotiation.none", "none was seen", "informational"),
        ("<renegotiation/>", "renegotiation", "missing", "not evaluated"),
        ('<heartbleed sslversion="TLSv1.2" vulnerable="1"/>', "heartbleed.TLSv1.2", "yes", "informational"),
        ('<group sslversion="TLSv1.3" name="secp256r1 (NIST P-256)"/>', "group.TLSv1.3.secp256r1", "secp256r1", "informational"),
        ('<cipher sslversion="TLSv1.2" cipher="A" curve="448"/>', "curve.TLSv1.2.A", "X448", "informational"),
        ('<cipher sslversion="TLSv1.2" cipher="A" curve="P-256"/>', "curve.TLSv1.2.A", "P-256", "informational"),
        ("<unknown/>", "connection", "nothing was scanned", "error"),
    ],
)  # fmt: skip
def test_what_was_seen(inside, check, message, outcome):
    assert seen(inside)[check] == (message, outcome)


@pytest.mark.parametrize(
    ("inside", "check", "message"),
    [
        ('<pk error="false" type="EC" curve_name="prime256v1" bits="128"/>', "key", "EC 128 bits curve prime256v1"),
        ("<not-valid-after>Oct  4 09:30:00 2027 GMT</not-valid-after>", "not-valid-after", "2027-10-04"),
        (
            "<altnames><![CDATA[DNS:example.nl, DNS:*.example.nl]]></altnames>",
            "altnames",
            "the host is among its names",
        ),
        ("<altnames><![CDATA[DNS:example.nl]]></altnames>", "altnames", "the host is not among its names"),
        ("<self-signed>true</self-signed>", "self-signed", "true"),
    ],
)
def test_certificate(inside, check, message):
    assert certified(inside)[f"certificate.{check}"] == (message, "informational")


@pytest.mark.parametrize(
    ("inside", "check"),
    [
        ('<pk error="true"/>', "key"),
        ("<not-valid-after>tomorrow</not-valid-after>", "not-valid-after"),
        ("<signature-algorithm></signature-algorithm>", "signature-algorithm"),
    ],
)
def test_part_of_a_certificate_that_cannot_be_read_decides_nothing(inside, check):
    assert certified(inside)[f"certificate.{check}"][1] == "not evaluated"


def test_address_is_compared_with_the_addresses_of_a_certificate():
    named = "<altnames>DNS:a.example.nl, IP Address:192.0.2.7</altnames>"
    assert certified(named, "192.0.2.7")["certificate.altnames"][0] == "the host is among its names"
    assert certified(named, "192.0.2.8")["certificate.altnames"][0] == "the host is not among its names"


def test_second_certificate_has_its_own_checks():
    one = "<certificate><self-signed>false</self-signed></certificate>"
    assert set(seen(one + one)) == {"certificate.self-signed", "certificate.self-signed #2"}


SUITES = st.lists(st.from_regex(r"[A-Z][A-Z0-9-]{1,20}", fullmatch=True), max_size=6, unique=True)


@given(
    suites=SUITES, versions=st.dictionaries(st.sampled_from(("1.0", "1.1", "1.2", "1.3")), st.booleans(), min_size=1)
)
def test_file_of_random_results_is_read_back(suites, versions):
    protocols = "".join(f'<protocol type="tls" version="{name}" enabled="{int(on)}"/>' for name, on in versions.items())
    ciphers = "".join(f'<cipher status="accepted" sslversion="TLSv1.2" cipher="{name}"/>' for name in suites)
    checks = seen(protocols + ciphers)
    assert {check: message for check, (message, _) in checks.items()} == {
        **{f"protocol.tls{name}": "yes" if on else "no" for name, on in versions.items()},
        **{f"cipher.TLSv1.2.{name}": name for name in suites},
    }
