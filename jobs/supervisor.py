"""Runs every job on a thread of its own: no error ends a job, and the outcome of its last round is available."""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from jobs.values import Job
from locales import Problem, Text, text

FIRST_RETRY, LONGEST_RETRY = 5.0, 600.0  # seconds until a failed job is tried again: at first, and at most
GRACE = 900.0  # seconds after the moment of its next round until a job is late
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobState:
    """The state of a job since the process started. `error`: of the last round, if that failed."""

    key: str
    title: Text
    next_at: datetime
    running: bool = False
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    error: Text | None = None
    failures: int = 0  # in a row


class Supervisor:
    """Runs jobs until it is stopped. `jitter`: the factor by which a pause after a failure is varied."""

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        jitter: Callable[[], float] = lambda: random.uniform(0.8, 1.2),  # noqa: S311 - no secret
    ) -> None:
        self._jobs, self._clock, self._jitter = jobs, clock, jitter
        self.started_at = clock()
        self._stopped = threading.Event()
        self._states = {job.key: JobState(job.key, job.title, self._after(job.first)) for job in jobs}
        self._late_from = {job.key: time.monotonic() + job.first + GRACE for job in jobs}
        self._threads = [
            threading.Thread(target=self._run_until_stopped, args=(job,), name=job.key, daemon=True) for job in jobs
        ]

    def start(self) -> None:
        """Start a thread for each job."""
        for thread in self._threads:
            thread.start()

    def stop(self, wait: float = 2.0) -> None:
        """Start no further rounds, and wait at most `wait` seconds for the current ones."""
        self._stopped.set()
        until = time.monotonic() + wait
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def states(self) -> list[JobState]:
        """The state of each job."""
        return list(self._states.values())

    def late(self) -> list[str]:
        """The keys of the jobs whose next success is more than `GRACE` seconds overdue."""
        now = time.monotonic()
        return [key for key, moment in self._late_from.items() if now > moment]

    def _run_until_stopped(self, job: Job) -> None:
        pause = job.first
        while not self._stopped.wait(pause):
            pause = self._run_once(job)

    def _run_once(self, job: Job) -> float:
        """Run one round; gives the seconds until the next."""
        self._update(job, running=True)
        try:
            pause = job.run() or job.every
        except BaseException as error:  # noqa: BLE001 - whatever it is: when its thread ends, a job never runs again
            return self._failed(job, error)
        if self._states[job.key].failures:
            _log.warning("Job %s succeeds again.", job.key)
        self._late_from[job.key] = time.monotonic() + pause + GRACE
        succeeded = {"succeeded_at": self._clock(), "error": None, "failures": 0}
        self._update(job, running=False, next_at=self._after(pause), **succeeded)
        return pause

    def _failed(self, job: Job, error: BaseException) -> float:
        failures = self._states[job.key].failures + 1
        pause: float = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(failures - 1, 20)) * self._jitter()
        _log.error("Job %s failed; it is tried again in %d seconds.", job.key, pause, exc_info=error)
        failed = {"failed_at": self._clock(), "error": _error_text(error), "failures": failures}
        self._update(job, running=False, next_at=self._after(pause), **failed)
        return pause

    def _update(self, job: Job, **changed: object) -> None:
        """Replace the job's state. Only the job's own thread writes it; readers always see a whole state."""
        self._states[job.key] = replace(self._states[job.key], **changed)  # type: ignore[arg-type]

    def _after(self, pause: float) -> datetime:
        return self._clock() + timedelta(seconds=pause)


def _error_text(error: BaseException) -> Text:
    """The message of an expected error; only the class of any other, because its message may contain anything.

    The process's log has the whole error.
    """
    if isinstance(error, Problem):
        return error.message
    return text("Unexpected error: {kind}.", kind=type(error).__name__)
