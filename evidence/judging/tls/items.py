"""Lookup of levels for the items of a TLS policy: cipher suites, versions, key lengths, certificate terms."""

import re
from datetime import date

from evidence.judging.tls.readings import ReadItem
from evidence.judging.tls.rules import Rules

_BITS = re.compile(r"(\w+) (?:(<|>=) (\d+)|(\d+)-(\d+)) bit")
_EXPIRED, _TOO_SOON, _IN_TERM = "expired", "expires too soon", "in its term"


class Items:
    """Levels of the policy's items."""

    def __init__(self, rules: Rules) -> None:
        self._known: dict[tuple[str, str], tuple[str, str]] = {}
        self._other: dict[str, tuple[str, str]] = {}
        self._bits: list[tuple[str, int, int, str]] = []
        for group in rules.groups:
            for level, items in group.levels():
                self._known |= {(group.kind, item.lower()): (level, group.basis) for item in items}
                self._bits += [bits for item in items if (bits := _range(item))]
            if group.other:
                self._other[group.kind] = (group.other, group.basis)

    def level(self, item: ReadItem) -> tuple[str, str, str]:
        """An item's name, level (empty: not judged) and basis."""
        names = (self._length(item),) if item.bits else item.names
        for name in names:
            known = self._known.get((item.kind, name.lower()))
            if known:
                return item.names[0] if item.kind == "cipher-suite" else name, *known
        return names[0] if names else "", *self._other.get(item.kind, ("", ""))

    def _length(self, item: ReadItem) -> str:
        algorithm = item.names[0]
        matches = (name for kind, low, high, name in self._bits if kind == algorithm and low <= item.bits <= high)
        return next(matches, f"{algorithm} {item.bits} bit")


def on_day(item: ReadItem, day: date, days_left: int) -> ReadItem:
    """A certificate item with its term on a day: expired, expiring within `days_left` days, or valid."""
    days = (item.until - day).days if item.until else item.days
    if days is None:
        return item
    return ReadItem(item.kind, (_EXPIRED if days < 0 else _TOO_SOON if days < days_left else _IN_TERM,))


def _range(item: str) -> tuple[str, int, int, str] | None:
    match = _BITS.fullmatch(item)
    if not match:
        return None
    algorithm, sign, bound, low, high = match.groups()
    if sign == ">=":
        return algorithm, int(bound), 10**9, item
    if sign == "<":
        return algorithm, 0, int(bound) - 1, item
    return algorithm, int(low), int(high), item
