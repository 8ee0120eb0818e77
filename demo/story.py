"""Telling a history: what happens, each at its moment, in order, through the verbs that everyone uses."""

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
from models.calendar import calendar_of
from models.transaction import writing

WAITING = "waiting"  # nobody reviewed it yet


@dataclass(frozen=True, slots=True)
class HandIn:
    """Files that someone hands in. `by`: a person or a build server by its key in the story; `said`: see `Delivery`.

    `review`: what the reviewer decides and says, and how many days later; none: it is accepted by itself, or waits.
    """

    by: str
    files: Sequence[tuple[str, bytes]]
    requirements: Sequence[str]
    systems: Sequence[str] = ()
    title: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    remark: str = ""
    decision: str = ACCEPTED
    reviewed_after: float = 2.0
    reviewer: str = "reviewer"
    named: str = ""  # by which later events find the evidence


@dataclass
class Story:
    """What happens, by moment; `tell` makes it so. Days are counted back from `today`."""

    engine: Engine
    store: EvidenceStore
    today: date
    people: dict[str, str] = field(default_factory=dict)  # key in the story → account
    machines: dict[str, str] = field(default_factory=dict)  # key in the story → token
    evidence: dict[str, str] = field(default_factory=dict)
    deliveries: list[HandIn] = field(default_factory=list)
    _events: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    _planned: int = 0

    def day(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    def moment(self, ago: int, clock: str = "09:00") -> datetime:
        """Where the organisation is."""
        return calendar_of(self.engine).moment_of(datetime.combine(self.day(ago), time.fromisoformat(clock)))

    def then(self, ago: int, act: Callable[[Session, datetime], None], clock: str = "09:00") -> None:
        """One transaction of that moment."""

        def run(at: datetime) -> None:
            with writing(self.engine, at) as (session, now):
                act(session, now)

        self._plan(self.moment(ago, clock), run)

    def hand_in(self, ago: int, delivery: HandIn, clock: str = "10:00") -> None:
        """The files come in at that moment; their review is an event of its own."""
        self.deliveries.append(delivery)
        self._plan(self.moment(ago, clock), lambda moment: self._file(moment, delivery))

    def person(self, session: Session, key: str, now: datetime) -> Person:
        """Who acts at this moment, with the roles that they have then."""
        if key in self.machines:
            found = tokens.find(session, self.machines[key], now)
            person = found.person if found else None
        else:
            person = accounts.person_of(session, self.people[key], now)
        if person is None:
            raise LookupError(f"{key} may not act at {now}")
        return person

    def tell(self) -> None:
        """Everything in its order; what an event adds comes in its turn."""
        while self._events:
            at, _, act = heapq.heappop(self._events)
            act(at.astimezone(UTC))

    def _plan(self, at: datetime, act: Callable[[datetime], None]) -> None:
        self._planned += 1
        heapq.heappush(self._events, (at, self._planned, act))

    def _file(self, at: datetime, given: HandIn) -> None:
        incoming = [Incoming(BytesIO(content), name) for name, content in given.files]
        with submission.inspect(self.store, incoming) as inspection, writing(self.engine, at) as (session, now):
            person = self.person(session, given.by, now)
            delivery = Delivery(inspection, given.requirements, given.systems, title=given.title, **given.said)
            filed = submission.submit(session, self.store, person, delivery, now)
        if given.named:
            self.evidence[given.named] = filed.evidence
        if given.remark and given.decision != WAITING:
            self._plan(
                at + timedelta(days=given.reviewed_after), lambda later: self._review(later, filed.evidence, given)
            )

    def _review(self, at: datetime, evidence: str, given: HandIn) -> None:
        with writing(self.engine, at) as (session, now):
            review(session, self.person(session, given.reviewer, now), evidence, given.decision, given.remark, now)
