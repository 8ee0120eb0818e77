"""The gate lets in the loopback address and its own pages, and nobody else."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from access.gate import Gate


async def page(request):
    return PlainTextResponse("in")


async def framed(request):
    return HTMLResponse("x", headers={"content-security-policy": "sandbox"})


async def socket(websocket):
    await websocket.accept()
    await websocket.send_text("in")
    await websocket.close()


@pytest.fixture
def client():
    app = Starlette(
        routes=[Route("/", page, methods=["GET", "POST"]), Route("/own", framed), WebSocketRoute("/ws", socket)]
    )
    return TestClient(Gate(app), base_url="http://127.0.0.1:8600")


def test_the_own_address_is_let_in(client):
    assert client.get("/").text == "in"
    assert client.post("/", headers={"origin": "http://127.0.0.1:8600"}).text == "in"
    assert client.post("/").text == "in"  # a program sends no Origin


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8600", "127.0.0.1.evil.example", "", "0.0.0.0:8600"])
def test_another_host_name_is_refused(client, host):
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 403
    assert "127.0.0.1" in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:9999", "http://localhost:8600", "null"])
def test_another_site_cannot_write(client, origin):
    assert client.post("/", headers={"origin": origin}).status_code == 403
    assert client.get("/", headers={"origin": origin}).status_code == 200


def test_websockets_pass_the_gate_too(client):
    with client.websocket_connect("ws://127.0.0.1:8600/ws", headers={"origin": "http://127.0.0.1:8600"}) as connection:
        assert connection.receive_text() == "in"
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("ws://127.0.0.1:8600/ws", headers={"origin": "http://localhost:8600"}),
    ):
        pass


def test_every_answer_carries_its_headers(client):
    headers = client.get("/").headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert client.get("/own").headers["content-security-policy"] == "sandbox"
