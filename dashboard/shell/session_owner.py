"""Whose an open page is, and the files that were put on it: Streamlit's upload route knows the page, not the person."""

from streamlit.runtime import Runtime, exists
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager


def owner(page: str) -> str:
    """The session (its digest) that opened a page of Streamlit, by the id in the page's upload addresses; else empty.

    Streamlit tells this nowhere else; its version is pinned and a browser test uploads through it.
    """
    if not exists():
        return ""
    info = Runtime.instance()._session_mgr.get_session_info(page)  # noqa: SLF001 - see above
    return str(info.session._user_info.get("session") or "") if info else ""  # noqa: SLF001


def held(account: str) -> int:
    """The bytes of the files that an account's open pages hold in memory, and pages that were closed just now."""
    if not exists():
        return 0
    runtime = Runtime.instance()
    files = runtime.uploaded_file_mgr
    if not isinstance(files, MemoryUploadedFileManager):
        return 0
    pages = [one.session for one in runtime._session_mgr.list_sessions()]  # noqa: SLF001 - as above
    own = [page.id for page in pages if page._user_info.get("account") == account]  # noqa: SLF001
    return sum(len(file.data) for page in own for file in list(files.file_storage.get(page, {}).values()))
