"""ClientHello messages of TLS 1.0 and 1.1, which today's libraries no longer send.

RFC 2246 and 4346 (TLS 1.0, 1.1), RFC 6066 (server name), RFC 8422 (curves).
"""

import secrets
import socket
import struct
from ipaddress import ip_address
from typing import Final

VERSIONS: Final = {"TLS 1.0": 0x0301, "TLS 1.1": 0x0302}
#: cipher suites that servers of that time accept: ECDHE and RSA with AES or 3DES, all with SHA-1
_CIPHERS = (0xC014, 0xC013, 0xC00A, 0xC009, 0x0039, 0x0033, 0x0035, 0x002F, 0xC012, 0x0016, 0x000A)
_CURVES = (29, 23, 24, 25)
_HANDSHAKE, _HEADER = 22, 5


def accepts(host: str, port: int, name: str, version: int, timeout: float) -> bool:
    """Whether a server answers a ClientHello with a handshake; an alert or a closed connection is a refusal.

    `timeout`: seconds. Raises `OSError` when the server cannot be reached.
    """
    with socket.create_connection((host, port), timeout=timeout) as connection:
        connection.settimeout(timeout)
        connection.sendall(client_hello(name, version))
        try:
            answer = _first_bytes(connection)
        except ConnectionError:
            return False
    return len(answer) == _HEADER and answer[0] == _HANDSHAKE


def client_hello(name: str, version: int) -> bytes:
    """The bytes of a ClientHello of a TLS version for a host name."""
    ciphers = struct.pack(f">{len(_CIPHERS)}H", *_CIPHERS)
    body = struct.pack(">H", version) + secrets.token_bytes(32) + b"\0"
    body += struct.pack(">H", len(ciphers)) + ciphers + b"\x01\0"
    extensions = _server_name(name) + _curves()
    body += struct.pack(">H", len(extensions)) + extensions
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return struct.pack(">BHH", _HANDSHAKE, 0x0301, len(message)) + message


def _server_name(name: str) -> bytes:
    """The server name extension; empty for an IP address (RFC 6066, section 3)."""
    try:
        ip_address(name)
    except ValueError:
        host_name = name.encode("idna")
    else:
        return b""
    entry = b"\0" + struct.pack(">H", len(host_name)) + host_name
    return _extension(0, struct.pack(">H", len(entry)) + entry)


def _curves() -> bytes:
    named = struct.pack(f">{len(_CURVES)}H", *_CURVES)
    return _extension(10, struct.pack(">H", len(named)) + named) + _extension(11, b"\x01\0")


def _extension(number: int, content: bytes) -> bytes:
    return struct.pack(">HH", number, len(content)) + content


def _first_bytes(connection: socket.socket) -> bytes:
    received = b""
    while len(received) < _HEADER and (more := connection.recv(_HEADER - len(received))):
        received += more
    return received
