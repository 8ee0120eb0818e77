"""Judges uploads that were received but not judged in their request, such as large ones; the oldest first.

Their bytes and rows outlive the process, so a restart only begins the current one again. What can't be used now (a full
disk, a database that can't be written) is tried again later; everything else ends the upload with a reason.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
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


def job(context: JobContext) -> Job:
    run = partial(judge_waiting, context.engine, context.store)
    return Job("judge-uploads", text("Evaluates large uploads"), run, every=_EVERY, first=_FIRST)


def judge_waiting(engine: Engine, store: EvidenceStore, clock: Callable[[], datetime] = _wall_clock) -> None:
    """Judge every upload that waits. Raises `Problem` with status 503 for what is to be tried again later."""
    while upload := _next(engine):
        with deriving(engine) as session:
            upload_rows.count_attempt(session, upload.id)
        _end(engine, store, upload, clock)
        for file in upload.files:
            store.release(file.held)


def _next(engine: Engine) -> WaitingUpload | None:
    with reading(engine) as session:
        return upload_rows.next_waiting(session)


def _end(engine: Engine, store: EvidenceStore, upload: WaitingUpload, clock: Callable[[], datetime]) -> None:
    """Judge an upload, or refuse it with the reason."""
    try:
        _require_attempts_left(upload)
        with reading(engine) as session:
            person = find_sender(session, upload, present(session, clock()))
        judge_upload(BackgroundContext(engine, store, person, clock), upload)
    except Problem as problem:
        if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
            with deriving(engine) as session:
                upload_rows.count_attempt(session, upload.id, -1)
            raise
        with writing(engine, clock()) as (session, now):
            upload_rows.end_refused(session, upload, problem, now)


def _require_attempts_left(upload: WaitingUpload) -> None:
    if upload.attempts >= MOST_ATTEMPTS:
        raise NotPossible(
            text(
                "Evaluating these files failed {n} times for an unexpected reason, which is in the server's log; "
                "nothing was recorded. Send them in parts, or report it.",
                n=upload.attempts,
            )
        )
