"""API tokens: limited when made, shown once, working until they end, and restricted in every verb."""

import hashlib
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from access.errors import NotPossible
from access.people import accounts, agreements, sessions, tokens
from access.people.agreements import accept
from access.people.preview_as_role import as_team
from access.permissions import (
    ADMINISTRATOR,
    BUILT_IN,
    PERMISSIONS,
    READER,
    REVIEWER,
    SECURITY_OFFICER,
    TEAM_MEMBER,
    NotAllowed,
    Person,
    may,
)
from access.sign_in import passwords
from access.web import authentication
from access.web.authentication import Admissions
from access.web.middleware import AuthenticationMiddleware
from api import create_api
from evidence.errors import NotPossible as NotReviewable
from evidence.library import evidence_items
from evidence.library.evidence_filters import Filters
from models.transaction import reading, writing
from tests.access.households import CHEAP, DAY, MINUTE, SECOND, do, log, person, rows, within
from tests.access.limited import two_teams
from tests.days import CALENDAR
from tests.evidence.office import FAILING, JUNIT, NOW, TEXT

TODAY = CALENDAR.day_of(NOW)
LAST = TODAY + timedelta(days=90)
ALL = list(tokens.TOKEN_PERMISSIONS)


@pytest.fixture
def office(engine, tmp_path, monkeypatch):
    """Teams `platform` and `apps`, a member of each, a reviewer, a reader and an administrator."""
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    made = two_teams(engine, tmp_path)
    for name, role, team in (
        ("Tim", TEAM_MEMBER, "platform"),
        ("Anna", TEAM_MEMBER, "apps"),
        ("Rob", REVIEWER, None),
        ("Lena", READER, None),
        ("Bea", ADMINISTRATOR, None),
        ("Olga", SECURITY_OFFICER, None),
    ):
        key = person(engine, name, f"{name.lower()}@example.org", [(role, team, None)], at=NOW - DAY)
        setattr(made, name.lower(), key)
    return made


def person_of(office, account, at=NOW):
    with reading(office.engine) as session:
        return accounts.find_person(session, account, at)


def issue(office, permissions=("evidence.file",), label="build server", team="platform", by=BUILT_IN, **more):
    last, at = more.pop("last", LAST), more.pop("at", NOW)
    return within(office.engine, lambda s, now: tokens.issue(s, by, label, team, permissions, last, now, **more), at)


def issue_own(office, account, permissions=("evidence.file",), label="laptop", **more):
    who, last, at = more.pop("by", None) or person_of(office, account), more.pop("last", LAST), more.pop("at", NOW)
    return within(office.engine, lambda s, now: tokens.issue_own(s, who, label, permissions, last, now, **more), at)


def find(office, token, at=NOW):
    with reading(office.engine) as session:
        return tokens.find(session, token, at)


def acting(office, token, at=NOW):
    bearer_row = find(office, token, at)
    assert bearer_row is not None
    return bearer_row.person


def number(office, label):
    with reading(office.engine) as session:
        return next(row.id for row in tokens.list_tokens(session, BUILT_IN) if row.label == label)


# ── Making ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_team_s_token_acts_as_a_member_of_it(office):
    token = issue(office, ALL, label="  build   server ", requirements=["role-tests"], systems=["portal"])
    who = acting(office, token)
    assert who.name == "build server (team platform)"
    assert (who.roles, who.teams, who.account) == ({TEAM_MEMBER}, {"platform"}, "")
    assert (who.requirements, who.systems) == ({"role-tests"}, {"portal"})
    assert {permission for permission in PERMISSIONS if may(who, permission)} == set(ALL)


def test_personal_token_acts_as_its_person(office):
    who = acting(office, issue_own(office, office.rob, ["evidence.read"]))
    assert (who.name, who.account, who.roles) == ("Rob", office.rob, {REVIEWER})
    assert {permission for permission in PERMISSIONS if may(who, permission)} == {"evidence.read"}


def test_only_the_digest_is_kept_and_nothing_shows_the_secret(office):
    token = issue(office)
    assert token.startswith(tokens.PREFIX)
    assert len(token) > 40
    assert token not in json.dumps([[str(value) for value in row] for row in rows(office.engine, "api_token")])
    assert rows(office.engine, "api_token", "token_sha256")[0][0] == hashlib.sha256(token.encode()).hexdigest()
    with reading(office.engine) as session:
        shown = tokens.list_tokens(session, BUILT_IN)
    assert token not in repr(shown)
    assert hashlib.sha256(token.encode()).hexdigest() not in repr(shown)
    logged = repr(log(office.engine))
    assert token not in logged
    assert hashlib.sha256(token.encode()).hexdigest() not in logged


def test_log_contains_the_role_that_was_given(office):
    issue(office, requirements=["role-tests"])
    verb, who, subject, details = log(office.engine)[-1]
    assert (verb, who, subject) == ("token.issue", BUILT_IN.name, "build server")
    assert details == {
        "account": None,
        "team": "platform",
        "permissions": ["evidence.file"],
        "requirements": ["role-tests"],
        "systems": [],
        "last_day": LAST.isoformat(),
        "number": number(office, "build server"),
    }


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"label": "  "}, "needs a name"),
        ({"label": "x" * 81}, "needs a name"),
        ({"label": "a\u202eb"}, "needs a name"),
        ({"team": "none"}, "no team none"),
        ({"team": "a\0b"}, "no team"),
        ({"permissions": []}, "at least one of the permissions"),
        ({"permissions": ["people.manage"]}, "at least one of the permissions"),
        ({"permissions": ["evidence.file", "evidence.review"]}, "at least one of the permissions"),
        ({"last": TODAY - timedelta(days=1)}, "ends today or within 400 days"),
        ({"last": TODAY + timedelta(days=401)}, "ends today or within 400 days"),
        ({"requirements": ["none"]}, "no evidence requirement none"),
        ({"requirements": ["a\0b"]}, "no evidence requirement"),
        ({"requirements": ["policy"]}, "policy belongs to team apps"),
        ({"systems": ["none"]}, "no system none"),
        ({"systems": ["portal"] * 201}, "at most 200"),
        ({"permissions": ["evidence.read"], "systems": ["portal"]}, "only reads"),
        ({"permissions": ["evidence.read"], "requirements": ["role-tests"]}, "only reads"),
    ],
)
def test_invalid_token_request_is_refused(office, wrong, message):
    with pytest.raises(NotPossible, match=message):
        issue(office, **wrong)
    assert rows(office.engine, "api_token") == []


@pytest.mark.parametrize("days", [0, 400])
def test_token_works_until_the_end_of_its_last_day(office, days):
    token = issue(office, last=TODAY + timedelta(days=days))
    assert find(office, token, NOW + days * DAY)
    assert not find(office, token, NOW + (days + 1) * DAY)


def test_a_token_never_does_more_than_its_person(office):
    for account in (office.lena, office.bea, office.rob):
        with pytest.raises(NotPossible, match=r"does not have evidence\.file"):
            issue_own(office, account)
    with pytest.raises(NotPossible, match="belongs to team apps"):
        issue_own(office, office.tim, requirements=["policy"])
    assert issue_own(office, office.anna, requirements=["policy"])
    assert issue_own(office, office.olga, requirements=["policy", "role-tests"])


def test_team_token_needs_token_manage(office):
    for account in (office.tim, office.rob, office.lena):
        with pytest.raises(NotAllowed):
            issue(office, by=person_of(office, account))
        with reading(office.engine) as session, pytest.raises(NotAllowed):
            tokens.list_tokens(session, person_of(office, account))
    assert issue(office, by=person_of(office, office.olga))


def test_team_token_gets_no_more_than_its_maker_may(office):
    bea, mixed = person_of(office, office.bea), [(ADMINISTRATOR, None, None), (TEAM_MEMBER, "platform", None)]
    for permission in ALL:
        with pytest.raises(NotAllowed, match=f"more than their own permissions.*{permission}"):
            issue(office, [permission], by=bea)
    both = person_of(office, person(office.engine, "Mia", "mia@example.org", mixed, at=NOW - DAY))
    assert acting(office, issue(office, ALL, label="own team", by=both)).only == set(ALL)
    with pytest.raises(NotAllowed, match="more than their own permissions"):
        issue(office, ALL, team="apps", by=both)


def test_a_team_s_token_never_does_more_than_its_maker_may_now(office):
    """An ended role ends that permission of tokens made with it; when given again, it restores it."""
    token = issue(office, ALL, by=person_of(office, office.olga))
    within(office.engine, lambda s, now: accounts.grant(s, BUILT_IN, office.olga, READER, now), NOW)
    held = [
        row.id
        for row in rows(office.engine, "role_grant")
        if (row.account, row.role) == (office.olga, SECURITY_OFFICER)
    ]
    person(office.engine, "Otto", "otto@example.org", [(SECURITY_OFFICER, None, None)], at=NOW - DAY)
    do(office.engine, accounts.end_grant, BUILT_IN, held[0], at=NOW)
    assert acting(office, token).only == {"readiness.read", "controls.read"}
    last = [row.id for row in rows(office.engine, "role_grant") if row.account == office.olga and row.role == READER]
    do(office.engine, accounts.end_grant, BUILT_IN, last[0], at=NOW)
    assert find(office, token) is None
    within(office.engine, lambda s, now: accounts.grant(s, BUILT_IN, office.olga, READER, now), NOW)
    assert acting(office, token).only == {"readiness.read", "controls.read"}


@pytest.mark.parametrize("how", ["ended", "last day"])
def test_team_token_ends_with_its_maker_s_account(office, how):
    person(office.engine, "Otto", "otto@example.org", [(SECURITY_OFFICER, None, None)], at=NOW - DAY)
    token, other = issue(office, by=person_of(office, office.olga)), issue(office, label="other")
    if how == "ended":
        do(office.engine, accounts.end, BUILT_IN, office.olga, at=NOW)
        assert log(office.engine)[-1][0] == "token.revoke_all"
        do(office.engine, accounts.change, BUILT_IN, office.olga, at=NOW, ends_on=None)
        assert find(office, token) is None  # ended, whatever happens to the account
    else:
        do(office.engine, accounts.change, BUILT_IN, office.olga, at=NOW, ends_on=TODAY)
        assert find(office, token)
        assert find(office, token, NOW + DAY) is None
    assert find(office, other)


def test_token_or_preview_cannot_create_tokens(office):
    through = acting(office, issue_own(office, office.olga, ALL))
    for who in (through, as_team(person_of(office, office.olga), "platform"), BUILT_IN, Person("x", frozenset())):
        with pytest.raises(NotAllowed):
            issue_own(office, "", by=who)
    with pytest.raises(NotAllowed, match="lacks this permission"):
        issue(office, by=through)
    with pytest.raises(NotAllowed):
        do(office.engine, tokens.revoke_own, through, through.token, at=NOW)


def test_a_token_changes_nothing_of_the_account_itself(office):
    through = acting(office, issue_own(office, office.tim, ALL))
    with writing(office.engine, NOW) as (session, now), pytest.raises(NotAllowed):
        accounts.change(session, through, office.tim, now, language="en")
    with writing(office.engine, NOW) as (session, now):
        agreements.publish_first_versions(session, now)
        waiting = agreements.list_to_accept(session, office.tim, through.roles, TODAY)
        assert waiting
        with pytest.raises(Exception, match="only for yourself"):
            accept(session, through, office.tim, waiting[0].id, "127.0.0.1", now)


def test_no_person_is_named_like_a_team_s_token(office):
    with pytest.raises(NotPossible, match="tokens of teams are named"):
        do(office.engine, accounts.add, BUILT_IN, "Build server (TEAM  platform)", "b@example.org", "nl", TODAY, None)


# ── Ending ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_revoked_token_stops_working_at_once(office):
    token = issue(office)
    do(office.engine, tokens.revoke, BUILT_IN, number(office, "build server"), at=NOW)
    assert find(office, token) is None
    assert log(office.engine)[-1][:3] == ("token.revoke", BUILT_IN.name, "build server")
    for nothing in (number(office, "build server"), 9999):
        with pytest.raises(NotPossible, match="it was revoked"):
            do(office.engine, tokens.revoke, BUILT_IN, nothing, at=NOW)


def test_people_revoke_their_own_and_nobody_else_s(office):
    mine, theirs = issue_own(office, office.tim, label="mine"), issue_own(office, office.anna, label="theirs")
    tim = person_of(office, office.tim)
    with pytest.raises(NotPossible):
        do(office.engine, tokens.revoke_own, tim, number(office, "theirs"), at=NOW)
    with pytest.raises(NotAllowed):
        do(office.engine, tokens.revoke, tim, number(office, "mine"), at=NOW)
    do(office.engine, tokens.revoke_own, tim, number(office, "mine"), at=NOW)
    assert find(office, mine) is None
    assert find(office, theirs)
    do(office.engine, tokens.revoke, person_of(office, office.bea), number(office, "theirs"), at=NOW)
    assert find(office, theirs) is None


def test_people_list_their_own_attempts(office):
    issue_own(office, office.tim, label="mine")
    issue_own(office, office.anna, label="theirs")
    issue(office, label="team's")
    with reading(office.engine) as session:
        assert [row.label for row in tokens.list_own(session, person_of(office, office.tim))] == ["mine"]
        assert tokens.list_own(session, BUILT_IN) == []
        listed = {row.label: (row.owner, row.team) for row in tokens.list_tokens(session, BUILT_IN)}
    assert listed == {"mine": ("Tim", None), "theirs": ("Anna", None), "team's": (None, "platform")}


def test_token_ends_with_the_account_or_its_last_role(office):
    tim, anna = issue_own(office, office.tim, ALL), issue_own(office, office.anna, ALL)
    do(office.engine, accounts.end, BUILT_IN, office.tim, at=NOW)
    assert find(office, tim) is None
    held = [row.id for row in rows(office.engine, "role_grant") if row.account == office.anna]
    do(office.engine, accounts.end_grant, BUILT_IN, held[0], at=NOW)
    assert find(office, anna) is None


def test_ended_role_narrows_the_token(office):
    within(office.engine, lambda s, now: accounts.grant(s, BUILT_IN, office.tim, READER, now), NOW)
    token = issue_own(office, office.tim, ALL)
    held = [row.id for row in rows(office.engine, "role_grant") if (row.account, row.role) == (office.tim, TEAM_MEMBER)]
    do(office.engine, accounts.end_grant, BUILT_IN, held[0], at=NOW)
    who = acting(office, token)
    assert {permission for permission in PERMISSIONS if may(who, permission)} == {"readiness.read", "controls.read"}


def test_revoking_access_revokes_the_tokens(office):
    mine, theirs = issue_own(office, office.tim), issue_own(office, office.anna)
    within(office.engine, lambda s, now: sessions.revoke_access(s, office.tim, now), NOW)
    assert find(office, mine) is None
    assert find(office, theirs)
    assert log(office.engine)[-1][:3] == ("token.revoke_all", "Tim", office.tim)


@given(st.text(max_size=60).filter(lambda token: not token.startswith(tokens.PREFIX)))
def test_invalid_token_is_refused_without_a_query(given_text):
    assert tokens.find(None, given_text, NOW) is None


@pytest.mark.parametrize("given_text", ["aan_", "aan_\0", "aan_\ud800", "aan_" + "x" * 10_000])
def test_text_that_resembles_a_token_is_no_token(office, given_text):
    issue(office)
    assert find(office, given_text) is None


# ── What it may ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_token_uploads_for_its_requirements_and_systems_only(office):
    who = acting(office, issue(office, requirements=["role-tests"], systems=["portal"]))
    assert office.deliver(JUNIT, person=who).is_new
    with pytest.raises(NotAllowed, match="uploads evidence for role-tests, not for no-policy"):
        office.deliver(FAILING, person=who, requirements=("no-policy",))
    with pytest.raises(NotAllowed, match="uploads evidence for role-tests, not for no-policy"):
        office.deliver(FAILING, person=who, requirements=("role-tests", "no-policy"))
    elsewhere = acting(office, issue(office, systems=["website"]))
    with pytest.raises(NotAllowed, match="uploads evidence for website, not for portal"):
        office.deliver(FAILING, person=elsewhere)
    assert office.count("evidence") == 1


def test_token_for_systems_is_not_for_the_organisation(office):
    who = acting(office, issue(office, team="apps", systems=["portal"]))
    with pytest.raises(NotAllowed, match="not for the organisation"):
        office.deliver(TEXT, person=who, requirements=("policy",), systems=(), names=("p.md",), first_day=TODAY)
    anyone = acting(office, issue(office, team="apps"))
    assert office.deliver(TEXT, person=anyone, requirements=("policy",), systems=(), names=("p.md",), first_day=TODAY)


def test_team_token_stays_within_its_team(office):
    who = acting(office, issue(office))
    with pytest.raises(NotAllowed, match="reviewed-tests belongs to team apps"):
        office.deliver(JUNIT, person=who, requirements=("reviewed-tests",))


def test_upload_token_cannot_read_and_read_token_cannot_upload(office):
    key = office.deliver(JUNIT).evidence
    uploading, reader = acting(office, issue(office)), acting(office, issue(office, tokens.READ_PERMISSIONS))
    with reading(office.engine) as session:
        with pytest.raises(NotAllowed, match=r"lacks this permission \(evidence\.read\)"):
            evidence_items.search(session, uploading, Filters())
        assert [row.id for row in evidence_items.search(session, reader, Filters()).rows] == [key]
    with pytest.raises(NotAllowed, match=r"lacks this permission \(evidence\.file\)"):
        office.deliver(FAILING, person=reader)


def test_person_does_not_review_uploads_of_their_token(office):
    key = office.deliver(JUNIT, person=acting(office, issue_own(office, office.olga))).evidence
    assert office.column("evidence", "uploaded_by") == ["Olga"]
    with pytest.raises(NotReviewable, match="someone else must review"):
        office.review(key, "accepted", person=person_of(office, office.olga))
    office.review(key, "accepted", person=person_of(office, office.rob))


def test_log_contains_the_token_s_number(office):
    office.deliver(JUNIT, person=acting(office, issue_own(office, office.tim)))
    office.deliver(FAILING, person=person_of(office, office.tim))
    filed = [(who, details.get("token")) for verb, who, _, details in log(office.engine) if verb == "evidence.file"]
    assert filed == [("Tim", number(office, "laptop")), ("Tim", None)]


def test_token_withdraws_its_person_s_uploads_for_its_requirements_only(office):
    own = office.deliver(JUNIT, person=person_of(office, office.tim)).evidence
    for narrow in (issue_own(office, office.tim, requirements=["tls-scan"]), issue(office, label="other")):
        with pytest.raises((NotAllowed, NotReviewable)):
            office.review(own, "withdrawn", person=acting(office, narrow))
    office.review(own, "withdrawn", person=acting(office, issue_own(office, office.tim, requirements=["role-tests"])))


def test_a_reviewer_s_token_does_not_review(office):
    key = office.deliver(JUNIT).evidence
    for decision in ("accepted", "rejected"):
        with pytest.raises(NotAllowed):
            office.review(key, decision, person=acting(office, issue_own(office, office.olga, ALL)))
    with pytest.raises(NotReviewable, match="only they or a reviewer"):
        office.review(key, "withdrawn", person=acting(office, issue_own(office, office.olga, ALL)))


# ── In requests ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def client(office, monkeypatch):
    """A client of the API behind the middleware, whose cache expires at once."""
    monkeypatch.setattr(authentication, "_CACHE_SECONDS", 0)
    clock = Clock()
    api = create_api(lambda: office.engine, lambda: office.store, 8, clock)
    admissions = Admissions(lambda: office.engine, clock, lambda act: act())
    app = AuthenticationMiddleware(Starlette(routes=[Mount("/api", app=api)]), admissions, "session")
    with TestClient(app, base_url="http://127.0.0.1:8600", raise_server_exceptions=False) as client:
        client.clock = clock
        yield client


def bearer(token, **more):
    return {"authorization": f"Bearer {token}", **more}


def refused(answer, status):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["instance"]
    return body["detail"]


def test_program_without_a_token_is_told_what_to_send(client):
    answer = client.get("/api/v1/me")
    assert "Authorization: Bearer" in refused(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    wrong = client.get("/api/v1/me", headers=bearer("aan_wrong"))
    assert "not valid" in refused(wrong, 401)
    assert wrong.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert "niet geldig" in refused(client.get("/api/v1/me", headers=bearer("x", **{"accept-language": "nl"})), 401)


def test_owner_of_a_token_can_be_read(client, office):
    token = issue(office, requirements=["role-tests"])
    assert client.get("/api/v1/me", headers=bearer(token)).json() == {
        "name": "build server (team platform)",
        "roles": ["team member"],
        "permissions": ["evidence.file"],
        "teams": ["platform"],
        "audits": [],
        "requirements": ["role-tests"],
        "systems": [],
        "token": "build server",
        "until": LAST.isoformat(),
    }


def test_a_browser_uses_the_api_too_from_its_own_site(client, office):
    cookie = within(office.engine, lambda s, now: sessions.start(s, office.olga, now), NOW)
    client.cookies.set("session", cookie)
    me = client.get("/api/v1/me").json()
    assert (me["name"], me["token"], me["until"]) == ("Olga", None, None)
    assert "token.manage" in me["permissions"]
    body = {"ids": [1]}
    elsewhere = client.post("/api/v1/mapping-reviews", json=body, headers={"origin": "https://evil.example"})
    assert "another site" in refused(elsewhere, 403)
    own = client.post("/api/v1/mapping-reviews", json=body, headers={"origin": "http://127.0.0.1:8600"})
    assert own.status_code not in (401, 403)
    assert (
        client.get("/api/v1/me", headers=bearer("aan_wrong")).status_code == 401
    )  # a wrong token is not ignored in favour of the cookie


def test_refused_token_is_told_what_it_is_not_for(client, office):
    token = issue(office)
    files = [("files", ("junit.xml", JUNIT))]
    query = {"requirement": "role-tests", "system": "portal"}
    assert client.post("/api/v1/evidence", files=files, data=query, headers=bearer(token)).status_code == 201
    answer = client.get("/api/v1/evidence", headers=bearer(token))
    assert "evidence.read" in refused(answer, 403)
    assert answer.json()["type"] == "urn:aantoonbaar:problem:not-allowed"


def test_agreements_must_be_accepted_first(client, office):
    token = issue_own(office, office.tim)
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 200
    within(office.engine, agreements.publish_first_versions, NOW)
    assert "/agreements" in refused(client.get("/api/v1/me", headers=bearer(token)), 403)


def test_a_token_opens_no_page(client, office):
    assert client.get("/", headers=bearer(issue(office))).status_code == 401


def test_its_last_use_is_noted_at_most_once_a_minute(client, office):
    token = issue(office)
    noted = []
    for passed in (0 * SECOND, 30 * SECOND, MINUTE, 90 * SECOND, 2 * MINUTE):
        client.clock.now = NOW + passed
        assert client.get("/api/v1/me", headers=bearer(token)).status_code == 200
        noted.append(rows(office.engine, "api_token", "used_at")[0][0] - NOW)
    assert noted == [0 * SECOND, 0 * SECOND, MINUTE, MINUTE, 2 * MINUTE]


def test_request_succeeds_when_its_use_cannot_be_recorded(client, office, monkeypatch, caplog):
    def busy(*_given):
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    token = issue(office)
    monkeypatch.setattr(tokens, "touch", busy)
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 200
    assert "was not written down" in caplog.text
    assert token not in caplog.text


def test_a_request_does_not_wait_for_the_note_of_its_use(office):
    token, waiting = issue(office), []
    admission = Admissions(lambda: office.engine, lambda: NOW, waiting.append).find_by_token(token)
    assert admission is not None
    assert rows(office.engine, "api_token", "used_at") == [(None,)]
    waiting[0]()
    assert rows(office.engine, "api_token", "used_at") == [(NOW,)]


def test_openapi_describes_authentication(client, office):
    headers = bearer(issue(office))
    description = client.get("/api/openapi.json", headers=headers).json()
    scheme = description["components"]["securitySchemes"]["token"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for path, operations in description["paths"].items():
        for operation in operations.values():
            assert operation["security"] == [{"token": []}], path
    assert "Bearer aan_" in client.get("/api/docs", headers=headers).text
