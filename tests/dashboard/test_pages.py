"""Every page, on an empty database and on a filled one, in both languages."""

import re
from datetime import UTC, date, datetime
from html import unescape
from urllib.parse import parse_qsl

import pytest
from sqlmodel import select

import settings
from access.permissions import BUILT_IN
from audits.planning import plan_audit
from controls import load
from controls.audit.audit_plan import current
from controls.scope.system_scope import scope_on
from dashboard.shell.pages import PAGES
from locales import Language
from models import Mapping
from models.transaction import reading, writing
from tests.browser import shots
from tests.dashboard.conftest import EVIL, words
from tests.days import CALENDAR

LISTS = ["readiness", "statement", "measures", "controls", "evidence", "upload", "setup"]
OBJECTS = [("measure", "key", "tls"), ("control", "key", "iso27001-2022:A.8.24"), ("evidence_item", "id", "none")]


@pytest.mark.parametrize("page", [*LISTS, "measure", "control", "evidence_item"])
def test_empty_database_shows_how_to_start(pages, empty, page):
    assert "<h1>" in words(pages.open(page))


@pytest.mark.parametrize("page", LISTS)
def test_pages_without_an_audit(pages, loaded, page):
    assert "<h1>" in words(pages.open(page))


@pytest.mark.parametrize("page", LISTS)
def test_pages_with_an_audit(pages, planned, page):
    out = words(pages.open(page))
    assert "<h1>" in out
    assert EVIL not in out


@pytest.mark.parametrize(("page", "name", "value"), OBJECTS)
def test_every_object_has_its_own_page(pages, planned, page, name, value):
    assert "<h1>" in words(pages.open(page, **{name: value}))


def test_pages_are_in_the_requested_language(pages, planned):
    out = words(pages.open("readiness"))
    assert ("Niet gereed" in out) == (pages.language == "nl")
    assert ("Not ready" in out) == (pages.language == "en")
    assert ("Gereedheid" in out) == (pages.language == "nl")


def test_readiness_without_an_audit_links_to_planning(pages, loaded):
    assert "/setup?part=audit" in words(pages.open("readiness"))


def test_the_statement_marks_its_promises_and_escapes_its_text(pages, loaded):
    out = words(pages.open("statement", measure="log"))
    assert 'href="?measure=tls"' in out
    assert "&lt;img src=x" in out
    assert EVIL not in out


def test_statement_page_shows_sentences_without_a_measure(pages, loaded, definitions):
    t = Language(pages.language)
    out = words(pages.open("statement", view="without"))
    assert t("No measure and no reason yet") in out
    assert "We were founded long ago." in out
    path = definitions / "statements" / "example.yaml"
    reason = f"{{nl: Vertelt {EVIL} over ons., en: Tells {EVIL} about us.}}"
    listed = f"no_measure: [{{quotes: [We were founded long ago.], reason: {reason}}}]\n"
    path.write_text(path.read_text(encoding="utf-8") + listed, encoding="utf-8")
    with writing(settings.engine()) as (session, now):
        load.load(session, BUILT_IN, now, definitions)
    out = words(pages.open("statement", view="without"))
    assert t("No measure and no reason yet") not in out
    assert "We were founded long ago." in out
    starts = {"nl": "Vertelt &lt;img src=x", "en": "Tells &lt;img src=x"}
    assert [code for code, start in starts.items() if start in out] == [pages.language]
    assert EVIL not in out


def test_a_cell_opens_its_facts(pages, planned):
    closed = words(pages.open("measure", key="tls"))
    opened = words(pages.open("measure", key="tls", cell="tls-scan|portal|portal.example.org"))
    assert "facts-of" not in closed
    assert "facts-of" in opened


def test_controls_are_filtered_by_the_address(pages, planned):
    missing = words(pages.open("controls", status="missing"))
    everything = words(pages.open("controls"))
    assert missing.count("<tr>") < everything.count("<tr>")
    assert "iso27001-2022:A.8.24" in missing
    assert "iso27001-2022:A.5.1&" not in missing and 'iso27001-2022:A.5.1"' not in missing


def test_controls_of_one_number_share_a_row_and_are_found_by_number_title_and_requirement(pages, planned):
    title = {"nl": "Use of cryptography", "en": "Gebruik van cryptografie"}[pages.language]  # of the other language
    for search in ("8.24", "A.8.24", title, "tls-scan 8", "TLS SCAN"):
        out = words(pages.open("controls", catalogue="criteria", find=search))
        assert "iso27001-2022:A.8.24" in out and "nen7510-2024:8.24" in out
        assert 'A.8.2"' not in out and 'A.5.1"' not in out
    row = out[out.index('<span class="number">8.24<') :].partition("</tr>")[0]
    assert Language(pages.language)("same") in row
    assert 'class="theme"' not in words(pages.open("controls", find="8.99"))


def test_controls_of_a_team_and_their_export(pages, planned):
    t = Language(pages.language)
    test = pages.open("controls", catalogue="iso27001-2022", team="platform")
    assert "A.8.24" in words(test) and 'A.5.1"' not in words(test)
    assert {button.proto.label for button in test.get("download_button")} == {t("Excel"), t("CSV")}


def test_a_control_opens_with_one_sentence_and_folds_what_it_is_related_to(pages, planned):
    t, out = Language(pages.language), words(pages.open("control", key="iso27001-2022:A.8.24"))
    more = out.index(t("More about this control"))
    assert out.index(t("Description")) < more < out.index("nen7510-2024:8.24")
    assert "<summary>" in out[more - 20 : more]


@pytest.mark.parametrize("criteria", [["iso27001-2022", "nen7510-2024"], ["nen7510-2024"]])
def test_a_number_of_controls_opens_a_list_of_as_many(pages, planned, criteria):
    with writing(settings.engine()) as (session, now):
        first, last = date(2026, 1, 1), date(2026, 2, 1)
        plan_audit(session, BUILT_IN, "audit", "Recertification", planned, first, last, criteria, [], now)
    numbers = re.findall(r'href="/controls\?([^"]+)" data-go class="quiet">(\d+)<', words(pages.open()))
    assert numbers
    for query, number in numbers:
        listed = words(pages.open("controls", **dict(parse_qsl(unescape(query)))))
        assert len(re.findall(r'href="/control\?key=[^"]+" data-go class="quiet"', listed)) == int(number)


def test_invalid_value_in_the_address_is_ignored(pages, planned):
    assert words(pages.open("controls", status="nonsense", catalogue="none")) == words(pages.open("controls"))


def choose_system(test):
    """Choose the first system in the form that adds a target."""
    next(box for box in test.selectbox if box.proto.form_id == "target").select_index(0)


def test_a_target_can_be_added(pages, loaded):
    test = pages.open("setup")
    test.text_input[0].set_value("portal.example.org")
    choose_system(test)
    test.button[0].click()
    pages.run(test)
    assert "<div>portal.example.org</div>" in words(test)


def test_a_wrong_target_is_refused_beside_the_form(pages, loaded):
    test = pages.open("setup")
    test.text_input[0].set_value("ssh://portal.example.org/x")
    choose_system(test)
    test.button[0].click()
    pages.run(test)
    assert "s-failing" in words(test)
    assert '"><div>ssh' not in words(test)


def test_a_system_and_a_team_can_be_added(pages, loaded):
    test = pages.open("setup")
    test.text_input[1].set_value("Nieuw systeem")
    test.button[1].click()
    pages.run(test)
    assert "Nieuw systeem" in words(test)
    test = pages.open("setup", part="teams")
    test.text_input[0].set_value("Beheer & zo")
    test.button[0].click()
    pages.run(test)
    assert "Beheer &amp; zo" in words(test)


@pytest.mark.parametrize("part", ["systems", "teams"])
def test_a_system_or_team_without_a_name_is_refused_in_plain_words(pages, loaded, part):
    test = pages.open("setup", part=part)
    test.button[-1 if part == "teams" else 1].click()
    pages.run(test)
    t = Language(pages.language)
    assert t("{what} is empty; expected a text.", what=t("The name")) in words(test)


@pytest.mark.parametrize(
    ("button", "refusal"),
    [
        ("Add the target", "Choose the system of this target."),
        ("Remove from scope", "Choose the system or target that goes out of scope."),
    ],
)
def test_nothing_typed_or_chosen_changes_no_scope(pages, loaded, button, refusal):
    t = Language(pages.language)
    before = words(pages.open("setup"))
    test = pages.open("setup")
    press(test, t(button))
    pages.run(test)
    assert t(refusal) in words(test)
    assert words(pages.open("setup")) == before


def test_the_attributes_of_a_system_can_be_changed(pages, loaded):
    t = Language(pages.language)
    test = pages.open("setup")
    next(box for box in test.selectbox if box.label == t("System to change")).select_index(0)
    pages.run(test)
    next(box for box in test.multiselect if box.key and box.key.startswith("attributes")).set_value(["personal-data"])
    press(test, t("Save the attributes"))
    pages.run(test)
    now = datetime.now(UTC)
    with reading(settings.engine()) as session:
        assert scope_on(session, CALENDAR.day_of(now), now)[0].attributes == ("personal-data",)


def press(test, label):
    next(button for button in test.button if button.label == label).click()


def test_the_audit_can_be_set(pages, loaded):
    test = pages.open("setup", part="audit")
    test.text_input[0].set_value("Recertification")
    test.button[0].click()
    pages.run(test)
    with reading(settings.engine()) as session:
        plan = current(session, datetime.now(UTC))
    assert plan.title == "Recertification"
    assert set(plan.catalogues) == {"iso27001-2022", "nen7510-2024"}


def test_a_mapping_can_be_ended(pages, loaded):
    test = pages.open("setup", part="mapping")
    test.selectbox[1].select_index(0)
    test.button[0].click()
    pages.run(test)
    with reading(settings.engine()) as session:
        rows = session.exec(select(Mapping).where(Mapping.ended_by != "")).all()
    assert len(rows) == 1


def test_the_mapping_shows_one_measure_at_a_time(pages, loaded):
    out = words(pages.open("setup", part="mapping", measure="log"))
    assert "A.8.15" in out
    assert "A.8.24" not in out


def test_supplied_mapping_is_the_editors_until_confirmed(pages, planned):
    editors = Language(pages.language)("came with the statement; not yet confirmed by your organisation")
    test = pages.open("setup", part="mapping")
    assert editors in words(test)
    reviewed = Language(pages.language)("all mappings have been reviewed")
    assert reviewed not in words(test)
    rest = Language(pages.language)("To the mapping")
    assert rest in words(pages.open())
    test.button[-1].click()
    pages.run(test)
    confirmed = words(pages.open("setup", part="mapping"))
    assert editors not in confirmed
    assert reviewed in confirmed
    assert rest not in words(pages.open())


def test_mapping_that_awaits_review_is_first_and_can_be_confirmed(pages, loaded):
    with writing(settings.engine()) as (session, _):
        row = session.exec(select(Mapping).where(Mapping.measure == "log")).one()
        row.reviewed_at, row.reviewed_by = None, ""
        waiting = row.id
    test = pages.open("setup", part="mapping")
    assert "A.8.15" in words(test)
    assert "A.8.24" not in words(test)
    test.button[0].click()
    pages.run(test)
    assert Language(pages.language)("Choose the mappings that are correct.") in words(test)
    test.multiselect[0].set_value([waiting])
    test.button[0].click()
    pages.run(test)
    with reading(settings.engine()) as session:
        assert session.exec(select(Mapping).where(Mapping.measure == "log")).one().reviewed_by


def test_the_filters_say_how_many_are_chosen_and_unfold(pages, loaded):
    assert 'href="?filters=open"' in words(pages.open("evidence", review="waiting", kind="test"))
    assert "(2 " in words(pages.open("evidence", review="waiting", kind="test"))
    assert 'href="?filters=shut"' in words(pages.open("evidence", filters="open"))


def test_an_opened_cell_can_be_closed(pages, planned):
    opened = pages.open("measure", key="tls", cell="tls-scan|portal|portal.example.org")
    assert 'href="?cell=none"' in words(opened)
    assert "facts-of" not in words(pages.open("measure", key="tls", cell="none"))


def test_there_is_a_screenshot_of_every_page():
    assert {path.partition("?")[0] for path in shots.PAGES.values()} - {""} == set(PAGES) - {"readiness"}
