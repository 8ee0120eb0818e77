"""Headings that begin with a direction: `Van zone` and `Naar zone` are the source and the destination of a rule.

Elsewhere these words tell nothing, and two such headings would be the same.
"""

from collections.abc import Sequence

from evidence.formats.tables.heading_comparison import plain

_FROM, _TO = frozenset(("van", "vanaf", "vanuit", "from")), frozenset(("naar", "to", "towards"))
_MOST_WORDS = 3


def directed(names: Sequence[str], heading: str) -> bool | None:
    """Whether a heading goes the way of a column of which the way alone is a name; None where either goes no way."""
    words = plain(heading).split()
    ours = _way(words[0]) if 1 < len(words) <= _MOST_WORDS else None
    theirs = next((way for name in names if (way := _way(plain(name)))), None)
    return ours is theirs if ours and theirs else None


def _way(word: str) -> frozenset[str] | None:
    return next((way for way in (_FROM, _TO) if word in way), None)
