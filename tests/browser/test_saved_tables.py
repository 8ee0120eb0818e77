"""The rows of a table are saved from a real browser, and the file is for the session that made it."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import signed_in

pytestmark = pytest.mark.browser


def test_table_is_saved_and_nobody_else_gets_the_file(office, open_page, browser: Browser) -> None:
    page = open_page(office, "en")
    page.goto(f"{office}/activity")
    with (
        page.expect_response(lambda response: "/media/" in response.url and "/static/" not in response.url) as made,
        page.expect_download() as saved,
    ):
        page.get_by_role("button", name="CSV", exact=True).click()
    content = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    head, *rows = csv.reader(io.StringIO(content, newline=""), delimiter=";")
    assert len(rows) > 1 and {len(row) for row in rows} == {len(head)}
    assert made.value.headers["cache-control"] == "no-store"
    assert page.request.get(made.value.url).text().startswith("\ufeff")
    other = signed_in(browser, office, locale="nl-NL")
    assert other.request.get(made.value.url).status == 404
    other.close()
