"""Tasks of a person, in a real browser under the real Content-Security-Policy, in both languages."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import signed_in
from tests.dashboard.proof import dated_scan, tls_scan
from tests.days import CALENDAR

pytestmark = pytest.mark.browser

HOST = "portal.example.org"
WORDS = {
    "en-GB": {
        "not ready": "Not ready",
        "save": "Save this evidence",
        "saved": "Saved.",
        "why": "Why?",
        "other": "NL",
        "upload": "Upload",
    },
    "nl-NL": {
        "not ready": "Niet gereed",
        "save": "Dit bewijs opslaan",
        "saved": "Opgeslagen.",
        "why": "Waarom?",
        "other": "EN",
        "upload": "Aanleveren",
    },
}


@pytest.fixture(params=sorted(WORDS))
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, address: str, locale: str):
    context = signed_in(browser, address, locale=locale, viewport={"width": 1440, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    trouble: list[str] = []
    opened.on(
        "console", lambda message: trouble.append(message.text) if "Content Security Policy" in message.text else None
    )
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    yield opened
    context.close()
    assert trouble == []


def plan_audit(page: Page, address: str) -> None:
    """Through the API, as a build server or an earlier day would have done it."""
    today = CALENDAR.day_of(datetime.now(UTC))
    body = {
        "key": "audit",
        "title": "Recertification",
        "day": str(today + timedelta(days=100)),
        "period_first": str(today - timedelta(days=200)),
        "period_last": str(today),
        "catalogues": ["iso27001-2022", "nen7510-2024"],
        "systems": [],
    }
    answer = page.request.post(
        f"{address}/api/v1/audit", data=json.dumps(body), headers={"content-type": "application/json"}
    )
    assert answer.ok, answer.text()


def drop(page: Page, address: str, data: bytes) -> None:
    page.goto(f"{address}/upload?system=saas-products")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "scan.json", "mimeType": "application/json", "buffer": data}
    )
    expect(page.locator(".file")).to_contain_text("scan.json")


def test_a_scan_for_the_portal(page: Page, address: str, locale: str) -> None:
    """Drop a testssl file; see which promise it is about, for which target, until when, what it changes, and why."""
    words = WORDS[locale]
    plan_audit(page, address)
    page.goto(address)
    expect(page.locator("h1")).to_contain_text(words["not ready"])
    drop(page, address, dated_scan(HOST, CALENDAR.day_of(datetime.now(UTC)).isoformat()))
    expect(page.locator("table.changes")).to_contain_text(HOST)
    expect(page.locator("table.changes .s-demonstrated").first).to_be_visible()
    page.get_by_role("button", name=words["save"]).click()
    expect(page.locator("h1")).to_contain_text(words["saved"])
    assert "/upload?saved=" in page.url
    expect(page.locator(".quote").first).to_contain_text("Transport Layer Security")
    expect(page.locator("table.changes .s-demonstrated").first).to_be_visible()
    page.locator(".actions a[href*='evidence-item']").click()
    expect(page.locator(".facts")).to_contain_text("tls-ncsc-nl@2025-05")
    expect(page.locator("table.results")).to_contain_text("HSTS")
    page.locator(".facts a[href='/measure?key=tls']").click()
    row = page.locator("table.cells tr", has_text=HOST).first
    expect(row.locator(".s-lapsing")).to_be_visible()
    row.get_by_text(words["why"]).click()
    expect(page.locator("tr.facts-of")).to_contain_text("testssl")
    expect(page.locator("table.mapped")).to_contain_text("NEN 7510")


def test_failing_scan_turns_the_promise_red(page: Page, address: str) -> None:
    drop(page, address, tls_scan(HOST, weak=True))
    expect(page.locator(".note.s-failing")).to_contain_text("TLS 1.0")
    page.locator("[data-testid=stBaseButton-primary]").click()
    expect(page).to_have_url(re.compile("saved="))
    expect(page.locator("table.changes .s-failing").first).to_be_visible()
    page.goto(f"{address}/statement?measure=tls")
    expect(page.locator(".passage.opened")).to_contain_text("Transport Layer Security")
    expect(page.locator(".panel .badge .s-failing")).to_be_visible()


def test_the_language_can_be_switched_anywhere_and_links_stay_in_the_session(
    page: Page, address: str, locale: str
) -> None:
    loads: list[str] = []
    page.on("load", lambda _: loads.append(page.url))
    page.goto(f"{address}/measure?key=tls")
    page.locator("html[data-follows]").wait_for(state="attached")  # before that they are ordinary links
    expect(page.locator("h1")).to_be_visible()
    other = WORDS["nl-NL" if locale == "en-GB" else "en-GB"]
    page.locator(".bar-in > .switch a", has_text=WORDS[locale]["other"]).click()
    expect(page.locator(".bar-in > .upload")).to_contain_text(other["upload"])
    page.locator(".bar-in > nav a[href='/controls']").click()
    expect(page.locator(".theme > summary").first).to_be_visible()
    expect(page.locator(".bar-in > .upload")).to_contain_text(other["upload"])
    page.locator(".theme > summary").first.click()
    page.locator("table.controls a").first.click()
    expect(page).to_have_url(re.compile(r"/control\?key="))
    expect(page.locator("table.why")).to_be_visible()
    page.go_back()
    expect(page.locator(".theme > summary").first).to_be_visible()
    assert len(loads) == 1


def test_a_phone_needs_no_sideways_scroll(browser: Browser, address: str) -> None:
    context = signed_in(browser, address, viewport={"width": 390, "height": 844}, locale="nl-NL")
    page = context.new_page()
    for path in (
        "",
        "statement",
        "measures",
        "measure?key=tls",
        "controls",
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
    ):
        page.goto(f"{address}/{path}")
        expect(page.locator(".foot")).to_be_visible(timeout=30_000)
        wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth")
        assert wide <= 0, path
    page.locator(".menu summary").click()
    page.locator(".menu nav a[href='/controls']").click()
    expect(page.locator(".theme > summary").first).to_be_visible(timeout=30_000)
    context.close()
