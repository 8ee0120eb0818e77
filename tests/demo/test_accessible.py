"""Axe-core on every page of the demo and before sign-in: in both languages, light and dark, on a desk and a phone."""

import shutil
from itertools import cycle

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from access.people import accounts, links
from access.permissions import BUILT_IN, READER
from dashboard.shell.pages import PAGES
from models import Evidence
from models.transaction import reading, writing
from tests.browser.accessibility import WIDE, at_rest, barriers_of_looks, follow, open_first
from tests.browser.serving import database, served, signed_in
from tests.browser.test_streamlit_words import english_texts
from tests.dashboard.proof import tls_scan
from tests.days import CALENDAR
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
LOCALES = ("nl-NL", "en-GB")
QUERIES = {"measure": "key=tls", "control": "key=nen7510-2024:8.24", "policy": "key=tls-ncsc-nl@2025-05"}
#: what is shown only after a choice, besides the page as it opens
PARTS = ("setup?part=audit", "setup?part=mapping", "setup?part=teams", "statement?view=versions", "readiness?on=audit")


@pytest.fixture(scope="module")
def address(demo, tmp_path_factory):
    """A copy of the demo, served: the product adds evidence about itself."""
    copy = tmp_path_factory.mktemp("accessible") / "data"
    shutil.copytree(demo.data, copy)
    with served(copy) as address:
        yield address


@pytest.fixture(scope="module")
def opened(browser, address):
    """A page in each language."""
    contexts = {locale: signed_in(browser, address, locale=locale, viewport=WIDE) for locale in LOCALES}
    pages = {locale: context.new_page() for locale, context in contexts.items()}
    for page in pages.values():
        open_first(page, f"{address}/account")
    yield pages
    for context in contexts.values():
        context.close()


def test_no_page_has_an_accessibility_violation(demo, address, opened):
    """One test for all pages, since a second worker would serve a second demo."""
    queries, found = QUERIES | {"evidence-item": f"id={failing_scan(demo)}"}, {}
    names = [name for name in PAGES if name != "account"]
    for to, locale in zip([*(f"{name}?{queries.get(name, '')}" for name in names), *PARTS], cycle(LOCALES)):
        page = opened[locale]
        follow(page, f"/{to}")
        found |= {(to, locale, look): what for look, what in barriers_of_looks(page).items() if what}
    assert found == {}


def test_no_page_in_dutch_holds_english_of_streamlit(demo, opened):
    queries, page, found = QUERIES | {"evidence-item": f"id={failing_scan(demo)}"}, opened["nl-NL"], {}
    for to in (*(f"{name}?{queries.get(name, '')}" for name in PAGES if name != "account"), *PARTS):
        follow(page, f"/{to}")
        if texts := english_texts(page):
            found[to] = texts
    assert found == {}


def test_no_form_that_a_click_opens_has_one(demo, address, opened):
    page = opened["nl-NL"]
    found = {"menu of the account": after_click(page, ".bar-in > .account summary")}
    follow(page, f"/evidence-item?id={failing_scan(demo)}")
    found["accepting a failing check"] = after_click(page, "[data-testid=stCheckbox] label")
    follow(page, "/upload?system=website")
    files = [
        {"name": f"{name}.json", "mimeType": "application/json", "buffer": data}
        for name, data in (("scan", tls_scan("new.example.org", weak=True)), ("empty", b""), ("other", tls_scan("a.b")))
    ]
    page.locator("input[type=file]").first.set_input_files(files)
    page.locator("[class*=st-key-needs]").first.wait_for(timeout=30_000)
    at_rest(page)
    found["many files"] = barriers_of_looks(page)
    found["joining files"] = after_click(page, "[data-testid=stPopover] button")
    page.keyboard.press("Escape")
    found["one file"] = after_click(page, "[class*=st-key-open] button")
    assert {where: what for where, what in found.items() if any(what.values())} == {}


def after_click(page, button):
    page.locator(button).first.click()
    page.wait_for_timeout(300)  # until it has slid open
    at_rest(page)
    return barriers_of_looks(page)


def test_no_page_before_sign_in_has_one(browser, address, opened):
    found, page = {}, opened["en-GB"].context.new_page()
    for path in ("second-factor", "password", "passkeys", "sign-out"):
        page.goto(f"{address}/{path}")
        found[path] = barriers_of_looks(page)
    page.close()
    with browser.new_context(locale="nl-NL", viewport=WIDE) as stranger:
        page = stranger.new_page()
        page.goto(f"{address}/link/used")
        found["used link"] = barriers_of_looks(page)
        page.goto(f"{address}/link/{invitation(address)}")
        found["link"] = barriers_of_looks(page)
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("form button").first.click()
        sign_in(page, "not the password")
        found["refused"] = barriers_of_looks(page)
        sign_in(page, PASSWORD)
        expect(page).to_have_url(f"{address}/agreements")
        found["agreements"] = barriers_of_looks(page)
    assert {path: what for path, what in found.items() if any(what.values())} == {}


def sign_in(page, password):
    page.locator("input[name=email]").fill("nel@example.org")
    page.locator("input[type=password]").fill(password)
    page.get_by_role("button", name="Inloggen", exact=True).click()


def failing_scan(demo) -> str:
    """One whose checks can be accepted."""
    scans = select(Evidence.id).where(Evidence.title.like("Port scan of support%")).order_by(Evidence.last_day.desc())
    with reading(demo.engine) as session:
        return str(session.execute(scans.limit(1)).scalar_one())


def invitation(address: str) -> str:
    """The secret of the link of somebody who was invited just now."""
    engine = database(address)
    with writing(engine) as (session, now):
        day = CALENDAR.day_of(now)
        account = accounts.add(session, BUILT_IN, "Nel Prins", "nel@example.org", "nl", day, None, now)
        accounts.grant(session, BUILT_IN, account, READER, now)
        token = links.invite(session, BUILT_IN, account, now)
    engine.dispose()
    return token
