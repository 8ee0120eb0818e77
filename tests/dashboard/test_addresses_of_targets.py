"""Addresses of targets on the pages: recorded and ended on Set up, proposed on Upload by what one may."""

from datetime import UTC, date, datetime

import pytest

import settings
from access.people import accounts
from access.permissions import BUILT_IN, TEAM_MEMBER
from controls.scope.target_addresses import addresses_on, list_addresses, record_address
from models import Evidence
from models.transaction import reading, writing
from tests.dashboard.conftest import EVIL, Pages, words
from tests.dashboard.proof import junit, tls_scan
from tests.dashboard.test_upload import count, drop, press
from tests.days import CALENDAR

TARGET = ("portal", "portal.example.org")
OTHER_PORT = "portal.example.org:8443"
SAVE = ":material/check:"


def scan_of(address: str) -> bytes:
    """A scan of one host on a port of its own."""
    host, _, port = address.partition(":")
    return tls_scan(host).replace(b'"port": "443"', f'"port": "{port or 443}"'.encode())


def held():
    with reading(settings.engine()) as session:
        by_place = addresses_on(session, CALENDAR.day_of(datetime.now(UTC)), datetime(2100, 1, 1, tzinfo=UTC))
    return {place: [row.address for row in addresses] for place, addresses in by_place.items()}


def choice_of(test, tested):
    return next(field for field in test.selectbox if (field.key or "").endswith(f" place of {tested}"))


def choose_address(test):
    """Choose the only address in the form that ends one."""
    next(field for field in test.selectbox if field.proto.form_id == "end-address").select_index(0)


def submit(pages, test, form):
    """Send one form of the page."""
    next(button for button in test.button if button.proto.form_id == form).click()
    return pages.run(test)


@pytest.fixture
def team_member(planned):
    """Pages are opened as someone of the team that owes the scan."""
    with writing(settings.engine()) as (session, now):
        account = accounts.add(session, BUILT_IN, "Piet", "piet@example.org", "en", CALENDAR.day_of(now), None, now)
        accounts.grant(session, BUILT_IN, account, TEAM_MEMBER, now, team="platform")
    Pages.account = account


# ── Set up ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_address_is_added_and_ended_with_its_history(pages, planned):
    test = pages.open("setup")
    next(field for field in test.text_input if field.placeholder == OTHER_PORT).set_value(
        "https://Portal.example.org:8443/a"
    )
    place = next(field for field in test.selectbox if field.proto.form_id == "address")
    place.select_index([option.startswith("portal.example.org") for option in place.options].index(True))
    test = submit(pages, test, "address")
    assert held() == {TARGET: [OTHER_PORT]}
    assert words(test).count(OTHER_PORT) >= 3  # beside its target, in the list, in the history
    test = submit(pages, test, "end-address")
    assert "s-failing" in words(test)  # none was chosen
    choose_address(test)
    test = submit(pages, test, "end-address")
    assert OTHER_PORT in words(test)
    with reading(settings.engine()) as session:
        rows = list_addresses(session, BUILT_IN)
    assert [row.last_day for row in rows] == [CALENDAR.day_of(datetime.now(UTC)), None]
    test.checkbox[-1].check()
    choose_address(test)
    submit(pages, test, "end-address")
    assert held() == {}


def test_address_without_a_target_is_not_added(pages, planned):
    test = pages.open("setup")
    next(field for field in test.text_input if field.placeholder == OTHER_PORT).set_value("192.0.2.7")
    test = submit(pages, test, "address")
    assert "s-failing" in words(test)
    assert held() == {}


def test_invalid_address_is_refused_with_a_message(pages, planned):
    test = pages.open("setup")
    next(field for field in test.selectbox if field.proto.form_id == "address").select_index(0)
    next(field for field in test.text_input if field.placeholder == OTHER_PORT).set_value(f"*.example.org{EVIL}")
    test = submit(pages, test, "address")
    out = words(test)
    assert "s-failing" in out
    assert EVIL not in out
    assert held() == {}


# ── Upload ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_port_is_proposed_as_a_new_address_first(pages, planned):
    test = drop(pages, "scan.json", scan_of(OTHER_PORT))
    choice = choice_of(test, OTHER_PORT)
    assert choice.value == ("address", *TARGET)
    assert held() == {}
    test = press(pages, test, SAVE)
    assert count(Evidence) == 1
    assert held() == {TARGET: [OTHER_PORT]}
    assert choices(drop(pages, "scan.json", scan_of(OTHER_PORT))) == []


def choices(test):
    return [key.partition(" ")[2] for field in test.selectbox if " place of" in (key := field.key or "")]


def test_unknown_host_has_every_choice_and_no_default(pages, planned):
    choice = choice_of(drop(pages, "scan.json", scan_of("elsewhere.example.org")), "elsewhere.example.org")
    assert choice.value is None
    assert len(choice.options) == 3 + 2 + 3  # an address of two targets or a system; a new target; this file only


def test_a_team_member_is_offered_existing_targets_only(pages, team_member):
    test = drop(pages, "scan.json", scan_of(OTHER_PORT))
    choice = choice_of(test, OTHER_PORT)
    assert choice.value == ("is", *TARGET)
    assert len(choice.options) == 3
    test = press(pages, test, SAVE)
    assert count(Evidence) == 1
    assert held() == {}


def test_recorded_address_needs_no_choice(pages, planned):
    with writing(settings.engine()) as (session, now):
        record_address(session, BUILT_IN, *TARGET, OTHER_PORT, date(2020, 1, 1), now)
    test = drop(pages, "scan.json", scan_of(OTHER_PORT))
    assert choices(test) == []
    assert "s-demonstrated" in words(test)


def test_an_address_of_later_days_does_not_count_for_the_days_of_the_file(pages, planned):
    with writing(settings.engine()) as (session, now):
        record_address(session, BUILT_IN, *TARGET, OTHER_PORT, date(2099, 1, 1), now)
    assert choices(drop(pages, "scan.json", scan_of(OTHER_PORT))) == [f"place of {OTHER_PORT}"]


@pytest.mark.parametrize("name", [EVIL, "[click](https://evil.example)", "`a` **b**", ":red[x] $x$"])
def test_names_from_a_file_are_not_translated(pages, planned, name):
    test = drop(pages, "scan.json", tls_scan(name))
    assert EVIL not in words(test)
    [label] = [field.label for field in test.selectbox if " place of" in (field.key or "")]
    assert label.count("`") == 2
    assert label.startswith("`")


def test_a_register_or_test_without_targets_asks_no_address(pages, planned):
    assert choices(drop(pages, "run.xml", junit("one"))) == []
