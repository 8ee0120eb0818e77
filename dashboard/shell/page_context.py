"""The context of every page: one reading session, the moment and the day, the audit, and titles by key."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, NamedTuple, TypeVar

import streamlit as st
from sqlmodel import Session

from access.people import accounts
from access.permissions import NotAllowed, Person, may
from controls.audit import audit_plan
from controls.audit.audit_bounds import Bounds, audit_bounds
from controls.browse import lookup, shared_definitions
from controls.scope.system_scope import SystemInScope
from dashboard.shell import frame, html
from dashboard.shell.preview_bar import previewed
from dashboard.shell.streamlit_adapter import reader_value
from dashboard.shell.title_lookup import TitleLookup
from dashboard.shell.viewed_day import ViewedDay, day_in, day_strip, other_than
from evidence.intake.delivery.token_limits import may_upload_for
from evidence.judging.own_policies.in_force import editions_in_force
from evidence.judging.policy_descriptions import policies_by_name
from locales import Language, text
from models.calendar import calendar_of
from models.transaction import present, reading
from readiness import Readiness, readiness
from settings import engine

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class PageContext:
    """One state of the database, seen by one person on one day (`today`) by the knowledge of one moment (`now`).

    These are the present moment and the nearest day that they may see, unless another day is `viewed`. A page that can
    show another day has no forms: what is saved has the moment of saving.
    """

    session: Session
    person: Person
    now: datetime
    today: date
    audit: audit_plan.AuditPlan | None
    scope: list[SystemInScope]
    titles: TitleLookup
    present: "Present"
    viewed: ViewedDay | None = None

    @property
    def audit_day(self) -> date | None:
        """The day of the audit, while it is still to come or today; None while another day is viewed."""
        return self.audit_ahead if self.viewed is None else None

    @property
    def audit_ahead(self) -> date | None:
        """The day of the audit, while it is still to come or today, whatever day is viewed."""
        return self.audit.day if self.audit and self.audit.day >= self.present.today else None

    @property
    def criteria(self) -> tuple[str, ...]:
        """The catalogues that readiness is about: the audit's, else those that the organisation follows."""
        return self.audit.catalogues if self.audit else self.titles.followed

    @property
    def systems(self) -> tuple[str, ...]:
        return self.audit.systems if self.audit else ()

    def current(self) -> Readiness:
        return readiness(self.session, self.person, self.today, self.now, self.systems)

    def then(self) -> Readiness | None:
        """Readiness on the audit's day if nobody acts; None without an audit ahead."""
        return readiness(self.session, self.person, self.audit_day, self.now, self.systems) if self.audit_day else None

    def of_present(self) -> Readiness:
        """Readiness today, whatever day is viewed."""
        return readiness(self.session, self.person, self.present.today, self.present.now, self.systems)

    def compared(self) -> Readiness | None:
        """What the page's day is compared with: the audit's day, or today while another day is viewed."""
        return self.of_present() if self.viewed else self.then()


class Present(NamedTuple):
    """The present moment, and the nearest day to it that the person may see."""

    now: datetime
    today: date


class State(NamedTuple):
    """One state of the database, the person who reads it, and the moment."""

    session: Session
    now: datetime
    myself: Person


#: The state that is drawn on this thread: a page uses the router's state, a section the page's.
_STATE: ContextVar[State | None] = ContextVar("state", default=None)
#: Pages for changes, which are not offered while another day is shown.
_CHANGING = frozenset({"upload", "setup", "start"})
_OPEN: ContextVar[PageContext | None] = ContextVar("open page", default=None)


@contextmanager
def one_state() -> Iterator[State]:
    """The router's state, in which the page is drawn as well."""
    with reading(engine()) as session:
        now = present(session, datetime.now(UTC))
        state = State(session, now, _admitted_person(session, now))
        with _held(_STATE, state):
            yield state


@contextmanager
def page_context() -> Iterator[PageContext]:
    """The context of a page, read from one state of the database: the router's, else a new one."""
    if (state := _STATE.get()) is None:
        with one_state() as state, _held(_OPEN, _opened(state)) as context:
            yield context
    else:
        with _held(_OPEN, _opened(state)) as context:
            if html.DAY.get() is not None:
                day_strip(frame.language(), context.viewed, context.present.today)
            yield context


@contextmanager
def _held(name: ContextVar[Any], value: Value) -> Iterator[Value]:
    """For as long as this lasts: the next script on the same thread finds nothing of it."""
    before = name.set(value)
    try:
        yield value
    finally:
        name.reset(before)


def read_later(context: PageContext, read: Callable[[Session, Person, datetime], Value]) -> Callable[[], Value]:
    """A function that reads something once it is wanted, such as a file, from a state of its own.

    The reader's account must still be there, and its roles are those of that moment.
    """
    account, previewing = reader_value("account"), context.person if context.person.previewing else None

    def run() -> Value:
        with reading(engine()) as session:
            now = present(session, datetime.now(UTC))
            person = accounts.find_person(session, account, now)
            if person is None:
                raise NotAllowed(text("Sign in first."))
            return read(session, previewing or person, now)

    return run


def section(draw: Callable[[Language, PageContext], None]) -> Callable[[Language], None]:
    """A part of a page that is redrawn by itself after a click in it, then with a state of its own.

    Streamlit keeps such a function for as long as its page is open, and with it the module that it stands in. So it
    stands in a module that is imported, never in a page's script, and gets nothing of the page but the language.
    """

    @st.fragment
    @wraps(draw)
    def drawn(t: Language, closed: frozenset[str], day: Mapping[str, str] | None) -> None:
        html.CLOSED.set(closed)  # a click in the section does not run the router, which says it
        html.DAY.set(day)
        if (context := _OPEN.get()) is not None:
            draw(t, context)
            return
        try:
            with page_context() as alone:
                draw(t, alone)
        except Exception as trouble:  # noqa: BLE001 - as the router does it for the page
            frame.failed(t, trouble)

    return lambda t: drawn(t, html.CLOSED.get(), html.DAY.get())


def _opened(state: State) -> PageContext:
    """Drawn for oneself, or for whom one previews for as long as one may."""
    session, now, person = state.session, state.now, previewed(state.myself)
    calendar = calendar_of(session)
    today = calendar.day_of(now)
    if not may(person, "readiness.read"):
        names = _names_of_teams(session, person, today)
        return PageContext(session, person, now, today, None, [], names, Present(now, today))
    bounds = audit_bounds(session, person, "readiness.read")
    present_day = Present(now, bounds.nearest(today) if bounds else today)
    viewed = _viewed_day(bounds, present_day.today)
    today = viewed.day if viewed else present_day.today
    systems = shared_definitions.scope(session, person, today)
    known = viewed.moment(calendar, now) if viewed else now
    titles = _title_lookup(session, person, systems, today, known)
    html.CLOSED.set(html.CLOSED.get() | _closed_uploads(person, titles))
    return PageContext(
        session,
        person,
        known,
        today,
        shared_definitions.audit(session, person),
        list(systems.values()),
        titles,
        present_day,
        viewed,
    )


def _viewed_day(bounds: Bounds | None, today: date) -> ViewedDay | None:
    """The day in the address, or the nearest that the person may see; nothing can be changed while it is shown."""
    if (requested := day_in(html.DAY.get() or {})) is None:
        return None
    viewed = other_than(today, requested, bounds.nearest(requested.day) if bounds else requested.day)
    html.DAY.set(viewed.values if viewed else {})
    if viewed:
        html.CLOSED.set(html.CLOSED.get() | _CHANGING)
    return viewed


def _closed_uploads(person: Person, titles: TitleLookup) -> frozenset[str]:
    """Uploads for the requirements of other teams, which a team member is not offered."""
    others = (row.key for row in titles.requirements.values() if not may_upload_for(person, row))
    return frozenset(html.address("upload", requirement=key)[1:] for key in others)


def _names_of_teams(session: Session, person: Person, today: date) -> TitleLookup:
    """An administrator's pages are about people and teams only."""
    return TitleLookup(today, {}, shared_definitions.by_key(lookup.teams(session, person)), {}, {}, {}, {})


def _title_lookup(
    session: Session, person: Person, systems: Mapping[str, SystemInScope], today: date, moment: datetime
) -> TitleLookup:
    """Titles from a lookup that all sessions share; it is read again only after a change."""
    known = shared_definitions.definitions(session, person)
    return TitleLookup(
        today,
        systems=systems,
        teams=known.teams,
        measures=known.measures,
        requirements=known.requirements,
        controls=known.controls,
        catalogues=known.catalogues,
        own_policies=editions_in_force(session, person, today, moment),
        policies=policies_by_name(session, person),
    )


def _admitted_person(session: Session, now: datetime) -> Person:
    """The person whom the middleware admitted, with their roles of this moment."""
    person = accounts.find_person(session, reader_value("account"), now)
    if person is None:
        raise NotAllowed(text("Sign in first."))
    return person
