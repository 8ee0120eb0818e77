"""Keeps every job going, each on a thread of its own: no error ends one, and what became of each round can be asked."""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from jobs.values import Job
from locales import Problem, Text, text

SOON, LONGEST = 5.0, 600.0  # seconds until a failed job is tried again: at first, and at most
GRACE = 900.0  # seconds after the moment of its next round until a job is late
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobState:
    """What became of a job since the process started. `error`: of the last round, if that failed."""

    key: str
    title: Text
    next_at: datetime
    running: bool = False
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    error: Text | None = None
    failures: int = 0  # in a row


class Supervisor:
    """Runs jobs until it is stopped. `shake`: makes pauses differ a little, so that jobs do not stumble together."""

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        shake: Callable[[], float] = lambda: random.uniform(0.8, 1.2),  # noqa: S311 - no secret
    ) -> None:
        self._jobs, self._clock, self._shake = jobs, clock, shake
        self.started_at = clock()
        self._stopped = threading.Event()
        self._states = {one.key: JobState(one.key, one.title, self._after(one.first)) for one in jobs}
        self._late_from = {one.key: time.monotonic() + one.first + GRACE for one in jobs}
        self._threads = [threading.Thread(target=self._keep, args=(one,), name=one.key, daemon=True) for one in jobs]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, wait: float = 2.0) -> None:
        """No further rounds; waits so many seconds for those that are under way."""
        self._stopped.set()
        until = time.monotonic() + wait
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def states(self) -> list[JobState]:
        return list(self._states.values())

    def late(self) -> list[str]:
        """The jobs that did not succeed though their moment is long past."""
        now = time.monotonic()
        return [key for key, moment in self._late_from.items() if now > moment]

    def _keep(self, job: Job) -> None:
        pause = job.first
        while not self._stopped.wait(pause):
            pause = self._round(job)

    def _round(self, job: Job) -> float:
        """One round; the seconds until the next."""
        self._note(job, running=True)
        try:
            pause = job.run() or job.every
        except BaseException as error:  # noqa: BLE001 - whatever it is: a thread that ends is work that is never done again
            return self._failed(job, error)
        if self._states[job.key].failures:
            _log.warning("Background work %s succeeds again.", job.key)
        self._late_from[job.key] = time.monotonic() + pause + GRACE
        succeeded = {"succeeded_at": self._clock(), "error": None, "failures": 0}
        self._note(job, running=False, next_at=self._after(pause), **succeeded)
        return pause

    def _failed(self, job: Job, error: BaseException) -> float:
        failures = self._states[job.key].failures + 1
        pause: float = min(LONGEST, SOON * 2 ** min(failures - 1, 20)) * self._shake()
        _log.error("Background work %s failed; it is tried again in %d seconds.", job.key, pause, exc_info=error)
        failed = {"failed_at": self._clock(), "error": _told(error), "failures": failures}
        self._note(job, running=False, next_at=self._after(pause), **failed)
        return pause

    def _note(self, job: Job, **changed: object) -> None:
        """Only the job's own thread writes its state; whoever reads gets it whole."""
        self._states[job.key] = replace(self._states[job.key], **changed)  # type: ignore[arg-type]

    def _after(self, pause: float) -> datetime:
        return self._clock() + timedelta(seconds=pause)


def _told(error: BaseException) -> Text:
    """Of an unforeseen error only its sort, since its words may hold anything; the process's log has them."""
    if isinstance(error, Problem):
        return error.message
    return text("An unforeseen error: {sort}.", sort=type(error).__name__)
