"""Ports as nmap writes them: `1-1024,3389`."""

import re
from functools import lru_cache

_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def within(number: int, ranges: str) -> bool:
    """Whether a port is among them."""
    return any(low <= number <= high for low, high in _pairs(ranges))


def holds(ranges: str, wanted: str) -> bool:
    """Whether all that are wanted are among them."""
    low_to_high = sorted(_pairs(ranges))
    return all(_covers(low_to_high, low, high) for low, high in _pairs(wanted))


@lru_cache(maxsize=32)  # hosts of one scan have the same
def _pairs(ranges: str) -> list[tuple[int, int]]:
    return [(int(low), int(high or low)) for low, high in _RANGE.findall(ranges)]


def _covers(found: list[tuple[int, int]], low: int, high: int) -> bool:
    for first, last in found:
        if first <= low <= last:
            low = last + 1
    return low > high
