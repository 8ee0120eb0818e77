"""The explanation of a cell: what decides, who accepted it and until when, and why the rest does not count."""

from datetime import date

import pytest
from histories import histories
from hypothesis import HealthCheck, given, settings
from small import KNOWN, TODAY, accepted, closing, exception, filled, policy, scan
from sqlmodel import Session
from test_rule import points

from access.permissions import BUILT_IN, READER, TEAM_MEMBER, Person
from checks.histories import load_history
from locales import text
from readiness import explain_cell, find_deciding_evidence, readiness, withhold_unreadable
from readiness.explanations.deciding_evidence import ignored_text

SCAN, POLICY = ("tls-scan", "portal", "www.example"), ("crypto-policy", "", "")
OLD = "policy of 1 September 2025"


@pytest.mark.parametrize(
    ("cell", "more", "reason", "explained"),
    [
        (SCAN, {"evidence": [scan("2026-11-10", "none")]}, "no verdict", "no verdict could be given"),
        (
            SCAN,
            {"evidence": [scan("2026-11-10")], "reviews": [accepted("scan-2026-11-10", "2026-11-11", "rejected")]},
            "rejected",
            "rejected by  on 11 November 2026",
        ),
        (
            POLICY,
            {
                "evidence": [policy("2026-11-10")],
                "reviews": [accepted("policy", "2026-11-11"), accepted("policy", "2026-11-12", "withdrawn")],
            },
            "withdrawn",
            "withdrawn by  on 12 November 2026",
        ),
        (
            SCAN,
            {"evidence": [scan("2026-11-10")], "closings": [closing("testssl", "2026-11-20")]},
            "closed",
            " closed its series on 20 November 2026: ",
        ),
        (POLICY, {"evidence": [policy("2025-09-01")]}, "unreviewed", "nobody reviewed it before it expired"),
    ],
)
def test_evidence_that_does_not_count_is_explained(engine, cell, more, reason, explained):
    with filled(engine, **more) as session:
        whole = {item.key: item for item in readiness(session, BUILT_IN, TODAY, KNOWN).cells}
        actual = explain_cell(session, BUILT_IN, cell, TODAY, KNOWN)
    assert (actual.status, whole[cell].delivered, whole[cell].ignored) == ("missing", more["evidence"][0]["id"], reason)
    assert [str(fact.text) for fact in actual.facts if fact.deciding] == ["The evidence provided does not count."]
    assert f"does not count: {explained}." in str(actual.facts[1].text)
    assert actual.facts[1].evidence == more["evidence"][0]["id"]
    assert str(ignored_text(reason)) != str(ignored_text("something new"))


def test_reason_that_is_a_sentence_keeps_its_one_full_stop(engine, monkeypatch):
    reason = text("no verdict could be given: {reason}", reason=text("No test case was run."))
    monkeypatch.setattr("readiness.explanations.explain_cell._reason", lambda *_: reason)
    with filled(engine, evidence=[scan("2026-11-10", "none")]) as session:
        actual = explain_cell(session, BUILT_IN, SCAN, TODAY, KNOWN)
    assert str(actual.facts[1].text).endswith("no verdict could be given: No test case was run.")


def test_evidence_of_later_days_does_not_count_yet(engine):
    with filled(engine, evidence=[scan("2026-11-10")]) as session:
        whole = {item.key: item for item in readiness(session, BUILT_IN, date(2026, 11, 1), KNOWN).cells}
        actual = explain_cell(session, BUILT_IN, SCAN, date(2026, 11, 1), KNOWN)
    assert (whole[SCAN].delivered, whole[SCAN].ignored) == ("scan-2026-11-10", "later")
    assert "it represents days from 10 November 2026 on" in str(actual.facts[1].text)


def test_not_yet_provided_is_shown_only_without_any_evidence(engine):
    with filled(engine) as session:
        whole = {item.key: item for item in readiness(session, BUILT_IN, TODAY, KNOWN).cells}
        actual = explain_cell(session, BUILT_IN, SCAN, TODAY, KNOWN)
    assert (whole[SCAN].delivered, whole[SCAN].ignored) == (None, "")
    assert [str(fact.text) for fact in actual.facts] == ["No evidence has been provided yet."]


def test_deciding_evidence_comes_first_and_older_evidence_follows(engine):
    """Two tools pass: the one that is valid longest decides; an older scan is told as such."""
    scans = [scan("2026-11-10"), scan("2026-11-15", tool="sslyze"), scan("2026-10-20")]
    with filled(engine, evidence=scans) as session:
        actual = explain_cell(session, BUILT_IN, SCAN, TODAY, KNOWN).facts
        cell = next(item for item in readiness(session, BUILT_IN, TODAY, KNOWN).cells if item.key == SCAN)
    assert [fact.evidence for fact in actual] == ["scan-2026-11-15", "scan-2026-11-10", "scan-2026-10-20"]
    assert cell.evidence == actual[0].evidence
    assert [fact.until for fact in actual] == [date(2026, 12, 15), date(2026, 12, 10), None]
    assert str(actual[2].text) == "testssl of 20 October 2026 does not count: there is newer evidence."


def test_explanation_names_who_accepted_the_evidence(engine):
    shown = [scan("2026-11-10"), policy("2026-09-01")]
    with filled(engine, evidence=shown, reviews=[accepted("policy", "2026-09-02")]) as session:
        cells = readiness(session, BUILT_IN, TODAY, KNOWN).cells
        actual = find_deciding_evidence(session, BUILT_IN, cells, TODAY, KNOWN)
    assert str(actual[POLICY].accepted) == "accepted by  on 2 September 2026"
    assert str(actual[SCAN].accepted) == "accepted automatically, because the requirement needs no review"


def test_waiting_cell_refers_to_the_waiting_evidence(engine):
    """Not the older one that expired."""
    shown = [policy("2025-09-01", "old"), policy("2026-11-01", "new")]
    with filled(engine, evidence=shown, reviews=[accepted("old", "2025-09-02")]) as session:
        cells = {item.key: item for item in readiness(session, BUILT_IN, TODAY, KNOWN).cells}
        actual = find_deciding_evidence(session, BUILT_IN, cells.values(), TODAY, KNOWN)
    assert (cells[POLICY].status, cells[POLICY].evidence) == ("in_review", "new")
    assert str(actual[POLICY].accepted) == "waits for a review by someone other than "


def test_an_automatic_requirement_whose_evidence_needs_a_review_says_so(engine):
    waiting = scan("2026-11-10") | {"needs_review": True}
    with filled(engine, evidence=[waiting]) as session:
        cells = {item.key: item for item in readiness(session, BUILT_IN, TODAY, KNOWN).cells}
        actual = find_deciding_evidence(session, BUILT_IN, cells.values(), TODAY, KNOWN)
        why = explain_cell(session, BUILT_IN, SCAN, TODAY, KNOWN)
    assert (cells[SCAN].status, cells[SCAN].evidence) == ("in_review", waiting["id"])
    assert str(actual[SCAN].accepted) == "waits for a review by someone other than "
    assert [fact.evidence for fact in why.facts if fact.deciding] == [waiting["id"]]


def test_exceptions_are_listed_with_their_days(engine):
    exceptions = [exception("a", "2026-11-11", "2026-12-01"), exception("b", "2026-11-12", "2026-12-24")]
    failing = scan("2026-11-10", "fail", ["a", "b"])
    with filled(engine, evidence=[failing], exceptions=exceptions) as session:
        cells = readiness(session, BUILT_IN, TODAY, KNOWN).cells
        actual = find_deciding_evidence(session, BUILT_IN, cells, TODAY, KNOWN)[SCAN]
        fact = explain_cell(session, BUILT_IN, SCAN, TODAY, KNOWN).facts[0]
        before = find_deciding_evidence(session, BUILT_IN, cells, date(2026, 11, 11), KNOWN)[SCAN]
    assert [(item.check, item.first_day, item.last_day) for item in actual.exceptions] == [
        ("a", date(2026, 11, 11), date(2026, 12, 1)),
        ("b", date(2026, 11, 12), date(2026, 12, 24)),
    ]
    assert fact.exceptions == actual.exceptions
    assert [item.check for item in before.exceptions] == ["a"]
    assert next(item for item in cells if item.key == SCAN).valid_until == date(2026, 12, 2)


def test_revoked_exception_does_not_limit_validity(engine):
    taken_back = exception("a", "2026-11-11", "2026-11-30") | {"revoked_at": "2026-11-12T09:00:00Z"}
    exceptions = [taken_back, exception("a", "2026-11-12", "2026-12-01")]
    with filled(engine, evidence=[scan("2026-11-10", "fail", ["a"])], exceptions=exceptions) as session:
        cell = next(item for item in readiness(session, BUILT_IN, TODAY, KNOWN).cells if item.key == SCAN)
        actual = find_deciding_evidence(session, BUILT_IN, [cell], TODAY, KNOWN)[SCAN]
    assert cell.valid_until == date(2026, 12, 2)
    assert [item.last_day for item in actual.exceptions] == [date(2026, 12, 1)]


@pytest.mark.parametrize(
    ("evidence", "explained"),
    [
        ([scan("2026-11-10", "fail", ["secret-check"])], "Evidence of 10 November 2026 fails."),
        ([scan("2026-11-10")], "Evidence of 10 November 2026 is valid; it expires on 10 December 2026."),
        ([scan("2026-09-10")], "Evidence of 10 September 2026 expired on 10 October 2026."),
        ([scan("2026-11-10", "none")], "The evidence provided does not count."),
    ],
)
def test_person_without_evidence_permission_sees_no_title_and_no_checks(engine, evidence, explained):
    reader = Person("reader", frozenset({READER}))
    with filled(engine, evidence=evidence) as session:
        actual = explain_cell(session, reader, SCAN, TODAY, KNOWN)
        cells = readiness(session, reader, TODAY, KNOWN).cells
    assert [str(fact.text) for fact in actual.facts] == [explained]
    assert not any(name in repr(actual) for name in ("testssl", "secret-check", evidence[0]["id"]))
    assert {(item.evidence, item.delivered, item.fails) for item in cells} == {(None, None, 0)}


def test_deciding_evidence_leaves_out_evidence_of_other_teams(engine):
    member = Person("member", frozenset({TEAM_MEMBER}), teams=frozenset({"elsewhere"}))
    with filled(engine, evidence=[scan("2026-11-10")]) as session:
        cells = readiness(session, BUILT_IN, TODAY, KNOWN).cells
        assert find_deciding_evidence(session, member, cells, TODAY, KNOWN) == {}
        assert SCAN in find_deciding_evidence(session, BUILT_IN, cells, TODAY, KNOWN)


def test_person_without_evidence_permission_gets_no_evidence_facts(engine):
    reader = Person("reader", frozenset({READER}))
    with filled(engine, evidence=[scan("2026-10-20"), scan("2026-11-10")]) as session:
        actual = explain_cell(session, reader, SCAN, TODAY, KNOWN)
        assert (
            find_deciding_evidence(session, reader, readiness(session, reader, TODAY, KNOWN).cells, TODAY, KNOWN) == {}
        )
    assert [(fact.accepted, fact.title, fact.deciding) for fact in actual.facts] == [(None, "", True)]


@given(histories(), points)
@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
def test_explanation_accounts_for_all_evidence_of_a_cell(sqlite, history, point):
    """Each delivery that was known is told once or more, as deciding, waiting, valid or of no account."""
    on, known = point
    with Session(sqlite.execution_options(writes=True)) as session:
        load_history(session, history)
        for cell in readiness(session, BUILT_IN, on, known).cells:
            actual = explain_cell(session, BUILT_IN, cell.key, on, known)
            message = {fact.evidence for fact in actual.facts if fact.evidence}
            assert message == delivered(history, cell.key, known), cell
            assert (cell.delivered is not None) == (cell.status == "missing" and bool(message)), cell
            assert bool(cell.ignored) == (cell.delivered is not None), cell
            if cell.status == "in_review":
                assert cell.evidence in {fact.evidence for fact in actual.facts if fact.deciding}
        session.rollback()


def delivered(history, key, known):
    from checks.histories import parse_moment

    return {
        row["id"]
        for row in history["evidence"]
        if parse_moment(row["recorded_at"]) <= known
        and any((item["requirement"], item["system"] or "", item["target"] or "") == key for item in row["covers"])
    }


def test_unreadable_evidence_shows_only_its_effect(engine):
    """A member of another team knows that it is valid, and neither its name nor its id."""
    with filled(engine, evidence=[scan("2026-10-20"), scan("2026-11-10")]) as session:
        actual = explain_cell(session, BUILT_IN, SCAN, TODAY, KNOWN)
    assert withhold_unreadable(actual, {fact.evidence for fact in actual.facts}) == actual
    message = withhold_unreadable(actual, ())
    assert [str(fact.text) for fact in message.facts] == [
        "Evidence of 10 November 2026 is valid; it expires on 10 December 2026."
    ]
    assert not any(name in repr(message) for name in ("testssl", "scan-2026-11-10", "scan-2026-10-20"))
