"""The page of the Statement of Applicability."""

import settings
from access.people import accounts
from access.permissions import AUDITOR, BUILT_IN
from audits.applicability import Inclusion, decide
from models.transaction import writing
from models.vocabulary import InclusionReason
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
