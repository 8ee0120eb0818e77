"""However many connections send nothing, whoever sends a request is answered."""

import asyncio
import contextlib
import socket
import threading
import time

import httpx
import pytest
import uvicorn

from access.web import idle_connections
from access.web.idle_connections import TimedConnection


async def app(scope, receive, send):
    """Answers with the length of the body."""
    if scope["type"] != "http":
        return
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    if scope["path"] == "/slow":
        await asyncio.sleep(1.2)
    body = str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def server(monkeypatch):
    """A server that is less patient, and keeps fewer, than the product; its port."""
    monkeypatch.setattr(idle_connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(idle_connections, "BODY_SECONDS", 0.5)
    monkeypatch.setattr(idle_connections, "MAX_IDLE", 50)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = uvicorn.Server(
            uvicorn.Config(app, http=TimedConnection, log_level="critical", lifespan="off", ws="none")
        )
        thread = threading.Thread(target=running.run, args=([listening],))
        thread.start()
        yield listening.getsockname()[1]
        running.should_exit = True
        thread.join(10)


def opened(port, sent=b""):
    connection = socket.create_connection(("127.0.0.1", port), timeout=5)
    connection.sendall(sent)
    return connection


def received(connection):
    """What came until the other side closed."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while data := connection.recv(65536):
            parts.append(data)
    connection.close()
    return b"".join(parts)


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\nhost: a\r\nx-y"])
def test_incomplete_head_gets_a_response_and_is_closed(server, sent):
    assert b" 408 " in received(opened(server, sent))


def test_request_head_that_arrives_too_slowly_is_closed(server):
    connection, began = opened(server, b"GET / HTTP/1.1\r\n"), time.monotonic()
    with contextlib.suppress(OSError):
        while time.monotonic() - began < 5:
            connection.sendall(b"a: b\r\n")
            time.sleep(0.05)
    assert time.monotonic() - began < 3
    connection.close()


def test_a_second_request_that_stops_halfway_is_closed(server):
    connection = opened(server, b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
    assert b" 200 " in connection.recv(65536)
    connection.sendall(b"GET / HT")
    assert b" 408 " in received(connection)


def test_a_body_that_stops_is_closed_and_one_that_keeps_coming_is_read(server):
    head = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 8\r\nconnection: close\r\n\r\n"
    assert received(opened(server, head + b"abc")) == b""
    connection = opened(server, head)
    for _ in range(8):
        time.sleep(0.2)
        connection.sendall(b"x")
    assert received(connection).endswith(b"\r\n\r\n8")


def test_slow_response_is_awaited(server):
    assert httpx.post(f"http://127.0.0.1:{server}/slow", content=b"abc").text == "3"


def test_endless_request_head_is_refused(server):
    connection = opened(server, b"GET / HTTP/1.1\r\n")
    with contextlib.suppress(OSError):
        for _ in range(100):
            connection.sendall(b"a: " + b"b" * 4096 + b"\r\n")
    assert b" 431 " in received(connection)


def test_hundreds_of_silent_connections_keep_nobody_out(server, monkeypatch):
    monkeypatch.setattr(idle_connections, "HEAD_SECONDS", 60)
    silent = [opened(server, b"GET / HTTP/1.1\r\nhost: a\r\n") for _ in range(300)]
    for _ in range(20):
        assert httpx.get(f"http://127.0.0.1:{server}/", timeout=2).status_code == 200
    assert b" 408 " in received(silent[0])  # those that were silent longest made room
    for connection in silent[1:]:
        connection.close()


def test_large_upload_keeps_its_connection_among_silent_ones(server, monkeypatch):
    monkeypatch.setattr(idle_connections, "HEAD_SECONDS", 60)
    monkeypatch.setattr(idle_connections, "BODY_SECONDS", 60)
    silent = []

    def content():
        for _ in range(20):
            silent.extend(opened(server) for _ in range(10))
            yield bytes(100_000)

    assert httpx.post(f"http://127.0.0.1:{server}/", content=content(), timeout=10).text == "2000000"
    for connection in silent:
        connection.close()
