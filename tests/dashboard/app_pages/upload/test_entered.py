"""The form of one upload: what was entered is there again after a reload, and asks no more than it must."""

from datetime import timedelta

import pytest

from dashboard.app_pages.upload.staged_work import discard_work, unfinished_works
from locales import Language
from tests.dashboard.app_pages.upload.test_many_files import requirements_field, work_of
from tests.dashboard.conftest import words
from tests.dashboard.proof import dated_scan, tls_scan
from tests.dashboard.test_upload import drop, today

NOTE = "made after the change of the load balancer"


@pytest.fixture(autouse=True)
def no_work_of_other_tests(pages):
    for work in unfinished_works(pages.account):
        discard_work(work)


def reloaded(pages, test):
    """The same address in a page that knows nothing of the one before."""
    return pages.open("upload", work=work_of(pages, test).id)


def field(fields, name):
    return next(field for field in fields if f" {name}" in (field.key or ""))


def test_what_was_entered_is_there_again_after_a_reload(pages, planned):
    test, day = drop(pages, "scan.json", tls_scan("portal.example.org")), today() - timedelta(days=3)
    field(test.text_area, "note").set_value(NOTE)
    field(test.date_input, "day").set_value(day)
    again = reloaded(pages, pages.run(test))
    assert field(again.text_area, "note").value == NOTE
    assert field(again.date_input, "day").value == day
    assert Language(pages.language)("the day is {day}", day=day) in words(again)


def test_a_removed_proposal_stays_removed(pages, planned):
    test = drop(pages, "scan.json", tls_scan("portal.example.org"))
    assert requirements_field(test).value == ["tls-scan"]
    requirements_field(test).set_value([])
    assert requirements_field(reloaded(pages, pages.run(test))).value == []


def test_the_place_of_an_address_is_there_again(pages, planned):
    test = drop(pages, "scan.json", dated_scan("new.example.net", today().isoformat()))
    place = field(test.selectbox, "place of new.example.net")
    place.set_value(place.options[0])
    chosen = field(pages.run(test).selectbox, "place of new.example.net").value
    assert field(reloaded(pages, test).selectbox, "place of new.example.net").value == chosen is not None


def test_other_files_begin_without_what_was_entered_for_these(pages, planned):
    test = drop(pages, "scan.json", tls_scan("portal.example.org"))
    field(test.text_area, "note").set_value(NOTE)
    pages.run(test)
    other = drop(pages, "other.json", tls_scan("api.example.org"))
    assert not field(other.text_area, "note").value


def test_systems_are_not_asked_for_while_an_address_has_no_place(pages, planned):
    t = Language(pages.language)
    test = drop(pages, "scan.json", dated_scan("new.example.net", today().isoformat()))
    assert t("Choose what {target} is to see what it changes.", target="new.example.net") in words(test)
    assert not [box for box in test.multiselect if " systems" in (box.key or "")]
    place = field(test.selectbox, "place of new.example.net")
    place.set_value(place.options[0])
    test = pages.run(test)
    assert field(test.multiselect, "systems").value
    assert t("Choose what {target} is to see what it changes.", target="new.example.net") not in words(test)
