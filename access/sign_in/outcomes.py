"""The outcomes of a sign-in attempt, for every method: a session, a request for a second factor, or a refusal."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from access.people import sessions
from access.sign_in import login_log
from access.sign_in.login_log import AttemptRow, SignInAttempt
from access.sign_in.throttling import wait_seconds
from models.vocabulary import SignInReason


class Refusal(StrEnum):
    """The kind of refusal that the person sees."""

    REFUSED = "refused"  # without the reason
    LOCKED = "locked"  # wait first
    EXPIRED = "expired"  # start again


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session began. `token`: the cookie's value. `last_attempt`: the one before, which the person is shown."""

    account: str
    token: str = field(repr=False)
    last_attempt: AttemptRow | None


@dataclass(frozen=True, slots=True)
class NeedsSecondFactor:
    """The first factor was right; `ticket` goes with the code to `complete_sign_in` within five minutes."""

    account: str
    ticket: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """No session. `wait_seconds`: before the next attempt, if it is locked.

    `throttled`: the attempt, to be counted by the caller (`ThrottledAttempts`), since it is not in the log.
    """

    reason: Refusal
    wait_seconds: int = 0
    throttled: SignInAttempt | None = field(default=None, compare=False, repr=False)


Outcome = SignedIn | NeedsSecondFactor | Refused


def refuse_if_throttled(
    session: Session, attempt: SignInAttempt, now: datetime, *, by_name: bool = True
) -> Refused | None:
    """A refusal if the address, or with `by_name` the name, has to wait; nothing is compared or written then."""
    wait = wait_seconds(session, attempt.tried if by_name else "", attempt.address, now)
    return Refused(Refusal.LOCKED, wait, attempt) if wait else None


def refuse(session: Session, attempt: SignInAttempt, reason: SignInReason, now: datetime) -> Refused:
    """Log a failed attempt. The log has the reason; the person learns only whether to start again."""
    login_log.record_attempt(session, attempt, now, reason)
    return Refused(Refusal.EXPIRED if reason == SignInReason.EXPIRED else Refusal.REFUSED)


def refuse_without_comparing(session: Session, attempt: SignInAttempt, reason: SignInReason, now: datetime) -> Refused:
    """Refuse an attempt with no secret to guess: logged, or counted by the caller while its address has to wait."""
    refused = refuse_if_throttled(session, attempt, now, by_name=False)
    if refused is None:
        return refuse(session, attempt, reason, now)
    return replace(refused, reason=Refusal.REFUSED, wait_seconds=0)


def begin_session(
    session: Session, attempt: SignInAttempt, account: str, since: datetime, now: datetime, *, second_factor: bool
) -> SignedIn:
    """Log a successful attempt and begin its session. `since`: when the attempt began, for `last_attempt`."""
    last = login_log.find_last(session, account, since)
    login_log.record_attempt(session, attempt, now)
    token = sessions.start(session, account, now, attempt.address, attempt.agent, second_factor=second_factor)
    return SignedIn(account, token, last)
