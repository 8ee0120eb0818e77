"""Single sign-on as a browser sees it: through the middleware to a real OpenID provider and back."""

import contextlib
import json
import re
import secrets
import socket
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from access.keys.encryption import decrypt, encrypt
from access.permissions import READER, SECURITY_OFFICER
from access.sign_in import passwords
from access.sign_in.identity_provider import Provider
from access.sign_in.provider_roles import PROVIDER, read_groups
from access.sign_in.single_sign_on import SingleSignOnRules
from access.sign_in.throttling import FREE_PER_ADDRESS
from access.web.authentication import Admissions
from access.web.middleware import AuthenticationMiddleware
from access.web.sign_in_context import SignInContext
from access.web.sign_in_routes import SignInRoutes
from access.web.single_sign_on_routes import CALLBACK, SingleSignOn, SingleSignOnRoutes, sign_in_link
from locales import Language
from tests.access.households import CHEAP, KEY, enrol, person, rows
from tests.access.lying_provider import LyingProvider

HOME = "http://127.0.0.1:8600"
GROUPS = {"officers": "security officer", "readers": "reader"}


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


@contextlib.contextmanager
def running(*options):
    """The provider as a process of its own: its library warns when it is imported, and warnings are errors here."""
    port = free_port()
    words = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-H", "127.0.0.1", *options]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        issuer = f"http://127.0.0.1:{port}"
        for _ in range(300):
            with contextlib.suppress(httpx2.TransportError):
                httpx2.get(f"{issuer}/.well-known/openid-configuration")
                break
            assert process.poll() is None
            time.sleep(0.1)
        yield issuer
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def issuer():
    with running("-r", "false", "-n", "true") as address:
        yield address


class Site:
    """The product's pages before sign-in, and its accounts."""

    def __init__(self, engine, issuer, **rules):
        self.engine = engine
        self.provider = Provider(issuer, "us", "a secret", "Keycloak")
        self.set = SingleSignOn(self.provider, SingleSignOnRules(read_groups(GROUPS), **rules))
        self.context = SignInContext(lambda: engine, Admissions(lambda: engine), lambda: KEY, other_ways=self.ways)
        self.sso = SingleSignOnRoutes(self.context, lambda: self.set)
        home = Route("/{path:path}", lambda request: PlainTextResponse(request.scope["admission"].person.name))
        app = Starlette(routes=[*SignInRoutes(self.context).routes(), *self.sso.routes(), home])
        self.app = AuthenticationMiddleware(app, self.context.admissions, self.context.cookie)

    def ways(self, t, after):
        return sign_in_link(t, self.set, after)

    def browser(self, language="en"):
        headers = {"accept-language": language, "sec-fetch-mode": "navigate", "accept": "text/html"}
        return TestClient(self.app, base_url=HOME, headers=headers, follow_redirects=False)

    def reasons(self):
        return [row.reason for row in rows(self.engine, "login_attempt")]


@pytest.fixture
def site(sqlite, issuer, monkeypatch):
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    site = Site(sqlite, issuer)
    days = {"starts": date(2026, 1, 1), "at": datetime(2026, 1, 1, tzinfo=UTC)}  # the routes use the wall clock
    site.olga = person(sqlite, "Olga Officier", "olga@example.org", [(SECURITY_OFFICER, None, None)], **days)
    site.lena = person(sqlite, "Lena Lezer", "lena@example.org", [(READER, None, None)], password="", **days)
    return site


def at_provider(site, browser, claims, start="/sign-in/oidc"):
    """Sign in at the provider; returns the address to which it redirects the browser."""
    sub = f"s-{secrets.token_hex(4)}"
    httpx2.put(f"{site.provider.issuer}/users/{sub}", json=claims).raise_for_status()
    return sign_in_as(sub, browser.get(start))


def sign_in_as(sub, gone):
    assert gone.status_code == 303
    sent = httpx2.post(gone.headers["location"], data={"sub": sub})
    assert sent.status_code in (302, 303), sent.text
    return sent.headers["location"]


def changed(address, **values):
    parts = urlsplit(address)
    query = {**dict(parse_qsl(parts.query)), **values}
    return urlunsplit(
        parts._replace(query=urlencode({name: value for name, value in query.items() if value is not None}))
    )


LENA = {"email": "lena@example.org", "email_verified": True, "name": "Lena Lezer"}
NINA = {"email": "nina@example.org", "email_verified": True, "name": "Nina Nieuw", "groups": ["readers"]}


# ── The way there and back ───────────────────────────────────────────────────────────────────────────────────────────


def test_sign_in_page_links_to_single_sign_on(site):
    page = site.browser().get("/sign-in?next=/evidence").text
    assert '<a href="/sign-in/oidc?next=/evidence">Sign in with Keycloak</a>' in page
    assert sign_in_link(Language("nl"), None, "/") == {}


def test_request_to_the_provider_has_state_nonce_and_pkce(site):
    gone = site.browser().get("/sign-in/oidc")
    query = dict(parse_qsl(urlsplit(gone.headers["location"]).query))
    assert gone.headers["location"].startswith(f"{site.provider.issuer}/oauth2/authorize?")
    assert query["redirect_uri"] == f"{HOME}/sign-in/oidc/back" and query["client_id"] == "us"
    assert query["response_type"] == "code" and query["code_challenge_method"] == "S256"
    assert query["scope"].split() == ["openid", "email", "profile"] and "acr_values" not in query
    assert all(len(query[name]) >= 43 for name in ("state", "nonce", "code_challenge"))
    cookie = gone.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=600" in cookie and "Path=/" in cookie
    assert query["state"] not in cookie and "nonce" not in cookie


def test_over_tls_the_cookie_is_of_this_host_only_and_the_way_back_is_https(site):
    secure = SignInContext(site.context.engine, site.context.admissions, site.context.secret_key, secure=True)
    app = Starlette(routes=SingleSignOnRoutes(secure, lambda: site.set).routes())
    gone = TestClient(app, base_url="https://site.example.org", follow_redirects=False).get("/sign-in/oidc")
    assert gone.headers["set-cookie"].startswith("__Host-aantoonbaar-sso=") and "Secure" in gone.headers["set-cookie"]
    assert "https%3A%2F%2Fsite.example.org%2Fsign-in%2Foidc%2Fback" in gone.headers["location"]


def test_configured_acr_is_requested(site):
    site.provider.acr = "gold"
    assert "acr_values=gold" in site.browser().get("/sign-in/oidc").headers["location"]


def test_single_sign_on_redirects_to_the_requested_page(site):
    browser = site.browser()
    assert browser.get("/evidence").headers["location"].startswith("/sign-in")
    back = browser.get(at_provider(site, browser, LENA, "/sign-in/oidc?next=/evidence"))
    assert (back.status_code, back.headers["location"]) == (303, "/evidence")
    assert browser.get("/evidence").text == "Lena Lezer"
    assert site.reasons() == [""]
    assert "aantoonbaar-sso" not in browser.cookies


def test_next_redirects_to_local_paths_only(site):
    browser = site.browser()
    back = browser.get(at_provider(site, browser, LENA, "/sign-in/oidc?next=https://evil.example/"))
    assert back.headers["location"] == "/"


def test_an_address_that_is_not_verified_is_refused_with_what_to_do(site):
    browser = site.browser()
    back = browser.get(at_provider(site, browser, {**LENA, "email_verified": False}))
    assert back.status_code == 403 and "Ask a security officer" in back.text and "/sign-in" in back.text
    assert browser.get("/").status_code == 303 and site.reasons() == ["unverified"]


def test_stranger_gets_in_only_where_new_accounts_are_allowed(site):
    browser = site.browser()
    assert browser.get(at_provider(site, browser, NINA)).status_code == 403
    assert site.reasons() == ["unknown"]
    site.set = SingleSignOn(site.provider, SingleSignOnRules(read_groups(GROUPS), new_accounts=True))
    assert browser.get(at_provider(site, browser, NINA)).status_code == 303
    assert browser.get("/").text == "Nina Nieuw"


def test_roles_follow_the_groups_at_once(site):
    browser, sub = site.browser(), "s-nina"
    site.set = SingleSignOn(site.provider, SingleSignOnRules(read_groups(GROUPS), new_accounts=True))
    for groups in (["readers"], ["readers", "officers"], []):
        httpx2.put(f"{site.provider.issuer}/users/{sub}", json={**NINA, "groups": groups})
        back = browser.get(sign_in_as(sub, browser.get("/sign-in/oidc")))
        open_ones = [
            row.role for row in rows(site.engine, "role_grant") if row.granted_by == PROVIDER.name and not row.ended_at
        ]
        assert sorted(open_ones) == sorted(GROUPS[group] for group in groups)
        assert back.status_code == (303 if groups else 403)
    assert browser.get("/").status_code == 303  # the open pages end too


def test_own_second_factor_is_required_on_our_page(site):
    enrol(site.engine, site.lena, datetime(2026, 1, 2, tzinfo=UTC))
    browser = site.browser()
    back = browser.get(at_provider(site, browser, LENA))
    assert back.status_code == 200 and 'action="/sign-in/code"' in back.text
    assert browser.get("/").status_code == 303


# ── What is not an answer to this question ───────────────────────────────────────────────────────────────────────────


def test_an_answer_with_another_state_is_refused(site):
    browser = site.browser()
    back = at_provider(site, browser, LENA)
    refused = browser.get(changed(back, state="another"))
    assert refused.status_code == 400 and "Start again" in refused.text
    assert browser.get(back).status_code == 400  # the cookie was used
    assert rows(site.engine, "sign_in_session") == []


@pytest.mark.parametrize("state", [None, "", "\u00e9"])
def test_an_answer_without_a_state_is_refused(site, state):
    browser = site.browser()
    assert browser.get(changed(at_provider(site, browser, LENA), state=state)).status_code == 400


def test_provider_answer_in_another_browser_is_refused(site):
    """A link that signs the reader in as somebody else."""
    back = at_provider(site, site.browser(), LENA)
    assert site.browser().get(back).status_code == 400
    victim = site.browser()
    victim.get("/sign-in/oidc")
    assert victim.get(back).status_code == 400


def test_provider_answer_works_once(site):
    browser = site.browser()
    back = at_provider(site, browser, LENA)
    cookie = browser.cookies["aantoonbaar-sso"]
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 400
    browser.cookies.set("aantoonbaar-sso", cookie, domain="127.0.0.1")
    again = browser.get(back)  # with the cookie kept: the provider knows the code was used
    assert again.status_code == 401 and site.reasons() == ["", "answer"]
    assert len(rows(site.engine, "sign_in_session")) == 1


def on_the_way(browser, **values):
    """The cookie, changed by someone who has the key."""
    cookie = browser.cookies["aantoonbaar-sso"].strip('"')
    pending = {**json.loads(decrypt(cookie, KEY, "single sign-on: on the way")), **values}
    browser.cookies.clear()
    browser.cookies.set(
        "aantoonbaar-sso", encrypt(json.dumps(pending), KEY, "single sign-on: on the way"), domain="127.0.0.1"
    )


def test_pending_single_sign_on_expires_after_ten_minutes(site):
    browser = site.browser()
    back = at_provider(site, browser, LENA)
    on_the_way(browser, until=time.time() - 1)
    assert browser.get(back).status_code == 400


def test_an_id_token_with_another_nonce_is_refused(site):
    browser = site.browser()
    back = at_provider(site, browser, LENA)
    on_the_way(browser, nonce="another")
    assert browser.get(back).status_code == 401 and site.reasons() == ["answer"]


def test_a_token_for_another_client_is_refused(site):
    browser = site.browser()
    back = at_provider(site, browser, LENA)
    site.provider._client_id = "others"  # the code was given to another: the provider does not accept it
    assert browser.get(back).status_code in (401, 503) and rows(site.engine, "sign_in_session") == []


@pytest.mark.parametrize("cookie", ["", "x", "A" * 9_000, "{}"])
def test_unknown_cookie_is_refused(site, cookie):
    browser = site.browser()
    back = at_provider(site, browser, LENA)
    browser.cookies.clear()
    browser.cookies.set("aantoonbaar-sso", cookie, domain="127.0.0.1")
    assert browser.get(back).status_code == 400


def test_cookie_encrypted_for_another_purpose_is_refused(site):
    browser = site.browser()
    back = at_provider(site, browser, LENA)
    browser.cookies.clear()
    browser.cookies.set("aantoonbaar-sso", encrypt("{}", KEY, "second factor"), domain="127.0.0.1")
    assert browser.get(back).status_code == 400


def test_answer_of_another_provider_is_refused(site):
    browser = site.browser()
    back = browser.get(changed(at_provider(site, browser, LENA), iss="https://evil.example"))
    assert back.status_code == 401 and "different identity provider" in back.text
    browser = site.browser()
    assert browser.get(changed(at_provider(site, browser, LENA), iss=site.provider.issuer)).status_code == 303


def test_refusal_at_the_provider_is_shown_in_our_words(site):
    browser = site.browser()
    back = changed(
        at_provider(site, browser, LENA), code=None, error="access_denied", error_description="<b>call us</b>"
    )
    refused = browser.get(back)
    assert (
        refused.status_code == 401 and "Keycloak did not sign you in." in refused.text and "call us" not in refused.text
    )
    assert site.reasons() == ["answer"]


def test_answers_refused_again_and_again_are_counted_and_not_written_one_by_one(site):
    browser = site.browser()
    back = changed(at_provider(site, browser, LENA), code=None, error="access_denied")
    cookie = dict(browser.cookies)
    for _ in range(FREE_PER_ADDRESS + 5):
        for name, value in cookie.items():
            browser.cookies.set(name, value, domain="127.0.0.1")
        assert browser.get(back).status_code == 401
    assert site.reasons() == ["answer"] * FREE_PER_ADDRESS
    site.context.throttled_attempts.write_down(site.engine)
    assert [(row.reason, row.attempts) for row in rows(site.engine, "login_attempt")][FREE_PER_ADDRESS:] == [
        ("locked", 5)
    ]


def test_single_sign_on_starts_only_on_navigation(site):
    browser = site.browser()
    refused = browser.get("/sign-in/oidc", headers={"sec-fetch-mode": "no-cors"})
    assert refused.status_code == 400 and "set-cookie" not in refused.headers
    assert browser.post("/sign-in/oidc").status_code == 405


def test_link_preview_uses_up_nothing(site):
    browser = site.browser()
    assert browser.head("/sign-in/oidc").status_code == 400
    back = at_provider(site, browser, LENA)
    assert browser.head(back).status_code == 400
    assert browser.get(back).status_code == 303


def test_sign_in_replaces_the_browser_s_former_session(site):
    browser = site.browser()
    for _ in range(2):
        sub = "s-the-same"
        httpx2.put(f"{site.provider.issuer}/users/{sub}", json=LENA).raise_for_status()
        assert browser.get(sign_in_as(sub, browser.get("/sign-in/oidc"))).status_code == 303
    assert sorted(row.ended_at is None for row in rows(site.engine, "sign_in_session")) == [False, True]


def test_an_expired_token_is_refused(site):
    with running("-e", "-3600") as issuer:
        site.provider = Provider(issuer, "us", "a secret", "Keycloak")
        site.set = SingleSignOn(site.provider, site.set.rules)
        browser = site.browser()
        assert browser.get(at_provider(site, browser, LENA)).status_code == 401
    assert site.reasons() == ["answer"]


# ── What the provider does wrong ─────────────────────────────────────────────────────────────────────────────────────


def test_unavailable_provider_is_reported_in_the_reader_s_language(site):
    site.set = SingleSignOn(Provider("http://127.0.0.1:1", "us", "s", "Keycloak"), site.set.rules)
    down = site.browser("nl").get("/sign-in/oidc")
    assert down.status_code == 503 and "Keycloak" in down.text and 'lang="nl"' in down.text
    assert re.search(r"met een wachtwoord", down.text)
    assert "E-mail address" in site.browser().get("/sign-in").text  # others still sign in


def test_provider_that_fails_during_sign_in_is_reported(site):
    browser = site.browser()
    back = at_provider(site, browser, LENA)
    site.set = SingleSignOn(Provider("http://127.0.0.1:1", "us", "s", "Keycloak"), site.set.rules)
    assert browser.get(back).status_code == 503


def test_a_forged_signature_and_another_audience_are_refused(site):
    liar = LyingProvider()
    try:
        site.set = SingleSignOn(Provider(liar.issuer, "us", "s", "Keycloak"), site.set.rules)
        for aud, expected in (("us", 303), ("others", 401)):
            browser = site.browser()
            query = dict(parse_qsl(urlsplit(browser.get("/sign-in/oidc").headers["location"]).query))
            liar.sign(liar.claims(query["nonce"], aud=aud, **LENA))
            answer = f"{CALLBACK}?code=c&state={query['state']}"
            assert browser.get(answer).status_code == expected
        browser = site.browser()
        query = dict(parse_qsl(urlsplit(browser.get("/sign-in/oidc").headers["location"]).query))
        liar.sign(liar.claims(query["nonce"], **LENA))
        liar.token = liar.token[:-20] + "A" * 20
        assert browser.get(f"{CALLBACK}?code=c&state={query['state']}").status_code == 401
    finally:
        liar.stop()
    assert site.reasons() == ["", "answer", "answer"]


def test_single_sign_on_is_not_found_without_a_provider(site):
    site.set = None
    browser = site.browser()
    assert browser.get("/sign-in/oidc").status_code == 404 and browser.get(CALLBACK).status_code == 404
    assert "/sign-in/oidc" not in browser.get("/sign-in").text
