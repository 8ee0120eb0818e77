"""From the link that the first start prints to what an auditor sees, each person in a browser of their own."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import served
from tests.days import CALENDAR
from tests.people import PASSWORD

pytestmark = pytest.mark.browser

PROOF = {"name": "eura.md", "mimeType": "text/markdown", "buffer": b"# EURA\n\nVersion 3, in force since 1 January.\n"}


@pytest.fixture
def installation(tmp_path: Path):
    """The address of a product that was just started, and the link that it printed."""
    data = tmp_path / "data"
    data.mkdir()
    with served(data) as address:
        log = (tmp_path / "process.log").read_text()
        link = re.search(r"/link/\S+", log)
        assert link, log
        yield address, f"{address}{link[0]}"


@pytest.fixture
def people(browser: Browser):
    """Browsers, each of someone else."""
    contexts = []

    def another() -> Page:
        contexts.append(browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 1000}))
        page = contexts[-1].new_page()
        page.set_default_timeout(30_000)
        return page

    yield another
    for context in contexts:
        context.close()


def come_in(page: Page, link: str, email: str, name: str = "") -> None:
    """Use a one-time link, sign in, and accept the agreement."""
    page.goto(link)
    if name:
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("E-mail address").fill(email)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save").click()
    if not name:  # who sets the product up is signed in at once
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/agreements"))
    page.get_by_role("button", name="I accept").click()
    expect(page.get_by_label("Account of")).to_be_visible()


def plan_audit(page: Page, address: str) -> None:
    today = CALENDAR.day_of(datetime.now(UTC))
    body = {
        "key": "2027",
        "title": "Certification 2027",
        "day": str(today + timedelta(days=60)),
        "period_first": str(today - timedelta(days=200)),
        "period_last": str(today),
        "catalogues": ["iso27001-2022", "nen7510-2024"],
        "systems": [],
    }
    headers = {"content-type": "application/json", "origin": address}
    answer = page.request.post(f"{address}/api/v1/audit", data=json.dumps(body), headers=headers)
    assert answer.ok, answer.text()


def invite(page: Page, address: str, name: str, email: str, role: str, bound: str) -> str:
    """On the page; gives the link that stands there once."""
    page.goto(f"{address}/people")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail address", exact=True).fill(email)
    choose(page, "Language", "English")
    choose(page, "Role", role)
    choose(page, {"Team member": "Team", "Auditor": "Audit"}[role], bound)
    page.get_by_role("button", name="Invite", exact=True).click()
    shown = page.locator("[data-testid=stCode]")
    expect(shown).to_contain_text("/link/")
    return f"{address}/link/{shown.inner_text().strip().rpartition('/link/')[2]}"


def choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=label, exact=True)
    box.click()
    page.get_by_role("option", name=option, exact=True).click()
    expect(box).to_have_value(option)


def test_from_the_first_link_to_what_the_auditor_sees(installation, people) -> None:
    address, link = installation
    officer, member, auditor = people(), people(), people()
    come_in(officer, link, "anna@example.org", "Anna Bakker")
    officer.goto(link)
    expect(officer.locator("h1")).to_contain_text("no longer works")
    plan_audit(officer, address)

    come_in(
        member,
        invite(officer, address, "Tom Mulder", "tom@example.org", "Team member", "Applications"),
        "tom@example.org",
    )
    assert member.locator("nav >> visible=true").get_by_role("link", name="People").count() == 0
    member.goto(f"{address}/upload?requirement=eura-text")
    member.locator("input[type=file]").first.set_input_files(PROOF)
    expect(member.locator(".file")).to_contain_text("eura.md")
    member.get_by_role("button", name="Save this evidence").click()
    expect(member).to_have_url(re.compile("saved="))
    evidence = member.url.rpartition("saved=")[2]
    member.goto(f"{address}/evidence-item?id={evidence}")
    expect(member.get_by_role("button", name="Record the review")).to_be_visible()
    assert member.get_by_text("Accept", exact=True).count() == 0  # one's own is withdrawn, never accepted
    expect(member.get_by_text("Withdraw", exact=True)).to_be_visible()

    officer.goto(f"{address}/evidence-item?id={evidence}")
    officer.get_by_role("button", name="Record the review").click()
    expect(officer.locator(".note.s-failing")).to_contain_text("Choose a decision first")
    officer.get_by_text("Accept", exact=True).click()
    officer.get_by_role("button", name="Record the review").click()
    expect(officer.locator(".note.s-demonstrated")).to_contain_text("Recorded")

    link = invite(officer, address, "Els Smit", "els@example.org", "Auditor", "Certification 2027")
    come_in(auditor, link, "els@example.org")
    auditor.goto(f"{address}/evidence-item?id={evidence}")
    expect(auditor.locator("body")).to_contain_text("Tom Mulder")
    expect(auditor.locator("body")).to_contain_text("Anna Bakker")
    with auditor.expect_download() as download:
        auditor.locator(f"a[href*='/api/v1/evidence/{evidence}/files/']").first.click()
    assert Path(download.value.path()).read_bytes() == PROOF["buffer"]
    auditor.goto(f"{address}/upload")
    expect(auditor.locator("h1")).to_be_visible()
    assert auditor.locator("input[type=file]").count() == 0
