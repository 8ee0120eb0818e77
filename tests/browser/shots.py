"""Screenshots of every page of the demo into `shots/`: light and dark, Dutch and English, desk and phone."""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from demo.__main__ import build
from models import Evidence
from models.transaction import make_engine, reading
from tests.browser.serving import CHROMIUM, chromium, served, signed_in
from tests.dashboard.proof import tls_scan
from tests.days import CALENDAR
from tests.process import ROOT

FOLDER = ROOT / "shots"
PAGES = {
    "1-readiness": "",
    "1-readiness-audit-day": "?on=audit",
    "1-tasks": "tasks",
    "1-what-if": "what-if",
    "1-my-team": "my-team",
    "1-my-team-platform": "my-team?team=platform",
    "2-statement": "statement",
    "2-statement-versions": "statement?view=versions",
    "2-start": "start",
    "3-measures": "measures",
    "3-measure": "measure?key=tls",
    "4-controls": "controls?catalogue=nen7510-2024",
    "4-control": "control?key=nen7510-2024:8.24",
    "4-controls-read": "controls?catalogue=gdpr",
    "4-control-read": "control?key=gdpr:32(1)(b)",
    "4-policy": "policy?key=login-log",
    "4-policy-edition": "policy-edition?key=password-policy-test",
    "4-applicability": "applicability",
    "4-applicability-excluded": "applicability?state=excluded",
    "4-exceptions": "exceptions",
    "4-findings": "findings",
    "5-evidence": "evidence",
    "5-evidence-item": "evidence-item?id={evidence}",
    "5-review": "review",
    "6-upload": "upload",
    "7-calendar": "calendar",
    "7-calendar-table": "calendar?view=table",
    "7-setup": "setup",
    "7-setup-audit": "setup?part=audit",
    "7-setup-mapping": "setup?part=mapping",
    "8-people": "people",
    "8-login-attempts": "login-attempts",
    "8-agreements": "acceptance",
    "8-tokens": "tokens",
    "8-activity": "activity",
    "8-status": "status",
    "8-account": "account",
}
DOORS = {"9-sign-in": "sign-in", "9-second-factor": "second-factor", "9-password": "password"}
LOOKS = [("light", "en-GB", 1440), ("dark", "nl-NL", 1440), ("light", "nl-NL", 390), ("dark", "en-GB", 390)]
_TALLEST = 9_000


def main() -> int:
    if CHROMIUM is None:
        print("chromium is not here: no screenshots", file=sys.stderr)  # noqa: T201
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        build(data, datetime.now(UTC))
        evidence = _failing_scan(data)
        with served(data) as address, chromium() as browser:
            for theme, locale, width in LOOKS:
                _look(browser, address, evidence, theme, locale, width)
    print(f"{len(list(FOLDER.iterdir()))} pictures in {FOLDER}")  # noqa: T201
    return 0


def _failing_scan(data: Path) -> str:
    """One to open, with its exception."""
    engine = make_engine(f"sqlite:///{data / 'aantoonbaar.db'}", CALENDAR)
    with reading(engine) as session:
        scans = (
            select(Evidence.id).where(Evidence.title.like("TLS scan of support%")).order_by(Evidence.last_day.desc())
        )
        evidence = str(session.execute(scans.limit(1)).scalar_one())
    engine.dispose()
    return evidence


def _look(browser: Browser, address: str, evidence: str, theme: str, locale: str, width: int) -> None:
    context = signed_in(browser, address, color_scheme=theme, locale=locale, viewport={"width": width, "height": 900})
    page = context.new_page()
    for name, path in PAGES.items():
        page.goto(f"{address}/{path.format(evidence=evidence)}")
        _take(page, f"{name}-{theme}-{locale[:2]}-{width}", width)
    for name, path in DOORS.items():
        page.goto(f"{address}/{path}")
        page.screenshot(path=FOLDER / f"{name}-{theme}-{locale[:2]}-{width}.png")
    page.goto(f"{address}/upload?system=website")
    scan = {"name": "scan.json", "mimeType": "application/json", "buffer": tls_scan("new.example.org")}
    page.locator("input[type=file]").first.set_input_files(scan)
    page.locator("table.changes").wait_for(timeout=30_000)
    _take(page, f"6-upload-check-{theme}-{locale[:2]}-{width}", width)
    context.close()


def _take(page: Page, name: str, width: int) -> None:
    """The whole page, once nothing moves any more."""
    page.locator(".foot").wait_for(timeout=30_000)
    page.wait_for_timeout(700)
    height = page.evaluate("document.querySelector('.stMainBlockContainer').scrollHeight + 60")
    page.set_viewport_size({"width": width, "height": max(900, min(int(height), _TALLEST))})
    page.wait_for_timeout(400)
    page.screenshot(path=FOLDER / f"{name}.png")
    page.set_viewport_size({"width": width, "height": 900})


if __name__ == "__main__":
    sys.exit(main())
