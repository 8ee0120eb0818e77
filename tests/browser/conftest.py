"""The whole process on a data folder of its own, and a browser in front of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from access.permissions import BUILT_IN
from audits.planning import plan_audit
from models.transaction import writing
from tests.browser.serving import database, served, signed_in
from tests.days import CALENDAR

expect.set_options(timeout=30_000)  # the machine may be busy
DESK = {"width": 1440, "height": 1000}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A process with an empty data folder, as on a new machine."""
    data = tmp_path / "data"
    data.mkdir()
    with served(data) as served_address:
        yield served_address


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A process with a planned audit that tests share: each has systems and addresses of its own."""
    with served(tmp_path_factory.mktemp("office") / "data") as served_address:
        engine = database(served_address)
        with writing(engine) as (session, now):
            today = CALENDAR.day_of(now)
            day, first = today + timedelta(days=100), today - timedelta(days=200)
            standards = ["iso27001-2022", "nen7510-2024"]
            plan_audit(session, BUILT_IN, "audit", "Recertification", day, first, None, standards, [], now)
        engine.dispose()
        yield served_address


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of an officer who reads a language; at the end nothing was blocked and no script failed."""
    contexts, trouble = [], []

    def opened(address: str, language: str, **options: object) -> Page:
        locale = {"nl": "nl-NL", "en": "en-GB"}[language]
        contexts.append(signed_in(browser, address, locale=locale, **{"viewport": DESK, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(30_000)
        page.on(
            "console",
            lambda message: trouble.append(message.text) if "Content Security Policy" in message.text else None,
        )
        page.on("pageerror", lambda error: trouble.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []
