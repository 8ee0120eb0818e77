"""A round: filed once a day by whoever is first, nothing when looking goes wrong, and the system it is about."""

import threading
from io import BytesIO

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from access.permissions import BUILT_IN, SYSTEM
from controls.browse import lookup
from controls.load import load
from controls.scope.system_scope import end_scope, withdraw
from evidence.collect import collecting
from evidence.collect.cases import Case, NothingToShow, written
from evidence.collect.collecting import collect_if_due
from evidence.collect.collectors import COLLECTORS, Collector
from evidence.collect.own_system import KEY
from evidence.decisions.review import review
from evidence.formats import junit
from evidence.judging.policies import policies
from models.transaction import reading, writing
from tests.access.households import DAY, HOUR, NOON, TODAY

OF_ALL = {"login-log", "agreements", "second-factor", "access-matrix", "activity-log"}


def words(outcomes):
    return {key: one.word for key, one in outcomes.items()}


# ── Once a day ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_round_files_each_once_a_day(premises):
    first = words(premises.collect())
    assert first == dict.fromkeys(OF_ALL, "filed") | {"tls": "nothing"}
    again = words(premises.collect(at=NOON + HOUR))
    assert again == dict.fromkeys(OF_ALL, "stands") | {"tls": "nothing"}
    assert premises.office.count("evidence") == 5
    assert words(premises.collect(at=NOON + DAY)) == first
    assert premises.office.count("evidence") == 10


def test_asked_anew_the_same_facts_are_the_same_evidence(premises):
    first, again = premises.collect("access-matrix"), premises.collect("access-matrix", at=NOON + HOUR, again=True)
    assert words(again) == {"access-matrix": "stands"}
    assert again["access-matrix"].filed.evidence == first["access-matrix"].filed.evidence
    assert again["access-matrix"].verdict == "pass"


def test_it_is_the_process_that_hands_it_in_and_for_the_day_itself(premises):
    premises.collect("login-log")
    premises.collect("agreements")
    assert set(premises.office.column("evidence", "uploaded_by")) == {SYSTEM.name}
    assert set(premises.office.column("evidence", "last_day")) == {TODAY}
    assert set(premises.office.column("evidence", "first_day")) == {TODAY}, "also of what looks back for 30 days"
    assert premises.office.column("evidence", "declared") == [{}, {}]
    assert premises.office.column("evidence", "review_reasons") == [[], []]


def test_two_at_the_same_moment_file_it_once(premises):
    together = threading.Barrier(2)
    found = []

    def slow(_session, _own, _now):
        together.wait(timeout=30)  # both have looked whether it stands before either files it
        yield Case(f"by {threading.current_thread().name}")  # so that the bytes differ

    collector = Collector("access-matrix", "Slow", ("own-access-matrix",), slow)
    premises.collect("none")

    def run():
        found.extend(
            collecting.collect(premises.engine, premises.office.store, premises.own, NOON, collectors=[collector])
        )

    threads = [threading.Thread(target=run) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.word for one in found) == ["filed", "stands"]
    assert premises.office.count("evidence") == 1


# ── When looking goes wrong ──────────────────────────────────────────────────────────────────────────────────────────


def broken(_session, _own, _now):
    yield Case("fine so far")
    raise RuntimeError("the password is hunter2")


def test_a_collector_that_raises_files_nothing_and_says_so_once_a_day(premises):
    collector = Collector("access-matrix", "Broken", ("own-access-matrix",), broken)
    for at in (NOON, NOON + HOUR, NOON + DAY + 2 * HOUR):
        [found] = collecting.collect(premises.engine, premises.office.store, premises.own, at, collectors=[collector])
        assert found.word == "failed"
    assert premises.office.count("evidence") == 0
    assert premises.failures() == [("access-matrix", {"error": "An unforeseen error: RuntimeError."})] * 2


def test_one_that_fails_does_not_keep_the_others_from_it(premises, monkeypatch):
    monkeypatch.setattr("access.activity.chain.verify", broken_at_once)
    found = words(premises.collect())
    assert found.pop("activity-log") == "failed"
    assert set(found.values()) == {"filed", "nothing"}


def broken_at_once(*_given):
    raise RuntimeError


def test_a_store_that_is_away_files_nothing(premises, monkeypatch):
    monkeypatch.setattr(type(premises.office.store), "keep", broken_at_once)
    assert premises.collect("agreements")["agreements"].word == "failed"
    assert premises.office.count("evidence") == premises.office.count("coverage") == 0


# ── The system it is about ───────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_put_in_scope_once_when_there_is_an_officer(premises):
    premises.tamper(lambda s, now: s.execute(collecting.table("role_grant").update().values(ended_at=now)))
    assert set(words(premises.collect()).values()) == {"nothing"}
    assert KEY not in premises.office.column("system", "key")
    premises.tamper(lambda s, now: s.execute(collecting.table("role_grant").update().values(ended_at=None)))
    premises.collect("none")
    premises.collect("none")
    assert premises.office.column("system", "key").count(KEY) == 1
    with reading(premises.engine) as session:
        [own] = [one for one in lookup.in_scope(session, SYSTEM, TODAY, NOON + DAY) if one.key == KEY]
    assert own.attributes == ("keeps-evidence",)
    assert own.first_day == TODAY


@pytest.mark.parametrize("act", [withdraw, lambda s, p, period, now: end_scope(s, p, period, TODAY, now)])
def test_taken_out_of_scope_nothing_is_collected_any_more(premises, act):
    premises.collect("none")
    with reading(premises.engine) as session:
        [period] = [one.key for one in lookup.periods(session, BUILT_IN) if one.system == KEY]
    premises.do(lambda s, now: act(s, BUILT_IN, period, now), at=NOON + HOUR)
    found = premises.collect(at=NOON + DAY)
    assert set(words(found).values()) == {"nothing"}
    assert str(found["agreements"].why) == "Nobody asks for this of aantoonbaar now."
    assert premises.office.count("evidence") == 0


def test_a_requirement_that_is_not_there_is_left_out(premises):
    row = collecting.table("evidence_requirement")
    premises.tamper(lambda s, now: s.execute(row.update().where(row.c.key == "own-access-matrix").values(retired=True)))
    assert words(premises.collect("access-matrix")) == {"access-matrix": "nothing"}


def test_a_reviewer_may_reject_what_the_process_handed_in(premises):
    evidence = premises.collect("agreements")["agreements"].filed.evidence
    premises.do(lambda s, now: review(s, BUILT_IN, evidence, "rejected", "wrong", now), at=NOON + HOUR)
    assert premises.status("own-agreements-accepted") == "missing"


def test_the_shipped_statement_asks_for_all_of_it_of_such_a_system(sqlite):
    with writing(sqlite) as (session, now):
        load(session, SYSTEM, now)
        known = {one.key: one for one in lookup.requirements(session, SYSTEM, now)}
    for one in COLLECTORS:
        for key in one.requirements:
            asked = known[key]
            assert ("junit" in asked.formats, asked.policy, asked.review) == (True, "junit", "automatic")
            assert asked.applies_to == "keeps-evidence"
    assert len({one.tool for one in COLLECTORS}) == len(COLLECTORS)


# ── When it is due ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_collects_what_is_due_and_says_once_what_it_could_not_look_at(premises, caplog):
    said = set()
    for _ in range(3):
        with time_machine.travel(NOON + HOUR, tick=False):
            collect_if_due(premises.engine, premises.office.store, premises.own, said)
    assert premises.office.count("evidence") >= 2
    told = [one.message for one in caplog.records if "No evidence of tls" in one.message]
    assert len(told) == 1 and "without TLS" in told[0]


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TEXTS = st.text(max_size=50)
CASES = st.builds(Case, TEXTS, TEXTS, TEXTS, st.tuples(st.tuples(TEXTS, TEXTS)))


@given(st.lists(CASES, min_size=1, max_size=8))
def test_what_is_written_is_read_as_it_was_meant(cases):
    try:
        with written("suite", TODAY, cases) as file:
            content = file.read()
    except NothingToShow:
        assert all(one.skipped and not one.failure for one in cases)
        return
    run, results = junit.read(BytesIO(content))
    expected = ["fail" if one.failure else "skipped" if one.skipped else "pass" for one in cases]
    assert [one.outcome for one in results] == expected
    assert run.started_at.date() == TODAY


def test_a_case_that_was_looked_at_after_all_counts_as_looked_at():
    with written("suite", TODAY, [Case("a", skipped="none"), Case("b")]) as file:
        assert b"<skipped" in file.read()
    with pytest.raises(NothingToShow), written("suite", TODAY, iter(())):
        pass


def test_the_policy_that_judges_it_is_there():
    assert "junit" in policies()["junit"].formats
