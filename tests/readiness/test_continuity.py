from datetime import date, timedelta

from brute_force import judge
from histories import FIRST, histories
from hypothesis import HealthCheck, given, settings
from small import KNOWN, accepted, filled, policy, scan
from sqlmodel import Session

from access.permissions import BUILT_IN
from readiness import Span, continuity
from readiness.history import load


def test_gaps_are_spans_with_a_status(engine):
    with filled(
        engine,
        evidence=[scan("2026-09-01"), scan("2026-10-11"), policy("2026-09-01")],
        reviews=[accepted("policy", "2026-09-02")],
    ) as session:
        found = {
            one.requirement: one
            for one in continuity(
                session, BUILT_IN, ["tls-scan", "crypto-policy"], date(2026, 9, 1), date(2026, 10, 31), KNOWN
            )
        }
    assert found["tls-scan"].spans == [
        Span(date(2026, 9, 1), date(2026, 9, 30), "demonstrated"),
        Span(date(2026, 10, 1), date(2026, 10, 10), "lapsed"),
        Span(date(2026, 10, 11), date(2026, 10, 31), "demonstrated"),
    ]
    assert (found["tls-scan"].days, found["tls-scan"].demonstrated) == (61, 51)
    assert (found["crypto-policy"].days, found["crypto-policy"].demonstrated) == (61, 61)


def test_nothing_asked_is_nothing_said(sqlite):
    with filled(sqlite) as session:
        assert continuity(session, BUILT_IN, [], date(2026, 1, 1), date(2026, 2, 1), KNOWN) == []
        assert continuity(session, BUILT_IN, ["tls-scan"], date(2026, 2, 1), date(2026, 1, 1), KNOWN) == []


@given(histories())
@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
def test_the_turning_days_are_all_the_days_on_which_something_turns(sqlite, history):
    last = FIRST + timedelta(days=60)
    requirements = sorted({row["key"] for row in history["requirements"]})
    with Session(sqlite.execution_options(writes=True)) as session:
        load(session, history)
        found = continuity(session, BUILT_IN, requirements, FIRST, last, KNOWN)
        session.rollback()
    ours = {
        (one.requirement, one.system, one.target, day): span.status
        for one in found
        for span in one.spans
        for day in (span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1))
    }
    theirs = {}
    for offset in range(61):
        day = FIRST + timedelta(days=offset)
        for key, status in judge(history, day, KNOWN)["cells"].items():
            parts = [*key.split("/"), "", ""]
            theirs[parts[0], parts[1], parts[2], day] = status
    assert ours == theirs
