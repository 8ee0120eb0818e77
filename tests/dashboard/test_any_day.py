"""Another day than today on the pages that can show it: what was known then, and what is known now of then."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.shell.pages import PAGES
from locales import Language
from tests.dashboard.components.evidence.test_deciding_evidence import HOSTS, deliver
from tests.dashboard.conftest import words
from tests.dashboard.proof import tls_scan
from tests.days import CALENDAR

KEYS = {"measure": "tls", "control": "iso27001-2022:A.8.24"}
#: Evidence of which the page needs an example has its tests at the end.
DATED = [name for name, page in PAGES.items() if page.any_day and name != "evidence-item"]


def _open(pages, page, **values):
    key = {"key": KEYS[page]} if page in KEYS else {}
    return pages.open(page, **key, **values)


def _today():
    return CALENDAR.day_of(datetime.now(UTC))


def _buttons(test):
    return [button.key for button in test.button]


@pytest.mark.parametrize("page", DATED)
def test_the_strip_names_the_day_and_what_was_known(pages, planned, page):
    t, day = Language(pages.language), _today() - timedelta(days=40)
    then = _open(pages, page, on=day.isoformat(), known="then")
    now = _open(pages, page, on=day.isoformat(), known="now")
    bold = f"<b>{t.date(day)}</b>"
    assert t("You are looking at {day}, with what was known then.", day=bold) in words(then)
    assert t("You are looking at {day}, with what is known now of that day.", day=bold) in words(now)
    assert {"choose-day", "back-to-today"} <= set(_buttons(then))


@pytest.mark.parametrize("page", DATED)
@pytest.mark.parametrize("on", ["", "nonsense", "2026-13-99", "9999-12-31"])
def test_nonsense_shows_today(pages, planned, page, on):
    assert words(_open(pages, page, on=on)) == words(_open(pages, page))
    assert "back-to-today" not in _buttons(_open(pages, page, on=on))


@pytest.mark.parametrize("page", DATED)
def test_today_has_the_button_for_another_day(pages, planned, page):
    test = _open(pages, page, on=_today().isoformat(), known="then")
    assert "choose-day" in _buttons(test)
    assert "back-to-today" not in _buttons(test)


@pytest.mark.parametrize("page", ["calendar", "upload", "setup"])
def test_other_pages_show_today(pages, planned, page):
    day = _today() - timedelta(days=40)
    test = pages.open(page, on=day.isoformat(), known="then")
    assert not {"choose-day", "back-to-today"} & set(_buttons(test))
    assert day.isoformat() not in words(test)


@pytest.mark.parametrize("page", DATED)
def test_links_keep_the_day_and_nothing_is_uploaded_for_it(pages, planned, page):
    day = _today() - timedelta(days=40)
    out = words(_open(pages, page, on=day.isoformat(), known="now"))
    assert f'href="/controls?on={day}&amp;known=now"' in out
    body = out[out.index("<h1>") :]
    assert "/upload?" not in body
    assert "/setup?" not in body


def test_what_was_known_then_differs_from_what_is_known_now(pages, planned):
    """The definitions were loaded today, and say since when: nothing of it was known forty days ago."""
    t, day = Language(pages.language), _today() - timedelta(days=40)
    then = words(pages.open("measures", on=day.isoformat(), known="then"))
    now = words(pages.open("measures", on=day.isoformat(), known="now"))
    held = "On {day}: {held} of {n} applicable measure fully demonstrated."
    assert t.n(held, "On {day}: {held} of the {n} applicable measures fully demonstrated.", 2, day=day, held=0) in now
    assert then != now
    assert "portal.example.org" in words(pages.open("measure", key="tls", on=day.isoformat(), known="now"))
    assert "portal.example.org" not in words(pages.open("measure", key="tls", on=day.isoformat(), known="then"))


def test_a_day_is_chosen_and_left_again(pages, planned):
    day = _today() - timedelta(days=10)
    test = pages.open("controls")
    test.button(key="choose-day").click()
    pages.run(test)
    test.date_input[0].set_value(day)
    test.radio[0].set_value("now")
    next(button for button in test.button if button.form_id == "as-on-form").click()
    pages.run(test)
    assert test.query_params["on"] == day.isoformat()
    assert test.query_params["known"] == "now"
    assert not test.date_input
    test.button(key="back-to-today").click()
    pages.run(test)
    assert "on" not in test.query_params
    assert "back-to-today" not in _buttons(test)


@pytest.mark.parametrize("page", ["", "measures", "controls"])
def test_the_choice_of_the_day_of_the_audit_still_works(pages, planned, page):
    test = pages.open(page, on="audit")
    pages.run(test)  # the test tool forgets a choice of the same name on the page before
    assert test.session_state["choice on"] == "audit"
    assert "back-to-today" not in _buttons(test)


def test_the_list_of_controls_names_the_day(pages, planned):
    t, day = Language(pages.language), _today() - timedelta(days=40)
    head = "<span>{}</span>"
    out = words(pages.open("controls", on=day.isoformat(), known="now"))
    assert head.format(t.date(day)) in out
    assert head.format(t("Today")) not in out


def test_readiness_compares_the_day_with_today(pages, planned):
    t, day = Language(pages.language), _today() - timedelta(days=40)
    out = words(pages.open("readiness", on=day.isoformat(), known="now"))
    assert t("On {day}", day=t.date(day)) in out
    assert t("Do next") not in out
    later = planned - timedelta(days=1)
    out = words(pages.open("readiness", on=later.isoformat(), known="then"))
    assert t("You are looking at {day}, with what is known now of that day.", day=f"<b>{t.date(later)}</b>") in out


@pytest.fixture
def scan(planned):
    return deliver(tls_scan(*HOSTS, weak=True), "tls-scan", "portal", "The scan")


def test_evidence_of_later_is_not_in_the_list_of_a_day(pages, scan):
    t, day = Language(pages.language), _today() - timedelta(days=40)
    assert "The scan" in words(pages.open("evidence"))
    none = t("On {day}: {found}", day=day, found=t.n("{n} piece of evidence", "{n} pieces of evidence", 0))
    for known in ("then", "now"):  # it represents today: of that day it says nothing
        out = words(pages.open("evidence", on=day.isoformat(), known=known))
        assert none in out
        assert "The scan" not in out


def test_evidence_is_shown_as_it_was_known(pages, scan):
    t, day = Language(pages.language), _today() - timedelta(days=40)
    then = words(pages.open("evidence-item", id=scan.evidence, on=day.isoformat(), known="then"))
    assert t("This evidence was uploaded later, on {day}: it was not known then.", day=_today()) in then
    test = pages.open("evidence-item", id=scan.evidence, on=day.isoformat(), known="now")
    now = words(test)
    assert "The scan" in now
    assert t("It represents later days: on {day} it did not count.", day=day) in now
    assert t("Your review") not in now and not test.checkbox, "what is saved has the moment of saving"
    assert f"on={day}&amp;known=now" in now


def test_evidence_of_today_has_its_forms(pages, scan):
    test = pages.open("evidence-item", id=scan.evidence)
    assert test.checkbox
    assert "choose-day" in _buttons(test)
