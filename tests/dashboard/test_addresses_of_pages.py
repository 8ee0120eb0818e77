"""Each page has its address; every other address is not found."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from access.permissions import PERMISSIONS
from dashboard.shell.index_page import Shell
from dashboard.shell.page_script import script
from dashboard.shell.pages import PAGES

FOLDER = Path(__file__).parents[2] / "dashboard" / "app_pages"


def test_every_page_has_its_file_and_every_file_its_address():
    files = [script(name) for name in PAGES]
    assert sorted(files) == sorted(
        [*FOLDER.glob("*.py"), *FOLDER.glob("administration/*.py"), *FOLDER.rglob("page.py")]
    )


def test_pages_belong_to_pages_of_the_bar():
    bar = {name for name, page in PAGES.items() if page.under is None}
    assert {page.under for page in PAGES.values()} - {None, "account", "upload"} <= bar


def test_every_permission_of_a_page_exists():
    assert {permission for page in PAGES.values() for permission in page.permissions} <= PERMISSIONS.keys()


def test_unknown_addresses_do_not_get_the_streamlit_page():
    async def streamlit(_request):
        return HTMLResponse('<html lang="en"><title>Streamlit</title></html>')

    async def door(_request):
        return HTMLResponse("<title>Sign in</title>")

    app = Starlette(routes=[Route("/sign-in", door), Route("/{rest:path}", streamlit)])
    client = TestClient(Shell(app))
    for address in ("", *PAGES):
        answer = client.get(f"/{address}")
        assert (answer.status_code, "<title>Aantoonbaar</title>" in answer.text) == (200, True)
    assert client.get("/sign-in").status_code == 200
    for address in ("/nosuchpage", "/readiness/x", "/link/x/y", "/people/1"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "Streamlit" not in answer.text
