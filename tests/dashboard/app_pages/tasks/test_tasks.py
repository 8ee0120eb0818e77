"""The page of tasks: grouped by due day; an officer plans and assigns several at once, others read."""

from datetime import timedelta

import pytest

import settings
from access.people import accounts
from access.permissions import BUILT_IN, READER, TEAM_MEMBER
from audits.planned_days import plan_days
from controls.assignments import assign, assignments
from controls.scope import system_scope
from locales import Language
from models.transaction import reading, writing
from readiness.tasks.due_days import planned_days, renewal_margin
from tests.dashboard.conftest import Pages, words
from tests.days import CALENDAR

EN = Pages("en")
SCAN = ("tls-scan", "portal", "portal.example.org")
API = ("tls-scan", "portal", "api.example.org")
LOG, POLICY, DOWNLOADS = ("log-export", "", ""), ("crypto-policy", "", ""), ("tls-scan", "downloads", "")
KEY = "tls-scan|portal|api.example.org"  # of both addresses, by the first


def plan(cells, days):
    with writing(settings.engine()) as (session, now):
        plan_days(session, BUILT_IN, cells, CALENDAR.day_of(now) + timedelta(days=days), now)


def add(name, role, team=None):
    with writing(settings.engine()) as (session, now):
        day = CALENDAR.day_of(now)
        account = accounts.add(session, BUILT_IN, name, f"{name}@example.org", "en", day, None, now)
        accounts.grant(session, BUILT_IN, account, role, now, team=team)
    return account


def button(test, label):
    return next(each for each in test.button if each.label == label)


def test_tasks_are_grouped_by_their_due_day(planned, pages):
    plan([SCAN], 5)
    plan([API, DOWNLOADS, LOG, POLICY], 60)
    out = words(pages.open("tasks"))
    t = Language(pages.language)
    assert out.index(f"<h2>{t('Within 30 days')}") < out.index(f"<h2>{t('Later')}")
    assert ("0 tasks are overdue and 1 is due within 30 days." in out) == (t.code == "en")
    assert 'href="/upload?requirement=tls-scan&amp;system=portal&amp;due=' in out
    assert 'href="/measure?key=tls&amp;cell=tls-scan%7Cportal%7Cportal.example.org"' in out
    assert 'href="/control?key=iso27001-2022:A.8.24"' in out
    assert 'href="/tasks" data-go aria-current="page"' in out


def test_without_an_audit_each_reader_reads_their_own_language(loaded):
    assert ">Audit plannen</a>" in words(Pages("nl").open("tasks"))
    assert ">Plan the audit</a>" in words(EN.open("tasks"))


def test_ticked_tasks_are_planned_at_once(planned):
    test = EN.open("tasks", tick=f"{KEY},log-export%7C%7C")
    assert "2 tasks ticked" in words(test)
    day = planned - timedelta(days=40)
    test.date_input[0].set_value(day)
    button(test, "Plan 2 tasks").click()
    out = words(EN.run(test))
    assert "2 tasks are planned for" in out
    with reading(settings.engine()) as session:
        days = {cell: each.day for cell, each in planned_days(session).items()}
    assert days == dict.fromkeys([SCAN, API, ("log-export", "", "")], day)
    button(test, "Unplan").click()
    assert "2 tasks have no chosen day any more; the product plans them again by impact." in words(EN.run(test))
    with reading(settings.engine()) as session:
        assert planned_days(session) == {}


def test_a_tick_is_a_link_and_is_taken_away_by_one(planned):
    out = words(EN.open("tasks"))
    assert 'href="?tick=tls-scan%257Cportal%257Capi.example.org"' in out
    assert "Tick: Provide: TLS scan, api.example.org, portal.example.org" in out
    out = words(EN.open("tasks", tick=KEY))
    assert 'href="?tick=none"' in out
    assert "Untick: Provide: TLS scan, api.example.org, portal.example.org" in out


def test_requirement_is_assigned_to_a_person_of_another_team(planned):
    with writing(settings.engine()) as (session, now):
        system_scope.add_team(session, BUILT_IN, "support", "Support", "Support", now)
    account = add("Sam", TEAM_MEMBER, "support")
    test = EN.open("tasks", tick=KEY)
    assert [box.label for box in test.selectbox] == ["Team", "Team", "Person"]
    assert "Sam" not in str(test.selectbox[2].options), "not a member of the present team"
    test.selectbox[1].select("support")
    EN.run(test)
    test.selectbox[2].select(account)
    button(test, "Assign 1 requirement").click()
    out = words(EN.run(test))
    assert "1 requirement is assigned to Support." in out
    assert "for Sam" in out
    assert '<th scope="col">Assigned to</th>' in out
    assert test.selectbox[2].value == account
    with reading(settings.engine()) as session:
        assert [(row.team, row.account) for row in assignments(session, BUILT_IN, "tls-scan")] == [("support", account)]


def test_tasks_of_one_team_or_of_one_group(planned):
    with writing(settings.engine()) as (session, now):
        system_scope.add_team(session, BUILT_IN, "support", "Support", "Support", now)
        assign(session, BUILT_IN, "log-export", "support", None, now)
    plan([SCAN], 5)
    of_support = words(EN.open("tasks", team="support"))
    assert "Log export" in of_support and "TLS scan" not in of_support
    of_month = words(EN.open("tasks", due="soon"))
    assert "TLS scan" in of_month and "Log export" not in of_month
    plan([("log-export", "", "")], 60)
    assert "Nothing is due within 30 days; 1 task later." in words(EN.open("tasks", team="support"))


def test_margin_is_set(planned):
    test = EN.open("tasks")
    assert test.number_input[0].value == 14
    test.number_input[0].set_value(21)
    button(test, "Save").click()
    assert "Renewals are due 21 days before." in words(EN.run(test))
    with reading(settings.engine()) as session:
        assert renewal_margin(session) == 21


@pytest.mark.parametrize(("role", "team", "uploads"), [(READER, None, False), (TEAM_MEMBER, "platform", True)])
def test_others_read(planned, role, team, uploads):
    Pages.account = add("Rik", role, team)
    test = EN.open("tasks", tick=KEY)
    out = words(test)
    assert "Provide: TLS scan" in out
    assert "tick" not in [part.split('"')[1] for part in out.split("class=")[1:] if '"' in part]
    assert not test.button
    assert ('href="/upload?requirement=tls-scan' in out) == uploads


def test_without_an_audit_the_page_says_what_to_do(loaded):
    out = words(EN.open("tasks"))
    assert "No audit has been planned." in out
    assert 'href="/setup?part=audit"' in out


def test_readiness_tells_how_many_tasks_are_due_and_leads_to_them(planned):
    plan([SCAN], 5)
    plan([API, DOWNLOADS, LOG, POLICY], 60)
    out = words(EN.open("readiness"))
    assert '<a href="/tasks?due=soon" data-go class="">1 within 30 days</a>' in out
    assert ">4 later</a>" in out
    assert "overdue</a>" not in out
    assert 'href="/tasks" data-go' in out
