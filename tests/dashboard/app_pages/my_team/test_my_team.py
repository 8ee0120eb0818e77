"""The page of a team: what it has to provide, by when, with the runs before and the line for a build server."""

from datetime import timedelta

import pytest

import settings
from access.people import accounts
from access.permissions import BUILT_IN, TEAM_MEMBER
from audits.planned_days import plan_days
from controls.scope import system_scope
from dashboard.app_pages.my_team import task_row
from models.transaction import writing
from tests.dashboard.conftest import Pages, words
from tests.days import CALENDAR


@pytest.fixture
def member(planned):
    """A member of the team that provides the evidence."""
    with writing(settings.engine()) as (session, now):
        account = accounts.add(session, BUILT_IN, "Tess", "tess@example.org", "en", CALENDAR.day_of(now), None, now)
        accounts.grant(session, BUILT_IN, account, TEAM_MEMBER, now, team="platform")
    Pages.account = account
    return account


def plan(cells, days):
    with writing(settings.engine()) as (session, now):
        plan_days(session, BUILT_IN, cells, CALENDAR.day_of(now) + timedelta(days=days), now)


SCAN = ("tls-scan", "portal", "portal.example.org")
API = ("tls-scan", "portal", "api.example.org")
LOG, POLICY, DOWNLOADS = ("log-export", "", ""), ("crypto-policy", "", ""), ("tls-scan", "downloads", "")


def test_team_member_starts_at_their_team(member, pages):
    out = words(pages.open())
    assert "Platform" in out
    assert ("My team" in out) or ("Mijn team" in out)


def test_planned_task_has_its_day_and_its_upload(member):
    plan([SCAN], 5)
    plan([API, DOWNLOADS, LOG, POLICY], 60)
    out = words(Pages("en").open("my_team"))
    assert "1 piece of evidence is due within 30 days; none is late." in out
    assert "Provide: TLS scan, portal.example.org" in out
    assert "in 5 days" in out
    assert "not provided yet" in out
    assert 'href="/upload?requirement=tls-scan&amp;system=portal&amp;due=' in out
    assert "-F requirement=tls-scan -F system=portal" in out
    assert "Traffic is encrypted;" in out


@pytest.mark.parametrize(("shown", "rest"), [(1, "2 more tasks"), (2, "1 more task"), (3, "")])
def test_a_long_group_shows_its_first_tasks_and_folds_the_rest(member, monkeypatch, shown, rest):
    monkeypatch.setattr(task_row, "SHOWN", shown)
    plan([SCAN, LOG, POLICY], 5)
    plan([API, DOWNLOADS], 60)
    soon = words(Pages("en").open("my_team")).partition("Within 30 days")[2].partition("<h2")[0]
    before, folded, after = soon.partition('<details class="more">')
    assert before.count("team-task") == shown
    assert after.count("team-task") == 3 - shown
    assert rest in after if rest else not folded


def test_tasks_of_other_teams_are_not_shown(planned):
    with writing(settings.engine()) as (session, now):
        system_scope.add_team(session, BUILT_IN, "support", "Support", "Support", now)
        account = accounts.add(session, BUILT_IN, "Sam", "sam@example.org", "en", CALENDAR.day_of(now), None, now)
        accounts.grant(session, BUILT_IN, account, TEAM_MEMBER, now, team="support")
    plan([SCAN], 5)
    Pages.account = account
    out = words(Pages("en").open("my_team"))
    assert "TLS scan" not in out
    assert "Nothing is due" in out


def test_officer_chooses_the_team(planned):
    plan([SCAN], 5)
    test = Pages("en").open("my_team")
    assert test.selectbox[0].label == "Team"
    test.selectbox[0].select("platform")
    assert "Provide: TLS scan" in words(Pages("en").run(test))
