"""What a server takes, by its answers: real servers, and servers that answer nonsense or stop answering."""

import ssl
import warnings
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.collect.connections import client_hello
from evidence.collect.connections.cipher_suites import batches, suites
from evidence.collect.connections.client_hello import TLS_1_2, TLS_1_3
from evidence.collect.connections.endpoint import Endpoint
from evidence.collect.connections.server_hello import NotTls, read_answer
from evidence.collect.live.tls_certificates import shown_certificates
from evidence.collect.live.tls_probe import offer_of
from evidence.collect.live.tls_records import records
from tests.evidence.collect.tls_servers import EC_256, NOW, RSA_2048, Server, certificate, server_context


def offer(server):
    return offer_of(Endpoint("localhost", "127.0.0.1", server.port))


def names(accepted):
    return {suites()[number] for number in accepted}


def test_versions_and_suites_are_those_that_the_server_was_told_to_take(serve, tmp_path):
    context = server_context(certificate(tmp_path, "localhost"), ciphers="ECDHE-ECDSA-AES128-GCM-SHA256")
    seen = offer(serve(context))
    assert set(seen.suites) == {TLS_1_2, TLS_1_3}
    assert names(seen.suites[TLS_1_2]) == {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}
    assert {"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"} <= names(seen.suites[TLS_1_3])
    assert seen.has_forward_secrecy and not seen.ssl_2


@pytest.mark.parametrize(
    "ciphers", ["AES128-SHA", "ECDHE-RSA-AES256-GCM-SHA384:AES256-GCM-SHA384", "DHE-RSA-AES128-SHA"]
)
def test_every_suite_of_openssl_is_found_by_its_registered_name(serve, tmp_path, ciphers):
    path = certificate(tmp_path, "localhost", key=RSA_2048)
    context = server_context(path, newest=ssl.TLSVersion.TLSv1_2, ciphers=f"{ciphers}:@SECLEVEL=0")
    if "DHE-RSA" in ciphers and not ciphers.startswith("EC"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context.set_ciphers("ALL:@SECLEVEL=0")
    seen = offer(serve(context))
    expected = {cipher["id"] & 0xFFFF for cipher in context.get_ciphers() if cipher["protocol"] != "TLSv1.3"}
    usable = {number for number in expected if "_PSK" not in suites()[number] and "_SRP" not in suites()[number]}
    assert set(seen.suites[TLS_1_2]) <= usable
    assert {n for n in usable if "_ECDSA_" not in suites()[n] and "_DH" not in suites()[n]} <= set(seen.suites[TLS_1_2])


def test_curves_are_those_that_the_server_was_told_to_take(serve, tmp_path):
    context = server_context(certificate(tmp_path, "localhost"), newest=ssl.TLSVersion.TLSv1_2)
    context.set_ecdh_curve("secp384r1")
    assert offer(serve(context)).groups == [24]


def test_both_certificates_of_a_server_are_seen(serve, tmp_path):
    elliptic, rsa = certificate(tmp_path, "localhost"), certificate(tmp_path, "localhost", key=RSA_2048)
    server = serve(server_context(elliptic, rsa))
    endpoint = Endpoint("localhost", "127.0.0.1", server.port)
    shown = shown_certificates(endpoint, offer(server), elliptic)
    assert [each.certificate.public_key() for each in shown] == [EC_256.public_key(), RSA_2048.public_key()]
    assert [each.problem is None for each in shown] == [True, False]


def test_a_certificate_for_another_name_and_an_unknown_authority_are_told_apart(serve, tmp_path):
    path = certificate(tmp_path, "elsewhere.example.nl")
    server = serve(server_context(path))
    endpoint, seen = Endpoint("localhost", "127.0.0.1", server.port), offer(server)
    by_id = {record.id: record.finding for record in records(seen, shown_certificates(endpoint, seen, path), None, NOW)}
    assert (by_id["cert_chain_of_trust"], by_id["cert_trust"]) == ("passed", "certificate does not match the name")
    other = certificate(tmp_path, "third.example.nl")
    by_id = {
        record.id: record.finding for record in records(seen, shown_certificates(endpoint, seen, other), None, NOW)
    }
    assert by_id["cert_chain_of_trust"].startswith("failed")
    assert "cert_trust" not in by_id, "whether the name matches was not seen"


def test_a_server_that_stops_answering_is_not_taken_to_refuse(tmp_path):
    server = Server(server_context(certificate(tmp_path, "localhost")), most=25)
    try:
        with pytest.raises(NotTls):
            offer(server)
    finally:
        server.close()


def test_a_server_without_tls_is_no_tls(serve):
    with pytest.raises((NotTls, OSError)):
        offer(serve(None, {}))


def test_every_hello_fits_what_old_servers_take():
    assert all(len(batch) <= 100 for batch in (*batches(of_tls_1_3=False), *batches(of_tls_1_3=True)))
    numbers = [number for batch in (*batches(of_tls_1_3=False), *batches(of_tls_1_3=True)) for number in batch]
    assert sorted(numbers) == sorted(suites())
    assert len(client_hello.client_hello("localhost", TLS_1_2, batches(of_tls_1_3=False)[0])) < 1_000


class Recorded:
    """A connection from which bytes are read."""

    def __init__(self, content):
        self.content = content

    def recv(self, number):
        taken, self.content = self.content[:number], self.content[number:]
        return taken


@given(st.binary(max_size=300))
def test_any_answer_is_read_or_refused(content):
    for begin in (b"", b"\x16\x03\x03" + len(content).to_bytes(2, "big")):
        with suppress(NotTls):
            read_answer(Recorded(begin + content))


@given(st.binary(max_size=200))
def test_any_server_hello_is_read_or_refused(body):
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    try:
        answer = read_answer(Recorded(b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message))
    except NotTls:
        return
    assert answer is None or 0 <= answer.suite <= 0xFFFF
