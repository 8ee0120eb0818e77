"""Each page has its address; every other address is not found."""

import ast
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.shell.index_page import Shell
from dashboard.shell.page_addresses import ADDRESSES

MAIN = Path(__file__).parents[2] / "dashboard" / "main.py"


def test_the_addresses_are_those_of_the_router():
    addresses = {
        target.id: {key.value for key in node.value.keys if isinstance(key, ast.Constant)}
        for node in ast.walk(ast.parse(MAIN.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert addresses["SHOWN"] | addresses["OBJECTS"] == ADDRESSES


def test_only_at_these_streamlit_s_page_is_given():
    async def streamlit(_request):
        return HTMLResponse('<html lang="en"><title>Streamlit</title></html>')

    async def door(_request):
        return HTMLResponse("<title>Sign in</title>")

    app = Starlette(routes=[Route("/sign-in", door), Route("/{rest:path}", streamlit)])
    client = TestClient(Shell(app))
    for address in ADDRESSES:
        answer = client.get(f"/{address}")
        assert (answer.status_code, "<title>Aantoonbaar</title>" in answer.text) == (200, True)
    assert client.get("/sign-in").status_code == 200
    for address in ("/nosuchpage", "/readiness", "/link/x/y", "/people/1"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "Streamlit" not in answer.text
