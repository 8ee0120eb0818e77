"""Every list of the product is also a table, and is saved with all rows that match, not those of one page only."""

import csv
import io
from datetime import date, timedelta

import pytest

import settings
from access.activity.record import record
from access.permissions import BUILT_IN, NotAllowed
from dashboard.components import file_buttons
from evidence.decisions import exceptions
from locales import Language
from models import Account
from models.transaction import writing
from tests.dashboard.components.evidence.test_deciding_evidence import HOSTS, deliver
from tests.dashboard.conftest import words
from tests.dashboard.proof import tls_scan

PAGES = ("controls", "activity", "exceptions", "measures", "calendar", "tasks")


@pytest.fixture
def files(monkeypatch):
    """The files that a page offers, by name."""
    offered = {}

    def offer(label, data, name, *_args, **_options):
        offered[name] = data

    monkeypatch.setattr(file_buttons.st, "download_button", offer)
    return offered


@pytest.fixture
def filled(planned):
    scan = deliver(tls_scan(*HOSTS, weak=True), "tls-scan", "portal", "=1+1")
    cell = scan.covered[0]
    with writing(settings.engine()) as (session, now):
        checks = [check for check, _ in cell.failing][:2]
        first = planned - timedelta(days=100)
        exceptions.grant_exceptions(
            session, BUILT_IN, cell.key, "testssl", checks, "=SUM(1)", first, first + timedelta(days=9), now
        )
        for number in range(60):
            record(
                session, BUILT_IN, "exception.grant", "tls-scan", now, system="portal", target="", check=f"a{number}"
            )


def lines(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("page", PAGES)
def test_a_list_is_also_a_table_that_is_sorted_and_saved(pages, filled, files, page):
    test = pages.open(page)
    assert "data " not in "".join(part for part in words(test).split("<table")[1:])[:40]
    as_list = lines(files[f"{page}.csv"]())
    test = pages.open(page, view="table")
    out = words(test)
    assert '<table class="rows data' in out
    head = [
        name.partition("<")[0] for name in out.split("<thead>")[1].partition("</thead>")[0].split('scope="col"')[1:]
    ]
    assert len(head) == len(as_list[0])
    assert lines(files[f"{page}.csv"]()) == as_list
    assert files[f"{page}.xlsx"]().startswith(b"PK")


@pytest.mark.parametrize(("page", "key"), [("tasks", "what"), ("exceptions", "check"), ("controls", "number")])
def test_the_file_is_in_the_order_of_the_page(pages, filled, files, page, key):
    pages.open(page, view="table", sort=key)
    up = lines(files[f"{page}.csv"]())[1:]
    pages.open(page, view="table", sort=f"-{key}")
    down = lines(files[f"{page}.csv"]())[1:]
    assert sorted(up) == sorted(down)
    assert up != down


def test_the_file_holds_what_is_found_with_the_chosen_columns(pages, filled, files):
    pages.open("tasks", view="table", find="nothing-has-this")
    assert files == {}
    pages.open("tasks", view="table", columns="due,system")
    assert len(lines(files["tasks.csv"]())[0]) == 2


def test_the_file_of_a_log_has_the_rows_of_all_its_pages(pages, filled, files):
    pages.open("activity", verb="exception.grant")
    assert len(lines(files["activity.csv"]())) - 1 >= 60  # a page shows 40


def test_the_file_of_evidence_has_the_rows_of_all_its_pages(pages, filled, files, monkeypatch):
    monkeypatch.setattr("evidence.library.evidence_items.MOST_AT_ONCE", 1)
    deliver(tls_scan(*HOSTS), "tls-scan", "portal", "Another scan")
    pages.open("evidence")
    titles = {row[1] for row in lines(files["evidence.csv"]())[1:]}
    assert titles == {"'=1+1", "Another scan"}


def test_no_cell_of_a_file_is_a_formula(pages, filled, files):
    pages.open("exceptions")
    reasons = {row[3] for row in lines(files["exceptions.csv"]())[1:]}
    assert reasons and not any(reason.startswith(("=", "+", "-", "@")) for reason in reasons)


def test_a_file_that_is_too_long_says_so_in_its_last_row(pages, filled, files, monkeypatch):
    monkeypatch.setattr(file_buttons, "MOST", 50)
    pages.open("activity")
    rows = lines(files["activity.csv"]())[1:]
    assert len(rows) == 51
    more = Language(pages.language)(
        "There are more than {n} rows: narrow the filters and save the rest in another file.", n=50
    )
    assert rows[-1][0] == more


def test_a_file_is_made_only_for_who_still_has_access(pages, filled, files):
    pages.open("activity")
    with writing(settings.engine()) as (session, now):
        account = session.get(Account, pages.account)
        account.ends_on = date(2000, 1, 1)
        session.add(account)
    with pytest.raises(NotAllowed):
        files["activity.csv"]()
