"""Whether all is well: the parts that the product stands on, and when each piece of background work last succeeded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from access.permissions import SYSTEM, Person, require
from evidence.collect.collectors import COLLECTORS
from evidence.errors import StoreUnavailable
from evidence.storage.store import EvidenceStore
from jobs.supervisor import JobState, Supervisor
from models.rows import table
from models.transaction import probe_writing, ran_ahead, reading

OK, FAILING, NOT_WRITABLE, LATE, AHEAD = "ok", "failing", "not writable", "late", "ran ahead"
_running: list[Supervisor] = []  # of this process: one at most


@dataclass(frozen=True, slots=True)
class Health:
    """Each part in a word. Nothing is served without a database that can be read."""

    database: str
    store: str
    jobs: str
    clock: str

    @property
    def serves(self) -> bool:
        return self.database != FAILING

    @property
    def status(self) -> str:
        """In one word: ok, degraded (it serves, and a part asks for attention) or failing."""
        if not self.serves:
            return FAILING
        return OK if {self.database, self.store, self.jobs, self.clock} == {OK} else "degraded"


@dataclass(frozen=True, slots=True)
class Background:
    """The jobs of this process, and which are late; `started_at`: None if none run here."""

    started_at: datetime | None
    jobs: list[JobState]
    late: list[str]


@dataclass(frozen=True, slots=True)
class Verification:
    """When database, store and log were last compared, and each difference that was found."""

    at: datetime
    problems: list[str]


def run(supervisor: Supervisor) -> Callable[[], None]:
    """Start it, and let its state be asked; gives what stops it."""
    _running[:] = [supervisor]
    supervisor.start()

    def stop() -> None:
        supervisor.stop()
        _running.clear()

    return stop


def background(person: Person) -> Background:
    """What runs in the background of this process, and what became of it."""
    require(person, "status.read")
    for one in _running:
        return Background(one.started_at, one.states(), one.late())
    return Background(None, [], [])


def last_verification(session: Session, person: Person) -> Verification | None:
    """What the daily part of `make verify` last found; None: it did not run yet, or nothing asks for it."""
    require(person, "status.read")
    evidence, run, result = table("evidence"), table("test_run"), table("test_result")
    tool = next(one.tool for one in COLLECTORS if one.key == "activity-log")
    mine = (evidence.c.tool == tool, evidence.c.uploaded_by == SYSTEM.name)
    newest = select(evidence.c.id, evidence.c.recorded_at).where(*mine).order_by(evidence.c.recorded_at.desc())
    last = session.execute(newest.limit(1)).one_or_none()
    if last is None:
        return None
    wrong = (run.c.evidence == last.id, result.c.outcome.in_(("fail", "error")))
    found = select(result.c.check, result.c.message).join(run, run.c.id == result.c.run).where(*wrong).distinct()
    problems = [row.message or row.check for row in session.execute(found.order_by(result.c.check))]
    return Verification(last.recorded_at, problems)


def health(engine: Engine, store: EvidenceStore, wall: datetime) -> Health:
    """The state of each part; anyone may ask, so that there are no details. `wall`: what the wall clock says."""
    database, clock = _database(engine, wall)
    jobs = LATE if any(one.late() for one in _running) else OK
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
