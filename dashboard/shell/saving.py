"""Saving from a page in one transaction, and showing the result."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st
from sqlmodel import Session

from dashboard.shell.frame import show
from dashboard.shell.html import note
from locales import Language, Problem
from models.transaction import writing
from settings import engine

_MESSAGE = "message after saving"


def show_problem(t: Language, problem: Problem) -> None:
    """Show what is wrong, where, and what to do."""
    show_refusal(t.render(problem.message))


def show_refusal(words: str) -> None:
    """Show why nothing was saved, and what to fill in or choose."""
    show(note("failing", words, "error"))


def save(t: Language, verb: Callable[[Session, datetime], object], message: str) -> None:
    """Save, then redraw the page with a message."""
    try:
        with writing(engine()) as (session, now):
            verb(session, now)
    except Problem as problem:
        show_problem(t, problem)
        return
    keep_message(message)


def keep_message(message: str) -> None:
    """Redraw the page with a message."""
    st.session_state[_MESSAGE] = message
    st.rerun()


def announce() -> None:
    """Show the message of the last save above the page, wherever the reader has scrolled to."""
    if message := st.session_state.get(_MESSAGE):
        st.toast(message, icon=":material/check_circle:", duration="long")


def show_message() -> None:
    """Show the message of the last save on the page, once; it stays there until the page is drawn again.

    Its place is there without a message too: an expander that moves up a place would close under the reader's hand.
    """
    message = st.session_state.pop(_MESSAGE, None)
    with st.empty():
        if message:
            show(note("demonstrated", message, "check_circle"))
