"""A scenario: events at moments, carried out in order through the product's own verbs."""

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from access.people import accounts, tokens
from access.permissions import Person
from evidence.decisions.review import ACCEPTED, review
from evidence.intake import submission
from evidence.intake.submission import Delivery, Incoming
from evidence.storage.store import EvidenceStore
from models.calendar import Calendar
from models.transaction import writing

WAITING = "waiting"  # not reviewed yet


@dataclass(frozen=True, slots=True)
class Upload:
    """Files that someone uploads. `by`: the key of a person or a build server; `options`: further fields of `Delivery`.

    `decision` and `remark` are the reviewer's, `reviewed_after` days later; without a remark there is no review.
    """

    by: str
    files: Sequence[tuple[str, bytes]]
    requirements: Sequence[str]
    systems: Sequence[str] = ()
    title: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    remark: str = ""
    decision: str = ACCEPTED
    reviewed_after: float = 2.0
    reviewer: str = "reviewer"
    name: str = ""  # for later events that refer to the evidence


@dataclass
class Scenario:
    """Events by moment; `run` carries them out. Days count back from `today`."""

    engine: Engine
    store: EvidenceStore
    today: date
    calendar: Calendar
    people: dict[str, str] = field(default_factory=dict)  # key of a person → account
    machines: dict[str, str] = field(default_factory=dict)  # key of a build server → token
    evidence: dict[str, str] = field(default_factory=dict)  # name of an upload → evidence
    uploads: list[Upload] = field(default_factory=list)
    _events: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    _planned: int = 0

    def day(self, ago: int) -> date:
        """Return the day `ago` days before today."""
        return self.today - timedelta(days=ago)

    def moment(self, ago: int, clock: str = "09:00") -> datetime:
        """Return a moment of that day, in the organisation's time zone."""
        return self.calendar.moment_of(datetime.combine(self.day(ago), time.fromisoformat(clock)))

    def then(self, ago: int, act: Callable[[Session, datetime], None], clock: str = "09:00") -> None:
        """Plan one transaction at that moment."""

        def run(at: datetime) -> None:
            with writing(self.engine, at) as (session, now):
                act(session, now)

        self._plan(self.moment(ago, clock), run)

    def upload(self, ago: int, upload: Upload, clock: str = "10:00") -> None:
        """Plan an upload at that moment; its review is an event of its own."""
        self.uploads.append(upload)
        self._plan(self.moment(ago, clock), lambda moment: self._submit(moment, upload))

    def person(self, session: Session, key: str, now: datetime) -> Person:
        """Return a person with their roles at that moment. Raises `LookupError` for one without roles."""
        if key in self.machines:
            token_holder = tokens.find(session, self.machines[key], now)
            person = token_holder.person if token_holder else None
        else:
            person = accounts.find_person(session, self.people[key], now)
        if person is None:
            raise LookupError(f"{key} may not act at {now}")
        return person

    def run(self) -> None:
        """Carry out all events in order, including those that events add."""
        while self._events:
            at, _, act = heapq.heappop(self._events)
            act(at.astimezone(UTC))

    def _plan(self, at: datetime, act: Callable[[datetime], None]) -> None:
        self._planned += 1
        heapq.heappush(self._events, (at, self._planned, act))

    def _submit(self, at: datetime, upload: Upload) -> None:
        incoming = [Incoming(BytesIO(content), name) for name, content in upload.files]
        with submission.inspect(self.store, incoming) as inspection, writing(self.engine, at) as (session, now):
            person = self.person(session, upload.by, now)
            delivery = Delivery(inspection, upload.requirements, upload.systems, title=upload.title, **upload.options)
            filed = submission.submit(session, self.store, person, delivery, now)
        if upload.name:
            self.evidence[upload.name] = filed.evidence
        if upload.remark and upload.decision != WAITING:
            self._plan(
                at + timedelta(days=upload.reviewed_after), lambda later: self._review(later, filed.evidence, upload)
            )

    def _review(self, at: datetime, evidence: str, upload: Upload) -> None:
        with writing(self.engine, at) as (session, now):
            review(session, self.person(session, upload.reviewer, now), evidence, upload.decision, upload.remark, now)
