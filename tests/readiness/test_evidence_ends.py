"""Until when evidence counts or counted, or why it has no end."""

from datetime import date

import pytest
from small import KNOWN, TODAY, accepted, closing, filled, policy, scan

from access.permissions import BUILT_IN, READER, NotAllowed, Person
from readiness import readiness
from readiness.evidence_ends import EndReason, ends_of_cells, evidence_ends


def ends(session, *keys, person=BUILT_IN):
    current = readiness(session, BUILT_IN, TODAY, KNOWN)
    found = evidence_ends(session, person, current, keys)
    return {key: (end.last_day, end.why) for key, end in found.items()}


def test_evidence_that_decides_ends_as_readiness_says(engine):
    with filled(engine, evidence=[scan("2026-11-10", name="now")]) as session:
        assert ends(session, "now")["now"] == (date(2026, 12, 9), EndReason.VALID)


def test_earlier_evidence_counted_until_newer_replaced_it_or_until_it_expired(engine):
    scans = [scan("2026-08-01", name="old"), scan("2026-10-20", name="middle"), scan("2026-11-10", name="now")]
    with filled(engine, evidence=scans) as session:
        found = ends(session, "old", "middle", "now")
    assert found["old"] == (date(2026, 8, 30), EndReason.EXPIRED)  # long before the next
    assert found["middle"] == (date(2026, 11, 9), EndReason.REPLACED)


def test_failing_evidence_counts_until_it_is_replaced(engine):
    scans = [scan("2026-08-01", "fail", ["a"], name="old"), scan("2026-11-10", "fail", ["a"], name="now")]
    with filled(engine, evidence=scans) as session:
        found = ends(session, "old", "now")
    assert found == {"old": (date(2026, 11, 9), EndReason.REPLACED), "now": (None, EndReason.FAILS)}


def test_what_expired_and_was_not_replaced_says_so(engine):
    with filled(engine, evidence=[scan("2026-10-01", name="old")]) as session:
        assert ends(session, "old")["old"] == (date(2026, 10, 30), EndReason.LAPSED)


@pytest.mark.parametrize(
    ("decision", "why"),
    [(None, EndReason.UNREVIEWED), ("rejected", EndReason.REJECTED), ("withdrawn", EndReason.WITHDRAWN)],
)
def test_evidence_that_never_counted_says_why(engine, decision, why):
    reviews = [accepted("policy", "2026-11-11", decision)] if decision else []
    with filled(engine, evidence=[policy("2026-11-10")], reviews=reviews) as session:
        assert ends(session, "policy")["policy"] == (None, why)


def test_evidence_that_waits_replaces_nothing(engine):
    records = [policy("2026-05-01", "old"), policy("2026-11-10", "new")]
    with filled(engine, evidence=records, reviews=[accepted("old", "2026-05-02")]) as session:
        found = ends(session, "old", "new")
    assert found == {"old": (date(2027, 4, 30), EndReason.VALID), "new": (None, EndReason.UNREVIEWED)}


def test_no_verdict_and_closed_series_are_told(engine):
    scans = [scan("2026-11-01", "none", name="nothing"), scan("2026-11-10", name="other", tool="sslyze")]
    scans.append(scan("2026-10-01", name="closed"))
    with filled(engine, evidence=scans, closings=[closing("testssl", "2026-11-12")]) as session:
        found = ends(session, "nothing", "closed", "other")
    assert [why for _, why in found.values()] == [EndReason.NO_VERDICT, EndReason.CLOSED, EndReason.VALID]


def test_what_is_no_longer_required_says_so(engine):
    with filled(engine, evidence=[scan("2026-11-10", name="now")], scope=[]) as session:
        assert ends(session, "now")["now"] == (None, EndReason.NOT_REQUIRED)


def test_each_cell_has_an_end_of_its_own(engine):
    both = [accepted("policy", "2026-11-11")]
    second = {"requirement": "crypto-policy", "system": None, "target": None, "verdict": "none"}
    of_two = scan("2026-11-10", name="policy")
    of_two["covers"].append(second)
    newer = scan("2026-11-20", name="newer")
    with filled(engine, evidence=[of_two, newer], reviews=both) as session:
        current = readiness(session, BUILT_IN, TODAY, KNOWN)
        found = ends_of_cells(session, BUILT_IN, current, "policy")
    assert {key[0]: (end.last_day, end.why) for key, end in found.items()} == {
        "tls-scan": (date(2026, 11, 19), EndReason.REPLACED),
        "crypto-policy": (date(2027, 11, 9), EndReason.VALID),
    }


def test_reader_sees_no_ends(engine):
    with filled(engine) as session, pytest.raises(NotAllowed):
        ends(session, person=Person("reader", frozenset({READER})))
