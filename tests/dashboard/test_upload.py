"""Dropping a file, seeing what it changes, saving it, and the page of what was saved."""

import re
from collections import Counter
from datetime import date
from html import unescape

import pytest
from sqlalchemy import func, select

import settings
from access.permissions import BUILT_IN, Person
from controls.scope.system_scope import scope_on
from dashboard.app_pages.upload import dropped_files
from dashboard.app_pages.upload import reading as reading_files
from evidence.decisions import review
from evidence.judging import policies
from evidence.library import evidence_items
from locales import Language
from models import Activity, Clock, Evidence, Judgement
from models.transaction import reading, writing
from tests.dashboard.conftest import EVIL, words
from tests.dashboard.proof import dated_scan, junit, tls_scan
from tests.days import CALENDAR


def drop(pages, name, data, **query):
    test = pages.open("upload", **query)
    test.file_uploader[0].upload(name, data)
    return pages.run(test)


def press(pages, test, icon):
    """The button with this icon; its words differ by language."""
    next(button for button in test.button if button.proto.icon == icon).click()
    return pages.run(test)


def count(table):
    with reading(settings.engine()) as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def saved(test):
    saved_ids = test.query_params["saved"]
    return saved_ids if isinstance(saved_ids, str) else saved_ids[0]


def today():
    with reading(settings.engine()) as session:
        return CALENDAR.day_of(session.execute(select(Clock.last).where(Clock.id == 1)).scalar_one())


def test_dated_scan_is_saved_without_questions(pages, planned):
    """The first ten minutes of the README."""
    test = drop(pages, "scan.json", dated_scan("portal.example.org", today().isoformat()))
    assert [field.key for field in test.date_input] == []
    assert "s-in-review" not in words(test)
    kept = press(pages, test, ":material/check:")
    said = re.search(r"(?:It counts until|Het telt mee tot en met) ([^.]+)\.", words(kept))
    item = words(pages.open("evidence_item", id=saved(kept)))
    assert said and said[1] in item
    assert not re.search(rf"\b(on|op) {said[1]}", item), "the last day on which it counts, not that of its expiry"
    assert Language(pages.language)("Entered by the uploader, not in the file") not in item
    with reading(settings.engine()) as session:
        assert [row.review for row in evidence_items.search(session, BUILT_IN).rows] == ["automatic"]


def test_upload_form_asks_for_the_day_of_an_undated_test_and_explains_the_review(pages, planned):
    test = drop(pages, "scan.json", tls_scan("portal.example.org"))
    assert len(test.date_input) == 1
    t = Language(pages.language)
    why = t(
        "{person} declared what no file says: {fact}", person="Anna Bakker", fact=t("the day is {day}", day=today())
    )
    assert why in words(test)
    item = words(pages.open("evidence_item", id=saved(press(pages, test, ":material/check:"))))
    assert why in item
    assert t("Entered by the uploader, not in the file") in item


def test_repeated_file_is_reported_before_saving_also_with_another_day(pages, planned):
    first = saved(press(pages, drop(pages, "scan.json", tls_scan("portal.example.org")), ":material/check:"))
    test, t = drop(pages, "again.json", tls_scan("portal.example.org")), Language(pages.language)
    for day in (test.date_input[0].value, date(2026, 1, 5)):
        test.date_input[0].set_value(day)
        out = words(pages.run(test))
        message = t(
            "The same file was uploaded before. If uploaded again as other evidence, it needs someone else's review."
        )
        assert message in unescape(out)
        assert f"/evidence-item?id={first}" in out
    before, _, after = out.partition(f"/evidence-item?id={first}")
    assert "Anna Bakker" in before
    assert ", portal.example.org)" in after.partition("</li>")[0]


def test_evidence_is_judged_again_on_its_page_once_its_policy_has_changed(pages, planned, tmp_path):
    scan = dated_scan("portal.example.org", today().isoformat())
    identity = saved(press(pages, drop(pages, "scan.json", scan), ":material/check:"))
    t = Language(pages.language)
    since = t("The policy {policy} has changed since.", policy=policies.policies()["tls-ncsc-nl@2025-05"].title)
    assert since not in words(pages.open("evidence_item", id=identity))
    for path in policies.FOLDER.glob("tls-ncsc-nl-*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes() + b"# another edition\n")
    policies.use(tmp_path)
    try:
        item = pages.open("evidence_item", id=identity)
        assert since in words(item)
        judge = next(button for button in item.button if button.label == t("Evaluate again"))
        judge.click()
        out = words(pages.run(item))
    finally:
        policies.use(None)
    assert t("Evaluated again. The new evaluation is shown.") in out
    assert t("evaluated on upload") not in out
    assert count(Judgement) == 2
    evaluations = out.partition(t("results shown are of the latest evaluation"))[2]
    assert evaluations.count(t("Passes the policy")) + evaluations.count(t("Fails the policy")) >= 2


def test_what_the_policy_does_not_judge_is_not_shown_as_a_fail(pages, planned):
    """The scan calls a lacking HSTS a problem; the policy leaves that to another requirement."""
    out = words(drop(pages, "scan.json", tls_scan("portal.example.org")))
    t = Language(pages.language)
    preview = out.partition(t("Finding of the tool"))[2]
    assert "HSTS" in preview
    assert t("Not evaluated") in preview
    assert f">{t('Fail')}<" not in preview
    assert (
        t(
            "These results have not been evaluated against a policy yet: what the tool reports as a problem is not necessarily a failure."
        )
        not in out
    )


def test_file_without_a_chosen_requirement_is_not_shown_as_judged(pages, planned):
    """A test without a target of which no place was chosen is not judged yet."""
    test = drop(pages, "scan.json", tls_scan("elsewhere.example.net"))
    words_of = Language(pages.language)
    assert words_of(
        "These results have not been evaluated against a policy yet: what the tool reports as a problem is not necessarily a failure."
    ) in words(test)


def test_a_scan_says_what_it_changes_before_anything_is_saved(pages, planned):
    before = count(Activity)
    test = drop(pages, "scan.json", tls_scan("portal.example.org"))
    out = words(test)
    assert "portal.example.org" in out
    assert out.count("s-missing") >= 1
    assert "s-demonstrated" in out
    assert "iso27001-2022:A.8.24" in out or "nen7510-2024:8.20" in out or "%" in out
    assert (count(Evidence), count(Activity)) == (0, before)
    store = settings.settings().data / "evidence"
    files = [path for path in store.rglob("*") if path.is_file()]
    assert [path.parent.name for path in files] == ["incoming"]  # staged while the page is open
    next(button for button in test.button if not button.proto.icon).click()
    pages.run(test)
    assert [path for path in store.rglob("*") if path.is_file()] == []


def test_files_are_read_once_and_the_effect_is_asked_once_for_each_change_of_answers(pages, planned, monkeypatch):
    calls = Counter()
    for module, name in ((reading_files, "inspect"), (dropped_files, "effect")):
        monkeypatch.setattr(module, name, _counted(calls, name, getattr(module, name)))
    test = drop(pages, "scan.json", tls_scan("portal.example.org"))
    pages.run(test)
    pages.run(test)
    assert calls == {"inspect": 1, "effect": 1}
    for _ in range(2):
        test.text_area[0].set_value("seen by me")
        pages.run(test)
    assert calls == {"inspect": 1, "effect": 2}
    press(pages, test, ":material/check:")
    assert calls == {"inspect": 1, "effect": 2}
    assert count(Evidence) == 1


def _counted(calls, name, function):
    def counting(*values, **named):
        calls[name] += 1
        return function(*values, **named)

    return counting


def test_effect_is_asked_again_after_facts_were_recorded_meanwhile(pages, planned):
    first = drop(pages, "scan.json", tls_scan("portal.example.org"))
    press(pages, drop(pages, "scan.json", tls_scan("portal.example.org")), ":material/check:")
    t = Language(pages.language)
    message = t("These files were uploaded before, with the same details.")
    assert message not in words(first)
    assert message in words(pages.run(first))


def test_opening_pages_records_no_moment(pages, planned):
    with reading(settings.engine()) as session:
        before = session.execute(select(Clock.last).where(Clock.id == 1)).scalar_one()
    drop(pages, "scan.json", tls_scan("portal.example.org"))
    with reading(settings.engine()) as session:
        assert session.execute(select(Clock.last).where(Clock.id == 1)).scalar_one() == before


def test_a_saved_scan_shows_what_it_changed(pages, planned):
    test = press(pages, drop(pages, "scan.json", tls_scan("portal.example.org")), ":material/check:")
    out = words(test)
    assert count(Evidence) == 1
    assert "Traffic is encrypted;" in out
    assert f"/evidence-item?id={saved(test)}" in out
    item = words(pages.open("evidence_item", id=saved(test)))
    assert "cert_chain_of_trust" in item or "HSTS" in item
    assert f"/api/v1/evidence/{saved(test)}/files/0" in item


def test_evidence_still_needed_is_listed_with_its_place(pages, planned):
    """The scan of one address of the portal leaves the other, and the organisation's policy."""
    out = words(press(pages, drop(pages, "scan.json", tls_scan("portal.example.org")), ":material/check:"))
    t = Language(pages.language)
    lacking = out.partition(t("Evidence that these controls still need"))[2].partition("</table>")[0]
    portal = {"en": "Portal", "nl": "Portaal"}[pages.language]
    assert f"{portal}, api.example.org" in lacking
    assert t("Organisation") in lacking


def test_what_fails_and_what_is_missing_are_listed_apart(pages, planned):
    """The other address of the portal was never scanned: it does not fail."""
    weak = tls_scan("portal.example.org", weak=True)
    out = words(press(pages, drop(pages, "scan.json", weak), ":material/check:"))
    lacking = out.partition(Language(pages.language)("Evidence that these controls still need"))[2]
    [row] = [row for row in lacking.partition("</table>")[0].split("<tr>") if "s-failing" in row]
    assert "portal.example.org" in row
    assert "api.example.org" not in row


def test_the_same_scan_again_adds_nothing(pages, planned):
    for _ in range(2):
        test = press(pages, drop(pages, "scan.json", tls_scan("portal.example.org")), ":material/check:")
    assert count(Evidence) == 1
    assert saved(test)


def test_a_failing_scan_names_what_fails(pages, planned):
    out = words(drop(pages, "scan.json", tls_scan("portal.example.org", weak=True)))
    assert "s-failing" in out
    assert "TLS 1.0" in out


def test_tested_address_can_be_added_as_a_target_on_the_upload_page(pages, planned):
    test = drop(pages, "scan.json", tls_scan("new.example.org"), system="portal")
    assert "s-demonstrated" in words(test)
    press(pages, test, ":material/check:")
    with reading(settings.engine()) as session:
        now = session.execute(select(Clock.last).where(Clock.id == 1)).scalar_one()
        portal = next(system for system in scope_on(session, CALENDAR.day_of(now), now) if system.key == "portal")
    assert "new.example.org" in [target.target for target in portal.targets]


def test_unknown_address_can_not_be_saved_until_its_target_is_chosen(pages, planned):
    test = drop(pages, "scan.json", tls_scan("nobody.example.org"))
    out = words(test)
    assert "s-failing" in out or "s-unknown" in out
    assert next(button for button in test.button if button.proto.icon == ":material/check:").disabled


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b'<?xml version="1.0"?><testsuite><testcase', b'{"a": '])
def test_invalid_file_is_refused_with_a_message(pages, planned, data):
    test = drop(pages, "broken.xml", data)
    assert "<h1>" in words(test)
    assert count(Evidence) == 0


def test_names_from_strangers_are_escaped(pages, planned):
    out = words(drop(pages, f"{EVIL}.xml", junit(EVIL, EVIL + "2", fails=1)))
    assert EVIL not in out
    assert "&lt;img src=x" in out


def test_document_waits_for_review_by_someone_else(pages, planned):
    test = drop(pages, "export.txt", b"the log of October\n", requirement="log-export")
    assert "s-in-review" in words(test)
    test = press(pages, test, ":material/check:")
    item = pages.open("evidence_item", id=saved(test))
    item.button[-1].click()
    assert "s-failing" in words(pages.run(item))
    with writing(settings.engine()) as (session, now):
        review.review(session, Person("auditor", BUILT_IN.roles), saved(test), "accepted", "", now)
    assert "auditor" in words(pages.open("evidence_item", id=saved(test)))


def test_library_searches_and_filters(pages, planned):
    for host in ("portal.example.org", "api.example.org"):
        press(pages, drop(pages, f"{host}.json", tls_scan(host)), ":material/check:")
    assert "portal.example.org.json" in words(pages.open("evidence"))
    listed = words(pages.open("evidence", text="api.example"))
    assert "api.example.org.json" in listed
    assert "portal.example.org.json" not in listed
    assert "library" not in words(pages.open("evidence", verdict="fail"))
    with reading(settings.engine()) as session:
        assert evidence_items.search(session, BUILT_IN).total == 2


def test_pages_show_evidence_after_an_upload(pages, planned):
    for host in ("portal.example.org", "api.example.org"):
        press(pages, drop(pages, "scan.json", dated_scan(host, today().isoformat())), ":material/check:")
    assert "s-lapsing" in words(pages.open("readiness"))
    assert "s-lapsing" in words(pages.open("statement"))
    measure = words(pages.open("measure", key="tls", cell="tls-scan|portal|portal.example.org"))
    assert "/evidence-item?id=" in measure
    assert "<h1>" in words(pages.open("control", key="nen7510-2024:8.24"))


def test_results_are_filtered_and_failures_come_first(pages, planned):
    scan = tls_scan("portal.example.org", weak=True)
    test = press(pages, drop(pages, "scan.json", scan), ":material/check:")
    failing = words(pages.open("evidence_item", id=saved(test)))
    every = words(pages.open("evidence_item", id=saved(test), shown="all"))
    assert "SSLv2" not in failing
    assert "SSLv2" in every
    assert "SSLv2" in words(pages.open("evidence_item", id=saved(test), shown="all", find="sslv2"))


def test_upload_form_asks_for_the_system(pages, planned):
    out = words(drop(pages, "scan.json", tls_scan("elsewhere.example.org")))
    assert "tls-scan" not in out  # the title of what is asked, never its key
    assert "s-failing" not in out.partition("<table")[0]


def test_tool_file_without_results_is_not_shown_as_saved(pages, planned):
    out = words(drop(pages, "half.json", b'{"some": "thing"}'))
    assert "half.json" in out
    assert "s-demonstrated" not in out
