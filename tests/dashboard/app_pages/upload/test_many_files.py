"""Many files at once: each a piece of evidence, what needs the person, correcting, joining, saving, coming back."""

from datetime import timedelta

import pytest

import settings
from access.permissions import BUILT_IN
from dashboard.app_pages.upload.many_files import ready_table, saving_rows
from dashboard.app_pages.upload.staged_work import discard_work, find_work, unfinished_works
from evidence.library import evidence_items
from locales import Language, text
from models import Activity, Evidence
from models.cannot_write import CannotWrite
from models.transaction import reading, writing
from tests.access.limited import redefine
from tests.dashboard.conftest import EVIL, words
from tests.dashboard.proof import dated_scan, tls_scan
from tests.dashboard.test_upload import count, saved, today
from tests.evidence.intake.many_files.test_archive import zipped

HOSTS = ("portal.example.org", "api.example.org")


@pytest.fixture(autouse=True)
def no_work_of_other_tests(pages):
    """Tests share one account; each begins without unfinished work."""
    for work in unfinished_works(pages.account):
        discard_work(work)


def twenty_files() -> dict[str, bytes]:
    """Eighteen good files, one without a day, and one that is empty."""
    day, files = today(), {}
    for at in range(10):
        host, made = HOSTS[at % 2], day - timedelta(days=at)
        files[f"scan-{host}-{made}.json"] = dated_scan(host, made.isoformat(), weak=at == 0)
    for at in range(8):
        files[f"Log export {day - timedelta(days=30 * at)}.txt"] = f"the log of month {at}\n".encode()
    return {**files, "Log export.txt": b"the log without a day\n", "zap-portal.json": b""}


def drop(pages, files, **query):
    test = pages.open("upload", **query)
    for name, data in files.items():
        test.file_uploader[0].upload(name, data)
    return pages.run(test)


def button(test, key):
    return next(button for button in test.button if (button.key or "").startswith(key))


def press(pages, test, key):
    button(test, key).click()
    return pages.run(test)


def work_of(pages, test):
    named = test.query_params["work"]
    return find_work(pages.account, named if isinstance(named, str) else named[0])


def row_of(pages, test, name):
    return next(row for row in work_of(pages, test).rows if row.name == name)


def test_twenty_files_one_empty_and_one_without_a_day(pages, planned):
    t = Language(pages.language)
    test = drop(pages, twenty_files())
    out = words(test)
    ready = t.n("{n} piece of evidence is ready", "{n} pieces of evidence are ready", 18)
    waiting = t.n("{n} needs you", "{n} need you", 2)
    files = t.n("{n} file", "{n} files", 20)
    assert t("{files}: {ready}, {waiting}.", files=files, ready=ready, waiting=waiting) in out
    assert t("{name} is empty; expected a file with content.", name="zap-portal.json") in out
    assert t("This file has no date. Enter the day that it represents.") in out
    assert "TLS 1.0" in out  # what would fail is told before saving
    assert count(Evidence) == 0

    test = press(pages, test, "save all top")
    assert count(Evidence) == 18
    assert t.n("{n} needs you", "{n} need you", 2) in words(test)  # they stay until somebody decides

    late = row_of(pages, test, "Log export.txt")
    next(field for field in test.date_input if field.key == f"day {late.id}").set_value(today())
    test = press(pages, pages.run(test), f"use {late.id}")
    test = press(pages, test, "save all top")
    assert count(Evidence) == 19

    test = press(pages, test, f"leave {row_of(pages, test, 'zap-portal.json').id}")
    assert t.n("{n} piece of evidence is saved.", "{n} pieces of evidence are saved.", 19) in words(test)
    with reading(settings.engine()) as session:
        rows = evidence_items.search(session, BUILT_IN, size=50).rows
    assert sorted({row.kind for row in rows}) == ["record", "test"]
    assert all(row.review == "waiting" for row in rows if row.kind == "record")  # nothing declared is taken for read


def test_proposals_follow_addresses_and_names(pages, planned):
    test = drop(pages, twenty_files())
    rows = {row.name: row.choice for row in work_of(pages, test).rows}
    scan = rows[f"scan-portal.example.org-{today()}.json"]
    assert (scan.requirement, scan.systems, scan.first_day) == ("tls-scan", ("portal",), None)
    export = rows[f"Log export {today()}.txt"]
    assert (export.requirement, export.first_day) == ("log-export", today())


def test_what_is_corrected_in_the_table_is_judged_again(pages, planned):
    """The table is drawn on a canvas, so its edits are handed over as Streamlit does."""
    files = {f"scan-{host}.json": dated_scan(host, today().isoformat()) for host in HOSTS}
    test = drop(pages, files | {"x.txt": b"plain words\n"})
    work = work_of(pages, test)
    scan, version = row_of(pages, test, "scan-portal.example.org.json"), work.version
    before = {"save": True, "requirement": "tls-scan", "systems": ["portal"], "day": today()}
    assert not ready_table.take_over(None, scan, before, dict(before))
    assert ready_table.take_over(None, scan, before, before | {"systems": []})
    work.version = version + 1
    test = pages.run(test)
    t = Language(pages.language)
    assert t.n("{n} piece of evidence is ready", "{n} pieces of evidence are ready", 1) in words(test)
    assert ready_table.take_over(None, scan, before | {"systems": []}, before | {"save": False})
    work.version += 1
    test = pages.run(test)
    assert button(test, "save all top").label == t.n("Save {n} piece of evidence", "Save {n} pieces of evidence", 1)


def test_requirement_of_a_file_that_says_nothing_is_chosen_beside_it(pages, planned):
    test = drop(pages, {"a.txt": b"some words\n", "b.txt": b"other words\n"})
    rows = work_of(pages, test).rows
    for row in rows:
        field = next(field for field in test.selectbox if field.key == f"requirement {row.id}")
        field.set_value("log-export")
        test = pages.run(test)
    assert [row.choice.requirement for row in rows] == ["log-export", "log-export"]


def test_failed_saving_is_told_on_its_row_and_can_be_tried_again(pages, planned, monkeypatch):
    files = {f"scan-{host}.json": dated_scan(host, today().isoformat()) for host in HOSTS}
    test = drop(pages, files)
    real = saving_rows.submit

    def failing(session, store, person, delivery, now):
        if delivery.inspection.files[0].name.startswith("scan-api"):
            raise CannotWrite(text("The disk is full."))
        return real(session, store, person, delivery, now)

    monkeypatch.setattr(saving_rows, "submit", failing)
    test = press(pages, test, "save all top")
    assert count(Evidence) == 1
    t = Language(pages.language)
    assert t("It was not saved: {reason}", reason=t.render(text("The disk is full."))) in words(test)
    monkeypatch.setattr(saving_rows, "submit", real)
    test = press(pages, test, "again ")
    assert count(Evidence) == 2
    assert t.n("{n} piece of evidence is saved.", "{n} pieces of evidence are saved.", 2) in words(test)


def test_same_file_twice_is_saved_once(pages, planned):
    scan = dated_scan(HOSTS[0], today().isoformat())
    test = drop(pages, {"a.json": scan, "b.json": scan})
    t = Language(pages.language)
    told = t("{name} and {other} are the same file; leave one out.", name="b.json", other="a.json")
    assert told in words(test)
    press(pages, test, "save all top")
    assert count(Evidence) == 1


def test_files_of_an_address_that_is_not_recorded_ask_once_what_it_is(pages, planned):
    """Not the system of each: that would not place the address."""
    t, day = Language(pages.language), today()
    days = [day - timedelta(days=ago) for ago in range(3)]
    test = drop(pages, {f"{made}.json": dated_scan("new.example.net", made.isoformat()) for made in days})
    assert words(test).count(t("{target} is not recorded as an address yet.", target="new.example.net")) == 3
    assert not [box for box in test.selectbox if (box.key or "").startswith("system ")]
    test = press(pages, test, f"open {row_of(pages, test, f'{days[2]}.json').id}")
    place = next(box for box in test.selectbox if (box.key or "").endswith("place of new.example.net"))
    place.set_value(next(option for option in place.options if t("a new target of {system}", system="")[:8] in option))
    test = pages.run(test)
    next(button for button in test.button if button.proto.icon == ":material/check:").click()
    out = words(pages.run(test))
    ready = t.n("{n} piece of evidence is ready", "{n} pieces of evidence are ready", 2)
    assert ready in out


def test_file_that_asks_more_opens_by_itself_and_the_others_wait(pages, planned):
    files = {"scan.json": dated_scan(HOSTS[0], today().isoformat()), "other.json": tls_scan("elsewhere.example.org")}
    test = drop(pages, files)
    other = row_of(pages, test, "other.json")
    test = press(pages, test, f"open {other.id}")
    assert test.query_params["file"] in (other.id, [other.id])
    assert any(" place of " in (field.key or "") for field in test.selectbox)
    t = Language(pages.language)
    next(button for button in test.button if button.label == t("Back to all files")).click()
    test = pages.run(test)
    assert "file" not in test.query_params
    press(pages, test, "save all top")
    assert count(Evidence) == 1


def test_file_saved_by_itself_leaves_the_others(pages, planned):
    test = drop(pages, {f"scan-{host}.json": dated_scan(host, today().isoformat()) for host in HOSTS})
    test.query_params["file"] = work_of(pages, test).rows[0].id
    test = pages.run(test)
    next(button for button in test.button if button.proto.icon == ":material/check:").click()
    test = pages.run(test)
    assert count(Evidence) == 1
    assert len(work_of(pages, test).open_rows) == 1


def test_files_that_belong_together_are_joined_and_taken_apart(pages, planned):
    test = drop(pages, {f"scan-{host}.json": dated_scan(host, today().isoformat()) for host in HOSTS})
    rows = work_of(pages, test).rows
    field = next(field for field in test.multiselect if (field.key or "").startswith("join "))
    field.set_value([row.id for row in rows])
    test = press(pages, pages.run(test), "join")
    (row,) = work_of(pages, test).rows
    assert [file.name for file in row.files.inspection.files] == [f"scan-{host}.json" for host in HOSTS]
    t = Language(pages.language)
    next(button for button in test.button if button.label == t("Take these files apart")).click()
    test = pages.run(test)
    assert len(work_of(pages, test).rows) == 2
    press(pages, test, "save all top")
    assert count(Evidence) == 2


def test_joined_files_are_saved_as_one_piece(pages, planned):
    test = drop(pages, {f"scan-{host}.json": dated_scan(host, today().isoformat()) for host in HOSTS})
    field = next(field for field in test.multiselect if (field.key or "").startswith("join "))
    field.set_value([row.id for row in work_of(pages, test).rows])
    test = press(pages, pages.run(test), "join")
    next(button for button in test.button if button.proto.icon == ":material/check:").click()
    assert saved(pages.run(test))
    assert count(Evidence) == 1


def test_effect_of_saving_all_is_shown_when_asked(pages, planned):
    before = count(Activity)
    test = drop(pages, {f"scan-{host}.json": dated_scan(host, today().isoformat()) for host in HOSTS})
    test.toggle[0].set_value(True)
    out = words(pages.run(test))
    assert "portal.example.org" in out
    assert "api.example.org" in out
    assert "s-demonstrated" in out
    assert (count(Evidence), count(Activity)) == (0, before)


def test_zip_file_with_a_manifest_becomes_rows(pages, planned):
    day = today().isoformat()
    manifest = f"file,requirement,system,day\nexport.txt,log-export,,{day}\nother.txt,nothing,,\ngone.txt,,,\n"
    files = {
        "manifest.csv": manifest.encode(),
        "export.txt": b"the log\n",
        "other.txt": b"other words\n",
        "scans/scan.json": dated_scan(HOSTS[0], day),
    }
    test = drop(pages, {"all.zip": zipped(files).getvalue()})
    rows = {row.name: row for row in work_of(pages, test).rows}
    assert set(rows) == {"export.txt", "other.txt", "scan.json", "gone.txt"}
    assert (rows["export.txt"].choice.requirement, rows["export.txt"].choice.first_day) == ("log-export", today())
    t, out = Language(pages.language), words(test)
    assert t("from {archive}", archive="all.zip") in out
    assert t("The manifest names {file}, and there is not exactly one such file.", file="gone.txt") in out
    assert rows["other.txt"].doubt is not None
    test = press(pages, test, "instead ")
    assert rows["other.txt"].doubt is None
    press(pages, test, "save all top")
    assert count(Evidence) == 2


# ── Search ──


@pytest.fixture
def many_requirements(planned):
    """Enough documents that a search is offered."""
    with writing(settings.engine()) as (session, now):
        for at in range(6):
            titles = {"title_nl": f"Verslag {at}", "title_en": f"Minutes {at}"}
            redefine(session, now, "log-export", key=f"minutes-{at}", **titles)


def test_requirement_is_searched_in_either_language_and_what_is_chosen_stays(pages, many_requirements):
    test = drop(pages, {"plain.txt": b"some words\n"})
    queries = {"cryptobeleid": 1, "Cryptography": 1, "A.8.24": 1, "8.15": 7, "verslag 3": 1, "zzz": 0}
    for query, options in queries.items():
        test = find(pages, test, query)
        assert len(requirements_field(test).options) == options, query
    test = find(pages, test, "minutes 4")
    requirements_field(test).set_value(["minutes-4"])
    test = find(pages, pages.run(test), "cryptobeleid")
    assert requirements_field(test).value == ["minutes-4"]
    assert len(requirements_field(test).options) == 2


def find(pages, test, query):
    next(field for field in test.text_input if "find" in (field.key or "")).set_value(query)
    return pages.run(test)


def requirements_field(test):
    return next(field for field in test.multiselect if (field.key or "").endswith(" requirements"))


# ── Coming back ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_work_survives_a_reload_for_the_same_person_only(pages, planned):
    test = drop(pages, twenty_files())
    address = test.query_params["work"]
    address = address if isinstance(address, str) else address[0]
    again = pages.open("upload", work=address)
    assert "zap-portal.json" in words(again)
    assert len(work_of(pages, again).rows) == 20
    assert find_work("somebody else", address) is None
    press(pages, again, "save all top")
    assert count(Evidence) == 18


def test_unfinished_work_is_offered_on_the_empty_page(pages, planned):
    drop(pages, twenty_files())
    start = pages.open("upload")
    t = Language(pages.language)
    assert t.n("{n} file is not saved yet", "{n} files are not saved yet", 20) in words(start)
    test = press(pages, start, "go on ")
    assert "zap-portal.json" in words(test)
    start = press(pages, pages.open("upload"), "discard ")
    assert unfinished_works(pages.account) == []
    assert t.n("{n} file is not saved yet", "{n} files are not saved yet", 20) not in words(start)


def test_leaving_out_all_removes_what_is_staged(pages, planned):
    test = drop(pages, twenty_files())
    store = settings.settings().data / "evidence"
    assert [path for path in store.rglob("*") if path.is_file()]
    t = Language(pages.language)
    next(button for button in test.button if button.label == t("Leave out all")).click()
    pages.run(test)
    assert [path for path in store.rglob("*") if path.is_file()] == []


def test_unknown_work_shows_the_empty_page(pages, planned):
    assert "<h1>" in words(pages.open("upload", work="nothing"))


@pytest.mark.parametrize("name", [f"{EVIL}.txt", "`code`.txt", "x" * 300 + ".txt"])
def test_names_are_shown_as_text(pages, planned, name):
    test = drop(pages, {name: b"words\n", "other.txt": b"other words\n"})
    assert EVIL not in words(test)
