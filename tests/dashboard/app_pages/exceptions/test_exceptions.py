"""Exceptions on pages: accepted beside failing checks, listed until they end, extended and ended."""

from datetime import UTC, datetime, timedelta

import pytest

import settings
from access.people import accounts
from access.permissions import AUDITOR, BUILT_IN
from evidence.decisions import exceptions
from models.transaction import reading, writing
from tests.dashboard.components.evidence.test_deciding_evidence import HOSTS, deliver
from tests.dashboard.conftest import Pages, words
from tests.dashboard.proof import tls_scan
from tests.days import CALENDAR

EN = Pages("en")


@pytest.fixture
def failing(planned):
    """A scan of which both addresses fail."""
    return deliver(tls_scan(*HOSTS, weak=True), "tls-scan", "portal", "The scan")


def today():
    return CALENDAR.day_of(datetime.now(UTC))


def rows():
    with reading(settings.engine()) as session:
        return exceptions.exceptions(session, BUILT_IN)


def grant(failing, days, cells=1, **changed):
    for cell in failing.covered[:cells]:
        with writing(settings.engine()) as (session, now):
            last_day = today() + timedelta(days)
            checks = [check for check, _ in cell.failing]
            exceptions.grant_exceptions(
                session, BUILT_IN, cell.key, "testssl", checks, "Replaced soon", today(), last_day, now, **changed
            )


def button(test, label):
    return next(each for each in test.button if each.label == label)


def test_officer_accepts_some_failing_checks_and_reads_what_keeps_failing(failing):
    test = EN.open("evidence_item", id=failing.evidence)
    total = sum(len(cell.failing) for cell in failing.covered)
    assert len(test.checkbox) == total
    assert not test.text_area or "tell an auditor" not in test.text_area[0].label, "the form waits for a choice"
    for box in test.checkbox[:2]:
        box.check()
    EN.run(test)
    assert f"{total - 2} checks keep failing" in words(test)
    button(test, "Accept 2 checks").click()
    EN.run(test)
    assert rows() == [], "a reason is needed"
    next(area for area in test.text_area if "auditor" in area.label).input("Replaced in spring")
    button(test, "Accept 2 checks").click()
    EN.run(test)
    assert {(row.kind, row.reason) for row in rows()} == {("accepted risk", "Replaced in spring")}
    assert len(rows()) == 2
    assert len(test.checkbox) == total - 2


def test_page_says_what_ends_when_and_what_happens_then(pages, failing):
    grant(failing, 8, cells=2)
    out = words(pages.open("exceptions"))
    english = pages.language == "en"
    assert ("end soon, the first in 8 days." if english else "eindigen binnenkort, de eerste over 8 dagen.") in out
    assert ("Ends soon" if english else "Eindigt binnenkort") in out
    assert ("controls fail" if english else "falen ") in out
    assert "Replaced soon" in out
    assert "act=extend" in out
    assert 'aria-current="page"' in out


def test_exception_beyond_the_audit_is_apart_and_ended_ones_are_folded(failing):
    grant(failing, 200, kind="false positive")
    with writing(settings.engine()) as (session, now):
        exceptions.revoke_exception(session, BUILT_IN, rows()[0].id, now)
    out = words(EN.open("exceptions"))
    assert "none ends soon." in out
    assert "In force until the audit or longer" in out
    assert "false positive" in out
    assert "Ended, 1" in out


def test_other_failing_checks_are_named_as_the_reason_that_it_fails_all_the_same(failing):
    cell = failing.covered[0]
    with writing(settings.engine()) as (session, now):
        exceptions.grant_exceptions(
            session, BUILT_IN, cell.key, "testssl", [cell.failing[0][0]], "why", today(), today(), now
        )
    assert "other checks keep it failing" in words(EN.open("exceptions"))


def test_officer_extends_an_exception(failing):
    grant(failing, 8)
    number = rows()[0].id
    test = EN.open("exceptions", exception=str(number), act="extend")
    later = today() + timedelta(days=50)
    test.date_input[0].set_value(later)
    button(test, "Extend").click()
    out = words(EN.run(test))
    assert rows()[0].last_day == later
    assert "extended to" in out
    assert "Extended until" in out


def test_officer_ends_an_exception_with_its_extension(failing):
    grant(failing, 8)
    number = rows()[0].id
    with writing(settings.engine()) as (session, now):
        exceptions.extend_exception(session, BUILT_IN, number, "", today() + timedelta(days=50), now)
    check = next(row.check for row in rows() if row.id == number)
    test = EN.open("exceptions", exception=str(number), act="end")
    button(test, "End this exception today").click()
    EN.run(test)
    ended = [row for row in rows() if row.check == check]
    assert len(ended) == 2
    assert all(row.revoked_at for row in ended)


def test_without_exceptions_the_page_says_where_they_come_from(planned):
    out = words(EN.open("exceptions"))
    assert "No failing check is accepted now." in out
    assert "/evidence?verdict=fail" in out


def test_auditor_reads_exceptions_and_decides_nothing(failing):
    grant(failing, 8)
    with writing(settings.engine()) as (session, now):
        account = accounts.add(session, BUILT_IN, "Aud", "aud@example.org", "en", today(), None, now)
        accounts.grant(session, BUILT_IN, account, AUDITOR, now, audit="audit")
    Pages.account = account
    out = words(EN.open("exceptions", exception=str(rows()[0].id), act="end"))
    assert "Replaced soon" in out
    assert "act=extend" not in out
    assert "ends today" not in out
    assert not EN.open("evidence_item", id=failing.evidence).checkbox
