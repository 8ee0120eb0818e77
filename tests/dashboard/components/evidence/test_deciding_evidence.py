"""The deciding evidence on pages: its title, who accepted it, its exceptions, criteria and days."""

import io
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

import settings
from access.permissions import BUILT_IN, SECURITY_OFFICER, Person
from controls.scope import system_scope
from dashboard.app_pages.evidence_item.sections import counts_until, what_would_change
from dashboard.app_pages.upload.changes import expiry_note
from dashboard.components.timeline import share, share_fact, share_of_cell
from evidence.decisions import exceptions
from evidence.decisions.review import review
from evidence.intake import submission
from evidence.intake.submission import Delivery, Incoming
from locales import Language
from models.transaction import writing
from readiness import CellContinuity, CellStatus, Continuity
from readiness.evidence_ends import EndReason, EvidenceEnd
from tests.dashboard.conftest import words
from tests.dashboard.proof import tls_scan
from tests.days import CALENDAR

EN = Language("en")
HOSTS = ("portal.example.org", "api.example.org")
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
COLLEAGUE = Person("Colleague", frozenset({SECURITY_OFFICER}))


def deliver(content, requirement, system="", title="", day=None):
    day = day or CALENDAR.day_of(datetime.now(UTC))
    with (
        submission.inspect(settings.store(), [Incoming(io.BytesIO(content), title)]) as inspection,
        writing(settings.engine()) as (session, now),
    ):
        systems = [system] if system else []
        delivery = Delivery(inspection, [requirement], systems, first_day=day, last_day=day, title=title)
        return submission.submit(session, settings.store(), BUILT_IN, delivery, now)


def accept(evidence, decision="accepted", remark=""):
    with writing(settings.engine()) as (session, now):
        review(session, COLLEAGUE, evidence, decision, remark, now)


@pytest.fixture
def shown(planned):
    """All addresses scanned; those of the portal fail, with an exception for each check. The policy is accepted."""
    with writing(settings.engine()) as (session, now):
        system_scope.bring_into_scope(session, BUILT_IN, "downloads", date(2020, 1, 1), now, target="files.example.org")
    other = deliver(tls_scan("files.example.org"), "tls-scan", "downloads", "Another scan")
    scanned = deliver(tls_scan(*HOSTS, weak=True), "tls-scan", "portal", "The scan")
    crypto = deliver(PDF, "crypto-policy", "", "The policy")
    for filed in (other, crypto):  # the scan does not say its day, so that it waits as well
        accept(filed.evidence)
    today = CALENDAR.day_of(datetime.now(UTC))
    for cell in scanned.covered:
        for check, _ in cell.failing:
            with writing(settings.engine()) as (session, now):
                exceptions.grant_exception(
                    session, BUILT_IN, *cell.key, "testssl", check, "Replaced soon", today, today + timedelta(40), now
                )
    return scanned.evidence, crypto.evidence


def test_demonstrated_control_shows_its_deciding_evidence(pages, shown):
    out = words(pages.open("control", key="iso27001-2022:A.8.24"))
    for evidence in shown:
        assert f"/evidence-item?id={evidence}" in out
    english = pages.language == "en"
    for text in ("Replaced soon", "The scan", "The policy", "Colleague", "security officer"):
        assert text in out
    assert ("Acceptance criteria" if english else "Acceptatiecriteria") in out
    assert ("by the policy." if english else "volgens beleid.") in out.lower()
    assert ("with exception" if english else "met uitzondering") in out
    assert ("but not until the audit: TLS encryption expires on" if english else "maar niet tot de audit") in out
    assert ("0 % of days" if english else "0 % van de dagen") in out
    assert ("1 of 201 days" if english else "1 van 201 dagen") in out, "the day of today, and no day to come"


def test_measure_and_evidence_show_the_exception(pages, shown):
    cell = "tls-scan|portal|portal.example.org"
    for out in (
        words(pages.open("measure", key="tls", cell=cell)),
        words(pages.open("evidence_item", id=shown[0])),
    ):
        assert "Replaced soon" in out
        assert "security officer" in out


def test_accepted_failure_is_not_shown_as_never_expiring(pages, shown):
    out = words(pages.open("evidence_item", id=shown[0]))
    assert (
        "An exception accepts its failures" if pages.language == "en" else "Een uitzondering accepteert de afwijkingen"
    ) in out
    assert ("do not expire" if pages.language == "en" else "eindigt niet vanzelf") not in out


def test_expiry_beside_a_failure_is_of_the_passing_evidence():
    end, today = date(2027, 1, 1), date(2026, 12, 1)
    failed, passed = ("r", "s", "a"), ("r", "s", "b")
    covered = [SimpleNamespace(key=failed, verdict="fail"), SimpleNamespace(key=passed, verdict="pass")]
    detail = SimpleNamespace(row=SimpleNamespace(review="automatic", verdict="fail"), coverage=covered)
    fails, passes = CellStatus(*failed, "failing"), CellStatus(*passed, "demonstrated", valid_until=end)
    assert "do not expire" in what_would_change(EN, detail, [fails, passes])
    assert what_would_change(EN, detail, [passes]) == "Its failures currently do not count."
    ending = EvidenceEnd(date(2026, 12, 31), EndReason.VALID)
    assert counts_until(EN, [fails, passes], ending, today) == (
        "Valid until",
        "31 December 2026",  # the last day on which it counts
        "where it passes: expires in 31 days, on 1 January 2027",
    )
    assert counts_until(EN, [fails], EvidenceEnd(None, EndReason.FAILS), today) == (
        "Counts as a failure",
        "until a newer one passes",
        "",
    )
    replaced = EvidenceEnd(date(2026, 11, 9), EndReason.REPLACED)
    assert counts_until(EN, [], replaced, today) == ("Valid until", "9 November 2026", "replaced")


def test_a_supporting_measure_has_its_own_status(pages, shown):
    out = words(pages.open("control", key="iso27001-2022:A.8.20"))
    english = pages.language == "en"
    assert ("Not counted" if english else "Telt niet mee") in out
    assert f"/evidence-item?id={shown[0]}" in out
    assert "s-lapsing" in out


def test_rejected_evidence_is_not_shown_as_not_yet_provided(pages, planned):
    never = "not yet provided" if pages.language == "en" else "nog niet aangeleverd"
    assert never in words(pages.open("measure", key="log"))
    filed = deliver(PDF, "log-export", "", "The log")
    accept(filed.evidence, "rejected", "It is of another system")
    out = words(pages.open("measure", key="log", cell="log-export||"))
    assert never not in out
    assert f"/evidence-item?id={filed.evidence}" in out
    assert "It is of another system" in out


def test_evidence_in_review_shows_the_reviewer_and_the_reason(pages, planned):
    """The requirement accepts by itself; the file does not say its day, so that this evidence waits."""
    filed = deliver(tls_scan(*HOSTS), "tls-scan", "portal", "The scan")
    out = words(pages.open("measure", key="tls", cell="tls-scan|portal|portal.example.org"))
    waits = (
        "waits for a review by someone other than" if pages.language == "en" else "wacht op beoordeling door een ander"
    )
    assert f"/evidence-item?id={filed.evidence}" in out
    assert waits in out
    assert "security officer: " in out, "who declared what follows"


def test_expiry_note_is_of_the_evidence_shown():
    def cell(evidence, end):
        return CellStatus("r", "s", "", "demonstrated", evidence=evidence, valid_until=end)

    others = [cell("other", date(2027, 1, 1)), cell("mine", date(2027, 3, 1))]
    note = expiry_note(EN, "mine", others, date(2027, 4, 1))
    assert "1 March 2027" in note
    assert "January" not in note
    assert expiry_note(EN, "third", others, date(2027, 4, 1)) == ""


def test_share_is_rounded_down_and_absent_without_requirements():
    day = date(2027, 3, 1)
    assert share(Continuity(day, day, 200, 199, [], [])) == 99
    assert share(Continuity(day, day, 0, 0, [], [])) is None
    assert "%" not in str(share_fact(EN, Continuity(day, day, 0, 0, [], [])))
    assert share_of_cell(EN, CellContinuity("r", "", "", 0, 0, [])) == ""
