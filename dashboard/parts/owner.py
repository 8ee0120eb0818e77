"""Whose an open page is: Streamlit's upload route knows the page, not the person."""

from streamlit.runtime import Runtime, exists


def owner(page: str) -> str:
    """The session (its digest) that opened a page of Streamlit, by the id in the page's upload addresses; else empty.

    Streamlit tells this nowhere else; its version is pinned and a browser test uploads through it.
    """
    if not exists():
        return ""
    info = Runtime.instance()._session_mgr.get_session_info(page)  # noqa: SLF001 - see above
    return str(info.session._user_info.get("session") or "") if info else ""  # noqa: SLF001
