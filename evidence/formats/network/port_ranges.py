"""Port ranges in nmap's notation: `1-1024,3389`."""

import re
from bisect import bisect_right
from functools import lru_cache

_PROTOCOLS = {"T": "tcp", "U": "udp", "S": "sctp"}  # before a range, as in nmap's -p: `T:80,443,U:53`
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def by_protocol(ranges: str, protocol: str) -> dict[str, str]:
    """Split a list by protocol letters into ranges by protocol; ranges before any letter belong to `protocol`."""
    if ":" not in ranges:
        return {protocol: ranges}
    numbers_by_protocol: dict[str, list[str]] = {}
    for part in ranges.split(","):
        letter, colon, numbers = part.strip().rpartition(":")
        if colon:
            protocol = _PROTOCOLS.get(letter.upper(), letter[:10])
        numbers_by_protocol.setdefault(protocol, []).append(numbers)
    return {name: ",".join(parts) for name, parts in numbers_by_protocol.items()}


def within(number: int, ranges: str) -> bool:
    """Whether a port is in the ranges."""
    return _covers(_merged(ranges), number, number)


def holds(ranges: str, wanted: str) -> bool:
    """Whether the ranges contain all of `wanted`."""
    merged = _merged(ranges)
    return all(_covers(merged, low, high) for low, high in _merged(wanted))


def size(ranges: str) -> int:
    """The number of ports in the ranges."""
    return sum(high - low + 1 for low, high in _merged(ranges))


@lru_cache(maxsize=32)
def _merged(ranges: str) -> list[tuple[int, int]]:
    """The ranges sorted and merged; a file may list thousands, also overlapping or reversed (ignored)."""
    pairs = sorted({(int(low), int(high or low)) for low, high in _RANGE.findall(ranges)})
    merged: list[tuple[int, int]] = []
    for low, high in pairs:
        if low > high:
            continue
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _covers(merged: list[tuple[int, int]], low: int, high: int) -> bool:
    at = bisect_right(merged, (low, 1 << 20)) - 1
    return at >= 0 and merged[at][1] >= high
