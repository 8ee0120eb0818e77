"""A reviewer by keyboard: the next one, and accepting, without the mouse."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from access.permissions import SECURITY_OFFICER
from locales import Language
from tests.browser.serving import database
from tests.days import CALENDAR
from tests.people import colleague, officer

pytestmark = pytest.mark.browser
AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"
NAMES = ("first", "second", "third")


@pytest.fixture(params=["en", "nl"])
def language(request):
    return request.param


@pytest.fixture
def queue(browser, address, language):
    """The page of someone else than who uploaded three documents."""
    engine = database(address)
    first, own = officer(engine)
    token = colleague(engine, first, "Ben Clark", SECURITY_OFFICER, language=language)[1]
    engine.dispose()
    with browser.new_context(
        locale={"en": "en-GB", "nl": "nl-NL"}[language], viewport={"width": 1440, "height": 1000}
    ) as context:
        context.add_cookies([{"name": "aantoonbaar", "value": own, "url": address}])
        for name in NAMES:
            upload(context.request, address, name)
        context.clear_cookies()
        context.add_cookies([{"name": "aantoonbaar", "value": token, "url": address}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(f"{address}/review")
        yield page


def upload(request, address, name):
    file = {"name": f"{name}.md", "mimeType": "text/markdown", "buffer": f"# EURA {name}\n\nIn force.\n".encode()}
    day = CALENDAR.day_of(datetime.now(UTC)).isoformat()
    fields = {"requirement": "eura-text", "system": "saas-products", "first_day": day, "last_day": day}
    answer = request.post(
        f"{address}/api/v1/evidence", multipart={"files": file, "title": name, **fields}, headers={"origin": address}
    )
    assert answer.ok, answer.text()


def press(page, key, result):
    """Press a key until its result is shown: a page that is still being drawn does not hear it."""
    for _ in range(10):
        expect(page.locator(AT_REST)).to_be_attached()
        page.keyboard.press(key)
        try:
            expect(result).to_be_visible(timeout=3_000)
        except AssertionError:
            continue
        return
    raise AssertionError(f"{key} has no effect")


def test_a_reviewer_needs_a_key_for_each_decision_and_no_click(queue, language):
    shown, t = queue.locator("h2"), Language(language)
    expect(shown.filter(has_text="first")).to_be_visible()
    press(queue, "n", shown.filter(has_text="second"))
    press(queue, "a", queue.get_by_text(t("Accepted: {title}.", title="second")).first)  # a toast says it too
    expect(shown.filter(has_text="third")).to_be_visible()
    expect(queue.get_by_role("link", name=t.n("{n} waits", "{n} wait", 2))).to_be_visible()
