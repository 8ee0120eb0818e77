"""ClientHello messages, byte by byte, because today's libraries no longer send what has to be examined.

RFC 2246, 4346, 5246 and 8446 (TLS 1.0 to 1.3), RFC 6101 (SSL 3.0), RFC 6066 (server name, OCSP stapling), RFC 8422 and
7919 (groups), RFC 5746 (renegotiation), RFC 7627 (extended master secret), RFC 6520 (heartbeat).
"""

import secrets
import struct
from collections.abc import Sequence
from typing import Final

from evidence.collect.connections.endpoint import Endpoint, connect
from evidence.collect.connections.server_hello import HANDSHAKE, first_bytes

SSL_3, TLS_1_2, TLS_1_3 = 0x0300, 0x0303, 0x0304
VERSIONS: Final = {"TLS 1.0": 0x0301, "TLS 1.1": 0x0302}
#: cipher suites that servers of that time accept: ECDHE and RSA with AES or 3DES, all with SHA-1
_OLD_SUITES = (0xC014, 0xC013, 0xC00A, 0xC009, 0x0039, 0x0033, 0x0035, 0x002F, 0xC012, 0x0016, 0x000A)
_OLD_GROUPS = (29, 23, 24, 25)
_SIGNATURES = (
    *(0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B),
    *(0x0401, 0x0501, 0x0601, 0x0301, 0x0303, 0x0201, 0x0203, 0x0202, 0x0402),
)
_X25519 = 29
_HEADER = 5
_NO_SECURE_RENEGOTIATION_EXTENSION = 0x00FF  # a suite that says the same in SSL 3.0, which has no extensions
(_SERVER_NAME, _STATUS_REQUEST, _GROUPS, _POINT_FORMATS, _SIGNATURE_ALGORITHMS) = (0, 5, 10, 11, 13)
HEARTBEAT, EXTENDED_MASTER_SECRET, SESSION_TICKET, RENEGOTIATION = 15, 23, 35, 0xFF01
SUPPORTED_VERSIONS, KEY_SHARE = 43, 51


def accepts(endpoint: Endpoint, version: int) -> bool:
    """Whether a server answers an old ClientHello with a handshake; an alert or a closed connection is a refusal.

    Raises `OSError` when the server cannot be reached.
    """
    with connect(endpoint) as connection:
        connection.sendall(client_hello(endpoint.server_name, version))
        try:
            answer = first_bytes(connection, _HEADER)
        except ConnectionError:
            return False
    return len(answer) == _HEADER and answer[0] == HANDSHAKE


def client_hello(
    name: str,
    version: int,
    suites: Sequence[int] = _OLD_SUITES,
    groups: Sequence[int] = _OLD_GROUPS,
    *,
    compresses: bool = False,
    shares_key: bool = True,
) -> bytes:
    """The bytes of a ClientHello for a host name (empty: none).

    `shares_key`: in TLS 1.3, whether a key of X25519 is sent; without, the server answers which group it prefers
    (RFC 8446, section 4.2.8).
    """
    if version == SSL_3:
        suites = (*suites, _NO_SECURE_RENEGOTIATION_EXTENSION)
    numbers = struct.pack(f">{len(suites)}H", *suites)
    body = struct.pack(">H", min(version, TLS_1_2)) + secrets.token_bytes(32) + b"\0"
    body += struct.pack(">H", len(numbers)) + numbers + (b"\x02\x01\0" if compresses else b"\x01\0")
    extensions = _extensions(name, version, groups, shares_key=shares_key)
    body += struct.pack(">H", len(extensions)) + extensions if extensions else b""
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return struct.pack(">BHH", HANDSHAKE, min(version, 0x0301), len(message)) + message


def _extensions(name: str, version: int, groups: Sequence[int], *, shares_key: bool) -> bytes:
    if version == SSL_3:
        return b""
    extensions = _server_name(name) + _extension(_GROUPS, _list_of(groups)) + _extension(_POINT_FORMATS, b"\x01\0")
    if version >= TLS_1_2:
        extensions += _extension(_SIGNATURE_ALGORITHMS, _list_of(_SIGNATURES))
    if version == TLS_1_3:
        share = struct.pack(">HH", _X25519, 32) + secrets.token_bytes(32) if shares_key else b""
        extensions += _extension(SUPPORTED_VERSIONS, b"\x02" + struct.pack(">H", version))
        return extensions + _extension(KEY_SHARE, struct.pack(">H", len(share)) + share)
    extensions += _extension(_STATUS_REQUEST, b"\x01\0\0\0\0") + _extension(RENEGOTIATION, b"\0")
    return extensions + b"".join(
        _extension(number, content)
        for number, content in ((HEARTBEAT, b"\x01"), (EXTENDED_MASTER_SECRET, b""), (SESSION_TICKET, b""))
    )


def _server_name(name: str) -> bytes:
    """The server name extension; empty without a name."""
    if not name:
        return b""
    host_name = name.encode("idna")
    entry = b"\0" + struct.pack(">H", len(host_name)) + host_name
    return _extension(_SERVER_NAME, struct.pack(">H", len(entry)) + entry)


def _list_of(numbers: Sequence[int]) -> bytes:
    return struct.pack(f">H{len(numbers)}H", 2 * len(numbers), *numbers)


def _extension(number: int, content: bytes) -> bytes:
    return struct.pack(">HH", number, len(content)) + content


def hello_of_ssl_2() -> bytes:
    """A CLIENT-HELLO of SSL 2.0 with its seven cipher kinds (draft-hickman-netscape-ssl-00)."""
    kinds = (0x010080, 0x020080, 0x030080, 0x040080, 0x050080, 0x060040, 0x0700C0)
    body = b"\x01\0\x02" + struct.pack(">HHH", 3 * len(kinds), 0, 16)
    body += b"".join(kind.to_bytes(3, "big") for kind in kinds) + secrets.token_bytes(16)
    return struct.pack(">H", 0x8000 | len(body)) + body
