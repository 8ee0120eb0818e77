"""Axe-core on an open page: injected once for all pages of a session, which are switched as a click on a link does."""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page, expect

from tests.browser.walking import AT_REST

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
#: what depends on colours and on the width; the rest is the same in either
_OF_LOOKS = ["color-contrast", "scrollable-region-focusable", "button-name", "link-name", "label"]
_RUN = """options => axe.run(options).then(answer => answer.violations.map(
  violation => [violation.id, violation.impact, violation.nodes.slice(0, 5).map(node => node.html.slice(0, 200))]))"""
_FOLLOW = """to => {
  const before = location.href, link = document.createElement("a");
  Object.assign(link, { href: to }).dataset.go = "";
  document.body.append(link);
  link.click();
  link.remove();
  window.hasLeft = () => location.href !== before;
}"""
_UNFOLD = "() => document.querySelectorAll('.stMain details:not([open])').forEach(each => { each.open = true; })"


def barriers(page: Page, **options: object) -> list[tuple[str, str, list[str]]]:
    """What axe finds on the page as it is: rule, impact, and the first elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(_RUN, {"resultTypes": ["violations"], **options}))


def barriers_of_looks(page: Page) -> dict[str, list[tuple[str, str, list[str]]]]:
    """The same, unfolded, in the light and on a desk, and in the dark on a phone."""
    page.evaluate(_UNFOLD)
    wide = barriers(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(NARROW)
    narrow = barriers(page, runOnly=_OF_LOOKS)
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    return {"light, wide": wide, "dark, narrow": narrow}


def open_first(page: Page, address: str) -> None:
    """Open a page by its address, whose links stay in the session."""
    page.goto(address)
    page.locator("html[data-follows]").wait_for(state="attached", timeout=30_000)
    at_rest(page)


def follow(page: Page, to: str) -> None:
    """Switch to another address in the session."""
    page.evaluate(_FOLLOW, to)
    page.wait_for_function("() => window.hasLeft()", timeout=30_000)
    at_rest(page)


def at_rest(page: Page) -> None:
    """Wait until the page has been drawn."""
    expect(page.locator(AT_REST)).to_be_attached(timeout=30_000)
