"""Every page in a real browser of an empty installation: it opens, nothing is blocked, and it is accessible."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import barriers, follow, open_first
from tests.browser.serving import served, signed_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with served(tmp_path_factory.mktemp("empty") / "data") as address:
        yield address


@pytest.fixture
def open_page(browser, address):
    """A page in a language; its console errors are collected."""
    contexts, complaints = [], []

    def opened(language):
        contexts.append(signed_in(browser, address, locale={"nl": "nl-NL", "en": "en-GB"}[language]))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page, complaints

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/statement",
        "/measures",
        "/measure?key=tls",
        "/controls",
        "/control?key=nen7510-2024:8.5",
        "/evidence",
        "/review",
        "/upload",
        "/setup",
    ],
)
def test_every_page_opens_on_an_empty_installation_without_errors(address, open_page, path):
    page, complaints = open_page("nl")
    page.goto(f"{address}{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    assert page.evaluate("document.documentElement.lang") == "nl"
    assert not [complaint for complaint in complaints if "404" not in complaint], complaints


def test_empty_pages_have_no_accessibility_violation(address, open_page):
    page, _ = open_page("en")
    open_first(page, f"{address}/account")
    found = {}
    for path in ("/", "/statement", "/controls", "/evidence", "/review", "/calendar", "/exceptions", "/findings"):
        follow(page, path)
        found[path] = barriers(page)
    assert {path: what for path, what in found.items() if what} == {}


CLICK_AND_WATCH = """() => new Promise((resolve) => {
  const before = document.querySelector("h1").textContent;
  let blank = 0;
  const look = () => {
    const now = document.querySelector("h1");
    blank += !now;
    if (now && now.textContent !== before) return resolve(blank);
    requestAnimationFrame(look);
  };
  document.querySelector(".bar-in > nav a[href='/evidence']").click();
  requestAnimationFrame(look);
})"""


def test_a_page_is_shown_until_the_next_has_its_heading(address, open_page):
    page, complaints = open_page("en")
    for path in ("/evidence", "/account"):
        page.goto(f"{address}{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    page.locator("html[data-follows]").wait_for(state="attached")
    assert page.evaluate(CLICK_AND_WATCH) == 0  # frames without one
    assert not [complaint for complaint in complaints if "404" not in complaint], complaints


def test_another_site_cannot_write_through_the_browser(address, open_page):
    page, _ = open_page("en")
    page.goto("about:blank")
    status = page.evaluate(
        "async address => { try { await fetch(address, {method: 'POST', mode: 'no-cors', body: new FormData()}); return 'sent' } catch { return 'refused' } }",
        f"{address}/api/v1/evidence",
    )
    assert page.request.get(f"{address}/api/v1/evidence").json()["total"] == 0, status
