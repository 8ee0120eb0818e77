"""On paper a page has no navigation, no buttons, and nothing that is cut off at the side."""

import pytest

from tests.browser.serving import signed_in

_SHOWN = """() => [...document.querySelectorAll(
  "button, input, .st-key-bar, .foot, [data-testid=stFileUploader], [data-testid=stToast]",
)].filter((element) => element.checkVisibility()).map((element) => element.outerHTML.slice(0, 200))"""
_WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

_ROWS = """[...document.querySelectorAll("table.applicability tbody tr")]
  .filter((row) => row.checkVisibility({contentVisibilityAuto: true})).length"""
_CUT = """() => [...document.querySelectorAll("table.applicability :is(th, td)")]
  .filter((cell) => cell.getBoundingClientRect().right > innerWidth || !cell.getBoundingClientRect().width)
  .map((cell) => cell.textContent)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_printed_pages_are_clean(browser, address, scheme):
    context = signed_in(browser, address, locale="nl-NL", color_scheme=scheme, viewport={"width": 794, "height": 1123})
    page = context.new_page()
    for name in ("controls", "tasks", "people", "activity", "setup"):
        page.goto(f"{address}/{name}")
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
        page.locator("h1").first.wait_for()
        page.emulate_media(media="print", color_scheme=scheme)
        assert page.evaluate(_SHOWN) == [], name
        assert page.evaluate(_WIDTH) <= 0, name
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(27, 39, 51)"
        page.emulate_media(media="screen", color_scheme=scheme)
    context.close()


def test_statement_of_applicability_prints_every_control_with_all_columns(browser, office):
    context = signed_in(browser, office, locale="nl-NL", viewport={"width": 794, "height": 1123})
    page = context.new_page()
    page.goto(f"{office}/applicability?catalogue=iso27001-2022")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
    page.locator("table.applicability").first.wait_for(state="attached")
    page.emulate_media(media="print")
    assert page.evaluate(_SHOWN) == []
    assert page.evaluate(_WIDTH) <= 0
    assert page.evaluate(_ROWS) == 93
    assert page.evaluate(_CUT) == []
    assert not page.locator("[data-testid=stDataFrame], a.tick, .empty").filter(visible=True).count()
    context.close()
