"""Judges uploads that were received but not judged in their request, such as large ones; the oldest first.

Their bytes and rows outlive the process, so a restart only begins the current one again. While nothing can be stored (a
full disk, a database that can't be written) all wait. An upload for which alone something can't be used is tried again
after a growing pause, in which others are judged, and is refused in the end; everything else ends an upload at once.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus

from sqlalchemy import Engine
from sqlmodel import Session

from access.permissions import Person
from evidence.errors import NotPossible
from evidence.intake.program_uploads import upload_rows
from evidence.intake.program_uploads.judge_upload import find_sender, judge_upload
from evidence.intake.program_uploads.upload_rows import WaitingUpload
from evidence.storage.store import EvidenceStore
from jobs.values import Job, JobContext
from locales import Problem, text
from models.transaction import deriving, present, reading, writing

_EVERY, _FIRST = 1.0, 0.5  # seconds
MOST_ATTEMPTS = 5  # at judging an upload that ends in an unexpected error, or ends the process
MOST_UNAVAILABLE = 12  # times that something can't be used for one upload alone: with the pauses over two hours
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)  # until one upload is tried again
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BackgroundContext:
    """The transactions, the store and the person of one upload that is judged in the background."""

    engine: Engine
    store: EvidenceStore
    person: Person
    clock: Callable[[], datetime]

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, datetime]]:
        """A session that reads, and the present."""
        with reading(self.engine) as session:
            yield session, present(session, self.clock())

    @contextmanager
    def writing(self, *, visit: bool = False) -> Iterator[tuple[Session, datetime]]:
        """A session of one transaction, and its moment."""
        with writing(self.engine, self.clock(), visit=visit) as (session, now):
            yield session, now


def _wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Postponed:
    """The uploads that this process tries again later, by id, with the moment from which it does."""

    moments: dict[str, datetime] = field(default_factory=dict)

    def until(self, upload: str, times: int, now: datetime) -> None:
        """Postpone an upload that failed so many times, each time for twice as long."""
        self.moments[upload] = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(times - 1, 20))

    def at(self, now: datetime) -> list[str]:
        return [upload for upload, moment in self.moments.items() if moment > now]


def job(context: JobContext) -> Job:
    run = partial(judge_waiting, context.engine, context.store, postponed=Postponed())
    return Job("judge-uploads", text("Evaluates large uploads"), run, every=_EVERY, first=_FIRST)


def judge_waiting(
    engine: Engine,
    store: EvidenceStore,
    clock: Callable[[], datetime] = _wall_clock,
    *,
    postponed: Postponed | None = None,
) -> None:
    """Judge every upload that waits and is not postponed. One that fails keeps no other waiting.

    Raises `Problem` with status 503 while nothing can be stored, and, when the others are judged, the first unexpected
    error.
    """
    later, unexpected = postponed or Postponed(), None
    while upload := _next(engine, later.at(clock())):
        with deriving(engine) as session:
            upload_rows.count_attempt(session, upload.id)
        try:
            times = _end(engine, store, upload, clock)
        except Problem:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is: it is raised when the others are judged
            times, unexpected = upload.attempts + 1, unexpected or error
        if times:
            later.until(upload.id, times, clock())
            continue
        later.moments.pop(upload.id, None)
        for file in upload.files:
            store.release(file.held)
    if unexpected is not None:
        raise unexpected


def _next(engine: Engine, postponed: Sequence[str]) -> WaitingUpload | None:
    with reading(engine) as session:
        return upload_rows.next_waiting(session, postponed)


def _end(engine: Engine, store: EvidenceStore, upload: WaitingUpload, clock: Callable[[], datetime]) -> int:
    """Judge an upload, or refuse it with the reason. Returns how often something could not be used for it; 0: it ended.

    Raises `Problem` with status 503 while nothing can be stored.
    """
    try:
        _require_attempts_left(upload)
        with reading(engine) as session:
            person = find_sender(session, upload, present(session, clock()))
        judge_upload(BackgroundContext(engine, store, person, clock), upload)
    except Problem as problem:
        if problem.status == HTTPStatus.SERVICE_UNAVAILABLE and (times := _unavailable(engine, store, upload, problem)):
            return times
        refused = problem if problem.status != HTTPStatus.SERVICE_UNAVAILABLE else _given_up(problem)
        with writing(engine, clock()) as (session, now):
            upload_rows.end_refused(session, upload, refused, now)
    return 0


def _unavailable(engine: Engine, store: EvidenceStore, upload: WaitingUpload, problem: Problem) -> int:
    """Count that something could not be used for an upload, and return how often; 0: often enough to refuse it.

    Raises `Problem` while nothing can be stored at all, which counts for none.
    """
    with deriving(engine) as session:
        upload_rows.count_attempt(session, upload.id, -1)
    store.check()
    with deriving(engine) as session:
        times = upload_rows.count_unavailable(session, upload.id, problem)
    _log.warning("Upload %s could not be judged now, time %d: %s", upload.id, times, problem)
    return times if times < MOST_UNAVAILABLE else 0


def _given_up(problem: Problem) -> NotPossible:
    return NotPossible(
        text(
            "Evaluating these files failed {n} times because something could not be used; nothing was recorded. Send "
            "them again later, or report it. The last reason: {reason}",
            n=MOST_UNAVAILABLE,
            reason=problem.message,
        )
    )


def _require_attempts_left(upload: WaitingUpload) -> None:
    if upload.attempts >= MOST_ATTEMPTS:
        raise NotPossible(
            text(
                "Evaluating these files failed {n} times for an unexpected reason, which is in the server's log; "
                "nothing was recorded. Send them in parts, or report it.",
                n=upload.attempts,
            )
        )
