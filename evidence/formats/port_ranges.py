"""Ports as nmap writes them: `1-1024,3389`."""

import re
from bisect import bisect_right
from functools import lru_cache

_PROTOCOLS = {"T": "tcp", "U": "udp", "S": "sctp"}  # before a range, as in nmap's -p: `T:80,443,U:53`
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def by_protocol(ranges: str, protocol: str) -> dict[str, str]:
    """The ranges of each protocol that a list names by its letter; those before any letter are of `protocol`."""
    if ":" not in ranges:
        return {protocol: ranges}
    found: dict[str, list[str]] = {}
    for part in ranges.split(","):
        letter, colon, numbers = part.strip().rpartition(":")
        if colon:
            protocol = _PROTOCOLS.get(letter.upper(), letter[:10])
        found.setdefault(protocol, []).append(numbers)
    return {name: ",".join(parts) for name, parts in found.items()}


def within(number: int, ranges: str) -> bool:
    """Whether a port is among them."""
    return _covers(_merged(ranges), number, number)


def holds(ranges: str, wanted: str) -> bool:
    """Whether all that are wanted are among them."""
    found = _merged(ranges)
    return all(_covers(found, low, high) for low, high in _merged(wanted))


def size(ranges: str) -> int:
    """How many ports they are."""
    return sum(high - low + 1 for low, high in _merged(ranges))


@lru_cache(maxsize=32)
def _merged(ranges: str) -> list[tuple[int, int]]:
    """The ranges in their order, each apart from the next; a file may name them thousands of times, or backwards."""
    pairs = sorted({(int(low), int(high or low)) for low, high in _RANGE.findall(ranges)})
    found: list[tuple[int, int]] = []
    for low, high in pairs:
        if low > high:
            continue
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def _covers(found: list[tuple[int, int]], low: int, high: int) -> bool:
    at = bisect_right(found, (low, 1 << 20)) - 1
    return at >= 0 and found[at][1] >= high
