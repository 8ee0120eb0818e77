"""The HTML that the browser gets first, as Streamlit really serves it."""

import re
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from access.permissions import READER, Person
from access.web.authentication import Admission
from dashboard.shell.index_page import Shell, rewrite

PAGE = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def client():
    async def page(request):
        return HTMLResponse(PAGE, headers={"etag": "x"})

    async def api(request):
        return JSONResponse({"title": "<title>Streamlit</title>"})

    inner = Starlette(
        routes=[Route("/", page), Route("/upload", page), Route("/api/x", api)],
        middleware=[Middleware(GZipMiddleware, minimum_size=10)],
    )
    return TestClient(Shell(inner))


@pytest.mark.parametrize("path", ["/", "/upload"])
def test_a_page_has_our_title_mark_and_language(client, path):
    answer = client.get(path, headers={"accept-language": "nl-NL,nl;q=0.9,en;q=0.8", "accept-encoding": "gzip"})
    assert '<html lang="nl">' in answer.text
    assert "<title>Aantoonbaar</title>" in answer.text
    assert 'href="/mark.svg"' in answer.text
    assert "Streamlit</title>" not in answer.text
    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("no-store", "Accept-Language")
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    ("query", "own", "browser", "expected"),
    [
        ("?lang=nl", "en", "en", "nl"),
        ("", "nl", "en", "nl"),
        ("?lang=xx", "", "nl-NL", "nl"),
        ("", "", "fr", "en"),
    ],
)
def test_language_is_that_of_the_address_then_of_the_person_then_of_the_browser(query, own, browser, expected):
    async def page(_request):
        return HTMLResponse(PAGE)

    async def admitted(scope, receive, send):
        admission = Admission(Person("Lena Lezer", frozenset({READER})), own)
        await Shell(Starlette(routes=[Route("/", page)]))({**scope, "admission": admission}, receive, send)

    answer = TestClient(admitted).get(f"/{query}", headers={"accept-language": browser})
    assert f'<html lang="{expected}">' in answer.text
    assert ("heeft JavaScript nodig" if expected == "nl" else "needs JavaScript") in answer.text


def test_our_script_comes_before_those_of_streamlit():
    scripts = re.findall("<script[^>]*>", rewrite(PAGE, "en"))
    assert scripts[0] == '<script src="/language.js">'
    assert len(scripts) > 1


def test_no_inline_script_is_left():
    assert "<script>" in PAGE  # or this test says nothing
    assert "<script>" not in rewrite(PAGE, "en")
    assert '<script type="module"' in rewrite(PAGE, "en")


def test_other_answers_pass_as_they_are(client):
    assert client.get("/api/x").json() == {"title": "<title>Streamlit</title>"}


@pytest.mark.parametrize(("code", "way"), [("en", "Go to the first page"), ("nl", "Naar de eerste pagina")])
def test_unknown_address_offers_the_first_page_to_who_is_signed_in(code, way):
    async def page(_request):
        return HTMLResponse(PAGE)

    async def admitted(scope, receive, send):
        person = Person("Lena Lezer", frozenset({READER}))
        await Shell(Starlette(routes=[Route("/nowhere", page)]))(
            {**scope, "admission": Admission(person, code)}, receive, send
        )

    answer = TestClient(admitted).get("/nowhere")
    assert answer.status_code == 404
    assert way in answer.text and 'href="/"' in answer.text
    assert '/sign-in"' not in answer.text
