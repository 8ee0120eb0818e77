"""Throttling of sign-in attempts: how long a name or an address has to wait, and the count of those that came too soon.

Failures make the next attempt wait, for the name that is tried and for the address it comes from: 1, 2, 4 seconds and
so on, up to a quarter of an hour since the last failure. While it waits nothing is compared or written, and attempts
that come too soon do not make it longer.

Those are counted in this process and written to the login log together: one row for each account, address and method,
whatever names and browsers were sent. So whoever sends thousands of them adds a row a minute and keeps no writer busy.
If the process is killed, the count since it was last written (at most a minute's) is lost.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import ColumnElement, Engine, and_, func, select
from sqlmodel import Session, SQLModel

from access.permissions import Person, require
from access.sign_in import login_log
from access.sign_in.login_log import SignInAttempt
from models import LoginAttempt
from models.moments import TOLERANCE, wall_clock
from models.transaction import writing
from models.vocabulary import SignInMethod, SignInReason

FREE_PER_NAME, NAME_WINDOW = 5, timedelta(hours=24)  # failures of a name since it last succeeded, before it waits
FREE_PER_ADDRESS, ADDRESS_WINDOW = 20, timedelta(hours=1)
LONGEST_WAIT = timedelta(minutes=15)
MAX_KINDS = 1_000  # accounts, addresses and methods that are told apart; later attempts are counted by method only
_Kind = tuple[str | None, str, SignInMethod]  # account, address, method
_NOT_FAILURES = (SignInReason.LOCKED, SignInReason.AWAITING)

_ATTEMPT = SQLModel.metadata.tables[str(LoginAttempt.__tablename__)]


@dataclass(frozen=True, slots=True)
class LockedName:
    """A name that has to wait, and for how many seconds."""

    tried: str
    wait_seconds: int


# ── How long to wait ─────────────────────────────────────────────────────────────────────────────────────────────────


def wait_seconds(session: Session, tried: str, address: str, now: datetime) -> int:
    """Seconds that this name, or this address, has to wait; 0 if neither. A clock that ran ahead makes nobody wait."""
    now = wall_clock(now)
    until_now = _ATTEMPT.c.at <= now + TOLERANCE
    of_name = and_(_ATTEMPT.c.tried == tried, _ATTEMPT.c.at > _counting_from(session, tried, now), until_now)
    of_address = and_(_ATTEMPT.c.address == address, _ATTEMPT.c.at > now - ADDRESS_WINDOW, until_now)
    return max(
        _seconds_left(_count_failures(session, of_name), FREE_PER_NAME, now) if tried else 0,
        _seconds_left(_count_failures(session, of_address), FREE_PER_ADDRESS, now) if address else 0,
    )


def list_locked_names(session: Session, person: Person, now: datetime, limit: int = 100) -> list[LockedName]:
    """The names that have to wait now, the latest failure first. Needs `login_log.read`."""
    require(person, "login_log.read")
    recent = (_is_failure(), _ATTEMPT.c.at > wall_clock(now) - LONGEST_WAIT, _ATTEMPT.c.tried != "")
    tried = select(_ATTEMPT.c.tried).where(*recent).group_by(_ATTEMPT.c.tried).order_by(func.max(_ATTEMPT.c.at).desc())
    names = session.execute(tried.limit(limit)).scalars().all()
    locked = (LockedName(name, wait_seconds(session, name, "", now)) for name in names)
    return [name for name in locked if name.wait_seconds]


def delay(failures: int, free: int) -> timedelta:
    """The wait after the last failure: none for the first `free` ones, then doubling, up to `LONGEST_WAIT`."""
    if failures < free:
        return timedelta()
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(failures - free, 20)))


def _seconds_left(failures: tuple[int, datetime | None], free: int, now: datetime) -> int:
    count, last = failures
    if last is None or not delay(count, free):
        return 0  # also when `now` is the moment of the last
    return max(0, math.ceil((last + delay(count, free) - now).total_seconds()))


def _count_failures(session: Session, condition: ColumnElement[bool]) -> tuple[int, datetime | None]:
    """The number of failed attempts (a row may count several), and the moment of the last."""
    attempts = func.coalesce(func.sum(_ATTEMPT.c.attempts), 0)
    row = session.execute(select(attempts, func.max(_ATTEMPT.c.at)).where(condition, _is_failure())).one()
    return int(row[0]), row[1]


def _is_failure() -> ColumnElement[bool]:
    return and_(_ATTEMPT.c.succeeded.is_(False), _ATTEMPT.c.reason.not_in(_NOT_FAILURES))


def _counting_from(session: Session, tried: str, now: datetime) -> datetime:
    """The moment from which failures of a name count: its last success, and at most a day ago."""
    window = (_ATTEMPT.c.at > now - NAME_WINDOW, _ATTEMPT.c.at <= now + TOLERANCE)
    successes = (_ATTEMPT.c.tried == tried, _ATTEMPT.c.succeeded, *window)
    last: datetime | None = session.execute(select(func.max(_ATTEMPT.c.at)).where(*successes)).scalar_one()
    return last or now - NAME_WINDOW


# ── Attempts that came too soon ──────────────────────────────────────────────────────────────────────────────────────


class ThrottledAttempts:
    """The count, in this process, of attempts that were not evaluated because they had to wait."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[_Kind, tuple[SignInAttempt, int]] = {}

    def count(self, attempt: SignInAttempt, attempts: int = 1) -> None:
        """Add to the count of the same account, address and method; a name or browser that differs is left out."""
        with self._lock:
            if _kind(attempt) not in self._counts and len(self._counts) >= MAX_KINDS:
                attempt = SignInAttempt("", None, "", "", attempt.method)
            merged, counted = self._counts.get(_kind(attempt), (attempt, 0))
            self._counts[_kind(attempt)] = _merge(merged, attempt), counted + attempts

    def write_down(self, engine: Engine) -> None:
        """Write the counts to the login log and start again from nothing; what cannot be written stays counted."""
        with self._lock:
            counted, self._counts = list(self._counts.values()), {}
        if not counted:
            return
        try:
            with writing(engine, visit=True) as (session, now):
                for attempt, attempts in counted:
                    login_log.record_attempt(session, attempt, now, SignInReason.LOCKED, attempts)
        except BaseException:
            for attempt, attempts in counted:
                self.count(attempt, attempts)
            raise


def _kind(attempt: SignInAttempt) -> _Kind:
    return attempt.account, attempt.address, attempt.method


def _merge(first: SignInAttempt, second: SignInAttempt) -> SignInAttempt:
    """An attempt that stands for both: a name or browser that differs is empty."""
    tried = first.tried if first.tried == second.tried else ""
    return replace(first, tried=tried, agent=first.agent if first.agent == second.agent else "")
