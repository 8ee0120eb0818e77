"""What a server answers to a ClientHello before anything is encrypted (RFC 5246, 7.4; RFC 8446, 4.1.3)."""

import socket
import struct
from dataclasses import dataclass, field
from typing import Final

HANDSHAKE: Final = 22
CERTIFICATE, KEY_EXCHANGE, CERTIFICATE_STATUS = 11, 12, 22  # messages of a handshake
_ALERT = 21
_SERVER_HELLO, _SERVER_HELLO_DONE = 2, 14
_SUPPORTED_VERSIONS, _KEY_SHARE = 43, 51
_TLS_1_3 = 0x0304
_MOST = 262_144  # bytes of an answer
_LONGEST_RECORD = 18_432  # bytes: 2^14 and what encryption may add


class NotTls(ValueError):
    """The answer is no TLS, or breaks its rules."""


@dataclass(slots=True)
class ServerAnswer:
    """A ServerHello with the messages that followed it; `group`: of TLS 1.3, 0 if none."""

    version: int
    suite: int
    compression: int
    extensions: dict[int, bytes] = field(default_factory=dict)
    messages: dict[int, bytes] = field(default_factory=dict)
    group: int = 0


def read_answer(connection: socket.socket) -> ServerAnswer | None:
    """Read until the server waits for its client; None if it refused by an alert or by closing the connection.

    Raises `OSError` (no answer in time) and `NotTls`.
    """
    waiting, answer, total = b"", None, 0
    while total < _MOST:
        try:
            kind, content = _record(connection)
        except ConnectionError:
            return answer
        if kind != HANDSHAKE:
            return answer
        total += len(content)
        waiting += content
        while message := _message(waiting):
            number, body = message
            waiting = waiting[4 + len(body) :]
            if answer is None:
                answer = _server_hello(number, body)
            answer.messages[number] = body
            if number == _SERVER_HELLO_DONE or answer.version == _TLS_1_3:
                return answer
    raise NotTls("the answer is too long")


def _record(connection: socket.socket) -> tuple[int, bytes]:
    """The next record's kind and content. Raises `ConnectionError` at the end."""
    head = first_bytes(connection, 5)
    if len(head) < 5:  # noqa: PLR2004 - a record's header
        raise ConnectionAbortedError
    kind, major, _, length = struct.unpack(">BBBH", head)
    if kind not in (HANDSHAKE, _ALERT) or major != 3 or length > _LONGEST_RECORD:  # noqa: PLR2004 - SSL 3.0 and later
        raise NotTls("the answer is not TLS")
    content = first_bytes(connection, length)
    if len(content) < length:
        raise ConnectionAbortedError
    return kind, content


def first_bytes(connection: socket.socket, number: int) -> bytes:
    """As many bytes as wanted, or fewer when the connection ends. Raises `OSError`."""
    received = b""
    while len(received) < number and (more := connection.recv(number - len(received))):
        received += more
    return received


def _message(waiting: bytes) -> tuple[int, bytes] | None:
    """The first complete message of a handshake; None if it is not complete."""
    length = int.from_bytes(waiting[1:4], "big")
    return (waiting[0], waiting[4 : 4 + length]) if len(waiting) >= 4 + length and len(waiting) > 3 else None  # noqa: PLR2004 - its header


def _server_hello(number: int, body: bytes) -> ServerAnswer:
    if number != _SERVER_HELLO:
        raise NotTls("the answer does not begin with a ServerHello")
    try:
        session = body[34]
        version, suite, compression = struct.unpack_from(">H", body)[0], *struct.unpack_from(">HB", body, 35 + session)
        extensions = read_extensions(body[38 + session :])
    except (IndexError, struct.error) as error:
        raise NotTls("the ServerHello is cut off") from error
    if _SUPPORTED_VERSIONS in extensions:
        version = int.from_bytes(extensions[_SUPPORTED_VERSIONS], "big")
    return ServerAnswer(
        version, suite, compression, extensions, group=int.from_bytes(extensions.get(_KEY_SHARE, b"")[:2], "big")
    )


def read_extensions(content: bytes) -> dict[int, bytes]:
    """Extensions by number. Raises `struct.error` and `NotTls` when they are cut off."""
    if not content:
        return {}
    extensions = {}
    (total,) = struct.unpack_from(">H", content)
    at, end = 2, 2 + total
    while at < end:
        number, length = struct.unpack_from(">HH", content, at)
        at += 4 + length
        if at > min(end, len(content)):
            raise NotTls("an extension is cut off")
        extensions[number] = content[at - length : at]
    return extensions


@dataclass(frozen=True, slots=True)
class KeyExchange:
    """The parameters of a key exchange: a named group, or a prime (bytes) of finite-field Diffie-Hellman."""

    group: int = 0
    prime: bytes = b""


def key_exchange(answer: ServerAnswer, *, elliptic: bool) -> KeyExchange:
    """Read the ServerKeyExchange (RFC 8422, section 5.4; RFC 5246, section 7.4.3). Raises `NotTls`."""
    body = answer.messages.get(KEY_EXCHANGE, b"")
    if elliptic:
        if len(body) < 3 or body[0] != 3:  # noqa: PLR2004 - named_curve
            return KeyExchange()
        return KeyExchange(group=int.from_bytes(body[1:3], "big"))
    length = int.from_bytes(body[:2], "big")
    if not length or len(body) < 2 + length:
        raise NotTls("the server's parameters are cut off")
    return KeyExchange(prime=body[2 : 2 + length].lstrip(b"\0"))
