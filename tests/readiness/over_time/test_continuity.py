from datetime import UTC, date, datetime, time, timedelta

import pytest
from brute_force import Judgement, judge
from histories import FIRST, histories
from hypothesis import HealthCheck, given, settings
from small import KNOWN, accepted, filled, history, policy, scan
from sqlmodel import Session

from access.permissions import BUILT_IN
from checks.histories import load_history
from readiness import StatusSpan, continuity, control_continuity, measure_continuity


def test_gaps_are_spans_with_a_status(engine):
    with filled(
        engine,
        evidence=[scan("2026-09-01"), scan("2026-10-11"), policy("2026-09-01")],
        reviews=[accepted("policy", "2026-09-02")],
    ) as session:
        actual = {
            item.requirement: item
            for item in continuity(
                session, BUILT_IN, ["tls-scan", "crypto-policy"], date(2026, 9, 1), date(2026, 10, 31), KNOWN
            )
        }
    assert actual["tls-scan"].spans == [
        StatusSpan(date(2026, 9, 1), date(2026, 9, 30), "demonstrated"),
        StatusSpan(date(2026, 10, 1), date(2026, 10, 10), "lapsed"),
        StatusSpan(date(2026, 10, 11), date(2026, 10, 31), "demonstrated"),
    ]
    assert (actual["tls-scan"].days, actual["tls-scan"].demonstrated) == (61, 51)
    assert (actual["crypto-policy"].days, actual["crypto-policy"].demonstrated) == (61, 61)


def test_no_requirements_give_no_continuity(sqlite):
    with filled(sqlite) as session:
        assert continuity(session, BUILT_IN, [], date(2026, 1, 1), date(2026, 2, 1), KNOWN) == []
        assert continuity(session, BUILT_IN, ["tls-scan"], date(2026, 2, 1), date(2026, 1, 1), KNOWN) == []


@given(histories())
@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
def test_turning_days_are_all_days_on_which_a_status_changes(sqlite, history):
    last = FIRST + timedelta(days=60)
    requirements = sorted({row["key"] for row in history["requirements"]})
    with Session(sqlite.execution_options(writes=True)) as session:
        load_history(session, history)
        actual = continuity(session, BUILT_IN, requirements, FIRST, last, KNOWN)
        session.rollback()
    ours = {
        (item.requirement, item.system, item.target, day): span.status
        for item in actual
        for span in item.spans
        for day in (span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1))
    }
    theirs = {}
    for offset in range(61):
        day = FIRST + timedelta(days=offset)
        for key, status in judge(history, day, KNOWN)["cells"].items():
            parts = [*key.split("/"), "", ""]
            theirs[parts[0], parts[1], parts[2], day] = status
    assert ours == theirs


EXCLUDED = [
    {
        "control": "iso:A.8.24",
        "applicable": applicable,
        "first_day": day,
        "recorded_at": f"{day}T08:00:00Z",
    }
    for applicable, day in ((False, "2026-11-06"), (True, "2026-11-14"))
]
SEPTEMBER, NOVEMBER, MARCH = date(2026, 9, 1), date(2026, 11, 22), date(2027, 3, 16)


@pytest.mark.parametrize(("reviews", "demonstrated"), [([], 0), ([accepted("policy", "2026-11-20")], 10)])
def test_control_counts_only_days_on_which_it_was_demonstrated_itself(engine, reviews, demonstrated):
    """One of its two requirements was shown for longer: that is no part of its own days."""
    shown = [scan("2026-11-13"), policy("2026-09-01")]
    with filled(engine, evidence=shown, reviews=reviews) as session:
        actual = control_continuity(session, BUILT_IN, "nen:8.24", (SEPTEMBER, MARCH), KNOWN)
    assert (actual.first, actual.last) == (SEPTEMBER, NOVEMBER)
    assert (actual.days, actual.demonstrated) == (83, demonstrated)
    cells = {cell.requirement: (cell.days, cell.demonstrated) for cell in actual.cells}
    assert cells == {"crypto-policy": (83, 83 if reviews else 0), "tls-scan": (83, 10)}


def test_future_days_do_not_count_as_demonstrated(sqlite):
    with filled(sqlite, evidence=[scan("2026-11-21")]) as session:
        actual = measure_continuity(session, BUILT_IN, "tls", (date(2026, 11, 18), MARCH), KNOWN)
        ended = measure_continuity(
            session, BUILT_IN, "tls", (date(2026, 11, 18), date(2026, 11, 21)), KNOWN, ahead=MARCH
        )
    assert (actual.days, actual.demonstrated, actual.last) == (5, 2, NOVEMBER)
    assert (ended.days, ended.demonstrated, ended.last) == (4, 1, date(2026, 11, 21)), "the period has ended"
    assert actual.spans[-1].last == ended.spans[-1].last == MARCH, "the forecast goes on"


@pytest.mark.parametrize(
    ("more", "days", "demonstrated"),
    [
        ({"mappings": [], "requirements": [], "evidence": []}, 0, 0),
        ({"applicability": EXCLUDED}, 14, 9),
        ({"scope": []}, 0, 0),
    ],
)
def test_days_without_a_requirement_are_left_out(sqlite, more, days, demonstrated):
    base = {"evidence": [scan("2026-11-10")], "requirements": history()["requirements"][:1]}
    with filled(sqlite, **{**base, **more}) as session:
        actual = control_continuity(session, BUILT_IN, "iso:A.8.24", (date(2026, 11, 1), NOVEMBER), KNOWN)
    assert (actual.days, actual.demonstrated) == (days, demonstrated)


@given(histories())
@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
def test_days_of_measures_and_controls_equal_a_count_day_by_day(sqlite, history):
    last, today = FIRST + timedelta(days=60), FIRST + timedelta(days=45)
    known = datetime.combine(today, time(12), UTC)
    with Session(sqlite.execution_options(writes=True)) as session:
        load_history(session, history)
        actual = {
            (kind, key): ask(session, BUILT_IN, key, (FIRST, last), known)
            for kind, ask, keys in (
                ("measures", measure_continuity, history["measures"]),
                ("controls", control_continuity, sorted(judge(history, FIRST, known)["controls"])),
            )
            for key in keys
        }
        session.rollback()
    for (kind, key), item in actual.items():
        assert (item.days, item.demonstrated) == counted(history, kind, key, today, known), (kind, key)


def counted(history, kind, key, today, known):
    """Day by day: how many days something was asked of it, and on how many it was demonstrated."""
    days = demonstrated = 0
    for day in (FIRST + timedelta(days=n) for n in range((today - FIRST).days + 1)):
        judgement = Judgement(history, day, known)
        mine = [
            row
            for row in judgement.requirements().values()
            if (row["measure"] == key if kind == "measures" else key in judgement.needing(row))
        ]
        status = judgement.answers()[kind][key]
        queried = [judgement.cell_status(cell, row) for row in mine for cell in judgement.cells_of(row)]
        if not mine or status == "excluded" or (status == "unknown" and not set(queried) - {"excluded"}):
            continue
        days += 1
        demonstrated += status == "demonstrated"
    return days, demonstrated
