"""The normal form of a tested address, in every format that names hosts.

The host name in lower case (the IP address where no name is known), followed by `:port` unless that is 443.
"""

import re
from functools import lru_cache

from evidence.formats.values import storable

_ADDRESS = re.compile(r"(?:(\w+)://)?(?:[^/@?#]*@)?(\[[^]]+\]|[^/:?#]+)(?::(\d+))?(?:[/?#].*)?", re.DOTALL)
_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443"}


def target(host: str, port: str) -> str:
    """The normal form of a tested address; `port`: "" where it is not known."""
    name = storable(host, 255).strip().strip("[]").lower().rstrip(".")
    if port in ("", "443"):
        return name
    return f"[{name}]:{port[:5]}" if ":" in name else f"{name}:{port[:5]}"


@lru_cache(4096)  # most findings of a scan are of few addresses
def normal_address(written: str, port: str = "") -> str:
    """The normal form of an address, which may be that of a page. `port`: where the address has none."""
    parts = _ADDRESS.fullmatch(written.strip())
    if parts is None:  # an IPv6 address without brackets
        return target(written.strip(), port)
    scheme, host, own_port = parts.groups()
    return target(host, own_port or port or _PORTS.get((scheme or "").lower(), ""))
