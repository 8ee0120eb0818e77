"""Jobs continue after errors, with growing pauses, and their state shows the outcome."""

import logging
import threading

import pytest

from jobs import jobs, supervisor
from jobs.supervisor import FIRST_RETRY, GRACE, LONGEST_RETRY, Supervisor
from jobs.values import Job, JobContext
from locales import Language, Problem, text


class Work:
    """A job with a prepared outcome for each round, and an event after the last one."""

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


def make_supervisor(work, every=0.001, **more):
    return Supervisor([Job("work", text("Signs the activity log"), work, every, **more)], jitter=lambda: 1.0)


def state(supervised):
    return supervised.states()[0]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_RETRY", 0.001)
    monkeypatch.setattr(supervisor, "LONGEST_RETRY", 0.002)


@pytest.mark.parametrize(
    "error", [ValueError("x"), Problem(text("no")), SystemExit(1), MemoryError(), KeyboardInterrupt()]
)
def test_no_error_ends_a_job(impatient, caplog, error):
    work = Work(None, error, error, error, None)
    keeping = make_supervisor(work)
    keeping.start()
    assert work.done.wait(20)
    keeping.stop()
    assert work.count >= 5
    actual = state(keeping)
    assert (actual.failures, actual.error) == (0, None)
    assert actual.failed_at is not None and actual.succeeded_at >= actual.failed_at
    assert [item.levelno for item in caplog.records].count(logging.ERROR) == 3
    assert "succeeds again" in caplog.text


def test_pauses_grow_to_a_maximum_and_reset_after_a_success():
    keeping = make_supervisor(Work(*[OSError() for _ in range(12)], 7.0, OSError()))
    job = keeping._jobs[0]
    pauses = [keeping._run_once(job) for _ in range(12)]
    assert pauses[:5] == [FIRST_RETRY, 2 * FIRST_RETRY, 4 * FIRST_RETRY, 8 * FIRST_RETRY, 16 * FIRST_RETRY]
    assert pauses[-1] == LONGEST_RETRY
    assert state(keeping).failures == 12
    assert keeping._run_once(job) == 7.0  # what the job itself asks
    assert keeping._run_once(job) == FIRST_RETRY


def test_pauses_are_varied():
    keeping = Supervisor([Job("work", text("x"), Work(*[OSError() for _ in range(30)]), 1)])
    pauses = {keeping._run_once(keeping._jobs[0]) / min(LONGEST_RETRY, FIRST_RETRY * 2**n) for n in range(30)}
    assert len(pauses) > 5
    assert all(0.8 <= item <= 1.2 for item in pauses)


def test_unexpected_error_shows_only_its_class_and_a_problem_its_message():
    keeping = make_supervisor(
        Work(ValueError("a secret"), Problem(text("Activity log: entry {entry} {what}", entry="2", what="x")))
    )
    job = keeping._jobs[0]
    keeping._run_once(job)
    assert Language("en").render(state(keeping).error) == "Unexpected error: ValueError."
    keeping._run_once(job)
    assert "entry 2" in Language("en").render(state(keeping).error)


def test_hanging_job_does_not_stop_others():
    gate, work = threading.Event(), Work(None, None)
    hanging = Job("hanging", text("x"), gate.wait, 1)
    keeping = Supervisor([hanging, Job("work", text("y"), work, 0.001)])
    keeping.start()
    assert work.done.wait(20)
    assert {item.key: item.running for item in keeping.states()}["hanging"]
    gate.set()
    keeping.stop()


def test_job_is_late_after_the_grace_period(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])
    keeping = make_supervisor(Work(OSError(), None), every=60, first=10)
    assert keeping.late() == []
    now[0] += 10 + GRACE + 1
    assert keeping.late() == ["work"]
    keeping._run_once(keeping._jobs[0])
    assert keeping.late() == ["work"]  # it failed
    keeping._run_once(keeping._jobs[0])
    assert keeping.late() == []
    now[0] += 60 + GRACE + 1
    assert keeping.late() == ["work"]


def test_stopped_supervisor_runs_no_more_rounds():
    work = Work(None, None)
    keeping = make_supervisor(work)
    keeping.start()
    assert work.done.wait(20)
    keeping.stop(20)
    before = work.count
    assert not any(item.is_alive() for item in keeping._threads)
    assert work.count == before


def test_every_job_of_the_folder_is_found_with_a_dutch_title():
    actual = jobs(JobContext(None, None, None))
    assert {item.key for item in actual} >= {"sign-log", "prepare-answers", "collect-evidence", "sweep-staged"}
    assert len({item.key for item in actual}) == len(actual)
    assert all(item.every > 0 and Language("nl").render(item.title) != str(item.title) for item in actual)
