"""One network address: a host name or an IP address, perhaps with a port. The only place that knows its spellings."""

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
_SCHEMES: Final = {"http": 80, "ws": 80, "https": HTTPS, "wss": HTTPS}
_LAST_PORT: Final = 65535
_LONGEST: Final = 253  # a host name's longest (RFC 1035)
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"({_LABEL}\.)*{_LABEL}")
_NUMBER = re.compile(r"(.*\.)?[0-9-]+")  # no top-level domain is one: 192.0.2.300 and 192.0.2.1-20 are no names
_ZONE = re.compile(r"[A-Za-z0-9_.-]+")
_WITH_PORT = re.compile(r"(?P<host>[^:\[\]\s]+|\[[^\]]+\]):(?P<port>[0-9]{1,9})")


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Two spellings of one address are equal.

    `host`: a name in lower case, without final dot, in ASCII (RFC 5890); or an IP address as RFC 5952 writes it, with
    its zone. `port`: None for none given, and for HTTPS's own.
    """

    host: str
    port: int | None = None

    def __str__(self) -> str:
        if self.port is None:
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read(value: str) -> Address:
    """What a person typed or pasted: `host`, `host:port`, `[::1]:port`, a web address. Raises `NotPossible`."""
    given = value.strip()
    if not given or any(unicodedata.category(sign)[0] in "CZ" for sign in given):
        raise _no_address(given)
    if is_web_address(given):
        return _of_web_address(given)
    if match := _WITH_PORT.fullmatch(given):
        return _with_port(given, match["host"].strip("[]"), int(match["port"]))
    bare = given[1:-1] if given.startswith("[") and given.endswith("]") and ":" in given else given
    host = _host(bare)
    if host is None:
        raise _no_address(given)
    return Address(host)


def find(value: str) -> Address | None:
    """The same, or None for what is no address, such as the name of a component."""
    try:
        return read(value)
    except NotPossible:
        return None


def is_web_address(value: str) -> bool:
    """Whether it is meant as one, right or wrong."""
    return "://" in value or value.startswith("//")


def has_port(value: str) -> bool:
    """Whether it ends with a colon and a number, as no component is called."""
    return _WITH_PORT.fullmatch(value.strip()) is not None


def _of_web_address(given: str) -> Address:
    """Scheme, host and port; who signs in, path and query say nothing of the address."""
    try:
        parts = urlsplit(given)
        port = _SCHEMES.get(parts.scheme or "https") if parts.port is None else parts.port
    except ValueError:
        raise _no_address(given) from None
    if port is None:
        raise NotPossible(text("{target} names no port; give it after the host and a colon.", target=given[:_LONGEST]))
    return _with_port(given, (parts.hostname or "").replace("%25", "%"), port)


def _with_port(given: str, host: str, port: int) -> Address:
    if not 0 < port <= _LAST_PORT:
        raise NotPossible(text("{target} has no port; expected 1 to 65535 after the colon.", target=given[:_LONGEST]))
    known = _host(host)
    if known is None:
        raise NotPossible(text("{target} names no host before the colon.", target=given[:_LONGEST]))
    return Address(known, None if port == HTTPS else port)


def _host(given: str) -> str | None:
    """The one form of an IP address or a host name; None if it is neither."""
    if not 0 < len(given) <= _LONGEST:
        return None
    name = given if given.isascii() else _in_ascii(given)
    return _ip_address(name) or _host_name(name)


def _in_ascii(name: str) -> str:
    """A name in another script by RFC 5891; empty if it is none. A single word is rather the name of a component."""
    try:
        return idna.encode(name, uts46=True).decode() if "." in name else ""
    except UnicodeError:
        return ""


def _ip_address(given: str) -> str | None:
    try:
        found = ip_address(given)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.scope_id is not None and not _ZONE.fullmatch(found.scope_id):
            return None
        return str(found.ipv4_mapped or found)
    return str(found)


def _host_name(given: str) -> str | None:
    name = given.lower().removesuffix(".")
    return name if len(name) <= _LONGEST and _NAME.fullmatch(name) and not _NUMBER.fullmatch(name) else None


def _no_address(given: str) -> NotPossible:
    return NotPossible(
        text(
            "{address} is no address; expected a host name or an IP address, perhaps with :port, or a web address.",
            address=given[:_LONGEST] or "-",
        )
    )


def target_name(value: str) -> str:
    """An address in its one form, or a component's own name. Raises `NotPossible` for neither."""
    longest = _LONGEST_WEB_ADDRESS if is_web_address(value) else _LONGEST_TARGET
    given = names.plain(value, text("The target"), longest)
    if is_web_address(given) or has_port(given):
        return str(read(given))
    found = find(given)
    return given if found is None else str(found)
