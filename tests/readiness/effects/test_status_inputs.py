"""What controls rest on: without assumptions the rule's answer, with them what recording the evidence would give."""

import copy
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from histories import FIRST, SPAN, histories
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from access.permissions import BUILT_IN
from checks.histories import load_history
from readiness import readiness
from readiness.effects.status_inputs import bases
from readiness.rule import STATUSES

SETTINGS = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
KNOWN = datetime(2026, 1, 1, tzinfo=UTC)
days = st.integers(0, SPAN + 100).map(lambda n: FIRST + timedelta(days=n))


@contextmanager
def loaded(engine, history):
    """A session on a history that leaves no trace."""
    with Session(engine.execution_options(writes=True)) as session:
        load_history(session, history)
        yield session
        session.rollback()


def basis_on(session, day):
    return bases(session, [day], KNOWN, ())[0]


def open_cells(basis):
    return sorted(cell for row in basis.requirements.values() for cell in row.open_cells)


def ranks(statuses):
    return {key: STATUSES.index(row.status) for key, row in statuses.items()}


@given(histories(), st.lists(days, min_size=1, max_size=3))
@settings(SETTINGS, max_examples=80)
def test_without_assumptions_it_is_the_rules_answer(sqlite, history, several):
    with loaded(sqlite, history) as session:
        for day, basis in zip(several, bases(session, several, KNOWN, ()), strict=True):
            assert basis.statuses() == readiness(session, BUILT_IN, day, KNOWN).controls


@given(histories(), days)
@settings(SETTINGS, max_examples=10)
def test_postgresql_gives_the_same(postgresql, history, day):
    with loaded(postgresql, history) as session:
        assert basis_on(session, day).statuses() == readiness(session, BUILT_IN, day, KNOWN).controls


@given(histories(), days, st.data())
@settings(SETTINGS, max_examples=60)
def test_more_that_is_done_never_lowers(sqlite, history, day, data):
    with loaded(sqlite, history) as session:
        basis = basis_on(session, day)
    cells = open_cells(basis)
    assume(cells)
    more = data.draw(st.sets(st.sampled_from(cells)))
    some = data.draw(st.sets(st.sampled_from(sorted(more)))) if more else set()
    before, after = ranks(basis.statuses(some)), ranks(basis.statuses(more))
    assert all(after[key] <= rank for key, rank in before.items())


@given(histories(), days, st.data())
@settings(SETTINGS, max_examples=60)
def test_excluding_only_takes_that_control_out(sqlite, history, day, data):
    with loaded(sqlite, history) as session:
        basis = basis_on(session, day)
    done = data.draw(st.sets(st.sampled_from(open_cells(basis)))) if open_cells(basis) else set()
    control = data.draw(st.sampled_from(sorted(basis.parts)))
    before, after = basis.statuses(done), basis.statuses(done, {control})
    assert {**after, control: before[control]} == before
    assert after[control].status == ("nonconforming" if before[control].status == "nonconforming" else "excluded")


@given(histories(), days, st.data())
@settings(SETTINGS, max_examples=60)
def test_what_is_assumed_done_equals_recording_the_evidence(sqlite, history, day, data):
    """Of a cell without a fail, which a pass of the same tool must replace."""
    with loaded(sqlite, history) as session:
        basis = basis_on(session, day)
    failing = STATUSES.index("failing")
    cells = [cell for cell in open_cells(basis) if basis.requirements[cell[0]].open_cells[cell] != failing]
    assume(cells)
    cell = data.draw(st.sampled_from(cells))
    with loaded(sqlite, provided(history, cell, day)) as session:
        recorded = readiness(session, BUILT_IN, day, KNOWN).controls
    assert ranks(basis.statuses({cell})) == ranks(recorded)


def provided(history, cell, day):
    """The history with accepted evidence for a cell, of that day."""
    kind = next(row["kind"] for row in history["requirements"] if row["key"] == cell[0])
    after = copy.deepcopy(history)
    covers = {"requirement": cell[0], "system": cell[1] or None, "target": cell[2] or None}
    evidence = {"id": "new", "recorded_at": "2025-12-01T00:00:00+00:00", "explicit_end": None, "tool": "a new one"}
    of_day = {"first_day": day.isoformat(), "last_day": day.isoformat()}
    verdict = "none" if kind == "record" else "pass"
    after["evidence"].append(evidence | of_day | {"covers": [covers | {"verdict": verdict}]})
    after["reviews"].append({"evidence": "new", "decision": "accepted", "recorded_at": "2025-12-02T00:00:00+00:00"})
    return after


@given(histories(), days, st.data())
@settings(SETTINGS, max_examples=60)
def test_gain_of_a_requirement_is_what_its_cells_make_of_the_score(sqlite, history, day, data):
    with loaded(sqlite, history) as session:
        basis = basis_on(session, day)
    cells = open_cells(basis)
    done = data.draw(st.sets(st.sampled_from(cells))) if cells else set()
    gains = basis.gains(done, basis.parts)
    for key, row in basis.requirements.items():
        with_it, without = (
            score(basis, cells) for cells in (done | row.open_cells.keys(), done - row.open_cells.keys())
        )
        assert gains[key] == with_it - without


def score(basis, done):
    return sum(row.status == "demonstrated" for row in basis.statuses(done).values())
