"""Tells people about the last attempt to sign in before this session, so that they notice attempts of others."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st
from sqlmodel import Session

from access.people import sessions
from access.permissions import Person
from access.sign_in import links, login_log
from access.sign_in.links import MadeLink
from access.sign_in.login_log import AWAITING, AttemptRow
from dashboard.shell.frame import show
from dashboard.shell.html import note
from locales import Language
from models.moments import wall_clock

_FRESH = timedelta(minutes=10)  # after signing in
_FIRST = "page after signing in"


def last_attempt(session: Session, person: Person, now: datetime) -> tuple[AttemptRow | None, bool]:
    """The last attempt before this session, and whether this session has only just begun."""
    own = str(st.user.get("session") or "")
    mine = next((one for one in sessions.own(session, person.account, now) if one.token_sha256 == own), None)
    if mine is None:
        return None, False
    found = login_log.last_of(session, person.account, mine.started_at)
    if found and _is_half_of_this(found, mine):
        found = login_log.last_of(session, person.account, found.at)
    return found, wall_clock(now) - mine.started_at < _FRESH


def tell_links(t: Language, made: Sequence[MadeLink], name: str) -> None:
    """Show who created a sign-in link for this person, on the first page after signing in."""
    for one in made:
        if one.made_by == name:
            continue
        words = t("On {moment}, {name} created a sign-in link for you.", moment=one.made_at, name=one.made_by)
        used = t("It was used to set a password on {moment}.", moment=one.redeemed_at) if one.redeemed_at else ""
        doubt = t("If you did not ask for it, tell a security officer.")
        show(note("unknown", " ".join(filter(None, (words, used, doubt))), "key"))


def _is_half_of_this(found: AttemptRow, mine: sessions.SessionRow) -> bool:
    """Whether an attempt is the password step of this session's own sign-in."""
    recent = mine.started_at - found.at <= links.LASTS[links.SECOND_FACTOR]
    return mine.second_factor and found.outcome == AWAITING and recent and found.address == mine.address


def said(t: Language, last: AttemptRow | None) -> str:
    if last is None:
        return t("This is your first sign-in.")
    words = {"moment": last.at, "address": last.address or t("an unknown address")}
    if last.succeeded:
        return t("Last attempt to sign in: {moment}, from {address}, succeeded.", **words)
    if last.outcome == AWAITING:
        return t("Last attempt to sign in: {moment}, from {address}, right password but no second factor.", **words)
    return t("Last attempt to sign in: {moment}, from {address}, failed.", **words)


def is_first(page: str) -> bool:
    """Whether this is the first page opened after signing in."""
    if st.session_state.setdefault(_FIRST, page) == page:
        return True
    st.session_state[_FIRST] = ""
    return False


def tell(t: Language, last: AttemptRow | None) -> None:
    """Show the last attempt; a failed one as a warning."""
    if last is None:
        return
    if last.succeeded:
        show(note("unknown", said(t, last), "info"))
        return
    doubt = t("If that was not you, change your password and tell the security officer.")
    show(note("lapsing", f"{said(t, last)} {doubt}", "warning"))
