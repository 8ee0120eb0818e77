"""No error ends background work: it is tried again after growing pauses, and its state says what became of it."""

import logging
import threading

import pytest

from jobs import jobs, supervisor
from jobs.supervisor import FIRST_RETRY, GRACE, LONGEST_RETRY, Supervisor
from jobs.values import Job, JobContext
from locales import Language, Problem, text


class Work:
    """Does what it is told, round after round, and says when it is through."""

    def __init__(self, *rounds):
        self.rounds, self.done, self.count = list(rounds), threading.Event(), 0

    def __call__(self):
        self.count += 1
        outcome = self.rounds.pop(0) if self.rounds else None
        if not self.rounds:
            self.done.set()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


def kept(work, every=0.001, **more):
    return Supervisor([Job("work", text("Signs the activity log"), work, every, **more)], jitter=lambda: 1.0)


def state(kept):
    return kept.states()[0]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_RETRY", 0.001)
    monkeypatch.setattr(supervisor, "LONGEST_RETRY", 0.002)


@pytest.mark.parametrize(
    "error", [ValueError("x"), Problem(text("no")), SystemExit(1), MemoryError(), KeyboardInterrupt()]
)
def test_no_error_ends_a_job(impatient, caplog, error):
    work = Work(None, error, error, error, None)
    keeping = kept(work)
    keeping.start()
    assert work.done.wait(20)
    keeping.stop()
    assert work.count >= 5
    found = state(keeping)
    assert (found.failures, found.error) == (0, None)
    assert found.failed_at is not None and found.succeeded_at >= found.failed_at
    assert [one.levelno for one in caplog.records].count(logging.ERROR) == 3
    assert "succeeds again" in caplog.text


def test_pauses_grow_to_a_bound_and_begin_anew_after_a_success():
    keeping = kept(Work(*[OSError() for _ in range(12)], 7.0, OSError()))
    job = keeping._jobs[0]
    pauses = [keeping._run_once(job) for _ in range(12)]
    assert pauses[:5] == [FIRST_RETRY, 2 * FIRST_RETRY, 4 * FIRST_RETRY, 8 * FIRST_RETRY, 16 * FIRST_RETRY]
    assert pauses[-1] == LONGEST_RETRY
    assert state(keeping).failures == 12
    assert keeping._run_once(job) == 7.0  # what the job itself asks
    assert keeping._run_once(job) == FIRST_RETRY


def test_pauses_differ_a_little():
    keeping = Supervisor([Job("work", text("x"), Work(*[OSError() for _ in range(30)]), 1)])
    pauses = {keeping._run_once(keeping._jobs[0]) / min(LONGEST_RETRY, FIRST_RETRY * 2**n) for n in range(30)}
    assert len(pauses) > 5
    assert all(0.8 <= one <= 1.2 for one in pauses)


def test_an_unforeseen_error_is_told_without_its_words_and_a_foreseen_one_with_them():
    keeping = kept(
        Work(ValueError("a secret"), Problem(text("Activity log: entry {entry} {what}", entry="2", what="x")))
    )
    job = keeping._jobs[0]
    keeping._run_once(job)
    assert Language("en").render(state(keeping).error) == "Unexpected error: ValueError."
    keeping._run_once(job)
    assert "entry 2" in Language("en").render(state(keeping).error)


def test_one_job_that_hangs_keeps_no_other_from_working():
    gate, work = threading.Event(), Work(None, None)
    hanging = Job("hanging", text("x"), gate.wait, 1)
    keeping = Supervisor([hanging, Job("work", text("y"), work, 0.001)])
    keeping.start()
    assert work.done.wait(20)
    assert {one.key: one.running for one in keeping.states()}["hanging"]
    gate.set()
    keeping.stop()


def test_a_job_is_late_when_its_moment_is_long_past(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])
    keeping = kept(Work(OSError(), None), every=60, first=10)
    assert keeping.late() == []
    now[0] += 10 + GRACE + 1
    assert keeping.late() == ["work"]
    keeping._run_once(keeping._jobs[0])
    assert keeping.late() == ["work"]  # it failed
    keeping._run_once(keeping._jobs[0])
    assert keeping.late() == []
    now[0] += 60 + GRACE + 1
    assert keeping.late() == ["work"]


def test_stopped_it_does_no_more():
    work = Work(None, None)
    keeping = kept(work)
    keeping.start()
    assert work.done.wait(20)
    keeping.stop(20)
    before = work.count
    assert not any(one.is_alive() for one in keeping._threads)
    assert work.count == before


def test_every_job_of_the_folder_is_found_with_a_dutch_title():
    found = jobs(JobContext(None, None, None))
    assert {one.key for one in found} >= {"sign-log", "prepare-answers", "collect-evidence", "sweep-staged"}
    assert len({one.key for one in found}) == len(found)
    assert all(one.every > 0 and Language("nl").render(one.title) != str(one.title) for one in found)
