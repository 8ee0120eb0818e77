"""HTTPS by default: the redirect, the header and the cookies, each correct and incorrect."""

import pytest

from evidence.collect.collector_cases import CouldNotLook
from evidence.collect.connections import page_fetch
from evidence.collect.connections.endpoint import Endpoint
from evidence.collect.live import https_default
from tests.evidence.collect.tls_servers import certificate, http_answer, server_context

HSTS = "Strict-Transport-Security: max-age=31536000"


@pytest.fixture
def failing(serve, tmp_path):
    """The checks that fail for a secured and a plain answer."""
    path = certificate(tmp_path, "localhost")

    def look(secured, plain, authorities=path):
        server = serve(server_context(path), {"/": secured})
        redirecting = serve(None, {"/": plain.replace(b"PORT", str(server.port).encode())}) if plain else None
        endpoint = Endpoint("localhost", "127.0.0.1", server.port)
        port = redirecting.port if redirecting else 1
        cases = list(https_default.cases(endpoint, authorities, port))
        assert [case.facts[0] for case in cases] == [("check", check) for check in ("port-80", "hsts", "cookies")]
        return [case.facts[0][1] for case in cases if case.failure]

    return look


REDIRECT = http_answer(301, b"moved", "Location: https://localhost:PORT/")


@pytest.mark.parametrize("plain", [REDIRECT, None], ids=["redirect", "closed"])
def test_correct_address_passes(failing, plain):
    assert failing(http_answer(200, b"hello", HSTS, "Set-Cookie: a=b; Path=/; secure"), plain) == []


@pytest.mark.parametrize(
    "plain",
    [
        http_answer(200, b"hello"),
        http_answer(404),
        http_answer(303, b"", "Location: https://localhost:PORT/"),
        http_answer(301, b"", "Location: http://localhost:PORT/"),
        http_answer(301, b"", "Location: https://elsewhere.example.nl:PORT/"),
        http_answer(301, b"", "Location: https://localhost.example.nl:PORT/"),
        http_answer(301, b"", "Location: /"),
        http_answer(301, b"", "Location: https://[::/"),
        http_answer(301),
        b"220 not a web server",
        http_answer(301, b"x" * 1_001, "Location: https://localhost:PORT/"),
    ],
)
def test_any_other_answer_without_tls_fails(failing, plain):
    assert failing(http_answer(200, b"", HSTS), plain) == ["port-80"]


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("Strict-Transport-Security: max-age=31535999",),
        ("Strict-Transport-Security: max-age=0", HSTS),  # the first counts (RFC 6797, section 8.1)
        ("Strict-Transport-Security: max-age=31536000; max-age=1",),
        ("Strict-Transport-Security: max-age=a year",),
        ("Strict-Transport-Security: includeSubDomains",),
    ],
)
def test_a_lacking_or_short_header_fails(failing, headers):
    assert failing(http_answer(200, b"", *headers), None) == ["hsts"]


@pytest.mark.parametrize(
    "header", ['max-age="31536000"', "max-age = 63072000 ; preload", "includeSubDomains; MAX-AGE=31536000"]
)
def test_other_spellings_of_the_header_pass(failing, header):
    assert failing(http_answer(200, b"", f"Strict-Transport-Security: {header}"), None) == []


@pytest.mark.parametrize("cookie", ["a=b", "a=secure; HttpOnly", "a=b; notsecure", "secure=1"])
def test_a_cookie_without_secure_fails(failing, cookie):
    assert failing(http_answer(200, b"", HSTS, "Set-Cookie: c=d; Secure", f"Set-Cookie: {cookie}"), None) == ["cookies"]


def test_a_cookie_without_secure_on_the_redirect_fails(failing):
    plain = REDIRECT.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b\r\n\r\n", 1)
    assert failing(http_answer(200, b"", HSTS), plain) == ["cookies"]


def test_nothing_counts_without_a_trusted_certificate(failing, tmp_path):
    other = certificate(tmp_path, "other.example.nl")
    assert failing(http_answer(200, b"", HSTS), None, other) == ["hsts", "cookies"]


def test_an_answer_that_is_too_large_or_not_http_is_no_evidence(failing, monkeypatch):
    monkeypatch.setattr(page_fetch, "MOST_BYTES", 100)
    with pytest.raises(CouldNotLook, match="more than 100 bytes"):
        failing(http_answer(200, b"x" * 101, HSTS), None)
    with pytest.raises(CouldNotLook, match="no valid answer"):
        failing(b"nonsense\r\n\r\n", None)


def test_an_address_that_is_not_there_is_no_evidence(tmp_path):
    with pytest.raises(CouldNotLook, match="could not be reached at 127.0.0.1, port 1"):
        list(https_default.cases(Endpoint("localhost", "127.0.0.1", 1), certificate(tmp_path, "localhost"), 1))


def test_port_80_from_which_nothing_came_is_no_evidence(monkeypatch):
    def silent(endpoint):
        raise TimeoutError("timed out")

    monkeypatch.setattr(https_default, "connect", silent)
    with pytest.raises(CouldNotLook):
        https_default._plain(Endpoint("www.example.org", "192.0.2.1", 80))
