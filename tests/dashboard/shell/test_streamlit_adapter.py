"""The internals of Streamlit that the product uses, checked against the installed version.

That an upload reaches only pages of its own session is tried through a served product, in `tests/test_running_product.py`.
"""

import inspect
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryFile, MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionInfo, SessionManager
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette import starlette_routes, starlette_websocket

from access.web import middleware, page_uploads
from dashboard.shell import streamlit_adapter
from dashboard.shell.index_page import rewrite

ROOT = Path(__file__).parents[3]
SHELL = ROOT / "dashboard" / "shell"
INDEX = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")


def test_adapter_was_checked_with_the_installed_version():
    assert streamlit.__version__ == streamlit_adapter.CHECKED_WITH, (
        f"Streamlit {streamlit.__version__} is installed; dashboard/shell/streamlit_adapter.py was checked with "
        f"{streamlit_adapter.CHECKED_WITH}. See whether the other tests of this file and tests/test_running_product.py pass, open "
        "a page, upload a file, click through a link, and then change CHECKED_WITH."
    )


def test_only_the_adapter_imports_streamlit_internals():
    internal = ("streamlit.runtime", "streamlit.web", "streamlit.proto", "streamlit.components.v2.")
    product = [path for room in ("access", "api", "bench", "dashboard", "jobs") for path in (ROOT / room).rglob("*.py")]
    importers = [
        path.relative_to(ROOT).as_posix()
        for path in [*product, ROOT / "app.py"]
        if any(f"{verb} {name}" in path.read_text("utf-8") for verb in ("from", "import") for name in internal)
    ]
    assert importers == ["dashboard/shell/streamlit_adapter.py"]


def test_open_pages_and_their_files_are_where_the_adapter_looks():
    assert "self._session_mgr =" in inspect.getsource(Runtime.__init__)
    assert {"get_session_info", "list_sessions"} <= set(dir(SessionManager))
    assert "session" in SessionInfo.__annotations__
    assert "self._user_info = user_info" in inspect.getsource(AppSession.__init__)
    assert isinstance(Runtime.uploaded_file_mgr, property)
    assert MemoryUploadedFileManager("/upload").file_storage == {}


def test_no_page_is_open_without_a_server():
    assert streamlit_adapter.owner("page") == ""
    assert streamlit_adapter.uploaded_bytes("account") == 0
    assert not streamlit_adapter.is_own_file("file.csv", "session")


def test_file_is_of_the_session_that_made_it_by_its_content(monkeypatch):
    assert isinstance(Runtime.media_file_mgr, property)
    stored = {"a.csv": b"a", "b.csv": b"b"}
    kept = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(kept, "read_file", lambda file: stored[file] and MemoryFile(stored[file], "", "x", None))
    monkeypatch.setattr(streamlit_adapter, "exists", lambda: True)
    monkeypatch.setattr(Runtime, "instance", lambda: SimpleNamespace(media_file_mgr=kept))
    monkeypatch.setattr(streamlit_adapter, "reader_value", {"session": "mine"}.get)
    assert not streamlit_adapter.is_own_file("a.csv", "mine")
    assert streamlit_adapter.of_this_session(lambda: b"a")() == b"a"
    own = [(file, of) for file in stored for of in ("mine", "theirs", "") if streamlit_adapter.is_own_file(file, of)]
    assert own == [("a.csv", "mine")]
    stored["a.csv"] = b"another file of the same name"
    assert not streamlit_adapter.is_own_file("a.csv", "mine")


@pytest.mark.parametrize(("automatic", "act"), [(False, True), (True, False)])
def test_page_that_refreshes_itself_is_no_user_action(automatic, act):
    message = BackMsg(rerun_script={"is_auto_rerun": automatic}).SerializeToString()
    assert streamlit_adapter.is_user_action(message) is act


@pytest.mark.parametrize("message", [b"", b"\xff\xff\xff"])
def test_empty_or_unreadable_message_is_no_user_action(message):
    assert not streamlit_adapter.is_user_action(message)


def test_message_that_asks_for_a_page():
    sent = BackMsg.FromString(streamlit_adapter.open_page("control", "key=iso:A.5.1"))
    assert (sent.rerun_script.page_name, sent.rerun_script.query_string) == ("control", "key=iso:A.5.1")


def test_message_that_says_that_a_script_ended():
    ended = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY).SerializeToString()
    begun = ForwardMsg(new_session={"name": "main"}).SerializeToString()
    again = ForwardMsg(script_finished=ForwardMsg.FINISHED_EARLY_FOR_RERUN).SerializeToString()
    assert [streamlit_adapter.is_finished(session) for session in (ended, begun, again)] == [True, False, False]


def test_processor_time_of_scripts(tmp_path):
    (tmp_path / "page.py").write_text("import streamlit as st\nst.html('x')")
    with streamlit_adapter.timed_scripts() as seconds:
        AppTest.from_file(str(tmp_path / "page.py")).run()
    assert len(seconds) == 1
    assert seconds[0] > 0


def test_routes_are_where_streamlit_has_them():
    assert f"/{starlette_websocket._ROUTE_WEBSOCKET_STREAM}" == streamlit_adapter.STREAM
    assert f"/{starlette_routes.BASE_ROUTE_UPLOAD_FILE}/" == page_uploads.PATH
    assert f"/{starlette_routes.BASE_ROUTE_MEDIA}/" == middleware._MEDIA
    begin = ("STATIC", "MEDIA", "CORE", "COMPONENT")
    assert tuple(f"/{getattr(starlette_routes, f'BASE_ROUTE_{name}')}" for name in begin) == streamlit_adapter.ROUTES


def test_first_page_holds_what_is_rewritten():
    assert INDEX.count(streamlit_adapter.HTML_TAG) == 1
    assert INDEX.count(streamlit_adapter.TITLE) == 1
    for pattern in (streamlit_adapter.ICON, streamlit_adapter.INLINE_SCRIPT, streamlit_adapter.WITHOUT_SCRIPTS):
        assert pattern.search(INDEX), pattern
    assert "<title>Aantoonbaar</title>" in rewrite(INDEX, "nl")


def test_component_of_our_own_is_declared_once(tmp_path):
    script = "import streamlit as st\nfrom pathlib import Path\nfrom dashboard.shell import streamlit_adapter\n"
    script += f"given = ('aantoonbaar', 'links', Path({str(SHELL)!r}), 'links.js')\n"
    script += (
        "declared = [streamlit_adapter.own_component(*given) for _ in range(2)]\nst.text(declared[0] is declared[1])"
    )
    (tmp_path / "page.py").write_text(script)
    page = AppTest.from_file(str(tmp_path / "page.py")).run()
    assert not page.exception
    assert page.text[0].value == "True"


def test_reader_is_the_person_set_by_the_middleware(tmp_path):
    script = "import streamlit as st\nfrom dashboard.shell.streamlit_adapter import reader_value\n"
    (tmp_path / "page.py").write_text(
        script + "st.text([reader_value('account'), reader_value('session'), st.user.get('account')])"
    )
    page = AppTest.from_file(str(tmp_path / "page.py"))
    page.user = {"account": "u-1"}
    assert page.run().text[0].value == "['u-1', '', 'u-1']"
    assert streamlit_adapter.reader_value("account") == ""


@pytest.mark.parametrize("option", ["runner.postScriptGC", "runner.magicEnabled", "server.trustedUserHeaders"])
def test_options_that_are_set_exist(option):
    assert option in config._config_options_template
