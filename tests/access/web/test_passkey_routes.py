"""The pages of passkeys: what strangers and signed-in people can reach, and that no input breaks them."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from access.people import sessions
from access.sign_in import passkeys, passwords
from access.web.authentication import Admissions
from access.web.middleware import AuthenticationMiddleware
from access.web.passkey_routes import PasskeyRoutes
from access.web.second_factor_routes import SecondFactorRoutes
from access.web.sign_in_context import SignInContext
from access.web.sign_in_routes import SignInRoutes
from models.transaction import reading, writing
from tests.access.authenticator import Device
from tests.access.households import CHEAP, KEY, rows
from tests.people import PASSWORD, officer

HOST = "aantoonbaar.example:8443"
ORIGIN = f"https://{HOST}"


@pytest.fixture
def site(engine, monkeypatch):
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    engine.anna, engine.token = officer(engine)
    context = SignInContext(lambda: engine, Admissions(lambda: engine), lambda: KEY, secure=True)
    app = Starlette(
        routes=[
            *SignInRoutes(context).routes(),
            *PasskeyRoutes(context).routes(),
            *SecondFactorRoutes(context).routes(),
        ]
    )
    hosts = frozenset({"aantoonbaar.example", "127.0.0.1"})
    engine.app = AuthenticationMiddleware(app, context.admissions, context.cookie, hosts, secure=True)
    return engine


def client_of(engine, token="", host=HOST):
    """A browser at the product, which is reached over TLS at a name."""
    cookies = {"__Host-aantoonbaar": token} if token else {}
    return TestClient(engine.app, base_url=f"https://{host}", cookies=cookies, follow_redirects=False)


@pytest.fixture
def stranger(site):
    return client_of(site)


@pytest.fixture
def anna(site):
    return client_of(site, site.token)


def added(anna, label="Laptop"):
    device = Device(ORIGIN)
    options = anna.post("/passkeys/begin", data={"password": PASSWORD})
    assert options.headers["cache-control"] == "no-store"
    answer = anna.post("/passkeys", data={"answer": device.create(options.text), "label": label})
    assert (answer.status_code, answer.headers["location"]) == (303, "/passkeys")
    return device


def entered(stranger, device, after="/evidence"):
    options = stranger.post("/sign-in/passkey").text
    return stranger.post("/sign-in/passkey", data={"answer": device.get(options), "next": after})


def test_a_passkey_is_added_named_used_and_removed(site, anna, stranger):
    assert "Laptop" not in anna.get("/passkeys").text
    device = added(anna)
    assert "Laptop" in anna.get("/passkeys").text
    answer = entered(stranger, device)
    assert (answer.status_code, answer.headers["location"]) == (303, "/evidence")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-aantoonbaar=") and "HttpOnly" in cookie and "Secure" in cookie
    assert "Laptop" in stranger.get("/passkeys").text  # no stranger any more
    (held,) = rows(site, "passkey")
    gone = anna.post("/passkeys", data={"passkey": str(held.id), "password": PASSWORD})
    assert gone.status_code == 303
    assert rows(site, "passkey") == []
    assert stranger.get("/passkeys").status_code == 401  # signed in with what was removed
    assert anna.get("/passkeys").status_code == 200


def test_stranger_reaches_only_passkey_options_and_script(stranger):
    options = stranger.post("/sign-in/passkey").json()
    assert (options["rpId"], options["allowCredentials"]) == ("aantoonbaar.example", [])
    assert stranger.get("/passkeys.js").headers["content-type"].startswith("text/javascript")
    assert stranger.get("/sign-in/passkey").headers["location"] == "/sign-in"
    for method, path in (("GET", "/passkeys"), ("POST", "/passkeys"), ("POST", "/passkeys/begin")):
        assert stranger.request(method, path).status_code == 401, path
    read = stranger.get("/passkeys", headers={"accept": "text/html"})
    assert read.headers["location"] == "/sign-in?next=/passkeys"
    assert stranger.post("/sign-in/passkey", headers={"origin": "https://evil.example"}).status_code == 403


def test_the_sign_in_page_holds_a_hidden_button_and_no_script_of_its_own(stranger):
    page = stranger.get("/sign-in?next=/evidence", headers={"accept-language": "en"}).text
    assert "Sign in with a passkey" in page
    assert '<script src="/passkeys.js" defer></script>' in page and page.count("<script") == 1
    assert 'data-nothing="No passkey was used. Try again, or use your password." hidden' in page


def test_refusal_is_in_the_reader_s_language(stranger):
    device = Device(ORIGIN)
    device.account = "dS0w"
    english = stranger.post("/sign-in/passkey", data={"answer": "{}"}, headers={"accept-language": "en"})
    assert english.status_code == 401 and "You cannot sign in with this passkey." in english.text
    dutch = stranger.post("/sign-in/passkey", data={"answer": "{}"}, headers={"accept-language": "nl"})
    assert "U kunt met deze passkey niet inloggen." in dutch.text
    unknown = entered(stranger, device)
    assert unknown.status_code == 401
    late = stranger.post(
        "/sign-in/passkey", data={"answer": device.get('{"challenge": "AAAA"}')}, headers={"accept-language": "en"}
    )
    assert "It took too long" in late.text


def test_frequent_failures_must_wait(stranger):
    for _ in range(20):
        last = stranger.post("/sign-in/passkey", data={"answer": "{}"})
        assert last.status_code == 401
    waits = stranger.post("/sign-in/passkey", data={"answer": "{}"})
    assert waits.status_code == 429 and int(waits.headers["retry-after"]) > 0


def test_adding_or_removing_a_passkey_needs_the_password(site, anna):
    added(anna)
    (held,) = rows(site, "passkey")
    for wrong in ({}, {"password": "another one"}):
        refused = anna.post("/passkeys/begin", data=wrong)
        assert refused.status_code == 401 and "wachtwoord" in refused.json()["problem"]
        assert anna.post("/passkeys", data={"passkey": str(held.id), **wrong}).status_code == 401
    assert len(rows(site, "passkey")) == 1


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "²", "9" * 30])
def test_removing_an_unknown_passkey_is_refused(site, anna, number):
    answer = anna.post("/passkeys", data={"passkey": number, "password": PASSWORD})
    assert answer.status_code == 422 and "Deze passkey bestaat niet meer." in answer.text


def test_a_name_of_a_passkey_is_shown_as_text(anna):
    added(anna, "<img src=x>")
    page = anna.get("/passkeys").text
    assert "&lt;img src=x&gt;" in page and "<img src=x>" not in page


def test_passkeys_need_a_host_name_not_an_ip_address(site):
    page = client_of(site, site.token, "127.0.0.1:8443").get("/passkeys").text
    assert "hoort bij een hostnaam" in page and "passkey-add" not in page


def test_after_signing_in_one_goes_to_a_page_of_ours_only(anna, stranger):
    device = added(anna)
    assert entered(stranger, device, "https://evil.example").headers["location"] == "/"


def test_session_without_second_factor_cannot_set_up_another(site, anna, stranger):
    assert anna.get("/second-factor").status_code == 200
    device = added(anna)
    for method in ("GET", "POST"):
        assert anna.request(method, "/second-factor").status_code == 403
    entered(stranger, device)
    assert stranger.get("/second-factor").status_code == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(["answer", "next", "label", "passkey", "password"]), st.text(max_size=60)),
    st.sampled_from(["/sign-in/passkey", "/passkeys", "/passkeys/begin"]),
    st.binary(max_size=30),
)
def test_no_form_breaks_a_page(anna, form, path, noise):
    for body in (urlencode(form, errors="replace").encode(), noise, urlencode(form, errors="replace").encode() + noise):
        headers = {"content-type": "application/x-www-form-urlencoded"}
        assert anna.post(path, content=body, headers=headers).status_code in (200, 303, 401, 422, 429)


def test_too_long_response_is_refused(anna, stranger):
    long = json.dumps({"id": "x" * 20_000})
    assert stranger.post("/sign-in/passkey", data={"answer": long}).json()["challenge"]
    assert anna.post("/passkeys", data={"answer": long}).status_code == 401


def test_a_session_with_a_passkey_counts_as_two_factors(site, anna, stranger):
    token = entered(stranger, added(anna)).cookies["__Host-aantoonbaar"]
    with writing(site) as (session, now):
        session_row = sessions.find(session, token, now)
        assert session_row.second_factor and not passkeys.is_passkey_required(
            session, session_row.account, session_row.token_sha256
        )
    with reading(site) as session:
        assert passkeys.is_passkey_required(session, site.anna.account, sessions.digest(site.token))
