"""A team member's month, and someone who reads on a phone; each with its number of clicks."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from access.permissions import BUILT_IN, TEAM_MEMBER
from audits.planned_days import plan_days
from controls.scope.system_scope import bring_into_scope
from locales import Language
from models.transaction import writing
from tests.browser.accessibility import follow
from tests.browser.serving import database
from tests.browser.walking import Walk
from tests.dashboard.proof import dated_scan
from tests.days import CALENDAR
from tests.people import colleague

pytestmark = pytest.mark.browser

TODAY = CALENDAR.day_of(datetime.now(UTC))
TARGET = "month.example.org"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(params=["nl", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def member(office, open_page, language):
    """A member's page, of whose team a scan is due in five days."""
    target, engine = f"{language}.{TARGET}", database(office)
    with writing(engine) as (session, now):
        bring_into_scope(session, BUILT_IN, "saas-products", TODAY - timedelta(days=60), now, target=target)
        plan_days(session, BUILT_IN, [("tls-scan", "saas-products", target)], TODAY + timedelta(days=5), now)
    token = colleague(engine, BUILT_IN, f"{language} Mulder", TEAM_MEMBER, team="platform", language=language)[1]
    engine.dispose()
    page = open_page(office, language)
    page.context.add_cookies([{"name": "aantoonbaar", "value": token, "url": office}])
    return page


def test_a_team_members_month_in_7_clicks(office, member, language) -> None:
    t, walk, target = Language(language), Walk(member), f"{language}.{TARGET}"
    member.goto(office)
    task = member.locator(".team-task", has_text=target).filter(has_text=re.compile("TLS.scan"))
    expect(task).to_contain_text("Transport Layer Security")  # why it matters
    walk.click(task.get_by_role("link", name=t("Upload")))
    walk.drop({"scan.json": dated_scan(target, TODAY.isoformat())})
    expect(member.locator("table.changes .s-demonstrated").first).to_be_visible()
    walk.press(t("Save this evidence"))
    expect(member).to_have_url(re.compile("saved="))
    walk.click(member.get_by_role("link", name=t("Back to my team")))
    expect(member.locator("h1")).to_be_visible()
    walk.rest()
    expect(task.filter(has_text=t("in 5 days"))).to_have_count(0)
    walk.click(member.locator(".bar-in > nav a[href='/calendar']"))
    walk.click(member.locator("[class*=st-key-calendar-feeds] summary"))
    walk.press(t("Make an address"))
    secret = member.get_by_test_id("stCode")
    expect(secret).to_contain_text(".ics")
    feed = member.request.get(
        office + re.search(r"/calendar/\S+\.ics|/\S+\.ics", secret.inner_text().split("://", 1)[1])[0]
    )
    assert feed.ok
    assert "BEGIN:VEVENT" in feed.text()
    assert walk.clicks == 7


def test_reading_on_a_phone_in_5_clicks(office, open_page, language) -> None:
    """From readiness to why a control is not demonstrated, without scrolling sideways."""
    page = open_page(office, language, viewport=PHONE, has_touch=True)
    page.goto(office)
    walk = Walk(page)
    for step in (
        page.locator(".menu summary"),
        page.locator(".menu nav a[href='/controls']"),
        page.locator(".theme > summary"),
        page.locator("table.controls a"),
    ):
        walk.click(step)
        fits(page)
    expect(page.locator("table.why")).to_be_visible()
    walk.click(page.locator("table.why summary"))
    expect(page.locator("table.why details p").first).to_be_visible()
    fits(page)
    assert walk.clicks == 5


def fits(page) -> None:
    page.wait_for_timeout(200)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth")
    assert wide <= 0, page.url


def test_a_phone_needs_no_sideways_scroll(office, open_page) -> None:
    page = open_page(office, "nl", viewport=PHONE)
    page.goto(office)
    page.locator("html[data-follows]").wait_for(state="attached")
    for path in (
        "statement",
        "measures",
        "measure?key=tls",
        "control?key=nen7510-2024:8.24",
        "evidence",
        "upload",
        "setup",
        "start",
        "statement?view=versions",
        "controls?catalogue=gdpr",
        "control?key=gdpr:32(1)(b)",
        "policy?key=request-register",
        "policy?key=tls-ncsc-nl@2025-05",
        "applicability",
        "exceptions",
        "calendar",
        "tasks",
        "what-if",
        "review",
    ):
        follow(page, f"/{path}")
        fits(page)
        assert not page.locator("[data-testid=stDataFrame]:visible").count(), f"{path}: this table scrolls by itself"
