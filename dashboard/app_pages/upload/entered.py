"""What a person entered in the form of one upload: it is remembered with its files.

A reload and the back button begin with a page that knows nothing, and find it here again, as long as the files.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from dashboard.app_pages.upload.staged_work import StagedRow

_FORM: ContextVar[str] = ContextVar("form of an upload")


def field_key(name: str) -> str:
    """The key of a field of the form that is drawn now; the same name in the form of other files is another field."""
    return f"{_FORM.get()} {name}"


@contextmanager
def remembered(row: StagedRow) -> Iterator[None]:
    """Draw the form of a row: its fields begin with what was entered before, and are remembered."""
    for key, value in row.entered.items():
        st.session_state.setdefault(key, value)
    token = _FORM.set(row.id)
    try:
        yield
    finally:
        _FORM.reset(token)
    row.entered = {str(key): st.session_state[key] for key in st.session_state if str(key).startswith(f"{row.id} ")}
