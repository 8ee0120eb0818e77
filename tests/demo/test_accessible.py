"""Axe-core on every page of the demo: both languages, light and dark."""

import shutil
from itertools import cycle

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from dashboard.shell.pages import PAGES
from models import Evidence
from models.transaction import reading
from tests.browser.conftest import browser  # noqa: F401 - a fixture
from tests.browser.serving import served, signed_in

pytestmark = pytest.mark.browser
LOCALES = ("nl-NL", "en-GB")
QUERIES = {"measure": "key=tls", "control": "key=nen7510-2024:8.24", "policy": "key=tls-ncsc-nl@2025-05"}


@pytest.fixture(scope="module")
def address(demo, tmp_path_factory):
    """A copy of the demo, served: the product adds evidence about itself."""
    copy = tmp_path_factory.mktemp("accessible") / "data"
    shutil.copytree(demo.data, copy)
    with served(copy) as address:
        yield address


@pytest.fixture(scope="module")
def opened(browser, address):  # noqa: F811
    """A page in each language."""
    contexts = {locale: signed_in(browser, address, locale=locale) for locale in LOCALES}
    yield {locale: context.new_page() for locale, context in contexts.items()}
    for context in contexts.values():
        context.close()


def barriers(page, **options):
    answer = Axe().run(page, options={"resultTypes": ["violations"], **options}).response
    return [
        (violation["id"], violation["impact"], [node["html"][:200] for node in violation["nodes"][:5]])
        for violation in answer["violations"]
    ]


def test_no_page_has_an_accessibility_violation(demo, address, opened):
    """One test, since a second worker would build a second demo."""
    with reading(demo.engine) as session:
        newest = session.execute(select(Evidence.id).order_by(Evidence.last_day.desc())).scalars().first()
    queries, found = QUERIES | {"evidence-item": f"id={newest}"}, {}
    for name, locale in zip(PAGES, cycle(LOCALES)):
        page = opened[locale]
        page.emulate_media(color_scheme="light")
        page.goto(f"{address}/{name}?{queries.get(name, '')}")
        page.locator(".foot").wait_for(timeout=30_000)
        found[name, locale, "light"] = barriers(page)
        page.emulate_media(color_scheme="dark")
        found[name, locale, "dark"] = barriers(page, runOnly=["color-contrast"])  # the rest is the same in either
    assert {where: what for where, what in found.items() if what} == {}
