"""Connections that send nothing, or not enough, are closed; uvicorn itself waits for them without end.

The head of a request must arrive within seconds and has a bounded size, and a body must keep arriving. The number of
connections that we wait for is bounded: beyond it the one that was idle longest is closed, so that whoever sends a
request is answered, however many connections are opened.
"""

import asyncio
import resource
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS, BODY_SECONDS = 10, 20  # a whole head; a body without a single byte
MAX_IDLE = 512
_GRACE_SECONDS = 0.5  # seconds
_MAX_HEAD = 65_536  # bytes
_MAX_OPEN = 8_192  # files and connections, where the system lets us
_TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def raise_open_file_limit() -> None:
    """Allow as many open files and connections as the system's hard limit does; its soft limit is often 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MAX_OPEN if hard == resource.RLIM_INFINITY else min(_MAX_OPEN, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class TimedConnection(HttpToolsProtocol):
    """One connection; `_idle` holds all that we wait for, the one that was idle longest first."""

    _idle: ClassVar[dict["TimedConnection", None]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._in_head, self._head_size = True, 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:
            self._head_size += len(data)
            if self._head_size > _MAX_HEAD:
                self.close_with(_TOO_LARGE)
        elif self._timer is not None:
            self._wait(BODY_SECONDS)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_size = True, 0
        self._wait(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._wait(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._wait(None)
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._wait(None)  # a socket has its own pings
        super().handle_websocket_upgrade()

    def _wait(self, seconds: float | None) -> None:
        """Expect data within so many seconds; None: expect nothing, since we are responding."""
        self._idle.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is None or self.transport.is_closing():
            return
        self._timer = self.loop.call_later(seconds, self._on_timeout, seconds)
        self._idle[self] = None
        if len(self._idle) > MAX_IDLE:
            next((other for other in self._idle if not other.flow.read_paused), self).close_soon()

    def close_soon(self) -> None:
        """Close soon, unless data that was sent meanwhile is still to be read."""
        self._idle.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(_GRACE_SECONDS, self._on_timeout, BODY_SECONDS)

    def _on_timeout(self, seconds: float) -> None:
        if self.flow.read_paused:  # we stopped reading, not they writing
            self._wait(seconds)
        else:
            self.close_with(_TIMEOUT)

    def close_with(self, response: bytes) -> None:
        """Close the connection, with this response unless another one has begun."""
        self._wait(None)
        answering = self.cycle is not None and not self.cycle.response_complete
        if self._in_head and not answering and not self.transport.is_closing():
            self.transport.write(response)
            self.transport.close()
        else:
            self.transport.abort()
