"""Every page as every role: no error, and nothing offered that would be refused."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.util import calc_hash

import settings
from access.people import accounts
from access.permissions import ADMINISTRATOR, AUDITOR, BUILT_IN, READER, REVIEWER, SECURITY_OFFICER, TEAM_MEMBER
from controls.scope import system_scope
from locales import Language
from models.transaction import writing
from tests.dashboard.conftest import Pages, words
from tests.dashboard.proof import tls_scan
from tests.days import CALENDAR

#: role → the pages that it finds in its navigation, in order
BARS = {
    SECURITY_OFFICER: [
        "/",
        "/statement",
        "/controls",
        "/evidence",
        "/review",
        "/calendar",
        "/setup",
        "/people",
    ],
    REVIEWER: ["/", "/statement", "/controls", "/evidence", "/review", "/calendar", "/setup"],
    TEAM_MEMBER: ["/", "/readiness", "/statement", "/controls", "/evidence", "/calendar"],
    AUDITOR: ["/", "/statement", "/controls", "/evidence", "/calendar", "/activity"],
    READER: ["/", "/statement", "/controls", "/calendar"],
    ADMINISTRATOR: ["/"],
}
FILES = {
    "": "readiness",
    "people": "people",
    "login-attempts": "login_attempts",
    "acceptance": "acceptance",
    "tokens": "tokens",
    "activity": "activity",
    "status": "status",
    "what-if": "what_if",
}
OPENED = {
    SECURITY_OFFICER: [
        "measures",
        "upload",
        "tasks",
        "what-if",
        "login-attempts",
        "acceptance",
        "tokens",
        "activity",
        "status",
    ],
    ADMINISTRATOR: ["login-attempts", "acceptance", "tokens", "status"],
    TEAM_MEMBER: ["measures", "upload", "tasks", "what-if"],
    **dict.fromkeys((REVIEWER, AUDITOR, READER), ["measures", "tasks", "what-if"]),
}
OBJECTS = [("measure", "key", "tls"), ("control", "key", "iso27001-2022:A.8.24")]
ENGLISH = Pages("en")


@pytest.fixture
def as_role(planned):
    """Makes a person of a role, as whom pages are opened."""

    def made(role, team="platform"):
        with writing(settings.engine()) as (session, now):
            account = accounts.add(
                session, BUILT_IN, f"P {role}", f"{role[:4]}@example.org", "en", CALENDAR.day_of(now), None, now
            )
            of_team, audit = (team if role == TEAM_MEMBER else None), ("audit" if role == AUDITOR else None)
            accounts.grant(session, BUILT_IN, account, role, now, team=of_team, audit=audit)
        Pages.account = account
        return account

    return made


def bar(test):
    html = next(element.proto.body for element in test.get("html") if "bar-in" in element.proto.body)
    nav = html[html.index("<nav") : html.index("</nav>")]
    return [part.split('"')[1] for part in nav.split("<a ")[1:]]


def without_errors(test):
    """Nothing is refused, and no page failed."""
    out = words(test)
    assert "<h1>" in out
    assert "s-failing" not in [part for part in out.split() if part.startswith("note")]
    assert 'class="note s-failing"' not in out
    assert "may not do this" not in out
    return out


@pytest.mark.parametrize("role", BARS)
def test_each_role_can_open_the_pages_in_its_navigation(as_role, role):
    as_role(role)
    first = ENGLISH.open()
    assert bar(first) == BARS[role]
    assert ('class="button upload"' in without_errors(first)) == (role in (SECURITY_OFFICER, TEAM_MEMBER))
    for path in [*BARS[role][1:], *(f"/{page}" for page in OPENED.get(role, []))]:
        name = path[1:]
        out = without_errors(ENGLISH.open(FILES.get(name, name)))
        assert f'aria-label="Account of P {role}"' in out
        assert 'href="/account"' in out and 'href="/sign-out"' in out


@pytest.mark.parametrize("role", [role for role in BARS if role != ADMINISTRATOR])
@pytest.mark.parametrize(("page", "name", "value"), OBJECTS)
def test_object_pages_offer_only_permitted_actions(as_role, role, page, name, value):
    as_role(role)
    out = without_errors(ENGLISH.open(page, **{name: value}))
    assert ("/upload" in out) == (role in (SECURITY_OFFICER, TEAM_MEMBER))
    assert ("Upload evidence" in out) <= ("/upload" in out)
    assert ("/evidence-item" in out) <= (role != READER)


@pytest.fixture
def of_another_team(as_role):
    """A member of a team that provides no evidence yet."""
    with writing(settings.engine()) as (session, now):
        system_scope.add_team(session, BUILT_IN, "support", "Support", "Support", now)
    as_role(TEAM_MEMBER, "support")


@pytest.mark.parametrize(
    ("page", "values"),
    [("", {}), *((page, {name: value}) for page, name, value in [*OBJECTS, ("policy", "key", "tls-ncsc-nl@2025-05")])],
)
def test_team_member_is_not_offered_uploads_for_other_teams(of_another_team, page, values):
    out = without_errors(ENGLISH.open(page, **values))
    assert "/upload?" not in out
    assert "Upload evidence" not in out


def test_team_member_hears_which_team_uploads_a_kind_of_file(of_another_team):
    test = ENGLISH.open("upload", requirement="tls-scan")
    test.file_uploader[0].upload("scan.json", tls_scan("portal.example.org"))
    out = without_errors(ENGLISH.run(test))
    assert test.multiselect[0].options == []
    assert "Other teams upload evidence of this kind: Platform team." in out


def test_administrator_starts_at_people_and_sees_no_evidence(as_role):
    as_role(ADMINISTRATOR)
    out = without_errors(ENGLISH.open())
    assert "can sign in" in out
    assert "Readiness" not in out


def test_reviewer_sees_only_the_mapping_part(as_role):
    as_role(REVIEWER)
    test = ENGLISH.open("setup")
    assert "A.8.24" in without_errors(test)
    assert [button.label for button in test.button] == [
        "End the mapping",
        "Confirm the mappings shown",
        "Confirm all 3 mappings",
    ]


def test_days_of_the_audit_bound_the_auditor(as_role, planned):
    """The last day of the audit is the nearest day that an auditor may see once it is over."""
    as_role(AUDITOR)
    assert CALENDAR.day_of(datetime.now(UTC)) < planned
    without_errors(ENGLISH.open())


@pytest.mark.parametrize(
    ("role", "address", "roles"),
    [
        (READER, "people", "Security officer, Administrator"),
        (REVIEWER, "policy-edition", "Security officer"),
        (READER, "evidence-item", "Security officer, Reviewer, Team member, Auditor"),
        (ADMINISTRATOR, "statement", "Security officer, Reviewer, Team member, Auditor, Reader"),
    ],
)
def test_forbidden_page_says_so_and_names_the_roles(as_role, role, address, roles):
    as_role(role)
    test = ENGLISH.open()
    test._page_hash = calc_hash(address)
    out = words(ENGLISH.run(test))
    assert "You do not have access to this page." in out
    assert f"This page is for these roles: {roles}" in out


def test_a_day_outside_the_audit_is_the_nearest_day_of_it(as_role, planned):
    as_role(AUDITOR)
    out = without_errors(ENGLISH.open("readiness", on="2001-01-01", known="now"))
    first = CALENDAR.day_of(datetime.now(UTC)) - timedelta(days=200)
    assert f"You are looking at <b>{Language('en').date(first)}</b>, with what is known now of that day." in out
