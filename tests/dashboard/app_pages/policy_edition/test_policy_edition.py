"""Changing a policy on a page: fields and file, what changes in words, a preview, publishing, and the editions."""

from datetime import UTC, datetime, timedelta

import pytest

import settings
from access.permissions import BUILT_IN, READER
from evidence.judging.own_policies.editions import list_editions
from evidence.judging.policies import policies
from locales import Language
from models.transaction import reading
from tests.dashboard.conftest import Pages, words
from tests.dashboard.proof import dated_scan
from tests.dashboard.test_roles import as_role  # noqa: F401 - a fixture
from tests.dashboard.test_upload import drop, press
from tests.days import CALENDAR

TLS, OWN = "tls-ncsc-nl@2025-05", "own-tls-ncsc-nl"
TODAY = CALENDAR.day_of(datetime.now(UTC))
EDITION = {"en": "edition", "nl": "editie"}
DAYS_LEFT = {"en": "Days that a certificate must have left, on the day of the scan", "nl": "Dagen die een certificaat"}


def editions():
    with reading(settings.engine()) as session:
        return list_editions(session, BUILT_IN, OWN)


def field(test, kind, label):
    return next(each for each in getattr(test, kind) if each.label.startswith(label))


def button(test, icon_or_label):
    return next(each for each in test.button if icon_or_label in (each.icon or "", each.label))


def publish(pages: Pages, test, reason="agreed <b>here</b>"):
    field(test, "text_area", {"en": "Reason", "nl": "Reden"}[pages.language]).set_value(reason)
    button(test, {"en": "Publish this edition", "nl": "Publiceer deze editie"}[pages.language]).click()
    return pages.run(test)


def changed_days(pages: Pages, days=3):
    test = pages.open("policy_edition", key=TLS)
    field(test, "number_input", DAYS_LEFT[pages.language]).set_value(days)
    return pages.run(test)


def test_a_copy_is_changed_by_its_fields_and_published(pages, planned):
    test = changed_days(pages)
    out = words(test)
    assert {"en": "<del>Days that a certificate", "nl": "<del>Dagen die een certificaat"}[pages.language] in out
    assert ": 3</ins>" in out and ": 14</del>" in out
    test.multiselect[0].set_value(["tls-scan"])
    test = publish(pages, pages.run(test))
    (edition,) = editions()
    assert (edition.number, edition.requirements, edition.first_day) == (1, ("tls-scan",), TODAY)
    assert "days_left: 3" in edition.content
    page = words(pages.open("policy", key=OWN))
    assert "agreed &lt;b&gt;here&lt;/b&gt;" in page and "/upload?requirement=tls-scan" in page
    name = Language(pages.language).title(policies()[TLS]) + {"en": " (own)", "nl": " (eigen)"}[pages.language]
    linked = f'href="/policy?key={OWN}%401" data-go class="soft-link">{name}, {EDITION[pages.language]} 1</a>'
    assert linked in words(pages.open("measure", key="tls")), "the edition that judges it now"
    assert {"en": "edition 1 of the policy ", "nl": "editie 1 van het beleid "}[pages.language] + name in words(
        pages.open("activity")
    )
    came_along = words(pages.open("policy", key=TLS))
    assert f"/policy?key={OWN}" in came_along and "/policy-edition?key=" in came_along
    assert "/upload?requirement=tls-scan" not in came_along, "the copy judges it now"
    assert {"en": "now judges TLS scan", "nl": "beoordeelt nu TLS-scan"}[pages.language] in came_along


def test_the_next_edition_begins_where_the_last_ended(pages, planned):
    publish(pages, changed_days(pages))
    test = pages.open("policy_edition", key=OWN)
    number = field(test, "number_input", DAYS_LEFT[pages.language])
    assert number.value == 3
    number.set_value(5)
    publish(pages, pages.run(test), "again")
    assert [edition.number for edition in editions()] == [2, 1]
    out = words(pages.open("policy", key=f"{OWN}@1"))
    assert f"/policy?key={OWN}%402" in out and f"/policy?key={OWN}%401" not in out


def test_the_page_shows_what_applies_and_says_what_comes(pages, planned):
    publish(pages, changed_days(pages))
    test = pages.open("policy_edition", key=OWN)
    field(test, "number_input", DAYS_LEFT[pages.language]).set_value(5)
    test = pages.run(test)
    test.date_input[0].set_value(TODAY + timedelta(days=9))
    publish(pages, test, "later")
    out = words(pages.open("policy", key=OWN))
    applies = {"en": "Edition 1, applies now", "nl": "Editie 1, geldt nu"}[pages.language]
    assert applies in out and {"en": "applies from", "nl": "geldt vanaf"}[pages.language] in out


def test_the_file_is_checked_with_its_line(pages, planned):
    test = pages.open("policy_edition", key=TLS)
    test.segmented_control[0].set_value("file")
    test = pages.run(test)
    text = test.text_area[0].value
    assert "days_left: 14" in text and "judges" not in text
    line = text.split("\n").index("days_left: 14") + 1
    test.text_area[0].set_value(text.replace("days_left: 14", "days_left: soon"))
    out = words(pages.run(test))
    assert f"{OWN}.yaml, " in out and str(line) in out
    assert not [each for each in test.button if each.label.startswith("Publi")]
    test.text_area[0].set_value(text.replace("days_left: 14", "days_left: 9"))
    test = pages.run(test)
    test.segmented_control[0].set_value("fields")
    test = pages.run(test)
    assert field(test, "number_input", DAYS_LEFT[pages.language]).value == 9


def test_past_runs_that_would_have_been_judged_otherwise(pages, planned):
    day = (TODAY - timedelta(days=2)).isoformat()
    scan = dated_scan("portal.example.org", day, weak=True)
    press(pages, drop(pages, "scan.json", scan, requirement="tls-scan", system="portal"), ":material/check:")
    test = pages.open("policy_edition", key=TLS)
    test.segmented_control[0].set_value("file")
    test = pages.run(test)
    text = test.text_area[0].value
    assert "- TLS 1.0" in text
    softer = text.replace("  insufficient:\n  - TLS 1.0", "  insufficient:\n  - TLS 0.9")
    test.text_area[0].set_value(softer)
    test.multiselect[0].set_value(["tls-scan"])
    test = pages.run(test)
    button(test, ":material/history:").click()
    out = words(pages.run(test))
    assert {"en": "1 past run was read", "nl": "1 eerdere run is gelezen"}[pages.language] in out
    assert editions() == []


def test_a_past_day_and_a_missing_reason_are_refused(pages, planned):
    test = publish(pages, changed_days(pages), " ")
    assert {"en": "The reason is empty", "nl": "De reden is leeg"}[pages.language] in words(test)
    assert editions() == []


@pytest.mark.parametrize("key", ["nowhere", "own-nowhere", ""])
def test_an_unknown_policy_is_reported(pages, planned, key):
    expected = {"en": "This policy does not exist.", "nl": "Dit beleid bestaat niet."}[pages.language]
    assert expected in words(pages.open("policy_edition", key=key))


def test_who_may_not_publish_reads_the_editions_only(pages, planned, as_role):  # noqa: F811
    publish(pages, changed_days(pages))
    as_role(READER)
    out = words(pages.open("policy", key=OWN))
    assert "agreed" in out and "/policy-edition" not in out
    assert "/policy-edition" not in words(pages.open("policy", key=TLS))


@pytest.mark.parametrize(
    "key", ["access-review", "vulnerability-scan", "segmentation-scans", "https-by-default", "segmentation"]
)
def test_every_kind_has_its_fields(pages, planned, key):
    test = pages.open("policy_edition", key=key)
    assert {"en": "Nothing yet: it says the same.", "nl": "Nog niets"}[pages.language] not in words(test)  # its title
    assert policies()[key].title_nl + " (eigen)" in [each.value for each in test.text_input]
    assert [each for each in test.button if each.icon == ":material/history:"][0].disabled


def test_groups_of_one_kind_are_told_apart_and_the_preview_says_what_it_waits_for(planned):
    test = Pages("en").open("policy_edition", key=TLS)
    titles = [each.label for each in test.expander if each.label.startswith("Levels: Option")]
    assert len(titles) == len(set(titles)) > 1
    assert "First choose the evidence that this edition judges." in words(test)
