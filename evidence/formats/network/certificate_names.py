"""Whether a certificate is for a host, by its alternative names (RFC 6125, RFC 9525); a common name does not count."""

from collections.abc import Iterable
from ipaddress import ip_address

_WILDCARD = "*."


def is_for_host(host: str, names: Iterable[str], addresses: Iterable[str] = ()) -> bool:
    """Whether a host, which may be an IP address, is among a certificate's DNS names or IP addresses."""
    number = _number(host)
    if number:
        return number in map(_number, addresses)
    wanted = _plain(host)
    return any(_fits(wanted, _plain(name)) for name in names)


def _fits(host: str, name: str) -> bool:
    """Whether a name covers a host; a wildcard stands for exactly the first label."""
    if not name.startswith(_WILDCARD):
        return bool(host) and host == name
    first, _, rest = host.partition(".")
    return bool(first) and "." in rest and rest == name.removeprefix(_WILDCARD)


def _plain(name: str) -> str:
    return name.strip().rstrip(".").casefold()


def _number(host: str) -> str:
    """The normal form of an IP address; empty for anything else."""
    try:
        return str(ip_address(host.strip().strip("[]")))
    except ValueError:
        return ""
