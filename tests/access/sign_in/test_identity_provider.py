"""An ID token is valid only from this provider, for this client, sign-in and time; any answer is handled."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.errors import NotPossible, ProviderAnswerRejected, ProviderUnavailable
from access.sign_in.identity_provider import Provider, is_secure_address
from tests.access.lying_provider import CURVE_KEY, KEY, NEXT_KEY, LyingProvider
from tests.coroutines import result_of

WELL_KNOWN = "/.well-known/openid-configuration"


class Clock:
    at = 1_000.0

    def __call__(self):
        return self.at


@pytest.fixture
def there():
    provider = LyingProvider()
    yield provider
    provider.stop()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider(there, clock):
    return Provider(there.issuer, "us", "a secret", "There", clock=clock)


def claims(provider, nonce="n"):
    return result_of(provider.fetch_claims("code", nonce, "v" * 64, "http://127.0.0.1:8600/sign-in/oidc/back"))


# ── What is believed ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("key", "alg"), [(KEY, "RS256"), (KEY, "PS256"), (CURVE_KEY, "ES256")])
def test_valid_id_token_is_accepted(there, provider, key, alg):
    there.keys = [KEY, CURVE_KEY]
    there.sign(there.claims("n", aud=["us"], azp="us", email="a@example.org"), key, alg)
    assert claims(provider)["email"] == "a@example.org"


def test_the_code_goes_with_its_verifier_and_our_secret(there, provider):
    there.sign(there.claims("n"))
    claims(provider)
    headers, form = there.forms[0]
    assert form["code"] == "code" and form["code_verifier"] == "v" * 64
    assert form["redirect_uri"] == "http://127.0.0.1:8600/sign-in/oidc/back"
    assert headers["Authorization"].startswith("Basic ")


def test_client_secret_is_sent_in_the_form_if_the_provider_requires_it(there, provider):
    there.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    there.sign(there.claims("n"))
    claims(provider)
    headers, form = there.forms[0]
    assert "a secret" in form.values() and "Authorization" not in headers


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"iss": ["x"]},
        {"aud": "others"},
        {"aud": None},
        {"aud": []},
        {"aud": ["us", "others"]},
        {"aud": ["us", "others"], "azp": "others"},
        {"azp": "others"},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ["n"]},
        {"exp": 1_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": 99_999_999_999},
        {"nbf": 99_999_999_999},
    ],
    ids=str,
)
def test_id_token_for_another_client_issuer_or_time_is_refused(there, provider, changed):
    there.sign(there.claims("n", **changed))
    with pytest.raises(ProviderAnswerRejected):
        claims(provider)


def test_several_audiences_are_accepted_if_we_are_the_authorised_party(there, provider):
    there.sign(there.claims("n", aud=["us", "others"], azp="us"))
    assert claims(provider)["sub"] == "s-1"


@pytest.mark.parametrize(
    ("secret", "alg"),
    [(b"a secret", "HS256"), (KEY.as_pem(private=False), "HS256"), (b"", "none"), (b"", "None"), (b"", "RS256")],
    ids=["our secret", "the public key as a secret", "nothing", "Nothing", "an empty signature"],
)
def test_a_token_that_no_private_key_signed_is_refused(there, provider, secret, alg):
    there.sign_with_words(there.claims("n"), secret, alg)
    with pytest.raises(ProviderAnswerRejected):
        claims(provider)


def test_a_forged_signature_is_refused(there, provider):
    forger = type(KEY).generate_key(2048, parameters={"kid": "first"})
    there.sign(there.claims("n"), forger)
    with pytest.raises(ProviderAnswerRejected):
        claims(provider)
    there.sign(there.claims("n"))
    head, body, seal = there.token.split(".")
    there.token = f"{head}.{body[:-2]}AA.{seal}"
    with pytest.raises(ProviderAnswerRejected):
        claims(provider)


# ── Keys and descriptions ────────────────────────────────────────────────────────────────────────────────────────────


def test_metadata_and_keys_are_fetched_once(there, provider):
    for _ in range(3):
        there.sign(there.claims("n"))
        claims(provider)
    assert there.requested.count(WELL_KNOWN) == 1 and there.requested.count("/jwks_uri") == 1


def test_unknown_key_is_fetched_at_most_once_a_minute(there, provider, clock):
    there.sign(there.claims("n"))
    claims(provider)
    there.sign(there.claims("n"), NEXT_KEY)
    for _ in range(3):
        with pytest.raises(ProviderAnswerRejected):
            claims(provider)
    assert there.requested.count("/jwks_uri") == 1
    clock.at += 61
    with pytest.raises(ProviderAnswerRejected):
        claims(provider)
    with pytest.raises(ProviderAnswerRejected):
        claims(provider)
    assert there.requested.count("/jwks_uri") == 2
    there.keys, clock.at = [NEXT_KEY], clock.at + 61
    assert claims(provider)["sub"] == "s-1"
    there.sign(there.claims("n"))  # the old key is gone with it
    with pytest.raises(ProviderAnswerRejected):
        claims(provider)


def test_withdrawn_provider_key_is_dropped_within_an_hour(there, provider, clock):
    there.sign(there.claims("n"))
    claims(provider)
    there.keys, clock.at = [NEXT_KEY], clock.at + 3_601
    with pytest.raises(ProviderAnswerRejected):
        claims(provider)


def test_token_without_kid_needs_a_single_key(there, provider, clock):
    there.sign(there.claims("n"), KEY, kid=None)
    assert claims(provider)["sub"] == "s-1"
    there.keys, clock.at = [KEY, NEXT_KEY], clock.at + 3_601
    with pytest.raises(ProviderAnswerRejected):
        claims(provider)


def test_unknown_key_types_are_ignored(there, provider):
    known = KEY.as_dict(private=False)
    strange = [{"kty": "OKP"}, {"kty": "RSA"}, {"kty": "RSA", "n": 1, "e": []}, "x", None, {**known, "use": "enc"}]
    there.answers["/jwks_uri"] = (200, {}, json.dumps({"keys": [*strange, known]}).encode())
    there.sign(there.claims("n"))
    assert claims(provider)["sub"] == "s-1"


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
def test_metadata_of_another_issuer_is_refused(there, provider, changed):
    there.description = changed
    with pytest.raises(ProviderUnavailable):
        result_of(provider.metadata())


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b"{}"),
        (302, {"location": "http://127.0.0.1:1/"}, b""),
        (200, {}, b"<html>"),
        (200, {}, b"[]"),
        (200, {}, b"\xff"),
        (200, {}, b"[" * 100_000),
        (200, {}, b'{"x": "' + b"x" * 300_000 + b'"}'),
        (200, {"content-encoding": "gzip"}, gzip.compress(b"{}", mtime=0)),
        (200, {"content-length": 100}, b"{}"),
    ],
    ids=lambda answer: f"{answer[0]} {answer[2][:9]!r} {len(answer[2])}",
)
def test_invalid_answer_makes_the_provider_unavailable(there, provider, clock, answer):
    there.answers[WELL_KNOWN] = answer
    with pytest.raises(ProviderUnavailable):
        result_of(provider.metadata())
    assert there.requested == [WELL_KNOWN]
    with pytest.raises(ProviderUnavailable):  # it is not tried again for some seconds
        result_of(provider.metadata())
    assert there.requested == [WELL_KNOWN]
    del there.answers[WELL_KNOWN]
    clock.at += 6
    assert result_of(provider.metadata())["issuer"] == there.issuer


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((400, {}, b'{"error": "invalid_grant"}'), ProviderAnswerRejected),
        ((401, {}, b'{"error": "invalid_client", "error_description": "<b>"}'), ProviderUnavailable),
        ((500, {}, b"oops"), ProviderUnavailable),
        ((200, {}, b"[]"), ProviderUnavailable),
        ((200, {}, b'"error"'), ProviderUnavailable),
        ((200, {}, b"{}"), ProviderAnswerRejected),
        ((200, {}, b'{"access_token": "a", "id_token": 5}'), ProviderAnswerRejected),
        ((200, {}, json.dumps({"access_token": "a", "id_token": "x" * 40_000}).encode()), ProviderAnswerRejected),
        ((200, {}, b"x" * 300_000), ProviderUnavailable),
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_invalid_token_answer_is_reported(there, provider, answer, kind):
    there.answers["/token_endpoint"] = answer
    with pytest.raises(kind):
        claims(provider)


def test_unavailable_provider_is_reported():
    with pytest.raises(ProviderUnavailable):
        result_of(Provider("http://127.0.0.1:1", "us", "").metadata())


@given(st.text(max_size=200) | st.from_regex(r"[A-Za-z0-9_-]{1,40}(\.[A-Za-z0-9_-]{0,40}){2}", fullmatch=True))
def test_any_text_as_a_token_is_refused_as_no_token(token):
    provider = Provider("http://127.0.0.1:1", "us", "")
    provider._metadata, provider._metadata_at, provider._keys_at = {"issuer": provider.issuer}, 1e12, 1e12
    with pytest.raises(ProviderAnswerRejected):
        result_of(provider._verify(token, "n"))


def test_an_answer_names_its_issuer_where_that_was_promised(there, provider):
    assert provider.is_own_issuer(None) and provider.is_own_issuer(there.issuer)
    assert not provider.is_own_issuer("https://evil.example") and not provider.is_own_issuer("")
    there.description = {"authorization_response_iss_parameter_supported": True}
    result_of(provider.metadata())
    assert not provider.is_own_issuer(None) and provider.is_own_issuer(there.issuer)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://login.example.org/realms/x", True),
        ("http://localhost:9400", True),
        ("http://[::1]:9400", True),
        ("http://login.example.org", False),
        ("http://127.0.0.1.evil.example", False),
        ("https://user@login.example.org", False),
        ("ftp://127.0.0.1", False),
        ("https://", False),
        ("https://[", False),
        ("", False),
        (None, False),
        (5, False),
    ],
)
def test_only_https_or_the_local_machine_is_secure(address, safe):
    assert is_secure_address(address) is safe


@pytest.mark.parametrize("issuer", ["http://login.example.org", "login.example.org", "https://x.example/?a=b"])
def test_an_issuer_without_tls_is_refused_at_the_start(issuer):
    with pytest.raises(NotPossible, match="https"):
        Provider(issuer, "us", "s")


def test_provider_needs_a_client_id():
    with pytest.raises(NotPossible, match="AANTOONBAAR_OIDC_CLIENT_ID"):
        Provider("https://login.example.org", "", "s")
