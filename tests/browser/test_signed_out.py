"""An open page whose person may no longer see it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from access.people import accounts, sessions
from access.permissions import READER, Person
from models.transaction import writing
from tests.browser.serving import database
from tests.people import colleague, officer

pytestmark = pytest.mark.browser


@pytest.fixture
def reader(browser: Browser, address: str):
    """A reader's open page, the reader, and the officer."""
    engine = database(address)
    first = officer(engine)[0]
    person, token = colleague(engine, first, "Rik Jansen", READER)
    context = browser.new_context(locale="nl-NL")
    context.add_cookies([{"name": "aantoonbaar", "value": token, "url": address}])
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    page.locator("html[data-follows]").wait_for(state="attached")
    yield page, person, first, engine
    context.close()
    engine.dispose()


def take_away(engine, person: Person, by: Person) -> None:
    with writing(engine) as (session, now):
        [row] = [account for account in accounts.list_accounts(session, by, now) if account.id == person.account]
        accounts.end_grant(session, by, row.grants[0].id, now)


def expect_sign_in_page(page: Page) -> None:
    """At the sign-in page, with nothing of the product on the screen."""
    expect(page).to_have_url(re.compile("/sign-in"), timeout=30_000)
    expect(page.locator("input[type=password]")).to_be_visible()


def test_a_role_taken_away_ends_the_open_page_at_the_next_click(reader) -> None:
    page, person, first, engine = reader
    take_away(engine, person, first)
    page.wait_for_timeout(1_200)  # the middleware caches its answer for a second
    before = page.locator("h1").inner_text()
    page.locator("nav >> visible=true").get_by_role("link").nth(2).click()
    page.wait_for_timeout(1_500)
    assert "/sign-in" in page.url or page.locator("h1").inner_text() == before
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect_sign_in_page(page)


def test_idle_page_is_closed_when_its_session_ends(reader) -> None:
    page, person, _, engine = reader
    with writing(engine) as (session, now):
        sessions.end_all(session, person.account, now)
    expect_sign_in_page(page)


def test_reader_sees_no_links_and_forms_of_forbidden_pages(reader, address: str) -> None:
    page, *_ = reader
    links = page.locator("nav >> visible=true").get_by_role("link")
    assert not {"/upload", "/setup", "/people"} & {link.get_attribute("href") for link in links.all()}
    page.goto(f"{address}/people")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    assert page.locator("input").count() == 0
