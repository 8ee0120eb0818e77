"""Signing in with an e-mail address and a password, changing the password, and giving it again to confirm a change.

Nobody learns from the answer, or from the time it takes, whether an account exists. Every attempt is in the login log,
and failures make the next one wait (`access.sign_in.throttling`).
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, select
from sqlmodel import Session, SQLModel

from access.people import accounts
from access.people.input_text import normalise_email
from access.permissions import NotAllowed, Person
from access.sign_in import link_redemption, passwords
from access.sign_in.login_log import SignInAttempt
from access.sign_in.outcomes import Outcome, Refused, begin_session, refuse, refuse_if_throttled
from access.sign_in.second_factor import has_second_factor
from access.sign_in.second_step import ask_second_factor
from locales import text
from models import Account
from models.vocabulary import SignInMethod, SignInReason

_ACCOUNT = SQLModel.metadata.tables[str(Account.__tablename__)]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of comparing a password with a hash beforehand, so that no transaction waits for it."""

    hash: str = field(repr=False)
    matches: bool


def prepare(session: Session, email: str, address: str, agent: str, now: datetime) -> Refused | str:
    """The hash to compare the password with (empty: no such account), or the refusal of an attempt that must wait.

    Only reads, so that an attempt that must wait needs no turn to write.
    """
    row = _find_account(session, email)
    throttled = refuse_if_throttled(session, _attempt(email, row, address, agent), now)
    return throttled or (row.password if row else "")


def compare(password: str, hash: str) -> Comparison:  # noqa: A002 - it is one
    """Compare; takes a tenth of a second on purpose: call it in a thread, between `prepare` and `sign_in`."""
    return Comparison(hash, passwords.matches(password, hash))


def sign_in(
    session: Session,
    email: str,
    password: str,
    address: str,
    agent: str,
    now: datetime,
    compared: Comparison | None = None,
) -> Outcome:
    """Make one attempt. The caller commits also when it is refused: the attempt belongs in the log.

    One that only has to wait is not written; the caller counts it.
    """
    row = _find_account(session, email)
    attempt = _attempt(email, row, address, agent)
    if throttled := refuse_if_throttled(session, attempt, now):
        return throttled
    stored = row.password if row else ""
    if compared is None or compared.hash != stored:
        compared = compare(password, stored)
    if row is None or not compared.matches:
        return refuse(session, attempt, SignInReason.UNKNOWN if row is None else SignInReason.PASSWORD, now)
    if accounts.find_person(session, row.id, now) is None:
        return refuse(session, attempt, SignInReason.NOT_ACTIVE, now)
    if has_second_factor(session, row.id):
        return ask_second_factor(session, attempt, row.id, now)
    return begin_session(session, attempt, row.id, now, now, second_factor=False)


def change_password(
    session: Session,
    person: Person,
    current: str,
    new: str,
    address: str,
    agent: str,
    now: datetime,
    keep_session: str = "",
) -> Refused | None:
    """Change a person's own password; all sessions end but `keep_session` (its digest). Throttled like signing in.

    The caller commits also when it is refused. Raises `WeakPassword` for a new one that is easy to guess.
    """
    refused = confirm_password(session, person, current, address, agent, now)
    if refused is not None:
        return refused
    row = session.execute(select(_ACCOUNT.c.name, _ACCOUNT.c.email).where(_ACCOUNT.c.id == person.account)).one()
    passwords.check_strength(new, (row.name, row.email))
    link_redemption.set_password(session, person, person.account, new, now, "password.change", keep_session)
    return None


def confirm_password(
    session: Session, person: Person, password: str, address: str, agent: str, now: datetime
) -> Refused | None:
    """Ask the password again before a change to how an account is entered (ASVS 5.0, 7.5.1); None: it is right.

    Throttled like signing in; the caller commits also when it is refused. Raises `NotAllowed` in a preview.
    """
    if not person.in_person:
        raise NotAllowed(text("In a preview you cannot change how an account signs in."))
    row = session.execute(select(_ACCOUNT).where(_ACCOUNT.c.id == person.account)).one_or_none()
    attempt = _attempt(row.email if row else "", row, address, agent)
    if throttled := refuse_if_throttled(session, attempt, now):
        return throttled
    if row is None or not passwords.matches(password, row.password):
        return refuse(session, attempt, SignInReason.PASSWORD, now)
    return None


def _attempt(email: str, row: Row[tuple[str, str]] | None, address: str, agent: str) -> SignInAttempt:
    return SignInAttempt(email, row.id if row else None, address, agent, SignInMethod.PASSWORD)


def _find_account(session: Session, email: str) -> Row[tuple[str, str]] | None:
    """The id and the password's hash of the account with this e-mail address."""
    row = select(_ACCOUNT.c.id, _ACCOUNT.c.password).where(_ACCOUNT.c.email == normalise_email(email))
    return session.execute(row).one_or_none()
