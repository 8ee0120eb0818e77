"""From a click on a page's link to its heading, in a real browser with the demo's year; whether the page goes blank.

Figures count on an idle machine only: the browser and the product share its cores.
"""

import statistics
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from bench.demo_data import DemoData, demo_data
from bench.report import Report
from bench.server import running
from tests.browser.serving import CHROMIUM, chromium

_CLICKS = 20  # of each page, after one that is not counted
_P95 = 400  # ms
_BLANK = 50  # ms: three frames; longer is seen as a flash
_HOME, _OTHER = "account", "people"  # where the clicks start; the other for the start itself

#: Follows the bar's link, or one made for the pages that are reached from others. It is blank while frames have no heading.
_CLICK = """address => new Promise((resolve, reject) => {
  const heading = () => [...document.querySelectorAll("h1")].find((h) => h.checkVisibility());
  const bar = [...document.querySelectorAll(".bar-in > nav a, .bar-in > a.upload, .bar-in > details.account a")];
  const made = Object.assign(document.createElement("a"), { href: address });
  made.dataset.go = "";
  const link = bar.find((a) => a.getAttribute("href") === address) ?? document.body.appendChild(made);
  const before = heading().textContent, began = performance.now();
  let blank = 0, last = began;
  const look = () => {
    const moment = performance.now(), took = moment - began, now = heading();
    if (!now) blank += moment - last;
    last = moment;
    if (now && now.textContent !== before) return resolve([took, blank]);
    if (took > 30_000) return reject(new Error(`no heading after a click on ${address}`));
    requestAnimationFrame(look);
  };
  link.click();
  made.remove();
  requestAnimationFrame(look);
})"""
_AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"


def run(folder: Path, report: Report) -> None:
    report.title("Clicks in a browser")
    if CHROMIUM is None:
        print("  chromium is not here: left out")
        return
    demo = demo_data(folder / "data")
    with running(demo.folder) as server, chromium() as browser:
        context = browser.new_context(locale="nl-NL", viewport={"width": 1440, "height": 1000})
        [token] = demo.signed_in(1)
        context.add_cookies([{"name": "aantoonbaar", "value": token, "url": server.address}])
        opened = context.new_page()
        opened.goto(f"{server.address}/{_HOME}")
        opened.locator("h1").wait_for()
        opened.locator("html[data-follows]").wait_for(state="attached")
        opened.locator(_AT_REST).wait_for(state="attached")
        for name in demo.pages:
            _measure(opened, demo, name, report)


def _measure(opened: Page, demo: DemoData, name: str, report: Report) -> None:
    """Click there and back, so many times."""
    home, page = (_address(demo, where) for where in (_OTHER if name == _HOME else _HOME, name))
    clicks = []
    for _ in range(_CLICKS + 1):
        if not opened.url.endswith(home):
            _click(opened, home)
        clicks.append(_click(opened, page))
    took = [milliseconds for milliseconds, _ in clicks[1:]]
    report.line(f"{name}, p50", statistics.median(took), "ms")
    report.line(f"{name}, p95", statistics.quantiles(took, n=20, method="inclusive")[-1], "ms", limit=_P95)
    report.line(f"{name}, longest time without a heading", max(blank for _, blank in clicks[1:]), "ms", limit=_BLANK)


def _click(opened: Page, address: str) -> Any:
    """Milliseconds until the heading, and without any before it; returns once the page is at rest."""
    result = opened.evaluate(_CLICK, address)
    opened.locator(_AT_REST).wait_for(state="attached")
    return result


def _address(demo: DemoData, name: str) -> str:
    query = demo.pages[name]
    return f"/{name}?{query}" if query else f"/{name}"
