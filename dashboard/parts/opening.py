"""What every page opens with: one reading session, the moment and the day, the audit, and the names of things."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import streamlit as st
from sqlmodel import Session

from access import people
from access.permissions import NotAllowed, Person
from controls import audit_plan, browse
from controls.scope import SystemInScope, scope_on
from dashboard.parts.book import Book, by_key
from locales import text
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
    person = signed_in(session, now)
    scope = scope_on(session, today, now)
    catalogues = browse.catalogues(session, person)
    book = Book(
        today,
        systems=by_key(scope),
        teams=by_key(browse.teams(session, person)),
        measures=by_key(browse.measures(session, person)),
        requirements=by_key(browse.requirements_on(session, now)),
        controls=by_key(one for each in catalogues for one in browse.controls(session, person, each.key)),
        catalogues=by_key(catalogues),
    )
    return Opening(session, person, now, today, audit_plan.current(session, now), scope, book)


def signed_in(session: Session, now: datetime) -> Person:
    """Who the gate let in, as they are now: a role that was taken away since is no longer there."""
    person = people.person_of(session, str(st.user.get("account") or ""), now)
    if person is None:
        raise NotAllowed(text("Sign in first."))
    return person
