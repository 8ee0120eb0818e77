"""A security officer's own statement, from its text to the first colour, in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from controls.statement.draft_sentences import REASONS
from locales import Language
from tests.browser.serving import signed_in
from tests.dashboard.proof import dated_scan
from tests.days import CALENDAR

pytestmark = pytest.mark.browser

CLICKS = 11  # from the text to the first colour; typing is not counted, nor going from field to field with Tab
HOST = "portal.example.org"
AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"
TEXTS = {
    "en": "## Security\n\nAll traffic to our portal is encrypted with TLS.\n\nEvery employee is very friendly.\n",
    "nl": "## Beveiliging\n\nHet verkeer met ons portaal is versleuteld met TLS.\n\nElke medewerker is erg aardig.\n",
}


@dataclass
class Visit:
    """A page in a language, and the number of clicks so far."""

    page: Page
    t: Language
    clicks: int = 0

    def click(self, target: Locator) -> None:
        expect(self.page.locator(AT_REST)).to_be_attached()
        target.click()
        self.clicks += 1

    def press(self, name: str) -> None:
        """Click the button with a name."""
        self.click(self.page.get_by_role("button", name=self.t(name), exact=True).first)

    def fill(self, label: str, value: str) -> None:
        field = self.page.get_by_label(self.t(label), exact=True)
        field.fill(value)
        field.press("Tab")


@pytest.fixture(params=sorted(TEXTS))
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    locale = {"en": "en-GB", "nl": "nl-NL"}[request.param]
    context = signed_in(browser, address, locale=locale, viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield Visit(page, Language(request.param))
    context.close()


def test_own_statement_to_the_first_colour(visit: Visit, address: str) -> None:
    """Paste a text, decide on its two sentences, publish it, and upload a scan that demonstrates its promise."""
    decide(visit, address)
    publish(visit)
    upload(visit, address)
    expect(visit.page.locator(".quote").first).to_contain_text("TLS")
    expect(visit.page.locator("table.changes .s-demonstrated").first).to_be_visible()
    assert visit.clicks == CLICKS


def decide(visit: Visit, address: str) -> None:
    page, t = visit.page, visit.t
    page.goto(f"{address}/start")
    visit.fill("The text of the statement", TEXTS[t.code])
    visit.press("Find promises")
    expect(page.locator(".proposal")).to_have_count(2, timeout=20_000)
    visit.click(page.get_by_text(t("Makes this promise"), exact=True).first)
    visit.click(page.get_by_text(t("Leave out"), exact=True).last)
    visit.click(page.get_by_role("combobox", name=t("Why sentence {n} is left out", n=2)))
    visit.click(page.get_by_role("option", name=t.render(REASONS["no-promise"])))
    visit.press("Save these decisions")
    expect(page.get_by_text(t("Saved. You can go on later: the draft stays.")).first).to_be_visible()
    visit.click(page.get_by_role("link", name=t("To publishing")))


def publish(visit: Visit) -> None:
    page, t = visit.page, visit.t
    expect(page.get_by_text(t("Every sentence is decided: publish the statement."))).to_be_visible()
    visit.fill("Organisation", "Harbour Care")
    visit.fill("Title", "Promises")
    visit.fill("Web address where it is published", "https://harbour.example/privacy")
    day = CALENDAR.day_of(datetime.now(UTC))
    page.keyboard.type(f"{day:%d%m%Y}")  # the next field is the effective date
    page.keyboard.press("Escape")  # its calendar would cover the button
    visit.press("Publish")
    expect(page.get_by_text(t("Your statement is in effect."))).to_be_visible(timeout=20_000)


def upload(visit: Visit, address: str) -> None:
    page, t = visit.page, visit.t
    page.goto(f"{address}/upload?system=saas-products")
    scan = dated_scan(HOST, CALENDAR.day_of(datetime.now(UTC)).isoformat())
    page.locator("input[type=file]").first.set_input_files(
        {"name": "scan.json", "mimeType": "application/json", "buffer": scan}
    )
    visit.clicks += 2  # choosing a file: the button, and the file
    expect(page.locator(".file")).to_contain_text("scan.json")
    visit.press("Save this evidence")
    expect(page.locator("h1")).to_contain_text(t("Saved."), timeout=20_000)
