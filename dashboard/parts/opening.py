"""What every page opens with: one reading session, the moment and the day, the audit, and the names of things."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlmodel import Session

from access.permissions import BUILT_IN, Person
from controls import audit_plan, browse
from controls.scope import SystemInScope, scope_on
from dashboard.parts.book import Book, by_key
from models.days import local_day
from models.transaction import reading
from readiness import Readiness, readiness
from settings import engine, settings


@dataclass(frozen=True, slots=True)
class Opening:
    """One state of the database, seen by one person at one moment."""

    session: Session
    person: Person
    now: datetime
    today: date
    audit: audit_plan.AuditPlan | None
    scope: list[SystemInScope]
    book: Book

    @property
    def audit_day(self) -> date | None:
        """The day of the audit, while it is still to come or today."""
        return self.audit.day if self.audit and self.audit.day >= self.today else None

    @property
    def systems(self) -> tuple[str, ...]:
        return self.audit.systems if self.audit else ()

    def current(self) -> Readiness:
        return readiness(self.session, self.person, self.today, self.now, self.systems)

    def then(self) -> Readiness | None:
        """Readiness on the audit's day if nobody acts; none without an audit ahead."""
        return readiness(self.session, self.person, self.audit_day, self.now, self.systems) if self.audit_day else None


@contextmanager
def opening() -> Iterator[Opening]:
    """Everything that is read on one page is of one state."""
    with reading(engine()) as session:
        yield opened(session, datetime.now(UTC))


def opened(session: Session, now: datetime) -> Opening:
    today = local_day(now, settings().time_zone)
    scope = scope_on(session, today, now)
    catalogues = browse.catalogues(session, BUILT_IN)
    book = Book(
        today,
        systems=by_key(scope),
        teams=by_key(browse.teams(session, BUILT_IN)),
        measures=by_key(browse.measures(session, BUILT_IN)),
        requirements=by_key(browse.requirements_on(session, now)),
        controls=by_key(one for each in catalogues for one in browse.controls(session, BUILT_IN, each.key)),
        catalogues=by_key(catalogues),
    )
    return Opening(session, BUILT_IN, now, today, audit_plan.current(session, now), scope, book)
