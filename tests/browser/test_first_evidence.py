"""From an empty installation to its first evidence that is judged; and what is not saved yet, after a reload."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from locales import Language
from tests.browser.serving import served
from tests.browser.walking import Walk
from tests.dashboard.proof import dated_scan, tls_scan
from tests.days import CALENDAR
from tests.people import PASSWORD

pytestmark = pytest.mark.browser

TODAY = CALENDAR.day_of(datetime.now(UTC))


@pytest.fixture
def link(tmp_path):
    """The link that a product prints that was just started."""
    with served(tmp_path / "data") as address:
        printed = re.search(r"/link/\S+", (tmp_path / "process.log").read_text())
        assert printed
        yield address + printed[0]


@pytest.mark.parametrize(
    ("language", "locale", "system"), [("nl", "nl-NL", "SaaS-producten"), ("en", "en-GB", "SaaS products")]
)
def test_from_empty_to_the_first_judged_evidence_in_10_clicks(browser, link, language, locale, system) -> None:
    """It took 18 once."""
    t = Language(language)
    with browser.new_context(locale=locale, viewport={"width": 1440, "height": 1000}) as context:
        page = context.new_page()
        walk = Walk(page)
        page.goto(link)
        walk.fill(t("Name"), "Anna Bakker")
        walk.fill(t("E-mail address"), "anna@example.org")
        walk.fill(t("New password"), PASSWORD)
        walk.press(t("Save"))
        walk.press(t("I accept"))
        walk.click(page.locator(".bar-in > .upload"))
        walk.drop({"scan.json": dated_scan("portal.example.org", TODAY.isoformat())})
        walk.choose("portal.example.org", t("a new target of {system}", system=system))
        expect(page.locator("table.changes .s-demonstrated").first).to_be_visible()
        walk.press(t("Save this evidence"))
        expect(page).to_have_url(re.compile("saved="))
        expect(page.locator("table.changes .s-demonstrated").first).to_be_visible()
        assert walk.clicks == 10


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_was_typed_survives_a_reload_and_the_back_button(office, open_page, language) -> None:
    page, t, note = open_page(office, language), Language(language), "made after the change of the load balancer"
    page.goto(f"{office}/upload")
    walk = Walk(page)
    walk.drop({"scan.json": tls_scan(f"typed.{language}.example.org")})
    walk.choose(f"typed.{language}.example.org", "Downloads")
    walk.fill(t("Note for the reviewer (optional)"), note)
    field = page.get_by_label(t("Note for the reviewer (optional)"))
    field.blur()  # what is typed is sent when one leaves the field
    page.wait_for_timeout(500)
    walk.rest()
    place = page.get_by_role("combobox", name=f"typed.{language}.example.org")
    chosen = place.input_value()
    page.reload()
    expect(field).to_have_value(note)
    expect(place).to_have_value(chosen)
    walk.click(page.locator(".bar-in > nav a[href='/evidence']"))
    expect(page).to_have_url(re.compile("/evidence"))
    walk.rest()
    page.go_back()
    expect(field).to_have_value(note)
    expect(place).to_have_value(chosen)
