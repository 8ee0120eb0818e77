"""Connections that send nothing, or not enough, are closed; uvicorn itself waits for them without end.

A request's head must come within seconds and have a bounded size, and a body must keep coming. Of those that we wait
for, only so many are kept: beyond that the one that was silent longest makes room, so that however many are opened,
whoever sends a request is answered.
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
    """As many open connections as the system's hard limit lets us; its soft limit is often 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MAX_OPEN if hard == resource.RLIM_INFINITY else min(_MAX_OPEN, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class TimedConnection(HttpToolsProtocol):
    """One connection; `_silent` holds all that we wait for, the one that was heard longest ago first."""

    _silent: ClassVar[dict["TimedConnection", None]] = {}

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
                self.let_go(_TOO_LARGE)
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
        """Expect to hear something within so many seconds; None: it is our turn."""
        self._silent.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is None or self.transport.is_closing():
            return
        self._timer = self.loop.call_later(seconds, self._time_is_up, seconds)
        self._silent[self] = None
        if len(self._silent) > MAX_IDLE:
            next((one for one in self._silent if not one.flow.read_paused), self).hurry()

    def hurry(self) -> None:
        """Make room soon, unless what was sent meanwhile is still to be read."""
        self._silent.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(_GRACE_SECONDS, self._time_is_up, BODY_SECONDS)

    def _time_is_up(self, seconds: float) -> None:
        if self.flow.read_paused:  # it is we who do not listen
            self._wait(seconds)
        else:
            self.let_go(_TIMEOUT)

    def let_go(self, told: bytes) -> None:
        """Say why, unless an answer has begun, and let go."""
        self._wait(None)
        answering = self.cycle is not None and not self.cycle.response_complete
        if self._in_head and not answering and not self.transport.is_closing():
            self.transport.write(told)
            self.transport.close()
        else:
            self.transport.abort()
