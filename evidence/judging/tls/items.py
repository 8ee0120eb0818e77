"""The items of a TLS policy, to be looked up: cipher suites, versions, key lengths, terms of certificates."""

import re
from datetime import date

from evidence.judging.tls.readings import ReadItem
from evidence.judging.tls.rules import Rules

_BITS = re.compile(r"(\w+) (?:(<|>=) (\d+)|(\d+)-(\d+)) bit")
_EXPIRED, _TOO_SOON, _IN_TERM = "expired", "expires too soon", "in its term"


class Items:
    """The policy's items, to be looked up."""

    def __init__(self, rules: Rules) -> None:
        self._known: dict[tuple[str, str], tuple[str, str]] = {}
        self._other: dict[str, tuple[str, str]] = {}
        self._bits: list[tuple[str, int, int, str]] = []
        for group in rules.groups:
            for level, items in group.levels():
                self._known |= {(group.kind, item.lower()): (level, group.basis) for item in items}
                self._bits += [found for item in items if (found := _range(item))]
            if group.other:
                self._other[group.kind] = (group.other, group.basis)

    def level(self, found: ReadItem) -> tuple[str, str, str]:
        """The item's name, its level (empty: not judged), and the basis."""
        names = (self._length(found),) if found.bits else found.names
        for name in names:
            known = self._known.get((found.kind, name.lower()))
            if known:
                return found.names[0] if found.kind == "cipher-suite" else name, *known
        return names[0] if names else "", *self._other.get(found.kind, ("", ""))

    def _length(self, found: ReadItem) -> str:
        algorithm = found.names[0]
        matches = (name for kind, low, high, name in self._bits if kind == algorithm and low <= found.bits <= high)
        return next(matches, f"{algorithm} {found.bits} bit")


def on_day(found: ReadItem, day: date, days_left: int) -> ReadItem:
    """A certificate's term, on the day that the scan represents."""
    days = (found.until - day).days if found.until else found.days
    if days is None:
        return found
    return ReadItem(found.kind, (_EXPIRED if days < 0 else _TOO_SOON if days < days_left else _IN_TERM,))


def _range(item: str) -> tuple[str, int, int, str] | None:
    found = _BITS.fullmatch(item)
    if not found:
        return None
    algorithm, sign, bound, low, high = found.groups()
    if sign == ">=":
        return algorithm, int(bound), 10**9, item
    if sign == "<":
        return algorithm, 0, int(bound) - 1, item
    return algorithm, int(low), int(high), item
