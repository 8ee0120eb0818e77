"""Network addresses: a host name or an IP address, optionally with a port, in one normal form."""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

import idna

from controls import names
from controls.errors import NotPossible
from locales import text

_LONGEST_TARGET: Final = 253  # a host name's longest (RFC 1035)
_LONGEST_WEB_ADDRESS: Final = 2000
HTTPS: Final = 443
_SCHEME_PORTS: Final = {"http": 80, "ws": 80, "https": HTTPS, "wss": HTTPS}
_LAST_PORT: Final = 65535
_LONGEST_HOST: Final = 253  # a host name's longest (RFC 1035)
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"({_LABEL}\.)*{_LABEL}")
_NUMERIC_NAME = re.compile(r"(.*\.)?[0-9-]+")  # no top-level domain is numeric: not 192.0.2.300
_ZONE = re.compile(r"[A-Za-z0-9_.-]+")
_WITH_PORT = re.compile(r"(?P<host>[^:\[\]\s]+|\[[^\]]+\]):(?P<port>[0-9]{1,9})")


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A network address in normal form: different spellings of an address are equal.

    `host`: a name in lower-case ASCII (RFC 5890) without final dot, or an IP address in the form of RFC 5952, with its
    zone. `port`: None if there is none, and for 443 (HTTPS).
    """

    host: str
    port: int | None = None

    def __str__(self) -> str:
        if self.port is None:
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read(value: str) -> Address:
    """Parse a typed address: `host`, `host:port`, `[::1]:port` or a web address. Raises `NotPossible`."""
    trimmed = value.strip()
    if not trimmed or any(unicodedata.category(character)[0] in "CZ" for character in trimmed):
        raise _not_an_address(trimmed)
    if is_web_address(trimmed):
        return _of_web_address(trimmed)
    if match := _WITH_PORT.fullmatch(trimmed):
        return _with_port(trimmed, match["host"].strip("[]"), int(match["port"]))
    bare = trimmed[1:-1] if trimmed.startswith("[") and trimmed.endswith("]") and ":" in trimmed else trimmed
    host = _host(bare)
    if host is None:
        raise _not_an_address(trimmed)
    return Address(host)


def find(value: str) -> Address | None:
    """Parse a typed address; None for other text, such as the name of a component."""
    try:
        return read(value)
    except NotPossible:
        return None


def is_web_address(value: str) -> bool:
    """Whether the text looks like a web address, valid or not."""
    return "://" in value or value.startswith("//")


def has_port(value: str) -> bool:
    """Whether the text ends with a colon and a number; names of components do not."""
    return _WITH_PORT.fullmatch(value.strip()) is not None


def _of_web_address(web_address: str) -> Address:
    """Parse scheme, host and port of a web address; user, path and query are ignored."""
    try:
        parts = urlsplit(web_address)
        port = _SCHEME_PORTS.get(parts.scheme or "https") if parts.port is None else parts.port
    except ValueError:
        raise _not_an_address(web_address) from None
    if port is None:
        raise NotPossible(
            text("{target} has no port; add a colon and the port after the host.", target=web_address[:_LONGEST_HOST])
        )
    return _with_port(web_address, (parts.hostname or "").replace("%25", "%"), port)


def _with_port(value: str, host: str, port: int) -> Address:
    if not 0 < port <= _LAST_PORT:
        raise NotPossible(
            text("{target} has an invalid port; expected 1 to 65535 after the colon.", target=value[:_LONGEST_HOST])
        )
    normalised = _host(host)
    if normalised is None:
        raise NotPossible(text("{target} has no host before the colon.", target=value[:_LONGEST_HOST]))
    return Address(normalised, None if port == HTTPS else port)


def _host(value: str) -> str | None:
    """Return an IP address or host name in normal form; None if it is neither."""
    if not 0 < len(value) <= _LONGEST_HOST:
        return None
    name = value if value.isascii() else _to_ascii(value)
    return _ip_address(name) or _host_name(name)


def _to_ascii(name: str) -> str:
    """Encode an internationalised name by RFC 5891; empty if invalid or a single label (then it names a component)."""
    try:
        return idna.encode(name, uts46=True).decode() if "." in name else ""
    except UnicodeError:
        return ""


def _ip_address(value: str) -> str | None:
    try:
        parsed = ip_address(value)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address):
        if parsed.scope_id is not None and not _ZONE.fullmatch(parsed.scope_id):
            return None
        return str(parsed.ipv4_mapped or parsed)
    return str(parsed)


def _host_name(value: str) -> str | None:
    name = value.lower().removesuffix(".")
    return name if len(name) <= _LONGEST_HOST and _NAME.fullmatch(name) and not _NUMERIC_NAME.fullmatch(name) else None


def _not_an_address(value: str) -> NotPossible:
    return NotPossible(
        text(
            "{address} is not an address; expected a host name or IP address, optionally with :port, or a web address.",
            address=value[:_LONGEST_HOST] or "-",
        )
    )


def target_name(value: str) -> str:
    """Return a target's name: an address in normal form, or the name of a component. Raises `NotPossible`."""
    longest = _LONGEST_WEB_ADDRESS if is_web_address(value) else _LONGEST_TARGET
    trimmed = names.plain(value, text("The target"), longest)
    if is_web_address(trimmed) or has_port(trimmed):
        return str(read(trimmed))
    parsed = find(trimmed)
    return trimmed if parsed is None else str(parsed)
