"""What people type: titles, reasons, keys and the names of targets, checked before anything is stored."""

import ipaddress
import re
import unicodedata
from typing import Final

from controls.problems import NotPossible
from locales import Text, text

KEY: Final = r"[a-z0-9][a-z0-9-]{0,79}"  # typed or in a file
_LONGEST_TARGET: Final = 253  # a host name's longest (RFC 1035)
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"({_LABEL}\.)*{_LABEL}\.?", re.IGNORECASE)
_WITH_PORT = re.compile(r"(?P<host>[^:\[\]\s]+|\[[^\]]+\]):(?P<port>\d{1,9})")
_HTTPS = 443
_LAST_PORT = 65535


def plain(value: str, what: Text, longest: int = 200, *, lines: bool = False) -> str:
    """A text without control characters, trimmed, not empty. `lines` allows line ends."""
    given = value.strip()
    if not given:
        raise NotPossible(text("{what} is empty; expected a text.", what=what))
    if len(given) > longest:
        raise NotPossible(text("{what} is longer than {n} characters.", what=what, n=longest))
    if any(unicodedata.category(sign)[0] == "C" and not (lines and sign in "\n\r\t") for sign in given):
        raise NotPossible(text("{what} holds a control character; expected plain text.", what=what))
    return given


def key(value: str) -> str:
    """A key: it stands in addresses and never changes."""
    if not re.fullmatch(KEY, value):
        raise NotPossible(
            text("{key} is no key; expected at most 80 lower-case letters, digits and hyphens.", key=repr(value[:100]))
        )
    return value


def key_of(title: str) -> str:
    """A key from a title: what people would have typed themselves."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:80]


def target_name(value: str) -> str:
    """A host name, an address, host:port, or a component's own name; hosts in lower case, without HTTPS's own port."""
    given = plain(value, text("The target"), _LONGEST_TARGET)
    if "://" in given or (given.startswith("//")):
        raise NotPossible(text("{target} is a web address; give the host name only.", target=given))
    if match := _WITH_PORT.fullmatch(given):
        return _host_and_port(given, match["host"].lower(), int(match["port"]))
    return given.lower() if _is_host(given) else given


def _host_and_port(given: str, host: str, port: int) -> str:
    if not 0 < port <= _LAST_PORT:
        raise NotPossible(text("{target} has no port; expected 1 to 65535 after the colon.", target=given))
    if not _is_host(host.strip("[]")):
        raise NotPossible(text("{target} names no host before the colon.", target=given))
    return host if port == _HTTPS else f"{host}:{port}"


def _is_host(given: str) -> bool:
    try:
        ipaddress.ip_address(given)
    except ValueError:
        return bool(_HOST.fullmatch(given))
    return True
