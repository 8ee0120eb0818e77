"""Shows people the last attempt to sign in before this session, so that they notice attempts of others."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st
from sqlmodel import Session

from access.people import links, sessions
from access.people.links import MadeLink
from access.permissions import SECURITY_OFFICER, Person
from access.sign_in import login_log
from access.sign_in.login_log import AttemptRow
from dashboard.shell.frame import show
from dashboard.shell.html import note
from dashboard.shell.streamlit_adapter import reader_value
from locales import Language
from models.moments import wall_clock
from models.vocabulary import SignInOutcome

_FRESH = timedelta(minutes=10)  # after signing in
_FIRST = "page after signing in"


def last_attempt(session: Session, person: Person, now: datetime) -> tuple[AttemptRow | None, bool]:
    """The last attempt before this session, and whether this session has only just begun."""
    own = reader_value("session")
    own_session = next(
        (row for row in sessions.list_own(session, person.account, now) if row.token_sha256 == own), None
    )
    if own_session is None:
        return None, False
    attempt = login_log.find_last(session, person.account, own_session.started_at)
    if attempt and _is_half_of_this(attempt, own_session):
        attempt = login_log.find_last(session, person.account, attempt.at)
    return attempt, wall_clock(now) - own_session.started_at < _FRESH


def show_created_links(t: Language, made: Sequence[MadeLink], person: Person) -> None:
    """Show who created a sign-in link for this person, on the first page after signing in."""
    for link in made:
        if link.made_by == person.name:
            continue
        words = t("On {moment}, {name} created a sign-in link for you.", moment=link.made_at, name=link.made_by)
        used = t("It was used to set a password on {moment}.", moment=link.redeemed_at) if link.redeemed_at else ""
        doubt = t("If you did not ask for it, tell {whom}.", whom=whom_to_tell(t, person))
        show(note("unknown", " ".join(filter(None, (words, used, doubt))), "key"))


def whom_to_tell(t: Language, person: Person) -> str:
    """To whom a person reports what they did not do: a security officer reports nothing to themselves."""
    if SECURITY_OFFICER in person.roles:
        return t("another security officer or the management")
    return t("a security officer")


def _is_half_of_this(attempt: AttemptRow, own_session: sessions.SessionRow) -> bool:
    """Whether an attempt is the password step of this session's own sign-in."""
    is_recent = own_session.started_at - attempt.at <= links.LIFETIMES[links.SECOND_FACTOR]
    is_first_factor = own_session.second_factor and attempt.outcome == SignInOutcome.AWAITING
    return is_first_factor and is_recent and attempt.address == own_session.address


def last_attempt_text(t: Language, last: AttemptRow | None) -> str:
    if last is None:
        return t("This is your first sign-in.")
    words = {"moment": last.at, "address": last.address or t("an unknown address")}
    if last.succeeded:
        return t("Last attempt to sign in: {moment}, from {address}, succeeded.", **words)
    if last.outcome == SignInOutcome.AWAITING:
        return t("Last attempt to sign in: {moment}, from {address}, right password but no second factor.", **words)
    return t("Last attempt to sign in: {moment}, from {address}, failed.", **words)


def is_first(page: str) -> bool:
    """Whether this is the first page opened after signing in."""
    if st.session_state.setdefault(_FIRST, page) == page:
        return True
    st.session_state[_FIRST] = ""
    return False


def show_last_attempt(t: Language, last: AttemptRow | None, person: Person) -> None:
    """Show the last attempt; a failed one as a warning."""
    if last is None:
        return
    if last.succeeded:
        show(note("unknown", last_attempt_text(t, last), "info"))
        return
    doubt = t("If that was not you, change your password and tell {whom}.", whom=whom_to_tell(t, person))
    show(note("lapsing", f"{last_attempt_text(t, last)} {doubt}", "warning"))
