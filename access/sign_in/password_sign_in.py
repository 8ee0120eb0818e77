"""Signing in: e-mail address and password, then the second factor where there is one; every attempt is in the log.

Nobody learns from the answer, or from the time it takes, whether an account exists. Failures make the next attempt
wait, for the name that is tried and for the address it comes from: 1, 2, 4 seconds and so on, up to a quarter of an
hour since the last failure. While it waits nothing is compared or written, and waiting attempts do not make it longer.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlmodel import Session, SQLModel

from access.people import accounts, sessions
from access.people.rules import normalise_email
from access.permissions import NotAllowed, Person, require
from access.sign_in import links, login_log, passwords
from access.sign_in.login_log import AWAITING, CODE, EXPIRED, LOCKED, NOT_ACTIVE, PASSWORD, UNKNOWN, AttemptRow
from access.sign_in.second_factor import WrongCode, has_second_factor
from access.sign_in.waiting_attempts import Attempt
from locales import text
from models import Account, LoginAttempt
from models.moments import TOLERANCE, wall_clock

REFUSED = "refused"  # with LOCKED and EXPIRED what a refusal may be
FREE_PER_NAME, NAME_WINDOW = 5, timedelta(hours=24)  # failures of a name since it last succeeded
FREE_PER_ADDRESS, ADDRESS_WINDOW = 20, timedelta(hours=1)
LONGEST_WAIT = timedelta(minutes=15)
_NOT_FAILURES = (LOCKED, AWAITING)

_TABLES = SQLModel.metadata.tables
_ATTEMPT = _TABLES[str(LoginAttempt.__tablename__)]
_ACCOUNT = _TABLES[str(Account.__tablename__)]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session began. `token`: the cookie's. `last_attempt`: the one before this, to be shown to the person."""

    account: str
    token: str = field(repr=False)
    last_attempt: AttemptRow | None


@dataclass(frozen=True, slots=True)
class NeedsSecondFactor:
    """The password was right; `ticket` goes with the code to `second_step` within five minutes."""

    account: str
    ticket: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """`reason`: refused (not said why), locked (wait first), expired (the ticket: begin again)."""

    reason: str
    wait_seconds: int = 0
    waiting: Attempt | None = field(default=None, compare=False, repr=False)  # to be counted, since it is not logged


Outcome = SignedIn | NeedsSecondFactor | Refused


@dataclass(frozen=True, slots=True)
class Compared:
    """A password that was compared beforehand with a hash, so that no transaction waits for that."""

    hash: str = field(repr=False)
    matches: bool


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """Who tries, on what, from where."""

    tried: str
    account: str | None
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class LockedName:
    """A name that has to wait."""

    tried: str
    wait_seconds: int


def stored_hash(session: Session, email: str) -> str:
    """What to compare a password with, read before the transaction; empty if there is no such account."""
    row = _find_account(session, normalise_email(email))
    return row.password if row else ""


def compare(password: str, hash: str) -> Compared:  # noqa: A002 - it is one
    """Takes its time: call it in a thread, between `stored_hash` and `sign_in`."""
    return Compared(hash, passwords.matches(password, hash))


def must_wait(session: Session, email: str, address: str, agent: str, now: datetime) -> Refused | None:
    """What `sign_in` would say without looking at the password, for which no transaction need write; else None."""
    row, tried = _find_account(session, normalise_email(email)), normalise_email(email)
    knock = SignInAttempt(tried, row.id if row else None, sessions.only_printable(address), agent)
    wait = wait_seconds(session, tried, knock.address, now)
    return refuse_throttled(knock, PASSWORD, wait) if wait else None


def sign_in(
    session: Session,
    email: str,
    password: str,
    address: str,
    agent: str,
    now: datetime,
    compared: Compared | None = None,
) -> Outcome:
    """One attempt. The caller commits also when it is refused: the attempt is part of the log, and of the limits.

    One that only has to wait is not written, but counted by the caller.
    """
    row = _find_account(session, normalise_email(email))
    knock = SignInAttempt(normalise_email(email), row.id if row else None, sessions.only_printable(address), agent)
    wait = wait_seconds(session, knock.tried, knock.address, now)
    if wait:
        return refuse_throttled(knock, PASSWORD, wait)
    stored = row.password if row else ""
    if compared is None or compared.hash != stored:
        compared = compare(password, stored)
    if row is None or not compared.matches:
        return refuse(session, knock, PASSWORD, UNKNOWN if row is None else PASSWORD, now)
    if accounts.find_person(session, row.id, now) is None:
        return refuse(session, knock, PASSWORD, NOT_ACTIVE, now)
    if has_second_factor(session, row.id):
        _log(session, knock, PASSWORD, now, AWAITING)
        return NeedsSecondFactor(row.id, links.ticket(session, row.id, now))
    return begin_session(session, knock, row.id, PASSWORD, now, now, second_factor=False)


def second_step(
    session: Session,
    ticket: str,
    check: Callable[[Session, str], str | None],
    address: str,
    agent: str,
    now: datetime,
) -> Outcome:
    """The second half of an attempt. `check` raises `WrongCode`, or gives the method (else it was the app's code)."""
    row = links.ticket_of(session, ticket, now)
    account = row["account"] if row else None
    knock = SignInAttempt(row["email"] if row else "", account, sessions.only_printable(address), agent)
    wait = wait_seconds(session, knock.tried, knock.address, now)
    if wait:
        return refuse_throttled(knock, CODE, wait)
    if row is None or account is None:
        return refuse(session, knock, CODE, EXPIRED, now)
    if accounts.find_person(session, account, now) is None:
        return refuse(session, knock, CODE, NOT_ACTIVE, now)
    try:
        method = check(session, account) or CODE
    except WrongCode:
        return refuse(session, knock, CODE, CODE, now)
    links.take(session, ticket, now)
    return begin_session(session, knock, account, method, row["created_at"], now, second_factor=True)


def change_password(
    session: Session,
    person: Person,
    current: str,
    new: str,
    address: str,
    agent: str,
    now: datetime,
    but: str = "",
) -> Refused | None:
    """A person chooses another password; all sessions end but the one (its digest) that asks. Limited like signing in.

    The caller commits also when it is refused. Raises `WeakPassword` for a new one that is easy to guess.
    """
    refused = confirm_password(session, person, current, address, agent, now)
    if refused is not None:
        return refused
    row = session.execute(select(_ACCOUNT.c.name, _ACCOUNT.c.email).where(_ACCOUNT.c.id == person.account)).one()
    passwords.check_strength(new, (row.name, row.email))
    links.set_password(session, person, person.account, new, now, "password.change", but)
    return None


def confirm_password(
    session: Session, person: Person, password: str, address: str, agent: str, now: datetime
) -> Refused | None:
    """Whoever changes how an account is entered gives its password again (ASVS 5.0, 7.5.1). Limited like signing in.

    The caller commits also when it is refused.
    """
    if not person.in_person:
        raise NotAllowed(text("Whoever looks as another changes nothing of how that account is entered."))
    row = session.execute(select(_ACCOUNT).where(_ACCOUNT.c.id == person.account)).one_or_none()
    knock = SignInAttempt(row.email if row else "", row.id if row else None, sessions.only_printable(address), agent)
    wait = wait_seconds(session, knock.tried, knock.address, now)
    if wait:
        return refuse_throttled(knock, PASSWORD, wait)
    if row is None or not passwords.matches(password, row.password):
        return refuse(session, knock, PASSWORD, PASSWORD, now)
    return None


# ── Waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def wait_seconds(session: Session, tried: str, address: str, now: datetime) -> int:
    """How long this name, or this address, has to wait; 0: not at all. Nothing waits for a clock that ran ahead."""
    now = wall_clock(now)
    come = _ATTEMPT.c.at <= now + TOLERANCE
    of_name = _count_failures(
        session, and_(_ATTEMPT.c.tried == tried, _ATTEMPT.c.at > _counting_from(session, tried, now), come)
    )
    of_address = _count_failures(
        session, and_(_ATTEMPT.c.address == address, _ATTEMPT.c.at > now - ADDRESS_WINDOW, come)
    )
    return max(
        _seconds_left(of_name, FREE_PER_NAME, now) if tried else 0,
        _seconds_left(of_address, FREE_PER_ADDRESS, now) if address else 0,
    )


def list_locked_names(session: Session, person: Person, now: datetime, limit: int = 100) -> list[LockedName]:
    """The names that have to wait at this moment."""
    require(person, "login_log.read")
    recent = (_is_failure(), _ATTEMPT.c.at > wall_clock(now) - LONGEST_WAIT, _ATTEMPT.c.tried != "")
    tried = select(_ATTEMPT.c.tried).where(*recent).group_by(_ATTEMPT.c.tried).order_by(func.max(_ATTEMPT.c.at).desc())
    names = session.execute(tried.limit(limit)).scalars().all()
    waits = [LockedName(name, wait_seconds(session, name, "", now)) for name in names]
    return [one for one in waits if one.wait_seconds]


def delay(failures: int, free: int) -> timedelta:
    """How long after the last failure: nothing for the first ones, then doubling, up to a quarter of an hour."""
    if failures < free:
        return timedelta()
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(failures - free, 20)))


def _seconds_left(failures: tuple[int, datetime | None], free: int, now: datetime) -> int:
    count, last = failures
    if last is None or not delay(count, free):
        return 0  # also when `now` is the moment of the last
    return max(0, math.ceil((last + delay(count, free) - now).total_seconds()))


def _count_failures(session: Session, which: ColumnElement[bool]) -> tuple[int, datetime | None]:
    """How many failed, and when the last did."""
    found = session.execute(select(func.count(), func.max(_ATTEMPT.c.at)).where(which, _is_failure())).one()
    return found[0], found[1]


def _is_failure() -> ColumnElement[bool]:
    return and_(_ATTEMPT.c.succeeded.is_(False), _ATTEMPT.c.reason.not_in(_NOT_FAILURES))


def _counting_from(session: Session, tried: str, now: datetime) -> datetime:
    """From when failures of a name count: since it last succeeded, and no longer than a day."""
    window = (_ATTEMPT.c.at > now - NAME_WINDOW, _ATTEMPT.c.at <= now + TOLERANCE)
    mine = (_ATTEMPT.c.tried == tried, _ATTEMPT.c.succeeded, *window)
    last: datetime | None = session.execute(select(func.max(_ATTEMPT.c.at)).where(*mine)).scalar_one()
    return last or now - NAME_WINDOW


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _find_account(session: Session, tried: str) -> Row[tuple[str, str]] | None:
    found = select(_ACCOUNT.c.id, _ACCOUNT.c.password).where(_ACCOUNT.c.email == tried)
    return session.execute(found).one_or_none()


def begin_session(
    session: Session,
    knock: SignInAttempt,
    account: str,
    method: str,
    since: datetime,
    now: datetime,
    *,
    second_factor: bool,
) -> SignedIn:
    """The session of an attempt that began at `since`."""
    last = login_log.find_last(session, account, since)
    _log(session, knock, method, now)
    token = sessions.start(session, account, now, knock.address, knock.agent, second_factor=second_factor)
    return SignedIn(account, token, last)


def refuse(session: Session, knock: SignInAttempt, method: str, reason: str, now: datetime) -> Refused:
    _log(session, knock, method, now, reason)
    return Refused(EXPIRED if reason == EXPIRED else REFUSED)


def refuse_throttled(knock: SignInAttempt, method: str, wait: int) -> Refused:
    """Nothing is compared, and nothing written: the caller counts it (`access.sign_in.waiting_attempts`)."""
    return Refused(LOCKED, wait, Attempt(knock.tried, knock.account, knock.address, knock.agent, method))


def _log(session: Session, knock: SignInAttempt, method: str, now: datetime, reason: str = "") -> None:
    login_log.record_attempt(session, knock.tried, knock.account, knock.address, knock.agent, method, now, reason)
