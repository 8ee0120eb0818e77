"""The last attempt to sign in before this session, told to the person: whoever else tried is noticed by them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st
from sqlmodel import Session

from access.people import links, sessions
from access.people.links import MadeLink
from access.permissions import Person
from access.sign_in import login_log
from access.sign_in.login_log import AWAITING, AttemptRow
from dashboard.shell.frame import show
from dashboard.shell.html import note
from dashboard.shell.streamlit_adapter import reader_value
from locales import Language
from models.moments import wall_clock

_FRESH = timedelta(minutes=10)  # after signing in
_FIRST = "page after signing in"


def last_attempt(session: Session, person: Person, now: datetime) -> tuple[AttemptRow | None, bool]:
    """The attempt, and whether this session has only just begun."""
    own = reader_value("session")
    mine = next((one for one in sessions.list_own(session, person.account, now) if one.token_sha256 == own), None)
    if mine is None:
        return None, False
    found = login_log.find_last(session, person.account, mine.started_at)
    if found and _is_half_of_this(found, mine):
        found = login_log.find_last(session, person.account, found.at)
    return found, wall_clock(now) - mine.started_at < _FRESH


def tell_links(t: Language, made: Sequence[MadeLink], name: str) -> None:
    """On the first page after signing in: who made a link for this person, who may not have asked for one."""
    for one in made:
        if one.made_by == name:
            continue
        words = t("On {moment} {name} made a sign-in link for you.", moment=one.made_at, name=one.made_by)
        used = t("A password was chosen by it on {moment}.", moment=one.redeemed_at) if one.redeemed_at else ""
        doubt = t("Did you not ask for it? Tell a security officer.")
        show(note("unknown", " ".join(filter(None, (words, used, doubt))), "key"))


def _is_half_of_this(found: AttemptRow, mine: sessions.SessionRow) -> bool:
    """The right password that this session's own second factor followed."""
    recent = mine.started_at - found.at <= links.LIFETIMES[links.SECOND_FACTOR]
    return mine.second_factor and found.outcome == AWAITING and recent and found.address == mine.address


def said(t: Language, last: AttemptRow | None) -> str:
    if last is None:
        return t("This is the first time that you sign in.")
    words = {"moment": last.at, "address": last.address or t("an unknown address")}
    if last.succeeded:
        return t("Last attempt to sign in: {moment}, from {address}, succeeded.", **words)
    if last.outcome == AWAITING:
        return t("Last attempt to sign in: {moment}, from {address}, right password but no second factor.", **words)
    return t("Last attempt to sign in: {moment}, from {address}, failed.", **words)


def is_first(page: str) -> bool:
    """Whether this is the page that was opened first after signing in."""
    if st.session_state.setdefault(_FIRST, page) == page:
        return True
    st.session_state[_FIRST] = ""
    return False


def tell(t: Language, last: AttemptRow | None) -> None:
    """A failed one asks for attention. Whoever comes for the first time has none to be told."""
    if last is None:
        return
    if last.succeeded:
        show(note("unknown", said(t, last), "info"))
        return
    doubt = t("Was that not you? Change your password and tell the security officer.")
    show(note("lapsing", f"{said(t, last)} {doubt}", "warning"))
