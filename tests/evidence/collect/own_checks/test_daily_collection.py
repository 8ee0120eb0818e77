"""Collecting: once a day, nothing when a check goes wrong, and the system that evidence is about."""

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
from evidence.collect.collector_cases import Case, NothingToShow, write_report
from evidence.collect.own_checks import daily_collection
from evidence.collect.own_checks.collectors import COLLECTORS, Collector
from evidence.collect.own_checks.daily_collection import collect_if_due
from evidence.collect.own_checks.own_system import KEY
from evidence.decisions.review import review
from evidence.formats.test_reports import junit
from evidence.judging.policies import policies
from models.transaction import reading, writing
from tests.access.households import DAY, HOUR, NOON, TODAY

WITH_EVIDENCE = {"login-log", "agreements", "second-factor", "access-matrix", "activity-log"}


def results_of(outcomes):
    return {key: outcome.result for key, outcome in outcomes.items()}


# ── Once a day ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_collector_files_evidence_once_a_day(product):
    first = results_of(product.collect())
    assert first == dict.fromkeys(WITH_EVIDENCE, "filed") | {"tls": "nothing"}
    again = results_of(product.collect(at=NOON + HOUR))
    assert again == dict.fromkeys(WITH_EVIDENCE, "stands") | {"tls": "nothing"}
    assert product.office.count("evidence") == 5
    assert results_of(product.collect(at=NOON + DAY)) == first
    assert product.office.count("evidence") == 10


def test_collecting_again_with_the_same_facts_adds_no_evidence(product):
    first, again = product.collect("access-matrix"), product.collect("access-matrix", at=NOON + HOUR, again=True)
    assert results_of(again) == {"access-matrix": "stands"}
    assert again["access-matrix"].filed.evidence == first["access-matrix"].filed.evidence
    assert again["access-matrix"].verdict == "pass"


def test_process_uploads_evidence_for_the_day_itself(product):
    product.collect("login-log")
    product.collect("agreements")
    assert set(product.office.column("evidence", "uploaded_by")) == {SYSTEM.name}
    assert set(product.office.column("evidence", "last_day")) == {TODAY}
    assert set(product.office.column("evidence", "first_day")) == {TODAY}, "also of what looks back for 30 days"
    assert product.office.column("evidence", "declared") == [{}, {}]
    assert product.office.column("evidence", "review_reasons") == [[], []]


def test_two_processes_at_the_same_moment_file_evidence_once(product):
    barrier = threading.Barrier(2)
    outcomes = []

    def slow(_session, _context, _now):
        barrier.wait(timeout=30)  # both have checked that it is lacking before either files it
        yield Case(f"by {threading.current_thread().name}")  # so that the bytes differ

    collector = Collector("access-matrix", ("own-access-matrix",), slow)
    product.collect("none")

    def run():
        outcomes.extend(
            daily_collection.collect(
                product.engine, product.office.store, product.context, NOON, collectors=[collector]
            )
        )

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.result for outcome in outcomes) == ["filed", "stands"]
    assert product.office.count("evidence") == 1


# ── When a check goes wrong ─────────────────────────────────────────────────────────────────────────────────────────


def broken_collector(_session, _context, _now):
    yield Case("fine so far")
    raise RuntimeError("the password is hunter2")


def test_collector_that_raises_files_nothing_and_is_logged_once_a_day(product):
    collector = Collector("access-matrix", ("own-access-matrix",), broken_collector)
    for at in (NOON, NOON + HOUR, NOON + DAY + 2 * HOUR):
        [outcome] = daily_collection.collect(
            product.engine, product.office.store, product.context, at, collectors=[collector]
        )
        assert outcome.result == "failed"
    assert product.office.count("evidence") == 0
    assert product.failures() == [("access-matrix", {"error": "An unforeseen error: RuntimeError."})] * 2


def test_failing_collector_does_not_stop_the_others(product, monkeypatch):
    monkeypatch.setattr("access.activity.chain.verify", raise_error)
    outcomes = results_of(product.collect())
    assert outcomes.pop("activity-log") == "failed"
    assert set(outcomes.values()) == {"filed", "nothing"}


def raise_error(*_arguments):
    raise RuntimeError


def test_unavailable_store_files_nothing(product, monkeypatch):
    monkeypatch.setattr(type(product.office.store), "keep", raise_error)
    assert product.collect("agreements")["agreements"].result == "failed"
    assert product.office.count("evidence") == product.office.count("coverage") == 0


# ── The product as a system ──────────────────────────────────────────────────────────────────────────────────────────


def test_product_is_put_in_scope_once_when_there_is_an_officer(product):
    product.tamper(lambda s, now: s.execute(daily_collection.table("role_grant").update().values(ended_at=now)))
    assert set(results_of(product.collect()).values()) == {"nothing"}
    assert KEY not in product.office.column("system", "key")
    product.tamper(lambda s, now: s.execute(daily_collection.table("role_grant").update().values(ended_at=None)))
    product.collect("none")
    product.collect("none")
    assert product.office.column("system", "key").count(KEY) == 1
    with reading(product.engine) as session:
        [context] = [system for system in lookup.in_scope(session, SYSTEM, TODAY, NOON + DAY) if system.key == KEY]
    assert context.attributes == ("keeps-evidence",)
    assert context.first_day == TODAY


@pytest.mark.parametrize("act", [withdraw, lambda s, p, period, now: end_scope(s, p, period, TODAY, now)])
def test_nothing_is_collected_once_out_of_scope(product, act):
    product.collect("none")
    with reading(product.engine) as session:
        [period] = [scope.key for scope in lookup.periods(session, BUILT_IN) if scope.system == KEY]
    product.do(lambda s, now: act(s, BUILT_IN, period, now), at=NOON + HOUR)
    outcomes = product.collect(at=NOON + DAY)
    assert set(results_of(outcomes).values()) == {"nothing"}
    assert str(outcomes["agreements"].why) == "No requirement of this collector applies to aantoonbaar now."
    assert product.office.count("evidence") == 0


def test_retired_requirement_is_skipped(product):
    row = daily_collection.table("evidence_requirement")
    product.tamper(lambda s, now: s.execute(row.update().where(row.c.key == "own-access-matrix").values(retired=True)))
    assert results_of(product.collect("access-matrix")) == {"access-matrix": "nothing"}


def test_reviewer_can_reject_collected_evidence(product):
    evidence = product.collect("agreements")["agreements"].filed.evidence
    product.do(lambda s, now: review(s, BUILT_IN, evidence, "rejected", "wrong", now), at=NOON + HOUR)
    assert product.status("own-agreements-accepted") == "missing"


def test_shipped_statement_has_every_collectors_requirements(sqlite):
    with writing(sqlite) as (session, now):
        load(session, SYSTEM, now)
        known = {requirement.key: requirement for requirement in lookup.requirements(session, SYSTEM, now)}
    for collector in COLLECTORS:
        for key in collector.requirements:
            requirement = known[key]
            assert ("junit" in requirement.formats, requirement.policy, requirement.review) == (
                True,
                "junit",
                "automatic",
            )
            assert requirement.applies_to == "keeps-evidence"
    assert len({collector.tool for collector in COLLECTORS}) == len(COLLECTORS)


# ── When it is due ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_due_evidence_is_collected_and_missing_evidence_logged_once(product, caplog):
    logged = set()
    for _ in range(3):
        with time_machine.travel(NOON + HOUR, tick=False):
            collect_if_due(product.engine, product.office.store, product.context, logged)
    assert product.office.count("evidence") >= 2
    warnings = [log_record.message for log_record in caplog.records if "No evidence of tls" in log_record.message]
    assert len(warnings) == 1 and "without TLS" in warnings[0]


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TEXTS = st.text(max_size=50)
CASES = st.builds(Case, TEXTS, TEXTS, TEXTS, st.tuples(st.tuples(TEXTS, TEXTS)))


@given(st.lists(CASES, min_size=1, max_size=8))
def test_written_report_reads_back_with_its_outcomes(cases):
    try:
        with write_report("suite", TODAY, cases) as file:
            content = file.read()
    except NothingToShow:
        assert all(case.skipped and not case.failure for case in cases)
        return
    run, results = junit.read(BytesIO(content))
    expected = ["fail" if case.failure else "skipped" if case.skipped else "pass" for case in cases]
    assert [result.outcome for result in results] == expected
    assert run.started_at.date() == TODAY


def test_report_with_skipped_and_checked_case_is_written():
    with write_report("suite", TODAY, [Case("a", skipped="none"), Case("b")]) as file:
        assert b"<skipped" in file.read()
    with pytest.raises(NothingToShow), write_report("suite", TODAY, iter(())):
        pass


def test_the_policy_that_judges_it_is_there():
    assert "junit" in policies()["junit"].formats
