"""The calendar: a month, a day's list, teams, and the filters in the address."""

from datetime import UTC, date, datetime, timedelta

import pytest

import settings
from access.people import accounts
from access.permissions import BUILT_IN, TEAM_MEMBER
from audits.planned_days import plan_days
from controls.scope import system_scope
from models.transaction import writing
from tests.dashboard.conftest import Pages, words
from tests.days import CALENDAR

ENGLISH = Pages("en")
SCAN = ("tls-scan", "portal", "portal.example.org")
API = ("tls-scan", "portal", "api.example.org")
LOG = ("log-export", "", "")
POLICY = ("crypto-policy", "", "")


@pytest.fixture
def day(planned):
    """A Wednesday at least a month ahead, in a month of its own: everything else is planned for next year."""
    plan(
        CALENDAR.day_of(datetime.now(UTC)) + timedelta(days=400), SCAN, API, LOG, POLICY, ("tls-scan", "downloads", "")
    )
    later = CALENDAR.day_of(datetime.now(UTC)) + timedelta(days=40)
    middle = later.replace(day=15)
    return middle + timedelta(days=2 - middle.weekday())


def plan(day, *cells):
    with writing(settings.engine()) as (session, now):
        plan_days(session, BUILT_IN, cells, day, now)


def month_of(day):
    return {"month": f"{day:%Y-%m}"}


def member_of(team):
    with writing(settings.engine()) as (session, now):
        account = accounts.add(session, BUILT_IN, "Tess", "tess@example.org", "en", CALENDAR.day_of(now), None, now)
        accounts.grant(session, BUILT_IN, account, TEAM_MEMBER, now, team=team)
    Pages.account = account


def test_month_without_anything_says_so(planned, pages):
    out = words(pages.open("calendar", month="2099-02"))
    assert ("Nothing is planned in February 2099." in out) or ("Voor februari 2099 staat niets gepland." in out)


def test_without_an_audit_it_says_that_most_days_come_with_one(loaded):
    assert 'href="/setup?part=audit"' in words(ENGLISH.open("calendar"))


def test_planned_tasks_stand_on_their_day(day):
    plan(day, SCAN, API)
    out = words(ENGLISH.open("calendar", **month_of(day)))
    assert f"In {day:%B}: 1 planned." in out  # both targets are one task
    assert f'<time datetime="{day.isoformat()}">' in out
    assert "api.example.org, portal.example.org" in out
    assert '<abbr title="Monday">Mon</abbr>' in out.split("<tr>")[1]


def test_third_entry_of_a_day_is_counted_and_opens_the_day(day):
    plan(day, SCAN, LOG, POLICY)
    out = words(ENGLISH.open("calendar", **month_of(day)))
    assert f'href="/calendar?month={day:%Y-%m}&amp;day={day.isoformat()}" data-go class="more-of-day"' in out
    assert "1 more" in out
    opened = words(ENGLISH.open("calendar", day=day.isoformat(), **month_of(day)))
    assert "Close" in opened
    assert opened.count("Cryptography policy") > out.count("Cryptography policy")


def test_busiest_week_is_named(day):
    plan(day, SCAN, LOG)
    plan(day + timedelta(days=7), POLICY)
    out = words(ENGLISH.open("calendar", **month_of(day)))
    monday = day - timedelta(days=2)
    assert f"3 planned; the busiest week is that of {monday.day} {monday:%B}." in out


def test_filters_are_in_the_address_and_stay_with_the_next_month(day):
    with writing(settings.engine()) as (session, now):
        system_scope.add_team(session, BUILT_IN, "support", "Support", "Support", now)
    plan(day, SCAN, LOG)
    assert "1 planned" in words(ENGLISH.open("calendar", system="portal", **month_of(day)))
    out = words(ENGLISH.open("calendar", team="support", **month_of(day)))
    assert "Nothing is planned" in out
    following = (day.replace(day=1) + timedelta(days=31)).strftime("%Y-%m")
    assert f'href="/calendar?month={following}&amp;team=support"' in out


@pytest.mark.parametrize("month", ["", "2026-13", "x", "0001-01", "9999-12", "2026-12-01-01"])
def test_month_that_is_none_is_this_month(planned, month):
    today = CALENDAR.day_of(datetime.now(UTC))
    assert f"<b>{today:%B} {today.year}</b>" in words(ENGLISH.open("calendar", month=month))


def test_december_and_leap_years_have_their_weeks(planned):
    out = words(ENGLISH.open("calendar", month="2026-12"))
    assert out.count("<tr>") == 6
    assert "30 Nov" in out
    assert '<th scope="row" class="week">53</th>' in out
    assert date(2028, 2, 29).strftime("%d") in words(ENGLISH.open("calendar", month="2028-02"))


def test_team_member_sees_their_own_team_first(day):
    with writing(settings.engine()) as (session, now):
        system_scope.add_team(session, BUILT_IN, "support", "Support", "Support", now)
    plan(day, SCAN)
    member_of("support")
    test = ENGLISH.open("calendar", **month_of(day))
    assert test.selectbox[0].value == "support"
    assert "Nothing is planned" in words(test)
    assert "1 planned" in words(ENGLISH.open("calendar", team="all", **month_of(day)))


@pytest.mark.parametrize(("language", "month"), [("en", "Month"), ("nl", "Maand")])
def test_the_month_is_not_called_a_list(planned, language, month):
    views = next(group for group in Pages(language).open("calendar").get("button_group") if "view" in str(group.key))
    assert views.options[0].endswith(month)
