"""The only module that uses internals of Streamlit: its sessions, messages, routes and first HTML page.

`tests/dashboard/shell/test_streamlit_adapter.py` holds each of these against the Streamlit that is installed, and fails
for another version than the one it was checked with. It knows nothing of the product; callers pass in what they need.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

import streamlit as st
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime, exists
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner, get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["UploadedFile"]

#: The version of Streamlit that all of this was checked with, by the contract test and by hand.
CHECKED_WITH: Final = "1.67.0"

#: Where an open page has its websocket.
STREAM: Final = "/_stcore/stream"
#: Where its other routes begin, none of which is a page.
ROUTES: Final = ("/static", "/media", "/_stcore", "/component")

#: In the single HTML page that it serves for every address.
HTML_TAG: Final = '<html lang="en">'
TITLE: Final = "<title>Streamlit</title>"
ICON: Final = re.compile(r'<link rel="shortcut icon"[^>]*>')
SERVICE: Final = re.compile(r'<link rel="service-desc"[^>]*>')
WITHOUT_SCRIPTS: Final = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
INLINE_SCRIPT: Final = re.compile(r"<script>.*?</script>", re.DOTALL)

# ── Open pages and the files on them ─────────────────────────────────────────────────────────────────────────────────


def owner(page: str) -> str:
    """The session (its digest) that opened a page, by the id in the page's upload addresses; empty if there is none."""
    if not exists():
        return ""
    info = Runtime.instance()._session_mgr.get_session_info(page)  # noqa: SLF001 - told nowhere else
    return str(info.session._user_info.get("session") or "") if info else ""  # noqa: SLF001


def uploaded_bytes(account: str) -> int:
    """The bytes of the files that an account's open pages hold in memory, and pages that were closed just now."""
    if not exists():
        return 0
    runtime = Runtime.instance()
    files = runtime.uploaded_file_mgr
    if not isinstance(files, MemoryUploadedFileManager):
        return 0
    pages = [info.session for info in runtime._session_mgr.list_sessions()]  # noqa: SLF001 - as above
    own = [page.id for page in pages if page._user_info.get("account") == account]  # noqa: SLF001
    return sum(len(file.data) for page in own for file in list(files.file_storage.get(page, {}).values()))


_made: dict[tuple[str, bytes], None] = {}  # session and digest of a file that it made, the last ones
_MOST_MADE: Final = 1_000


def of_this_session(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """What a download button of the present page makes: `is_own_file` tells that it is of the session that drew it."""
    session = reader_value("session")

    def made() -> bytes:
        content = make()
        _made[session, sha256(content).digest()] = None
        while len(_made) > _MOST_MADE:
            _made.pop(next(iter(_made)), None)
        return content

    return made


def is_own_file(file: str, session: str) -> bool:
    """Whether a session (its digest) made a file of Streamlit's route for files, by its name in the address.

    By content: Streamlit names a large file by parts of it, so that another file may have the same name.
    """
    found = Runtime.instance().media_file_mgr.read_file(file) if exists() else None
    return found is not None and (session, sha256(found.content).digest()) in _made


# ── Messages of an open page ─────────────────────────────────────────────────────────────────────────────────────────


def is_user_action(message: bytes) -> bool:
    """Whether a message of an open page is a person's action, not that of a page that refreshes itself."""
    sent = BackMsg()
    try:
        sent.ParseFromString(message)
    except DecodeError:  # Streamlit refuses such a message itself
        return False
    return bool(message) and not (sent.HasField("rerun_script") and sent.rerun_script.is_auto_rerun)


def open_page(address: str = "", values: str = "") -> bytes:
    """The message by which a browser asks for a page: its address without the slash, and what follows the `?`."""
    message = BackMsg()
    message.rerun_script.page_name = address
    message.rerun_script.query_string = values
    return bytes(message.SerializeToString())


def is_finished(message: bytes) -> bool:
    """Whether a message to an open page says that its script has ended."""
    sent = ForwardMsg.FromString(message)
    return bool(sent.HasField("script_finished") and sent.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN)


@contextmanager
def timed_scripts() -> Iterator[list[float]]:
    """The seconds of processor time of each script that is run meanwhile in this process, for measurements."""
    seconds: list[float] = []
    run = ScriptRunner._run_script  # noqa: SLF001 - on the thread of the script, with all that Streamlit does around it

    def timed(runner: ScriptRunner, rerun_data: RerunData) -> None:
        start = time.thread_time()
        try:
            run(runner, rerun_data)
        finally:
            seconds.append(time.thread_time() - start)

    ScriptRunner._run_script = timed  # type: ignore[method-assign,assignment]  # noqa: SLF001
    try:
        yield seconds
    finally:
        ScriptRunner._run_script = run  # type: ignore[method-assign]  # noqa: SLF001


# ── The reader, and a component of our own ───────────────────────────────────────────────────────────────────────────


def reader_value(name: str) -> str:
    """A value about the reader that the middleware set: `account`, `session` or `language`; else empty.

    `st.user` gives the same, and looks for files with secrets each time.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return str(context.user_info.get(name) or "") if context else ""


def own_component(package: str, name: str, folder: Path, js: str) -> Callable[..., Any]:
    """The component `<package>.<name>`, whose files lie in `folder`/`name`; declared once in a running Streamlit.

    Streamlit itself finds components only in installed packages.
    """
    manager = get_bidi_component_manager()
    declared = _components.setdefault(manager, {})
    key = f"{package}.{name}"
    if key not in declared:
        manager.register_from_manifest(ComponentManifest(package, "1", [ComponentConfig(name, name)]), folder)
        declared[key] = st.components.v2.component(key, js=js)
    return declared[key]


_components: WeakKeyDictionary[Any, dict[str, Callable[..., Any]]] = WeakKeyDictionary()
