from datetime import date

import pytest
from small import KNOWN, TODAY, accepted, audit, exception, filled, policy, scan

from access.permissions import BUILT_IN, NotAllowed, Person
from readiness import audit_readiness, difference, natural_sort_key, readiness, worst_status

CELL = ("tls-scan", "portal", "www.example")


def cell_of(actual, key=CELL):
    return next(cell for cell in actual.cells if cell.key == key)


def test_a_demonstrated_cell_says_until_when_and_by_what(engine):
    with filled(engine, evidence=[scan("2026-11-01", end="2026-11-25"), scan("2026-11-10", name="later")]) as session:
        cell = cell_of(readiness(session, BUILT_IN, TODAY, KNOWN))
    assert (cell.status, cell.evidence, cell.valid_until, cell.with_exception) == (
        "demonstrated",
        "later",
        date(2026, 12, 10),
        False,
    )


def test_an_explicit_end_comes_first(engine):
    with filled(engine, evidence=[scan("2026-11-10", end="2026-11-25")]) as session:
        assert cell_of(readiness(session, BUILT_IN, TODAY, KNOWN)).valid_until == date(2026, 11, 26)


def test_a_failing_cell_counts_its_checks(engine):
    with filled(engine, evidence=[scan("2026-11-10", "fail", ["a", "b"])]) as session:
        actual = readiness(session, BUILT_IN, TODAY, KNOWN)
    assert (cell_of(actual).status, cell_of(actual).fails, cell_of(actual).since) == ("failing", 2, date(2026, 11, 10))
    assert actual.measures["tls"].status == "failing"
    assert actual.measures["tls"].counts == {"failing": 1}
    assert actual.controls["nen:8.24"].status == "failing"


def test_a_lapsed_cell_says_since_when(engine):
    with filled(engine, evidence=[scan("2026-10-01")]) as session:
        cell = cell_of(readiness(session, BUILT_IN, TODAY, KNOWN))
    assert (cell.status, cell.since) == ("lapsed", date(2026, 10, 31))


def test_an_exception_is_shown_apart_and_ends(engine):
    with filled(
        engine,
        evidence=[scan("2026-11-10", "fail", ["a"]), policy("2026-11-01")],
        reviews=[accepted("policy", "2026-11-02")],
        exceptions=[exception("a", "2026-11-10", "2026-11-30")],
    ) as session:
        actual = audit_readiness(session, BUILT_IN, audit(), TODAY, KNOWN)
    cell = cell_of(actual.readiness)
    assert (cell.status, cell.with_exception, cell.valid_until) == ("demonstrated", True, date(2026, 12, 1))
    assert actual.with_exception == 2
    assert actual.demonstrated == 2


def test_the_verdict_counts_what_is_applicable_and_lists_gaps_worst_first(engine):
    excluded = {
        "control": "iso:A.8.9",
        "applicable": False,
        "first_day": "2026-01-01",
        "recorded_at": "2026-01-01T09:00:00Z",
    }
    with filled(
        engine, evidence=[scan("2026-11-10", "fail", ["a"]), policy("2026-11-01")], applicability=[excluded]
    ) as session:
        actual = audit_readiness(session, BUILT_IN, audit(), TODAY, KNOWN)
    assert (actual.ready, actual.demonstrated, actual.applicable) == (False, 0, 3)
    assert [gap.key for gap in actual.gaps] == ["iso:A.8.24", "nen:8.24", "iso:9.2"]
    assert actual.counts == {"failing": 2, "unknown": 1, "excluded": 1}


def test_ready_only_when_everything_applicable_is_demonstrated(engine):
    def out(control):
        return {
            "control": control,
            "applicable": False,
            "first_day": "2026-01-01",
            "recorded_at": "2026-01-01T09:00:00Z",
        }

    clause = {
        "key": "audit-report",
        "recorded_at": "2025-01-01T08:00:00Z",
        "applies_to": None,
        "measure": None,
        "control": "iso:9.2",
        "kind": "record",
        "scope": "organisation",
        "renewal": "P1Y",
        "review": "automatic",
    }
    report = policy("2026-11-01", "report") | {
        "covers": [{"requirement": "audit-report", "system": None, "target": None, "verdict": "none"}]
    }
    from small import history

    queried = [*history()["requirements"], clause]
    evidence = [scan("2026-11-10"), policy("2026-11-01"), report]
    with filled(
        engine,
        requirements=queried,
        evidence=evidence,
        reviews=[accepted("policy", "2026-11-02")],
        applicability=[out("iso:A.8.9")],
    ) as session:
        assert audit_readiness(session, BUILT_IN, audit(), TODAY, KNOWN).ready
        assert not audit_readiness(session, BUILT_IN, audit(), date(2026, 12, 10), KNOWN).ready


def test_controls_that_wait_for_review_are_listed_separately(engine):
    with filled(engine, evidence=[scan("2026-11-10"), policy("2026-11-01")]) as session:
        actual = audit_readiness(session, BUILT_IN, audit(), TODAY, KNOWN)
    assert [item.key for item in actual.waiting] == ["iso:A.8.24", "nen:8.24"]
    assert {gap.key for gap in actual.gaps} == {"iso:A.8.9", "iso:9.2"}


def test_readiness_requires_its_permission(sqlite):
    with filled(sqlite) as session, pytest.raises(NotAllowed):
        readiness(session, Person("stranger", frozenset()), TODAY, KNOWN)


def test_difference_lists_cells_measures_and_controls(engine):
    with filled(engine, evidence=[scan("2026-10-01"), scan("2026-11-20", "fail", ["a"])]) as session:
        before = readiness(session, BUILT_IN, date(2026, 11, 19), KNOWN)
        after = readiness(session, BUILT_IN, TODAY, KNOWN)
    changes = {(change.kind, change.key): (change.before, change.after) for change in difference(before, after)}
    assert changes == {
        ("cell", CELL): ("lapsed", "failing"),
        ("measure", "tls"): ("lapsed", "failing"),
        ("control", "iso:A.8.24"): ("missing", "failing"),
        ("control", "nen:8.24"): ("missing", "failing"),
    }


def test_a_renewal_is_a_change_too(engine):
    with filled(engine, evidence=[scan("2026-11-01"), scan("2026-11-20")]) as session:
        changes = difference(
            readiness(session, BUILT_IN, date(2026, 11, 19), KNOWN), readiness(session, BUILT_IN, TODAY, KNOWN)
        )
    assert [(change.kind, change.after, change.valid_until) for change in changes] == [
        ("cell", "demonstrated", date(2026, 12, 20))
    ]


def test_controls_sort_by_number():
    assert sorted(["iso:A.8.24", "iso:A.8.9", "iso:A.5.10", "iso:9.2", "iso:10.1"], key=natural_sort_key) == [
        "iso:9.2",
        "iso:10.1",
        "iso:A.5.10",
        "iso:A.8.9",
        "iso:A.8.24",
    ]


def test_worst_status_of_several():
    assert worst_status(["demonstrated", "excluded", "lapsed"]) == "lapsed"
    assert worst_status(["excluded"]) == "excluded"
    assert worst_status([]) == "unknown"
