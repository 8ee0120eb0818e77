"""The normal form of an address that a scanner tested, which it may write as the address of a page."""

import re

from evidence.formats.testssl import target

_ADDRESS = re.compile(r"(?:(\w+)://)?(?:[^/@?#]*@)?(\[[^]]+\]|[^/:?#]+)(?::(\d+))?(?:[/?#].*)?", re.DOTALL)
_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443"}


def normal_address(written: str, port: str = "") -> str:
    """The host and port of an address in normal form (see `testssl.py`). `port`: where the address has none."""
    parts = _ADDRESS.fullmatch(written.strip())
    if parts is None:  # an IPv6 address without brackets
        return target(written.strip(), port)
    scheme, host, own_port = parts.groups()
    return target(host, own_port or port or _PORTS.get((scheme or "").lower(), ""))
