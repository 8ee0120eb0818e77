"""Tasks of an officer in a real browser under the real Content-Security-Policy, each with its number of clicks."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from access.permissions import BUILT_IN
from controls.scope.system_scope import bring_into_scope
from locales import Language
from models.transaction import writing
from tests.browser.serving import database
from tests.browser.walking import Walk, workbook
from tests.dashboard.proof import dated_scan, tls_scan
from tests.days import CALENDAR

pytestmark = pytest.mark.browser

SYSTEMS = {"nl": "saas-products", "en": "websites"}  # of tests in both languages, which share a process
TODAY = CALENDAR.day_of(datetime.now(UTC))
REGISTERS = {  # the source of a register, and its headings
    "nl": [
        "personeelssysteem",
        "Pers.nr.",
        "Afdeling",
        "Datum in dienst",
        "Datum uit dienst",
        "Gedragscode akkoord op",
    ],
    "en": ["HR system", "Staff no.", "Department", "Joined on", "Left on", "Code of conduct accepted on"],
}
ROWS = {"nl": 3, "en": 4}  # of the table of controls, from its first


@pytest.fixture(params=sorted(SYSTEMS))
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def add_target(office: str, system: str, target: str) -> None:
    """An address of a system, as an officer recorded it on an earlier day."""
    engine = database(office)
    with writing(engine) as (session, now):
        bring_into_scope(session, BUILT_IN, system, TODAY - timedelta(days=60), now, target=target)
    engine.dispose()


def upload_scan(page: Page, office: str, system: str, target: str, *, weak: bool) -> None:
    """A scan that a build server uploaded."""
    scan = {"name": f"{target}.json", "mimeType": "application/json"}
    data = dated_scan(target, TODAY.isoformat(), weak=weak)
    fields = {"files": {**scan, "buffer": data}, "requirement": "tls-scan", "system": system}
    answer = page.request.post(f"{office}/api/v1/evidence", multipart=fields, headers={"origin": office})
    assert answer.ok, answer.text()


def drop(page: Page, office: str, system: str, data: bytes) -> None:
    page.goto(f"{office}/upload?system={system}")
    Walk(page).drop({"scan.json": data})
    expect(page.locator(".file")).to_contain_text("scan.json")


def test_a_scan_for_the_portal(office, open_page, language) -> None:
    """Drop a testssl file; see which promise it is about, for which target, until when, what it changes, and why."""
    page, t, host = open_page(office, language), Language(language), f"portal.{language}.example.org"
    drop(page, office, SYSTEMS[language], dated_scan(host, TODAY.isoformat()))
    expect(page.locator("table.changes")).to_contain_text(host)
    expect(page.locator("table.changes .s-demonstrated").first).to_be_visible()
    page.get_by_role("button", name=t("Save this evidence")).click()
    expect(page).to_have_url(re.compile(r"/upload\?saved="))
    expect(page.locator(".quote").first).to_contain_text("Transport Layer Security")
    expect(page.locator("table.changes .s-demonstrated").first).to_be_visible()
    page.locator(".actions a[href*='evidence-item']").click()
    expect(page.locator(".facts")).to_contain_text("(NCSC-NL)")
    expect(page.locator("table.results")).to_contain_text("HSTS")
    page.locator(".facts a[href='/measure?key=tls']").click()
    row = page.locator("table.cells tr", has_text=host).first
    expect(row.locator(".s-lapsing")).to_be_visible()
    row.get_by_text(t("Why?")).click()
    expect(page.locator("tr.facts-of")).to_contain_text("testssl")
    expect(page.locator("table.mapped")).to_contain_text("NEN 7510")


def test_failing_scan_turns_the_promise_red(office, open_page) -> None:
    page = open_page(office, "nl")
    drop(page, office, "newsletters", tls_scan("weak.example.org", weak=True))
    expect(page.locator(".note.s-failing")).to_contain_text("TLS 1.0")
    page.locator("[data-testid=stBaseButton-primary]").click()
    expect(page).to_have_url(re.compile("saved="))
    expect(page.locator("table.changes .s-failing").first).to_be_visible()
    page.goto(f"{office}/statement?measure=tls")
    expect(page.locator(".passage.opened")).to_contain_text("Transport Layer Security")
    expect(page.locator(".panel .badge .s-failing")).to_be_visible()


def test_from_a_red_cell_by_its_cause_to_green_in_5_clicks(office, open_page, language) -> None:
    page, t = open_page(office, language), Language(language)
    system, host, walk = SYSTEMS[language], f"red.{language}.example.org", Walk(page)
    add_target(office, system, host)
    upload_scan(page, office, system, host, weak=True)
    page.goto(office)
    tile = page.locator(f"a.tile[href='/measure?key=tls&system={system}']")
    expect(tile).to_have_class(re.compile("s-failing"))
    walk.click(tile)
    expect(page.locator("tr.facts-of")).to_contain_text("TLS 1.0")  # the cause, at once
    walk.click(page.get_by_role("link", name=t("Upload evidence for this")))
    walk.drop({"again.json": dated_scan(host, TODAY.isoformat())})
    expect(page.locator("table.changes .s-demonstrated").first).to_be_visible()
    walk.press(t("Save this evidence"))
    expect(page).to_have_url(re.compile("saved="))
    walk.click(page.get_by_role("link", name=t("Go to readiness")))
    expect(tile).not_to_have_class(re.compile("s-failing"))
    assert walk.clicks == 5


def test_twenty_files_of_which_one_is_wrong_in_4_clicks(office, open_page, language) -> None:
    page, t, host = open_page(office, language), Language(language), f"many.{language}.example.org"
    add_target(office, "downloads", host)
    days = [TODAY - timedelta(days=ago) for ago in range(19)]
    files = {f"scan {day}.json": dated_scan(host, day.isoformat(), weak=day != TODAY) for day in days}
    page.goto(office)
    walk = Walk(page)
    walk.click(page.locator(".bar-in > .upload"))
    walk.drop({**files, "empty.json": b""})
    waiting = page.locator("[class*=st-key-needs]")
    expect(waiting).to_contain_text("empty.json")
    expect(page.locator("h1")).to_contain_text("19")
    walk.press(t.n("Save {n} piece of evidence", "Save {n} pieces of evidence", 19))
    expect(page.locator("ul.plain li")).to_have_count(19)
    expect(waiting).to_contain_text("empty.json")  # the others did not wait for it
    walk.click(waiting.get_by_role("button", name=t("Leave out")))
    expect(page.locator("h1")).to_contain_text(
        t.n("{n} piece of evidence is saved.", "{n} pieces of evidence are saved.", 19)
    )
    assert walk.clicks == 4


def test_an_excel_register_with_headings_of_its_own_in_4_clicks(office, open_page, language) -> None:
    """Its headings are recognised; saving confirms them, and the next month asks nothing about them."""
    page, t, address = open_page(office, language), Language(language), f"{office}/upload?requirement=acceptable-use"
    source, *head = REGISTERS[language]
    started = [TODAY - timedelta(days=ago) for ago in (900, 300)]
    rows = [[f"10{at}", "Zorg", day, "", day - timedelta(days=9)] for at, day in enumerate(started)]
    page.goto(address)
    walk = Walk(page)
    walk.drop({"gedragscode.xlsx": workbook(head, *rows)})
    walk.fill(t("How many items should it list?"), "2")
    walk.fill(t("According to which source?"), source)
    expect(page.locator("table.given").first).to_contain_text(head[-1])
    expect(page.locator("table.changes .s-in-review").first).to_be_visible()
    walk.press(t("Save this evidence"))
    expect(page).to_have_url(re.compile("saved="))
    assert walk.clicks == 4
    page.goto(address)
    Walk(page).drop({"volgende.xlsx": workbook(head, *rows, ["103", "Zorg", TODAY, "", TODAY])})
    expect(page.get_by_text(t("as used before"))).to_be_visible()


def test_an_exclusion_with_its_justification_in_6_clicks(office, open_page, language) -> None:
    page, t = open_page(office, language), Language(language)
    page.goto(office)
    walk = Walk(page)
    walk.click(page.locator(".bar-in > nav a[href='/controls']"))
    walk.click(page.locator(".tabs a[href='/applicability']"))
    walk.rest()
    page.locator("[data-testid=stDataFrame] .dvn-scroller").first.click(
        position={"x": 18, "y": 38 + ROWS[language] * 35 + 17}
    )
    walk.clicks += 1  # on the box of the row: it is drawn
    expect(page.locator("h2", has_text=t.n("{n} control ticked", "{n} controls ticked", 1))).to_be_visible()
    ticked = page.locator("[data-testid=stMain] .caption", has_text=re.compile(r"^A\.\d")).first.inner_text()
    control = ticked.partition(" ")[0]
    walk.click(page.get_by_test_id("stMain").get_by_text(t("No"), exact=True))
    walk.fill(t("Why it does not apply"), f"Nobody here does what {control} is about.")
    walk.press(t.n("Save for {n} control", "Save for {n} controls", 1))
    saved = t.n("Saved for {n} control.", "Saved for {n} controls.", 1)
    expect(page.locator(".note.s-demonstrated")).to_contain_text(saved)  # the other language's count may stand there
    one = "{n} control: {applies} applicable, {excluded} excluded, {undecided} not decided yet."
    many = one.replace("control:", "controls:")
    either = (t.n(one, many, 93, applies=0, excluded=n, undecided=93 - n) for n in (1, 2))  # the other language's too
    expect(page.locator("h1")).to_have_text(re.compile("|".join(map(re.escape, either))))
    assert walk.clicks == 6
    page.goto(f"{office}/control?key=iso27001-2022:{control}")
    expect(page.locator("body")).to_contain_text(f"Nobody here does what {control} is about.")


def test_an_exception_until_it_ends_in_6_clicks(office, open_page, language) -> None:
    page, t, host = open_page(office, language), Language(language), f"old.{language}.example.org"
    add_target(office, "newsletters", host)
    upload_scan(page, office, "newsletters", host, weak=True)
    page.goto(f"{office}/measure?key=tls&system=newsletters&cell=tls-scan|newsletters|{host}")
    walk = Walk(page)
    walk.click(page.locator("tr.facts-of").get_by_role("link", name=t("Open")))
    for box in (0, 1):
        walk.rest()
        page.locator("[data-testid=stCheckbox] label").nth(box).click()
        walk.clicks += 1
    walk.fill(t("Reason, as you would tell an auditor"), "De leverancier vervangt deze server.")
    walk.press(t.n("Accept {n} check", "Accept {n} checks", 2))
    expect(page.locator(".note.s-demonstrated")).to_be_visible()
    walk.click(page.locator(".facts a[href^='/measure']"))
    row = page.locator("table.cells tr", has_text=host).first
    expect(row.locator(".s-failing")).to_have_count(0)
    assert walk.clicks == 6
    page.goto(f"{office}/exceptions")
    expect(page.locator("body")).to_contain_text("De leverancier vervangt deze server.")
    page.goto(f"{office}/measure?key=tls&on={TODAY + timedelta(days=101)}")  # it lasts until the audit
    expect(row.locator(".s-failing")).to_be_visible()
