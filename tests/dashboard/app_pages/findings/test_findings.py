"""Nonconformities on pages: recorded and closed on the control's page and in the list."""

from datetime import UTC, datetime

import pytest

import settings
from access.people import accounts
from access.permissions import AUDITOR, BUILT_IN, READER
from audits.nonconformities import nonconformities, record_nonconformity
from models.transaction import present, reading, writing
from tests.dashboard.conftest import Pages, words
from tests.days import CALENDAR

EN = Pages("en")
CONTROL = "iso27001-2022:A.8.24"


def findings():
    with reading(settings.engine()) as session:
        return nonconformities(session, BUILT_IN, None, present(session, datetime.now(UTC)))


def record(grade="minor", title="Keys are not rotated"):
    with writing(settings.engine()) as (session, now):
        return record_nonconformity(session, BUILT_IN, CONTROL, grade, title, CALENDAR.day_of(now), now)


def become(role):
    with writing(settings.engine()) as (session, now):
        account = accounts.add(session, BUILT_IN, "P", "p@example.org", "en", CALENDAR.day_of(now), None, now)
        accounts.grant(session, BUILT_IN, account, role, now, audit="audit" if role == AUDITOR else None)
    Pages.account = account


def button(test, label):
    return next(each for each in test.button if each.label == label)


def test_list_shows_open_and_closed_findings(pages, planned):
    record("major")
    out = words(pages.open("findings"))
    assert (
        "1 nonconformity is open; 1 major." if pages.language == "en" else "1 afwijking staat open; 1 kritiek."
    ) in out
    assert "Keys are not rotated" in out
    assert "/control?key=iso27001-2022:A.8.24" in out


@pytest.mark.parametrize("role", [None, AUDITOR])
def test_finding_is_recorded_and_closed_on_the_page_of_its_control(planned, role):
    if role:
        become(role)
    test = EN.open("control", key=CONTROL)
    test.text_input[0].input("Keys are not rotated")
    button(test, "Record the nonconformity").click()
    EN.run(test)
    assert findings() == [], "the classification is needed"
    next(group for group in test.segmented_control if group.label == "Classification").set_value("minor")
    button(test, "Record the nonconformity").click()
    out = words(EN.run(test))
    assert "Keys are not rotated" in out
    assert [(item.grade, item.control) for item in findings()] == [("minor", CONTROL)]
    next(each for each in test.selectbox if each.label == "Nonconformity").select_index(0)
    button(test, "Close from today").click()
    EN.run(test)
    assert findings()[0].closed_day


def test_finding_is_recorded_in_the_list(planned):
    test = EN.open("findings")
    next(each for each in test.selectbox if each.label == "Control").select(CONTROL)
    test.text_input[0].input("Keys are not rotated")
    next(group for group in test.segmented_control if group.label == "Classification").set_value("major")
    button(test, "Record the nonconformity").click()
    EN.run(test)
    assert [(item.grade, item.control) for item in findings()] == [("major", CONTROL)]


def test_reader_records_nothing(planned):
    record()
    become(READER)
    test = EN.open("findings")
    assert "Keys are not rotated" in words(test)
    assert not [each for each in test.button if each.label == "Record the nonconformity"]
