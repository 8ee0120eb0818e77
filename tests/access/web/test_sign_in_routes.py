"""The pages outside Streamlit, as a browser gets them through the middleware, on both databases."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.people import agreements, links, sessions
from access.permissions import BUILT_IN
from access.sign_in import passwords, second_factor, throttling
from access.web import authentication, request_values
from access.web.request_values import local_path
from access.web.second_factor_routes import SecondFactorRoutes
from models.transaction import last_fact, last_moment, reading, writing
from tests.access.entrance import Entrance, hidden, problem
from tests.access.households import CHEAP, GOOD, KEY, OTHER, enrol, rows
from tests.days import CALENDAR
from tests.people import PASSWORD, officer

EMAIL = "anna@example.org"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    monkeypatch.setattr(authentication, "_CACHE_SECONDS", 0)


@pytest.fixture
def entrance(engine):
    return Entrance(engine)


@pytest.fixture
def anna(entrance):
    return officer(entrance.engine)[0]


@pytest.fixture
def visitor(entrance):
    return entrance.visitor()


def sign_in(visitor, password=PASSWORD, email=EMAIL, after="/"):
    return visitor.post("/sign-in", params={"next": after}, data={"email": email, "password": password})


def with_code(entrance, visitor, account, code=None):
    """Signing in up to the second step, and a code."""
    now = datetime.now(UTC)
    secret = enrol(entrance.engine, account, at=now)
    first = sign_in(visitor)
    code_sent = code or pyotp.TOTP(secret).at(now + timedelta(seconds=30))
    return visitor.post(
        "/sign-in/code", data={"ticket": hidden(first, "ticket"), "next": "/statement", "code": code_sent}
    )


# ── Links ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def link(entrance):
    with writing(entrance.engine) as (session, now):
        agreements.publish_first_versions(session, now)
        return f"/link/{links.first_set_up(session, now)}"


def test_the_first_link_makes_the_security_officer_who_is_signed_in_and_accepts(entrance, visitor, link):
    page = visitor.get(link)
    assert page.status_code == 200
    assert 'type="password"' in page.text
    assert 'autocomplete="new-password"' in page.text
    form = {"name": "Anna Bakker", "email": EMAIL}
    weak = visitor.post(link, data={**form, "password": "Welkom2027!!!"})
    assert weak.status_code == 422
    assert "easy to guess" in problem(weak)
    assert 'value="Anna Bakker"' in weak.text
    assert "Welkom2027" not in weak.text
    saved = visitor.post(link, data={**form, "password": PASSWORD})
    assert (saved.status_code, saved.headers["location"]) == (303, "/")
    assert "set-cookie" in saved.headers
    again = visitor.post(link, data={**form, "password": PASSWORD})
    assert (again.status_code, visitor.get(link).status_code) == (410, 410)
    assert visitor.get("/").headers["location"] == "/agreements"
    accepted = {"do": "yes", "agreements": hidden(visitor.get("/agreements"), "agreements")}
    assert visitor.post("/agreements", data=accepted).headers["location"] == "/"
    assert visitor.get("/").status_code == 200


@pytest.mark.parametrize("token", ["x", "a" * 5000, "%00", "%ff", "é", "' OR 1=1"])
def test_invalid_link_says_so(visitor, token):
    assert visitor.get(f"/link/{token}").status_code == 410
    assert visitor.post(f"/link/{token}", data={"password": PASSWORD}).status_code == 410


def test_opening_a_link_does_not_use_it(visitor, link):
    for _ in range(2):
        assert visitor.head(link).status_code == 200
        assert visitor.get(link).status_code == 200


# ── Signing in ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("anna")
def test_sign_in_sets_a_cookie_and_redirects_to_the_requested_page(visitor):
    done = sign_in(visitor, after="/measure?key=m1")
    assert (done.status_code, done.headers["location"]) == (303, "/measure?key=m1")
    cookie = done.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert visitor.get("/").status_code == 200


@pytest.mark.usefixtures("anna")
def test_wrong_password_and_unknown_name_get_the_same_answer(visitor):
    wrong, unknown = sign_in(visitor, "iets anders dan dat"), sign_in(visitor, email="nobody@example.org")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.org", "")
    assert "set-cookie" not in wrong.headers
    assert "iets anders" not in wrong.text


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
@pytest.mark.usefixtures("anna")
def test_name_waits_after_five_failures_whether_or_not_it_exists(entrance, email):
    for at in range(5):
        assert sign_in(entrance.visitor(address=f"203.0.113.{at}"), "fout", email).status_code == 401
    waits = sign_in(entrance.visitor(address="203.0.113.99"), PASSWORD, email)
    assert waits.status_code == 429
    assert int(waits.headers["retry-after"]) >= 1
    assert "Wait" in problem(waits)
    for _ in range(20):
        assert sign_in(entrance.visitor(address="203.0.113.99"), PASSWORD, email).status_code == 429
    assert [row.reason for row in rows(entrance.engine, "login_attempt", "reason")].count("locked") == 0
    entrance.context.throttled_attempts.write_down(entrance.engine)
    entrance.context.throttled_attempts.write_down(entrance.engine)  # nothing was left to write
    logged = rows(entrance.engine, "login_attempt", "reason", "attempts", "tried", "address")
    assert [tuple(row) for row in logged if row.reason == "locked"] == [("locked", 21, email, "203.0.113.99")]


@pytest.mark.usefixtures("anna")
def test_sign_in_ends_the_previous_session_of_the_browser(entrance, visitor):
    sign_in(visitor)
    before = visitor.cookies["aantoonbaar"]
    sign_in(visitor)
    assert visitor.cookies["aantoonbaar"] != before
    assert entrance.visitor(before).get("/").status_code == 303


@pytest.mark.usefixtures("anna")
def test_signing_in_and_out_changes_no_cached_answer(entrance, visitor):
    with reading(entrance.engine) as session:
        before = last_fact(session)
    sign_in(visitor, "fout")
    sign_in(visitor)
    visitor.post("/sign-out")
    with reading(entrance.engine) as session:
        assert last_fact(session) == before < last_moment(session)


@pytest.mark.usefixtures("anna")
def test_planted_cookie_is_replaced_at_sign_in(entrance):
    visitor = entrance.visitor("planted")
    done = sign_in(visitor)
    assert "planted" not in done.headers["set-cookie"]
    assert entrance.visitor("planted").get("/").status_code == 303


def test_code_of_the_app_works_once_in_the_second_step(entrance, visitor, anna):
    done = with_code(entrance, visitor, anna.account)
    assert (done.status_code, done.headers["location"]) == (303, "/statement")
    assert visitor.get("/").status_code == 200
    assert [row.second_factor for row in rows(entrance.engine, "sign_in_session")][-1]


def test_password_alone_signs_nobody_in_with_a_second_factor(entrance, visitor, anna):
    refused = with_code(entrance, visitor, anna.account, "000000")
    assert refused.status_code == 401
    assert hidden(refused, "ticket")
    assert visitor.get("/").status_code == 303
    assert visitor.get("/sign-in/code").headers["location"] == "/sign-in"
    expired = visitor.post("/sign-in/code", data={"ticket": "made-up", "code": "000000"})
    assert (expired.status_code, problem(expired)[:16]) == (401, "It took too long")


def test_codes_cannot_be_guessed_without_waiting(entrance, visitor, anna):
    first = with_code(entrance, visitor, anna.account, "000000")
    ticket = hidden(first, "ticket")
    tried = [visitor.post("/sign-in/code", data={"ticket": ticket, "code": f"00000{n}"}) for n in range(1, 6)]
    assert [answer.status_code for answer in tried] == [401, 401, 401, 401, 429]
    assert "retry-after" in tried[-1].headers


def test_recovery_code_works_once(entrance, anna):
    with writing(entrance.engine) as (session, now):
        secret = second_factor.begin_enrolment(session, anna.account, KEY, now).secret
        codes = second_factor.confirm_enrolment(session, anna.account, pyotp.TOTP(secret).at(now), KEY, now)
    for expected in (303, 401):
        visitor = entrance.visitor()
        ticket = hidden(sign_in(visitor), "ticket")
        assert visitor.post("/sign-in/code", data={"ticket": ticket, "code": codes[0].upper()}).status_code == expected


@pytest.mark.usefixtures("anna")
def test_signing_out_ends_the_session_and_forgets_the_cookie(entrance, visitor):
    sign_in(visitor)
    token = visitor.cookies["aantoonbaar"]
    assert visitor.head("/sign-out").status_code == 200
    assert visitor.get("/sign-out").status_code == 200
    assert visitor.get("/").status_code == 200
    gone = visitor.post("/sign-out")
    assert gone.headers["location"] == "/sign-in"
    assert gone.headers["clear-site-data"] == '"cache", "storage"'
    assert "aantoonbaar" not in visitor.cookies
    assert entrance.visitor(token).get("/").status_code == 303


def test_head_request_of_the_sign_in_page_is_no_attempt(entrance, visitor):
    assert visitor.head("/sign-in").status_code == 200
    assert visitor.head("/sign-in/code").status_code == 303
    assert rows(entrance.engine, "login_attempt") == []


@pytest.mark.parametrize(
    "after",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "evil.example",
    ]
    + ["javascript:alert(1)", "/\r\nset-cookie: a=b", "", "/\u2028", "///evil.example", "/é"],
)
@pytest.mark.usefixtures("anna")
def test_sign_in_redirects_only_to_local_paths(visitor, after):
    assert 'action="/sign-in?next=/"' in visitor.get("/sign-in", params={"next": after}).text
    assert sign_in(visitor, after=after).headers["location"] == "/"


@given(st.text(max_size=30))
def test_redirect_stays_on_this_host(after):
    led = local_path(after)
    assert led.startswith("/")
    assert not led.startswith(("//", "/\\"))
    assert led.isascii()
    assert led.isprintable()


# ── Agreements ───────────────────────────────────────────────────────────────────────────────────────────────────────


def publish(entrance, anna):
    with writing(entrance.engine) as (session, now):
        agreements.publish(session, anna, "security officer", "Nieuw.", "New.", CALENDAR.day_of(now), now)


def test_a_new_version_asks_again_and_the_api_says_so(entrance, visitor, anna):
    sign_in(visitor)
    publish(entrance, anna)
    assert visitor.get("/statement").headers["location"] == "/agreements"
    answer = visitor.get("/api/v1/evidence")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:aantoonbaar:problem:not-yet")
    page = visitor.get("/agreements")
    assert "New." in page.text or "Nieuw." in page.text
    visitor.post("/agreements", data={"do": "yes", "agreements": hidden(page, "agreements")})
    assert visitor.get("/statement").status_code == 200
    assert visitor.get("/agreements").headers["location"] == "/"


def test_declining_the_agreement_ends_the_session(entrance, visitor, anna):
    publish(entrance, anna)
    sign_in(visitor)
    refused = visitor.post("/agreements", data={"do": "no", "agreements": "1"})
    assert refused.headers["location"] == "/sign-in"
    assert visitor.get("/").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("which", ["", "0", "999", "x", "-1", "9" * 5000, "²", "1,1,1", "1e3"])
def test_agreement_that_is_not_in_force_cannot_be_accepted(entrance, visitor, anna, which):
    publish(entrance, anna)
    sign_in(visitor)
    answered = visitor.post("/agreements", data={"do": "yes", "agreements": which})
    assert answered.status_code in (200, 422)
    assert visitor.get("/").headers["location"] == "/agreements"


# ── The second factor ────────────────────────────────────────────────────────────────────────────────────────────────


def secret_of(page):
    return page.text.split('<li translate="no">')[1].split("</li>")[0].replace(" ", "")


def demand(entrance, anna):
    with writing(entrance.engine) as (session, now):
        second_factor.set_demanded_roles(session, anna, ["security officer"], now)


def test_role_that_needs_a_second_factor_waits_for_it(entrance, visitor, anna):
    sign_in(visitor)
    demand(entrance, anna)
    assert visitor.get("/evidence").headers["location"] == "/second-factor"
    assert visitor.put("/api/v1/evidence").json()["detail"] == "Sign in with a browser and open /second-factor first."
    assert visitor.get("/password").headers["location"] == "/second-factor"
    before = visitor.cookies["aantoonbaar"]
    for _ in range(2):  # looking changes nothing
        page = visitor.get("/second-factor")
        assert rows(entrance.engine, "second_factor") == []
    assert "Your role needs a second factor" in page.text or "Uw rol" in page.text
    page = visitor.post("/second-factor", data={"do": "yes"})
    factors = rows(entrance.engine, "second_factor")
    visitor.get("/second-factor")
    assert rows(entrance.engine, "second_factor") == factors
    wrong = visitor.post("/second-factor", data={"code": "abc"})
    assert wrong.status_code == 422
    assert rows(entrance.engine, "second_factor") == factors
    page = visitor.post("/second-factor", data={"code": "abc", "do": "no"})  # begin again
    assert rows(entrance.engine, "second_factor") != factors
    done = visitor.post("/second-factor", data={"code": pyotp.TOTP(secret_of(page)).now()})
    assert done.status_code == 200
    assert done.text.count('<li translate="no">') == second_factor.RECOVERY_CODE_COUNT
    assert visitor.cookies["aantoonbaar"] != before
    assert visitor.get("/evidence").status_code == 200
    assert entrance.visitor(before).get("/evidence").status_code == 303


def test_removing_the_factor_needs_the_password_and_ends_other_sessions(entrance, visitor, anna):
    with_code(entrance, visitor, anna.account)
    with writing(entrance.engine) as (session, now):
        other = sessions.start(session, anna.account, now, second_factor=True)
    assert visitor.get("/second-factor").status_code == 200
    assert visitor.post("/second-factor", data={"password": "fout"}).status_code == 401
    assert entrance.visitor(other).get("/").status_code == 200
    assert visitor.post("/second-factor", data={"password": PASSWORD}).headers["location"] == "/account"
    assert entrance.visitor(other).get("/").status_code == 303
    assert visitor.get("/").status_code == 200


def test_change_made_in_another_window_is_reported(entrance, visitor, anna, monkeypatch):
    """Removed, or set up, between the two questions that one request asks."""
    sign_in(visitor)
    monkeypatch.setattr(SecondFactorRoutes, "_count_recovery_codes", lambda *_: 3)
    assert visitor.post("/second-factor", data={"password": PASSWORD}).status_code == 422
    enrol(entrance.engine, anna.account, at=datetime.now(UTC))
    monkeypatch.setattr(SecondFactorRoutes, "_count_recovery_codes", lambda *_: None)
    assert visitor.post("/second-factor", data={"do": "yes"}).status_code == 422


# ── The password ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("anna")
def test_another_password_ends_the_other_sessions(entrance, visitor):
    elsewhere = entrance.visitor()
    sign_in(visitor)
    sign_in(elsewhere)
    assert visitor.post("/password", data={"current": "fout", "password": GOOD}).status_code == 401
    assert visitor.post("/password", data={"current": PASSWORD, "password": "Welkom2027!!!"}).status_code == 422
    assert elsewhere.get("/").status_code == 200
    assert visitor.post("/password", data={"current": PASSWORD, "password": GOOD}).headers["location"] == "/account"
    assert (visitor.get("/").status_code, elsewhere.get("/").status_code) == (200, 303)
    assert (sign_in(elsewhere, PASSWORD).status_code, sign_in(elsewhere, GOOD).status_code) == (401, 303)


@pytest.mark.usefixtures("anna")
def test_open_browser_does_not_allow_guessing_the_password(visitor):
    sign_in(visitor)
    for tried in range(5):
        assert visitor.post("/password", data={"current": f"gok {tried}", "password": OTHER}).status_code == 401
    waits = visitor.post("/password", data={"current": PASSWORD, "password": OTHER})
    assert waits.status_code == 401
    assert any(sign.isdigit() for sign in problem(waits))  # how long


# ── Any form ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("anna")
def test_too_large_form_is_treated_as_empty(entrance, visitor):
    large = {"email": EMAIL, "password": PASSWORD, "more": "x" * request_values._MAX_FORM_BYTES}  # noqa: SLF001
    assert visitor.post("/sign-in", data=large).status_code == 401
    assert visitor.post("/sign-in", data={f"f{n}": "x" for n in range(50)}).status_code == 401
    assert rows(entrance.engine, "login_attempt", "tried")[-1].tried == ""


def test_typed_text_is_escaped(visitor):
    typed = '"><script>alert(1)</script>'
    page = sign_in(visitor, "x", typed)
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


_ROUGH = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["\x00", "\ud800", "\u202e", "9" * 4400, "' OR 1=1--", "yes", "1", EMAIL, PASSWORD, "٣", "𝟙𝟚𝟛𝟜𝟝𝟞"]),
)
_FORM = st.dictionaries(
    st.sampled_from(["email", "password", "ticket", "code", "next", "agreements", "do", "current", "name", "x"]), _ROUGH
)


def as_bytes(form):
    return "&".join(f"{name}={value}" for name, value in form.items()).encode("utf-8", "surrogatepass")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(form=_FORM, raw=st.binary(max_size=60), agent=st.text("\x01\t é\xffab", max_size=20))
def test_no_form_makes_a_page_fail(entrance, anna, monkeypatch, form, raw, agent):
    monkeypatch.setattr(throttling, "delay", lambda *_: timedelta())
    sent = {"user-agent": agent.strip().encode("latin-1"), "content-type": "application/x-www-form-urlencoded"}
    with writing(entrance.engine) as (session, now):
        invited = links.reset(session, BUILT_IN, anna.account, now)
        token = sessions.start(session, anna.account, now)
    for path in (
        "/sign-in",
        "/sign-in/code",
        f"/link/{invited}",
        "/password",
        "/agreements",
        "/second-factor",
        "/sign-out",
    ):
        for body in (as_bytes(form), raw):
            visitor = entrance.visitor(token)
            assert visitor.post(path, content=body, headers=sent).status_code < 500, path
            assert visitor.get(path, params={"next": str(raw), "saved": "x"}).status_code < 500, path
