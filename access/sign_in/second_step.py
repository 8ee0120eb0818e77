"""The second step of a sign-in: a ticket connects a correct first factor with the code of the second."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import RowMapping
from sqlmodel import Session

from access.errors import WrongCode
from access.people import accounts, links
from access.people.sessions import person_for_log
from access.sign_in import login_log
from access.sign_in.login_log import SignInAttempt
from access.sign_in.outcomes import NeedsSecondFactor, Outcome, begin_session, refuse, refuse_if_throttled
from models.moments import wall_clock
from models.vocabulary import SignInMethod, SignInReason


def ask_second_factor(session: Session, attempt: SignInAttempt, account: str, now: datetime) -> NeedsSecondFactor:
    """Log that the first factor was right, and return the ticket for the second."""
    login_log.record_attempt(session, attempt, now, SignInReason.AWAITING)
    return NeedsSecondFactor(account, issue_ticket(session, account, now))


def complete_sign_in(
    session: Session,
    ticket: str,
    check: Callable[[Session, str], SignInMethod | None],
    address: str,
    agent: str,
    now: datetime,
) -> Outcome:
    """Use the ticket and the code. `check(session, account)` raises `WrongCode`, or returns the method (None: a code).

    The caller commits also when it is refused: the attempt belongs in the log.
    """
    row = find_ticket(session, ticket, now)
    account = row["account"] if row else None
    attempt = SignInAttempt(row["email"] if row else "", account, address, agent, SignInMethod.SECOND_FACTOR)
    if throttled := refuse_if_throttled(session, attempt, now):
        return throttled
    if row is None or account is None:
        return refuse(session, attempt, SignInReason.EXPIRED, now)
    if accounts.find_person(session, account, now) is None:
        return refuse(session, attempt, SignInReason.NOT_ACTIVE, now)
    try:
        method = check(session, account) or SignInMethod.SECOND_FACTOR
    except WrongCode:
        return refuse(session, attempt, SignInReason.SECOND_FACTOR, now)
    links.use(session, ticket, now)
    return begin_session(session, replace(attempt, method=method), account, row["created_at"], now, second_factor=True)


def issue_ticket(session: Session, account: str, now: datetime) -> str:
    """A ticket for five minutes. Old tickets are deleted here: the login log holds the same facts."""
    links.delete_expired(session, links.SECOND_FACTOR, wall_clock(now) - links.LIFETIMES[links.RESET])
    return links.issue(session, links.SECOND_FACTOR, account, person_for_log(session, account), now)


def find_ticket(session: Session, token: str, now: datetime) -> RowMapping | None:
    """The ticket's row (account, its e-mail address, `created_at`: when the first factor was right), if it is good."""
    return links.find_open(session, token, (links.SECOND_FACTOR,), now)
