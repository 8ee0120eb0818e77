"""From where a firewall rule lets in, however it is written: `0.0.0.0/1`, `any, 10.0.0.1`, `WAN net`, `kantoor`.

What lets in everybody is `any`; what lets in most of the internet is `internet`. Addresses as in RFC 4632 and RFC 4291;
private networks as in RFC 1918, RFC 6598, RFC 4193.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network, summarize_address_range
from typing import Final

from evidence.formats.tables.heading_comparison import plain

ANY: Final = "any"
INTERNET: Final = "internet"
_UNCLEAR: Final = "unclear"

_Networks = list[IPv4Network | IPv6Network]

_BETWEEN = re.compile(r"[,;|\n&+]| en | and | of | or ")
_EXCEPT = re.compile(r"^(?:!|not\b|niet\b|behalve\b|except\b|alles behalve\b|all except\b)\s*(?=\S)")
_SHORT = re.compile(r"^\d{1,3}(?:\.\d{1,3}){0,2}(?=/)")
_RANGE = re.compile(r"\s*(?:-|\N{EN DASH}|\bt/m\b|\bto\b|\btot\b)\s*")
_WORD = re.compile(r"[a-z]+\d*|\*")
_EVERYONE = """
any any4 any6 all alle alles iedereen everyone everybody anywhere everywhere overal everything elke iedere *
"""
_OUTSIDE = """
internet wan world wereld outside untrust untrusted buiten buitenwereld public publiek external extern
"""
#: words that say nothing beside others: `alle werkplekken` are not all, `public servers` not the public
_WEAK = "all alle elke iedere outside buiten public publiek external extern"
_FILLING = """
net network netwerk zone address addresses adres adressen ip ips ipv4 ipv6 the het de hele whole entire host hosts
"""
_EVERYONE_WORDS, _OUTSIDE_WORDS, _WEAK_WORDS, _FILLING_WORDS = (
    frozenset(words.split()) for words in (_EVERYONE, _OUTSIDE, _WEAK, _FILLING)
)
#: The longest prefix of a public network that is most of the internet: 16 million addresses of IPv4.
_LARGE = {4: 8, 6: 16}
_PRIVATE = [
    ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16")
] + [ip_network(each) for each in ("fc00::/7", "fe80::/10", "::1/128")]


def reach(written: str) -> str:
    """`any`, `internet`, or empty for a source that is limited or unclear; a list reaches as far as its widest part."""
    reaches = set(_reaches(written))
    return next((each for each in (ANY, INTERNET) if each in reaches), "")


def is_clear(written: str) -> bool:
    """Whether no part says the internet beside other words, so that nobody knows from where it lets in."""
    return _UNCLEAR not in _reaches(written)


def _reaches(written: str) -> list[str]:
    return [_of_part(part) for part in filter(None, map(str.strip, _BETWEEN.split(written.casefold())))]


def _of_part(part: str) -> str:
    if excepted := _EXCEPT.match(part):
        return "" if _of_part(part[excepted.end() :]) else INTERNET
    networks = _networks(part)
    if networks is None:
        return _of_words(set(_WORD.findall(plain(part))))
    if any(network.prefixlen == 0 for network in networks):
        return ANY
    return INTERNET if any(map(_is_large, networks)) else ""


def _of_words(words: set[str]) -> str:
    said = words & (_EVERYONE_WORDS | _OUTSIDE_WORDS)
    if not said:
        return ""
    if words <= said | _FILLING_WORDS:
        return INTERNET if words & _OUTSIDE_WORDS else ANY
    return "" if said <= _WEAK_WORDS else _UNCLEAR


def _networks(part: str) -> _Networks | None:
    """The networks of an address, a network, or a range; None for words."""
    short = _SHORT.match(part)
    whole = part if short is None else short[0] + ".0" * (3 - short[0].count(".")) + part[short.end() :]
    try:
        return [ip_network(whole.replace(" ", "/", 1) if "/" not in whole else whole, strict=False)]
    except ValueError:
        pass
    ends = _RANGE.split(part)
    try:
        first, last = map(ip_address, ends)
        return list(summarize_address_range(first, last))
    except (ValueError, TypeError):
        return None


def _is_large(network: IPv4Network | IPv6Network) -> bool:
    return network.prefixlen <= _LARGE[network.version] and not _is_within(network, _PRIVATE)


def _is_within(network: IPv4Network | IPv6Network, others: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(network.version == other.version and network.subnet_of(other) for other in others)  # type: ignore[arg-type]
