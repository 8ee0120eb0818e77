"""Authentication of requests: the person behind a session's cookie or an API token, with the roles of this moment.

The result is cached for a second, since a page makes dozens of requests; so for what is read an ended role, a sign-out
elsewhere or an ended account takes effect within that second. Changes are checked at once (`require_unchanged`); a page
reads the roles again each time that it is drawn.
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
from access.permissions import NotAllowed, Person
from access.sign_in import second_factor
from locales import Problem, text
from models.calendar import calendar_of
from models.transaction import deriving, reading

SESSION, TOKEN = "session", "token"
_CACHE_SECONDS = 1.0
_MAX_CACHED = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Admission:
    """The person who sends a request. `required_step`: "agreements" or "second-factor" if that must be done first."""

    person: Person
    language: str
    session: str = ""  # the digest of the session's token; empty for an API token
    required_step: str = ""
    token: str = ""  # the label of the API token, and the last day on which it works
    token_last_day: date | None = None


def require_unchanged(session: Session, admission: Admission, now: datetime) -> None:
    """Raise `NotAllowed` if the account, the roles or the token changed since the request was admitted.

    In the transaction of a change: its files may have taken minutes to arrive.
    """
    person, current = admission.person, None
    if person.token is not None and admission.token:
        active = tokens.find_by_number(session, person.token, now)
        current = active.person if active else None
    elif admission.session:
        current = accounts.find_person(session, person.account, now)
    else:  # nobody who signs in
        return
    if current != person:
        raise NotAllowed(
            text("Your roles or your token changed while this was sent, so nothing was recorded; send it again.")
        )


@dataclass(frozen=True, slots=True)
class CachedAdmission:
    """The admission of a cookie or token (None: none), and the moment (of the monotonic clock) until it is used."""

    until: float
    admission: Admission | None
    is_action: bool  # a person's action looked it up, and was recorded


class Admissions:
    """Looks up who sends a request, by cookie or by `Authorization: Bearer`, with a cache."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        later: Callable[[Callable[[], None]], object] | None = None,
    ) -> None:
        """`later` runs what no request waits for; by default in a thread of its own."""
        self._engine, self._clock, self._lock = engine, clock, Lock()
        self._later = later or ThreadPoolExecutor(1, "last-use").submit
        self._being_touched: set[str] = set()
        self._cache: OrderedDict[tuple[str, str], CachedAdmission] = OrderedDict()

    def find_cached(self, kind: str, token: str, *, is_action: bool = False) -> CachedAdmission | None:
        """The cached result, without a thread or a database; `kind` is `SESSION` or `TOKEN`.

        A person's action keeps the session alive, so what a page looked up by itself does not serve for it.
        """
        cached = self._cache.get((kind, _digest(token)))
        is_fresh = cached is not None and cached.until > time.monotonic() and (cached.is_action or not is_action)
        return cached if is_fresh else None

    def find_by_session(self, token: str, *, is_action: bool) -> Admission | None:
        """The person who is signed in with a cookie. `is_action`: a person did something, so the session lives on."""
        find = partial(self._read_session, token=token, is_action=is_action)
        return self._find(SESSION, token, find, is_action=is_action)

    def find_by_token(self, token: str) -> Admission | None:
        """The person, or the team, that an API token acts for."""
        return self._find(TOKEN, token, partial(self._read_token, token=token), is_action=True)

    def forget(self) -> None:
        """Empty the cache, after a sign-out or a change."""
        with self._lock:
            self._cache.clear()

    def _find(
        self, kind: str, token: str, read: Callable[[Session, datetime], Admission | None], *, is_action: bool
    ) -> Admission | None:
        cached = self.find_cached(kind, token, is_action=is_action)
        if cached is not None:
            return cached.admission
        with reading(self._engine()) as session:
            admission = read(session, self._clock())
        key = (kind, _digest(token))
        with self._lock:
            self._cache[key] = CachedAdmission(time.monotonic() + _CACHE_SECONDS, admission, is_action)
            self._cache.move_to_end(key)
            while len(self._cache) > _MAX_CACHED:
                self._cache.popitem(last=False)
        return admission

    def _read_session(self, session: Session, now: datetime, *, token: str, is_action: bool) -> Admission | None:
        active = sessions.find(session, token, now)
        person = accounts.find_person(session, active.account, now) if active else None
        if active is None or person is None:
            return None
        if is_action and active.is_touch_due(now):
            self._touch_later(active.token_sha256, lambda writing: sessions.touch(writing, active.token_sha256, now))
        required_step = ""
        if agreements.list_to_accept(session, person.account, person.roles, calendar_of(session).day_of(now)):
            required_step = "agreements"
        elif not active.second_factor and second_factor.is_required(session, person.roles):
            required_step = "second-factor"
        return Admission(person, accounts.language_of(session, person.account), active.token_sha256, required_step)

    def _read_token(self, session: Session, now: datetime, *, token: str) -> Admission | None:
        active = tokens.find(session, token, now)
        if active is None:
            return None
        if active.is_touch_due(now):
            self._touch_later(str(active.id), lambda writing: tokens.touch(writing, active.id, now))
        person = active.person
        language = accounts.language_of(session, person.account) if person.account else "en"
        today = calendar_of(session).day_of(now)
        must_accept = person.account and agreements.list_to_accept(session, person.account, person.roles, today)
        return Admission(person, language, "", "agreements" if must_accept else "", active.label, active.last_day)

    def _touch_later(self, key: str, touch: Callable[[Session], None]) -> None:
        """Record a last use, one at a time for each session and token; no request waits for it."""
        with self._lock:
            if key in self._being_touched:
                return
            self._being_touched.add(key)
        self._later(partial(self._touch, key, touch))

    def _touch(self, key: str, touch: Callable[[Session], None]) -> None:
        """Record a last use; that it cannot be recorded stops nobody."""
        try:
            with deriving(self._engine()) as writing:
                touch(writing)
        except (Problem, SQLAlchemyError) as problem:
            _log.warning("A last use was not written down: %s", type(problem).__name__)
        finally:
            self._being_touched.discard(key)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
