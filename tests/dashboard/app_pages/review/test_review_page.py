"""The review page: its queue, the file with its criteria, and accepting, rejecting and skipping."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

import settings
from access.permissions import SECURITY_OFFICER, Person
from dashboard.app_pages.review.criteria import criteria_of
from dashboard.shell.title_lookup import TitleLookup
from demo.files.pdf import document
from evidence.intake import submission
from evidence.intake.submission import Delivery, Incoming
from locales import Language, text
from models.bulk_changes import table
from models.cannot_write import CannotWrite
from models.transaction import reading, writing
from tests.dashboard.conftest import EVIL, Pages, words
from tests.dashboard.proof import tls_scan
from tests.days import CALENDAR

EN = Pages("en")
COLLEAGUE = Person("Colleague", frozenset({SECURITY_OFFICER}))


def deliver(content, requirement, title, by=COLLEAGUE, days=0, **more):
    day = CALENDAR.day_of(datetime.now(UTC)) - timedelta(days=days)
    with (
        submission.inspect(settings.store(), [Incoming(io.BytesIO(content), f"{title}.pdf")]) as inspection,
        writing(settings.engine()) as (session, now),
    ):
        delivery = Delivery(inspection, [requirement], first_day=day, last_day=day, title=title, **more)
        return submission.submit(session, settings.store(), by, delivery, now).evidence


def pdf(sentence):
    return document("Cryptography", "", [sentence, *["More words."] * 60], "foot")


@pytest.fixture
def waiting(planned):
    """A policy and a log of a colleague that wait, and one policy of the reader's own."""
    log = deliver(b"line one of the log\n<script>alert(1)</script>\n", "log-export", "The log")
    policy = deliver(pdf("Keys are replaced every year."), "crypto-policy", "The policy", note=f"See page 2 {EVIL}")
    return {"policy": policy, "log": log}


def decisions():
    row = table("review")
    with reading(settings.engine()) as session:
        return [tuple(each) for each in session.execute(select(row.c.evidence, row.c.decision, row.c.remark))]


def press(test, label):
    next(button for button in test.button if button.label == label).click()
    return words(EN.run(test))


def test_empty_queue_says_what_comes_here(pages, planned):
    out = words(pages.open("review"))
    english = pages.language == "en"
    assert ("Nothing waits for your review." if english else "Er wacht niets op uw beoordeling.") in out
    assert 'class="pill"' not in out


def test_queue_shows_what_waits_with_the_first_one_opened(pages, waiting):
    out = words(pages.open("review"))
    english = pages.language == "en"
    assert ("2 pieces of evidence wait for you; this one" if english else "2 bewijzen wachten op u; dit") in out
    assert f'/review?id={waiting["policy"]}" data-go' in out
    assert f'/review?id={waiting["log"]}" data-go' in out
    assert 'class="pill"' in out
    assert ("If you accept" if english else "Als u accepteert") in out
    assert EVIL not in out


def test_document_is_a_picture_of_a_page_that_can_be_chosen(waiting):
    test = EN.open("review", id=waiting["policy"])
    out = words(test)
    assert f'<img src="/api/v1/evidence/{waiting["policy"]}/files/0/preview?page=1"' in out
    assert "page 1 of 3" in out
    test.query_params["page"] = "3"
    out = words(EN.run(test))
    assert "preview?page=3" in out
    test.query_params["view"] = "text"
    assert "More words." in words(EN.run(test))


def test_text_is_shown_escaped_and_opening_it_is_logged(waiting):
    out = words(EN.open("review", id=waiting["log"]))
    assert "line one of the log" in out
    assert "<script>" not in out
    assert "&lt;script&gt;" in out
    log = table("activity")
    with reading(settings.engine()) as session:
        details = session.execute(select(log.c.details).where(log.c.verb == "evidence.open")).scalars().all()
    assert [each.get("file") for each in details] == [None, 0]


def test_rejecting_without_a_reason_records_nothing_and_says_so(waiting):
    test = EN.open("review", id=waiting["policy"])
    out = press(test, "Reject")
    assert decisions() == []
    assert "Nothing is recorded without a reason" in out
    test.text_area[0].input("The date is missing")
    out = press(test, "Reject")
    assert decisions() == [(waiting["policy"], "rejected", "The date is missing")]
    assert "Rejected: The policy." in out


def test_accepting_goes_to_the_next_one_and_at_last_to_an_empty_queue(waiting):
    test = EN.open("review", id=waiting["policy"])
    out = press(test, "Accept")
    assert decisions() == [(waiting["policy"], "accepted", "")]
    assert "Accepted: The policy." in out
    assert test.query_params["id"] in (waiting["log"], [waiting["log"]])
    assert "1 piece of evidence waits for you" in out
    assert [button.label for button in test.button] == ["Accept", "Reject"], "there is no next one"
    out = press(test, "Accept")
    assert "Nothing waits for your review." in out
    assert "Accepted: The log." in out
    assert len(decisions()) == 2


def test_next_goes_round_and_decides_nothing(waiting):
    test = EN.open("review", id=waiting["policy"])
    assert "line one of the log" in press(test, "Next")
    assert "preview?page=1" in press(test, "Next")
    assert decisions() == []


def test_nothing_is_ticked_or_chosen_beforehand(planned):
    deliver(tls_scan("portal.example.org"), "tls-scan", "The scan", systems=["portal"])
    test = EN.open("review")
    assert [box.value for box in test.checkbox] == [False]
    assert test.checkbox[0].label.replace("\\", "") == "By the policy."
    assert test.text_area[0].value == ""
    assert "Reported by the tool" in words(test), "of a test its results come first"
    test.query_params["view"] = "file"
    assert 'class="tree"' in words(EN.run(test))


def test_what_accepting_does_is_said_beforehand_and_true(waiting):
    out = words(EN.open("review", id=waiting["policy"]))
    assert "Nothing changes today" not in out
    said = re.search(r"Demonstrated.*?until (\d+ \w+ \d+)", out, re.DOTALL)
    assert said
    press(EN.open("review", id=waiting["policy"]), "Accept")
    item = words(EN.open("evidence_item", id=waiting["policy"]))
    assert said[1] in item
    assert f"on {said[1]}" not in item, "the last day on which it counts, not the one on which it has expired"


def test_criterion_is_not_cut_within_brackets():
    judged = "that it covers keys (by a guideline; otherwise by a source); that it says who decides"
    row = SimpleNamespace(key="keys", judged_en=judged, judged_nl="")
    titles = TitleLookup(date(2026, 1, 1), {}, {}, {}, {"keys": row}, {}, {})
    parts = ["It covers keys (by a guideline; otherwise by a source)", "It says who decides"]
    assert criteria_of(Language("en"), titles, ["keys"]) == {"keys": parts}


def test_changed_words_since_the_version_before(waiting):
    deliver(pdf("Keys are replaced every two years."), "crypto-policy", "The policy before", days=30)
    out = words(EN.open("review", id=waiting["policy"], view="changes"))
    assert "<del>two years</del>" in out
    assert "<ins>year</ins>" in out


def test_own_and_reviewed_evidence_is_not_offered_and_says_why(waiting):
    own = deliver(pdf("Mine."), "crypto-policy", "My own", by=me(), days=3)
    out = words(EN.open("review", id=own))
    assert "someone else must review it" in out
    assert "1 of yours waits for someone else" in out
    test = EN.open("review", id=waiting["policy"])
    press(test, "Accept")
    assert "does not wait for a review any more" in words(EN.open("review", id=waiting["policy"]))
    assert "There is no such evidence" in words(EN.open("review", id="nothing"))


def me():
    """The person whose pages are opened."""
    from access.people import accounts

    with reading(settings.engine()) as session:
        return accounts.find_person(session, Pages.account, datetime.now(UTC))


def test_task_that_waits_for_a_review_leads_to_it(waiting):
    out = words(EN.open("readiness"))
    assert f"/review?id={waiting['policy']}" in out
    assert f"/review?id={waiting['policy']}" in words(EN.open("evidence_item", id=waiting["policy"]))


def test_waiting_evidence_does_not_count_for_anything_yet(waiting):
    """It sets the status of what it covers, in review, and counts for none of it."""
    out = words(EN.open("evidence_item", id=waiting["policy"]))
    assert "Awaiting review" in out
    assert "0 items" in out.partition("Currently counts for")[2].partition("</dd>")[0].partition("Series")[0]


def test_page_opens_while_nothing_can_be_written(waiting, monkeypatch):
    def refused(*_):
        raise CannotWrite(text("The disk is full."))

    monkeypatch.setattr("models.transaction.trying", refused)
    out = words(EN.open("review", id=waiting["policy"]))
    assert "Does it meet these?" in out
    assert "If you accept" not in out


def test_of_several_files_one_is_chosen(waiting):
    day = CALENDAR.day_of(datetime.now(UTC))
    files = [Incoming(io.BytesIO(pdf(f"Part {number}.")), f"part{number}.pdf") for number in (1, 2)]
    with submission.inspect(settings.store(), files) as inspection, writing(settings.engine()) as (session, now):
        delivery = Delivery(inspection, ["crypto-policy"], first_day=day, last_day=day, title="Parts")
        key = submission.submit(session, settings.store(), COLLEAGUE, delivery, now).evidence
    test = EN.open("review", id=key)
    assert [each.label for each in test.selectbox] == ["File"]
    test.selectbox[0].select("1")
    assert f"{key}/files/1/preview?page=1" in words(EN.run(test))


def test_preview_that_can_not_be_made_offers_the_download(waiting, monkeypatch):
    from evidence.preview.preview import _drawn
    from evidence.preview.values import Preview, Reason

    _drawn.cache_clear()
    monkeypatch.setattr("evidence.preview.previewers._Previewer.preview", lambda *_: Preview(reason=Reason.COSTLY))
    out = words(EN.open("review", id=waiting["policy"]))
    _drawn.cache_clear()
    assert "takes too much time or memory" in out
    assert f'<a href="/api/v1/evidence/{waiting["policy"]}/files/0" download>' in out
