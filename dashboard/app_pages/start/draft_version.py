"""The version of the draft that the page shows: saving is refused when someone else saved since."""

from typing import Any, Final

import streamlit as st

from controls.statement import drafts
from controls.statement.drafts import Draft
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save
from locales import Language

FIELD: Final = "start "  # the keys of the fields begin with it
_SEEN: Final = "draft seen"


def seen_version(made: Draft) -> int:
    """The version that the fields on the page were filled with; the last one when the page is opened."""
    is_open = any(str(key).startswith(FIELD) for key in st.session_state)
    key, version = st.session_state.get(_SEEN, ("", 0))
    if not is_open or key != made.key:
        _remember(made)
        return made.version
    return int(version)


def draw_note(t: Language, made: Draft) -> None:
    """Say that someone else saved, and offer what is there now."""
    if seen_version(made) == made.version:
        return
    words = t(
        "{person} saved this draft on {when}, after you opened it. What you choose here cannot be saved any more.",
        person=made.recorded_by,
        when=made.recorded_at,
    )
    show(html.note("failing", words, "error"))
    if st.button(t("Open what is there now"), type="primary"):
        _open_again(made)


def save_draft(t: Language, context: PageContext, made: Draft, message: str, **changes: Any) -> None:
    """Save changes to the draft, then redraw the page with a message."""
    version = seen_version(made)
    save(
        t,
        lambda session, now: _remember(
            drafts.change_draft(session, context.person, made.key, now, version=version, **changes)
        ),
        message,
    )


def _remember(made: Draft) -> None:
    st.session_state[_SEEN] = (made.key, made.version)


def _open_again(made: Draft) -> None:
    for key in [key for key in st.session_state if str(key).startswith(FIELD)]:
        del st.session_state[key]
    _remember(made)
    st.rerun()
