"""Whom the gate lets in: the person behind a session's or an API's token, as they are at this moment.

What is found is remembered for a second, since a page makes dozens of requests; so a role that is taken away, a
sign-out elsewhere or an account that ends takes effect within that second, on open pages too.
"""

import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from access.people import accounts, agreements, sessions, tokens
from access.permissions import Person
from access.sign_in import second_factor
from locales import Problem
from models.calendar import calendar_of
from models.transaction import deriving, reading

SESSION, TOKEN = "session", "token"
_SECONDS = 1.0
_MOST = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Admission:
    """Who asks. `waits_for` is where they must go first: an agreement to accept, a second factor to set up."""

    person: Person
    language: str
    session: str = ""  # the digest of the session's token; empty for an API token
    waits_for: str = ""
    token: str = ""  # the name of the API token, and the last day on which it works
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cookie or a token turned out to be, and until when (of the monotonic clock) that is believed."""

    until: float
    admission: Admission | None
    acts: bool  # a person's act found it, and was written down


class Admissions:
    """Looks tokens up, by cookie and by `Authorization: Bearer`."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        later: Callable[[Callable[[], None]], object] | None = None,
    ) -> None:
        """`later` carries out what no request waits for; by default a thread of its own does."""
        self._engine, self._clock, self._lock = engine, clock, Lock()
        self._later = later or ThreadPoolExecutor(1, "last-use").submit
        self._noting: set[str] = set()
        self._seen: OrderedDict[tuple[str, str], Seen] = OrderedDict()

    def remembered(self, kind: str, token: str, *, acts: bool = False) -> Seen | None:
        """What was found a moment ago, without a thread or a database; `kind` is `SESSION` or `TOKEN`.

        What an open page found by asking for itself is no answer to a person's act: that keeps the session alive.
        """
        seen = self._seen.get((kind, _digest(token)))
        fresh = seen is not None and seen.until > time.monotonic() and (seen.acts or not acts)
        return seen if fresh else None

    def by_session(self, token: str, *, acts: bool) -> Admission | None:
        """The person who is signed in with a cookie. `acts`: it is a person's act, which keeps the session alive."""
        find = partial(self._of_session, token=token, acts=acts)
        return self._remembered(SESSION, token, find, acts=acts)

    def by_token(self, token: str) -> Admission | None:
        """The person, or the team, that an API token acts for."""
        return self._remembered(TOKEN, token, partial(self._of_token, token=token), acts=True)

    def forget(self) -> None:
        """After a sign-out or a change: nothing that was found is believed any longer."""
        with self._lock:
            self._seen.clear()

    def _remembered(
        self, kind: str, token: str, find: Callable[[Session, datetime], Admission | None], *, acts: bool
    ) -> Admission | None:
        seen = self.remembered(kind, token, acts=acts)
        if seen is not None:
            return seen.admission
        with reading(self._engine()) as session:
            found = find(session, self._clock())
        key = (kind, _digest(token))
        with self._lock:
            self._seen[key] = Seen(time.monotonic() + _SECONDS, found, acts)
            self._seen.move_to_end(key)
            while len(self._seen) > _MOST:
                self._seen.popitem(last=False)
        return found

    def _of_session(self, session: Session, now: datetime, *, token: str, acts: bool) -> Admission | None:
        found = sessions.find(session, token, now)
        person = accounts.person_of(session, found.account, now) if found else None
        if found is None or person is None:
            return None
        if acts and found.due(now):
            self._note(found.token_sha256, lambda writing: sessions.touch(writing, found.token_sha256, now))
        waits_for = ""
        if agreements.to_accept(session, person.account, person.roles, calendar_of(session).day_of(now)):
            waits_for = "agreements"
        elif not found.second_factor and second_factor.required(session, person.roles):
            waits_for = "second-factor"
        return Admission(person, accounts.language_of(session, person.account), found.token_sha256, waits_for)

    def _of_token(self, session: Session, now: datetime, *, token: str) -> Admission | None:
        found = tokens.find(session, token, now)
        if found is None:
            return None
        if found.due(now):
            self._note(str(found.id), lambda writing: tokens.touch(writing, found.id, now))
        person = found.person
        language = accounts.language_of(session, person.account) if person.account else "en"
        bound = person.account and agreements.to_accept(
            session, person.account, person.roles, calendar_of(session).day_of(now)
        )
        return Admission(person, language, "", "agreements" if bound else "", found.label, found.last_day)

    def _note(self, whose: str, touch: Callable[[Session], None]) -> None:
        """Write down a last use, once at a time for each session and token; no request waits for it."""
        with self._lock:
            if whose in self._noting:
                return
            self._noting.add(whose)
        self._later(partial(self._noted, whose, touch))

    def _noted(self, whose: str, touch: Callable[[Session], None]) -> None:
        """A use that could not be written down stops nobody."""
        try:
            with deriving(self._engine()) as writing:
                touch(writing)
        except (Problem, SQLAlchemyError) as problem:
            _log.warning("A last use was not written down: %s", type(problem).__name__)
        finally:
            self._noting.discard(whose)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
