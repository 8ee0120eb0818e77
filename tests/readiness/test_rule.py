"""The rule against its independent brute-force version, and the properties that `docs/readiness.md` names."""

import copy
from datetime import UTC, date, datetime, timedelta

import pytest
from brute_force import judge
from histories import FIRST, SPAN, histories
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from checks import readiness_cases
from checks.histories import load_history
from tests.days import CALENDAR

SETTINGS = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
RANK = {status: n for n, status in enumerate(["failing", "missing", "lapsed", "unknown", "in_review", "demonstrated"])}
points = st.builds(
    lambda day, later: (
        FIRST + timedelta(days=day),
        datetime(2024, 1, 29, 23, tzinfo=UTC) + timedelta(days=day + later),
    ),
    st.integers(0, SPAN + 100),
    st.sampled_from([0, 0, 0, 1, 30, 400, -20]),
)


def ask(engine, history, queries):
    """The rule's answers; the history leaves no trace."""
    with Session(engine.execution_options(writes=True)) as session:
        load_history(session, history)
        answers = readiness_cases.answers(session, queries)
        session.rollback()
    return answers


@given(histories(), st.lists(points, min_size=1, max_size=4))
@settings(SETTINGS, max_examples=150)
def test_the_rule_agrees_with_brute_force(sqlite, history, queries):
    assert ask(sqlite, history, queries) == [judge(history, on, known) for on, known in queries]


@given(histories(), st.lists(points, min_size=1, max_size=4))
@settings(SETTINGS, max_examples=25)
def test_postgresql_gives_the_same_answers(postgresql, history, queries):
    assert ask(postgresql, history, queries) == [judge(history, on, known) for on, known in queries]


@given(histories(), points, st.randoms())
@settings(SETTINGS, max_examples=40)
def test_the_order_of_arrival_does_not_matter(sqlite, history, point, random):
    shuffled = {
        name: random.sample(rows, len(rows)) if name not in ("measures", "controls", "clauses") else rows
        for name, rows in history.items()
    }
    assert ask(sqlite, history, [point]) == ask(sqlite, shuffled, [point])


@given(histories(), points)
@settings(SETTINGS, max_examples=40)
def test_facts_recorded_later_never_change_an_answer(sqlite, history, point):
    _, known = point
    before = copy.deepcopy(history)
    for name in (
        "scope",
        "requirements",
        "crosswalk",
        "applicability",
        "evidence",
        "reviews",
        "exceptions",
        "closings",
        "nonconformities",
        "judgements",
    ):
        before[name] = [row for row in before[name] if datetime.fromisoformat(row["recorded_at"]) <= known]
    ids = {row["id"] for row in before["evidence"]}
    for name in ("reviews", "judgements"):
        before[name] = [row for row in before[name] if row["evidence"] in ids]
    requirements = {row["key"] for row in before["requirements"]}
    for name in ("exceptions", "closings", "judgements"):
        before[name] = [row for row in before[name] if row["requirement"] in requirements]
    for evidence in before["evidence"]:
        evidence["covers"] = [cover for cover in evidence["covers"] if cover["requirement"] in requirements]
    assert ask(sqlite, history, [point]) == ask(sqlite, before, [point])


@given(histories(), points, st.data())
@settings(SETTINGS, max_examples=60)
def test_newest_accepted_passing_evidence_never_worsens_its_day(sqlite, history, point, data):
    on, _ = point
    known = datetime(2026, 1, 1, tzinfo=UTC)
    before = ask(sqlite, history, [(on, known)])[0]
    if not before["cells"]:
        return
    key, *rest = data.draw(st.sampled_from(sorted(before["cells"]))).split("/")
    system, target = (rest + [None, None])[:2]
    kinds = {row["key"]: row["kind"] for row in history["requirements"]}
    added = copy.deepcopy(history)
    tool = data.draw(st.sampled_from(["testssl", "sslyze"]))
    added["evidence"].append(
        {
            "id": "new",
            "recorded_at": datetime(2025, 12, 1, tzinfo=UTC).isoformat(),
            "first_day": on.isoformat(),
            "last_day": on.isoformat(),
            "explicit_end": None,
            "tool": tool,
            "covers": [
                {
                    "requirement": key,
                    "system": system,
                    "target": target,
                    "verdict": "none" if kinds[key] == "record" else "pass",
                }
            ],
        }
    )
    added["reviews"].append(
        {"evidence": "new", "decision": "accepted", "recorded_at": datetime(2025, 12, 2, tzinfo=UTC).isoformat()}
    )
    after = ask(sqlite, added, [(on, known)])[0]
    for name, status in before["cells"].items():
        assert status == after["cells"][name] or RANK[after["cells"][name]] >= RANK[status]
    for kind in ("measures", "controls"):
        for name, status in before[kind].items():
            assert status in ("excluded", "nonconforming", after[kind][name]) or RANK[after[kind][name]] >= RANK[status]


@given(histories(), points)
@settings(SETTINGS, max_examples=60)
def test_time_alone_never_improves_a_cell(sqlite, history, point):
    on, known = point[0], datetime(2026, 1, 1, tzinfo=UTC)
    later = on + timedelta(days=1)
    if _something_begins_or_ends(history, later):
        return
    first, second = ask(sqlite, history, [(on, known), (later, known)])
    for name, status in first["cells"].items():
        assert second["cells"][name] == status or RANK[second["cells"][name]] <= RANK[status]


def _something_begins_or_ends(history, day):
    """A decision, a represented period or a scope that begins on `day` or ended the day before."""
    days = {
        row[name]
        for kind in ("scope", "evidence", "exceptions", "applicability")
        for row in history[kind]
        for name in ("first_day", "last_day")
        if name in row
    }
    moments = {
        row[name]
        for kind in ("exceptions", "closings", "applicability")
        for row in history[kind]
        for name in ("recorded_at", "revoked_at")
        if row.get(name)
    }
    touched = {date.fromisoformat(item) for item in days if item} | {
        CALENDAR.day_of(datetime.fromisoformat(item)) for item in moments
    }
    return bool({day, day - timedelta(days=1)} & touched)


@given(histories(), points, st.data())
@settings(SETTINGS, max_examples=40)
def test_a_decision_recorded_today_never_changes_yesterday(sqlite, history, point, data):
    on, _ = point
    recorded = datetime.combine(on + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=9)
    known = recorded + timedelta(days=400)
    added = copy.deepcopy(history)
    added["applicability"].append(
        {"control": "iso:0", "applicable": False, "first_day": FIRST.isoformat(), "recorded_at": recorded.isoformat()}
    )
    for evidence in history["evidence"]:
        for cover in evidence["covers"]:
            series = {
                "requirement": cover["requirement"],
                "system": cover["system"],
                "target": cover["target"],
                "tool": evidence["tool"],
            }
            added["closings"].append({**series, "recorded_at": recorded.isoformat()})
            for check in cover["failing"]:
                added["exceptions"].append(
                    {
                        **series,
                        "check": check,
                        "first_day": FIRST.isoformat(),
                        "last_day": "2027-01-01",
                        "recorded_at": recorded.isoformat(),
                        "revoked_at": None,
                    }
                )
    assert ask(sqlite, history, [(on, known)]) == ask(sqlite, added, [(on, known)])


def test_the_known_histories_give_their_answers(shared):
    output = []
    assert readiness_cases.run(shared / "readiness-cases", "sqlite", output.append) == 0, "\n".join(output)


def test_the_known_histories_give_their_answers_on_postgresql(shared, postgresql_address):
    output = []
    assert readiness_cases.run(shared / "readiness-cases", "postgresql", output.append) == 0, "\n".join(output)


def test_a_wrong_answer_is_named_and_counted(tmp_path, sqlite):
    case = {
        "name": "x",
        "history": dict.fromkeys(
            [
                "scope",
                "requirements",
                "mappings",
                "crosswalk",
                "applicability",
                "evidence",
                "reviews",
                "exceptions",
                "closings",
                "nonconformities",
                "clauses",
            ],
            [],
        )
        | {"measures": ["m"], "controls": ["iso:1"]},
        "answers": [
            {
                "on": "2025-01-01",
                "known": "2025-01-01T23:59:59Z",
                "cells": {},
                "measures": {"m": "demonstrated"},
                "controls": {"iso:1": "unknown"},
            }
        ],
    }
    compared, differences = readiness_cases.check(sqlite, case)
    assert compared == 2
    assert [(row.key, row.expected, row.computed) for row in differences] == [
        ("measures: m", "demonstrated", "unknown")
    ]


def test_an_empty_folder_is_not_a_success(tmp_path):
    assert readiness_cases.run(tmp_path, "sqlite", lambda _: None) == 2


@pytest.mark.parametrize("points_asked", [1, 5])
def test_points_do_not_influence_each_other(sqlite, points_asked):
    history = dict.fromkeys(
        ["scope", "mappings", "crosswalk", "applicability", "exceptions", "closings", "nonconformities", "clauses"], []
    ) | {
        "measures": ["m"],
        "controls": ["iso:1"],
        "requirements": [
            {
                "key": "r",
                "recorded_at": "2024-01-01T00:00:00Z",
                "applies_to": None,
                "measure": "m",
                "control": None,
                "kind": "test",
                "scope": "organisation",
                "renewal": "P1M",
                "review": "automatic",
            }
        ],
        "evidence": [
            {
                "id": "e",
                "recorded_at": "2024-01-31T10:00:00Z",
                "first_day": "2024-01-31",
                "last_day": "2024-01-31",
                "explicit_end": None,
                "tool": "t",
                "covers": [{"requirement": "r", "system": None, "target": None, "verdict": "pass"}],
            }
        ],
        "reviews": [],
    }
    known = datetime(2025, 1, 1, tzinfo=UTC)
    queries = [(date(2024, 1, 30) + timedelta(days=15 * n), known) for n in range(points_asked)]
    actual = [answer["cells"]["r"] for answer in ask(sqlite, history, queries)]
    assert actual == ["missing", "demonstrated", "lapsed", "lapsed", "lapsed"][:points_asked]
