import pytest
from histories import histories
from hypothesis import HealthCheck, given, settings
from small import KNOWN, TODAY, accepted, exception, filled, policy, scan
from sqlmodel import Session
from test_rule import points

from access.permissions import BUILT_IN
from checks.histories import load_history
from readiness import controls_needing, explain_cell, explain_control, needed_requirements, readiness

CELL = ("tls-scan", "portal", "www.example")


@pytest.mark.parametrize(
    ("more", "status", "explained"),
    [
        ({}, "missing", "No evidence has been provided yet."),
        (
            {"evidence": [scan("2026-11-10")]},
            "demonstrated",
            "testssl of 10 November 2026 is valid; it expires on 10 December 2026.",
        ),
        ({"evidence": [scan("2026-10-01")]}, "lapsed", "testssl of 1 October 2026 expired on 31 October 2026."),
        (
            {"evidence": [scan("2026-11-10", "fail", ["a"])]},
            "failing",
            "testssl of 10 November 2026: 1 check fails (a). Only a newer accepted pass or an exception resolves it.",
        ),
        (
            {"evidence": [scan("2026-11-10", "fail", "abcdefg")]},
            "failing",
            "testssl of 10 November 2026: 7 checks fail (a, b, c, d, e …). Only a newer accepted pass or exceptions resolve it.",
        ),
        (
            {"evidence": [scan("2026-11-10", "fail")]},
            "failing",
            "testssl of 10 November 2026 fails. Only a newer accepted pass resolves it.",
        ),
        (
            {
                "evidence": [scan("2026-11-10", "fail", ["a"])],
                "exceptions": [exception("a", "2026-11-11", "2026-12-01")],
            },
            "demonstrated",
            "testssl of 10 November 2026 fails, and an exception is in force for every check that fails.",
        ),
    ],
)
def test_a_cell_is_explained_by_its_facts(engine, more, status, explained):
    with filled(engine, **more) as session:
        actual = explain_cell(session, BUILT_IN, CELL, TODAY, KNOWN)
    assert actual.status == status
    assert [str(fact.text) for fact in actual.facts if fact.deciding] == [explained]


def test_evidence_that_waits_for_review_is_named(engine):
    with filled(engine, evidence=[policy("2026-11-01")]) as session:
        actual = explain_cell(session, BUILT_IN, ("crypto-policy", "", ""), TODAY, KNOWN)
    assert actual.status == "in_review"
    assert (actual.facts[0].evidence, actual.facts[0].deciding) == ("policy", True)


def test_a_cell_out_of_scope_says_so(sqlite):
    with filled(sqlite) as session:
        assert "not in scope" in str(
            explain_cell(session, BUILT_IN, ("tls-scan", "nowhere", ""), TODAY, KNOWN).facts[0].text
        )


def test_a_control_lists_what_decides_and_what_is_not_counted(engine):
    unreviewed = {"measure": "tls", "control": "nen:8.24", "relation": "primary", "reviewed_at": None, "ended_at": None}
    from small import history

    with filled(
        engine,
        mappings=[*history()["mappings"], unreviewed],
        evidence=[policy("2026-11-01")],
        reviews=[accepted("policy", "2026-11-02")],
    ) as session:
        actual = explain_control(session, BUILT_IN, "nen:8.24", TODAY, KNOWN)
    assert actual.status == "missing"
    lines = {(line.kind, line.key): line for line in actual.lines}
    assert lines["measure", "tls"].deciding
    assert lines["measure", "tls"].taken_from == "iso:A.8.24"
    assert not lines["requirement", "crypto-policy"].deciding
    assert lines["requirement", "crypto-policy"].status == "demonstrated"


def test_unknown_control_explains_what_is_missing(engine):
    with filled(engine) as session:
        actual = explain_control(session, BUILT_IN, "iso:A.8.9", TODAY, KNOWN)
    assert (actual.status, [line.kind for line in actual.lines if line.deciding]) == ("unknown", ["rest"])


@given(histories(), points)
@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
def test_every_status_has_a_deciding_fact(sqlite, history, point):
    on, known = point
    with Session(sqlite.execution_options(writes=True)) as session:
        load_history(session, history)
        whole = readiness(session, BUILT_IN, on, known)
        for cell in whole.cells:
            actual = explain_cell(session, BUILT_IN, cell.key, on, known)
            assert actual.status == cell.status
            assert any(fact.deciding for fact in actual.facts), cell
        for control in whole.controls.values():
            explained = explain_control(session, BUILT_IN, control.key, on, known)
            assert explained.status == control.status
            assert any(line.deciding for line in explained.lines), (control, explained)
        session.rollback()


def test_the_controls_that_need_a_requirement(engine):
    with filled(engine) as session:
        assert controls_needing(session, BUILT_IN, ["tls-scan"], TODAY, KNOWN) == ["iso:A.8.24", "nen:8.24"]
        assert controls_needing(session, BUILT_IN, [], TODAY, KNOWN) == []


def test_the_requirements_of_each_control_agree_with_the_controls_of_each_requirement(engine):
    with filled(engine) as session:
        needed = needed_requirements(session, BUILT_IN, TODAY, KNOWN)
        assert "tls-scan" in needed["nen:8.24"]
        for key in {key for keys in needed.values() for key in keys}:
            controls = {control for control, keys in needed.items() if key in keys}
            assert controls == set(controls_needing(session, BUILT_IN, [key], TODAY, KNOWN))


def test_measure_lists_its_requirements(sqlite):
    with filled(sqlite) as session:
        assert readiness(session, BUILT_IN, TODAY, KNOWN).requirements_of["tls"] == ["tls-scan"]
