"""The health of the product: the state of each part, and when each job last succeeded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from access.permissions import SYSTEM, Person, require
from evidence.collect.own_checks.collectors import COLLECTORS
from evidence.errors import StoreUnavailable
from evidence.storage.store import EvidenceStore
from jobs.supervisor import JobState, Supervisor
from models.bulk_changes import table
from models.transaction import probe_writing, ran_ahead, reading

OK, FAILING, NOT_WRITABLE, LATE, AHEAD = "ok", "failing", "not writable", "late", "ran ahead"
_running: list[Supervisor] = []  # of this process: one at most


@dataclass(frozen=True, slots=True)
class Health:
    """The state of each part. Nothing is served without a readable database."""

    database: str
    store: str
    jobs: str
    clock: str

    @property
    def serves(self) -> bool:
        return self.database != FAILING

    @property
    def status(self) -> str:
        """ok, degraded (it serves, and a part needs attention) or failing."""
        if not self.serves:
            return FAILING
        return OK if {self.database, self.store, self.jobs, self.clock} == {OK} else "degraded"


@dataclass(frozen=True, slots=True)
class Background:
    """The jobs of this process, and the keys of those that are late; `started_at`: None if none run here."""

    started_at: datetime | None
    jobs: list[JobState]
    late: list[str]


@dataclass(frozen=True, slots=True)
class Verification:
    """When database, store and log were last compared, and the differences."""

    at: datetime
    problems: list[str]


def run(supervisor: Supervisor) -> Callable[[], None]:
    """Start the supervisor and publish its state; gives the function that stops it."""
    _running[:] = [supervisor]
    supervisor.start()

    def stop() -> None:
        supervisor.stop()
        _running.clear()

    return stop


def background(person: Person) -> Background:
    """The jobs of this process and their states."""
    require(person, "status.read")
    for supervisor in _running:
        return Background(supervisor.started_at, supervisor.states(), supervisor.late())
    return Background(None, [], [])


def last_verification(session: Session, person: Person) -> Verification | None:
    """The result of the last daily verification; None: it did not run yet, or no requirement needs it."""
    require(person, "status.read")
    evidence, run, result = table("evidence"), table("test_run"), table("test_result")
    tool = next(collector.tool for collector in COLLECTORS if collector.key == "activity-log")
    collected = (evidence.c.tool == tool, evidence.c.uploaded_by == SYSTEM.name)
    newest = select(evidence.c.id, evidence.c.recorded_at).where(*collected).order_by(evidence.c.recorded_at.desc())
    last = session.execute(newest.limit(1)).one_or_none()
    if last is None:
        return None
    failed = (run.c.evidence == last.id, result.c.outcome.in_(("fail", "error")))
    query = select(result.c.check, result.c.message).join(run, run.c.id == result.c.run).where(*failed).distinct()
    problems = [row.message or row.check for row in session.execute(query.order_by(result.c.check))]
    return Verification(last.recorded_at, problems)


def health(engine: Engine, store: EvidenceStore, wall: datetime) -> Health:
    """The state of each part, without details, because anyone may see it. `wall`: the moment by the wall clock."""
    database, clock = _database(engine, wall)
    jobs = LATE if any(supervisor.late() for supervisor in _running) else OK
    return Health(database, _store(store), jobs, clock)


def _database(engine: Engine, wall: datetime) -> tuple[str, str]:
    try:
        with reading(engine) as session:
            clock = AHEAD if ran_ahead(session, wall) else OK
    except SQLAlchemyError:
        return FAILING, OK
    try:
        probe_writing(engine)
    except SQLAlchemyError:
        return NOT_WRITABLE, clock
    return OK, clock


def _store(store: EvidenceStore) -> str:
    try:
        store.check()
    except StoreUnavailable:
        return NOT_WRITABLE
    return OK
