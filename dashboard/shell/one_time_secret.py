"""Secrets that are shown once (a link or a token), since only their hash is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import streamlit as st
from sqlmodel import Session

from dashboard.shell.frame import show
from dashboard.shell.html import html, note
from dashboard.shell.saving import show_problem
from locales import Language, Problem
from models.transaction import writing
from settings import engine

_KEPT = "shown once"
_PAGE = "page of what is shown once"


@dataclass(frozen=True, slots=True)
class OneTimeSecret:
    """A secret to show, and the explanation to show with it."""

    explanation: str
    shown: str = field(repr=False)


def create_secret(t: Language, make: Callable[[Session, datetime], OneTimeSecret]) -> None:
    """Create a secret in one transaction, then redraw the page with it."""
    try:
        with writing(engine()) as (session, now):
            made = make(session, now)
    except Problem as problem:
        show_problem(t, problem)
        return
    keep_secret(made)


def keep_secret(made: OneTimeSecret) -> None:
    """Redraw the page with a secret that was made."""
    st.session_state[_KEPT] = made
    st.rerun()


def show_secret(t: Language) -> None:
    """Show the secret until the reader confirms that it was saved; leaving the page forgets it."""
    made = st.session_state.get(_KEPT)
    if made is None:
        return
    show(note("demonstrated", html("{words}", words=made.explanation), "key"))
    st.code(made.shown, language=None, wrap_lines=True)
    if st.button(t("I have saved it"), key="kept-once"):
        forget_secret()
        st.rerun()


def forget_secret() -> None:
    st.session_state.pop(_KEPT, None)


def forget_elsewhere(page: str) -> None:
    """Forget the secret if another page was opened; called on every page."""
    if st.session_state.get(_PAGE) != page:
        forget_secret()
        st.session_state[_PAGE] = page


def link_address(token: str) -> str:
    """The full address of a one-time link, on the host that this page was opened at."""
    return f"{product_address()}/link/{token}"


def product_address() -> str:
    """https://name:port, as this page was opened."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}"
