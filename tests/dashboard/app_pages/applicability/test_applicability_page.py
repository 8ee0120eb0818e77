"""The page of the Statement of Applicability."""

from dataclasses import replace
from datetime import UTC, datetime

import settings
from access.people import accounts
from access.permissions import AUDITOR, BUILT_IN
from audits.applicability import Inclusion, decide
from audits.applicability_lines import applicability_lines
from models.transaction import reading, writing
from models.vocabulary import Implementation, InclusionReason
from tests.dashboard.conftest import Pages, words
from tests.days import CALENDAR

CONTROL = "iso27001-2022:A.7.4"


def excluded():
    with writing(settings.engine()) as (session, now):
        decide(session, BUILT_IN, CONTROL, False, "No premises of our own", CALENDAR.day_of(now), now)


def test_page_counts_what_applies(planned, pages):
    out = words(pages.open("applicability"))
    assert "93" in out


def test_excluded_control_is_in_its_filter(planned):
    excluded()
    test = Pages("en").open("applicability", state="excluded")
    assert "93 controls: 0 applicable, 1 excluded, 92 not decided yet." in words(test)
    frame = test.dataframe[0].value
    assert list(frame["No."]) == ["A.7.4"]
    assert list(frame["Applicable"]) == ["No: No premises of our own"]


def test_auditor_reads_the_justification_beside_the_reasons(planned):
    with writing(settings.engine()) as (session, now):
        stated = Inclusion((InclusionReason.LAW,))
        decide(session, BUILT_IN, CONTROL, True, "The law asks it", CALENDAR.day_of(now), now, stated)
        account = accounts.add(session, BUILT_IN, "Ruth", "ruth@example.org", "en", CALENDAR.day_of(now), None, now)
        accounts.grant(session, BUILT_IN, account, AUDITOR, now, audit="audit")
    Pages.account = account
    out = words(Pages("en").open("applicability"))
    assert "Yes: law" in out
    assert "The law asks it" in out


def test_nothing_ticked_says_what_to_do(planned, pages):
    out = words(pages.open("applicability"))
    assert ("Nothing is ticked" in out) or ("niets aangevinkt" in out)


def test_controls_ticked_in_the_list_of_narrow_screens_are_decided_on(planned):
    test = Pages("en").open("applicability", tick="iso27001-2022%3AA.7.4,iso27001-2022%3AA.5.1,none")
    out = words(test)
    assert "2 controls ticked" in out
    assert "Untick: A.7.4" in out and "Tick: A.5.2" in out


def test_what_differs_between_ticked_controls_stays_unless_it_is_filled_in(planned):
    controls = {
        "iso27001-2022:A.5.1": Inclusion((InclusionReason.LAW,), "art. 32", Implementation.IMPLEMENTED, by="Office"),
        "iso27001-2022:A.5.2": Inclusion((InclusionReason.RISK,), "R-12", by="Platform"),
    }
    with writing(settings.engine()) as (session, now):
        for control, inclusion in controls.items():
            decide(session, BUILT_IN, control, True, "", CALENDAR.day_of(now), now, inclusion)
    test = Pages("en").open("applicability", tick=",".join(controls).replace(":", "%3A"))
    assert "These differ and stay as they are" in words(test)
    next(field for field in test.text_input if field.label == "By").set_value("Security")
    next(button for button in test.button if button.label == "Save for 2 controls").click()
    Pages("en").run(test)
    with reading(settings.engine()) as session:
        lines = applicability_lines(
            session, BUILT_IN, ["iso27001-2022"], CALENDAR.day_of(datetime.now(UTC)), datetime.now(UTC)
        )
    now = {line.control.key: line.decision.inclusion for line in lines if line.control.key in controls}
    assert now == {control: replace(inclusion, by="Security") for control, inclusion in controls.items()}


def test_a_control_ticked_after_eleven_others_keeps_what_only_it_states(planned):
    alike = [f"iso27001-2022:A.5.{number}" for number in range(1, 12)]
    own = Inclusion((InclusionReason.RISK,), "R-12", Implementation.PARTLY, by="Platform")
    stated = dict.fromkeys(alike, Inclusion((InclusionReason.LAW,), "art. 32")) | {"iso27001-2022:A.5.12": own}
    with writing(settings.engine()) as (session, now):
        for control, inclusion in stated.items():
            decide(session, BUILT_IN, control, True, "", CALENDAR.day_of(now), now, inclusion)
    test = Pages("en").open("applicability", tick=",".join(alike).replace(":", "%3A"))
    test.query_params["tick"] = ",".join(stated).replace(":", "%3A")
    Pages("en").run(test)
    next(button for button in test.button if button.label == "Save for 12 controls").click()
    Pages("en").run(test)
    with reading(settings.engine()) as session:
        now = datetime.now(UTC)
        lines = applicability_lines(session, BUILT_IN, ["iso27001-2022"], CALENDAR.day_of(now), now)
    kept = {line.control.key: line.decision.inclusion for line in lines if line.control.key in stated}
    assert kept == stated


def test_search_finds_a_control_by_what_was_stated_of_it(planned):
    excluded()
    test = Pages("en").open("applicability", find="premises own")
    assert list(test.dataframe[0].value["No."]) == ["A.7.4"]


def test_catalogues_are_shown_together_and_what_is_for_healthcare_apart(planned):
    frame = Pages("en").open("applicability", catalogue="criteria").dataframe[0].value
    assert {"A.5.1", "5.1"} <= set(frame["No."])
    apart = Pages("en").open("applicability", catalogue="criteria", care="hlt").dataframe[0].value
    assert 0 < len(apart) < 20
    assert all(title.startswith("HLT: ") for title in apart["Control"])
