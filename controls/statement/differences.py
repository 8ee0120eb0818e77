"""What differs between two versions of a statement: clauses that stayed, changed, went or came, and the words in them.

A clause is its words. It changed when a clause of the same measure says nearly the same: at least half of the words of
both, in their order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from controls.statement.version_rows import ClauseRow

STAYED, CHANGED, WENT, CAME = "stayed", "changed", "went", "came"
_ALIKE: Final = 0.5
#: A word or a run of signs, and the space behind it.
_WORD: Final = re.compile("(\\w+(?:[.,'\N{RIGHT SINGLE QUOTATION MARK}-]\\w+)*|[^\\w\\s]+)(\\s*)")

_Word = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """Words, with the space behind them, that both versions have (stayed), the old one (went) or the new (came).

    Words that stayed may have other space behind them in either version; otherwise one of the two is empty.
    """

    kind: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A clause in two versions; where it went or came, in one of them. `measures` are those that either promises."""

    kind: str
    old: ClauseRow | None
    new: ClauseRow | None
    measures: tuple[str, ...]
    words: tuple[Words, ...]


def differences(old: Sequence[ClauseRow], new: Sequence[ClauseRow]) -> list[Difference]:
    """Every clause of either version, in the order of the texts."""
    by_key = {one.key: one for one in new}
    stayed = [(one, by_key[one.key]) for one in old if one.key in by_key]
    kept = {one.key for one, _ in stayed}
    gone, added = [one for one in old if one.key not in kept], [one for one in new if one.key not in kept]
    changed = _changed(gone, added)
    paired = {one.key for pair in changed for one in pair}
    found = [
        *(_difference(STAYED, before, after) for before, after in stayed),
        *(_difference(CHANGED, before, after) for before, after in changed),
        *(_difference(WENT, one, None) for one in gone if one.key not in paired),
        *(_difference(CAME, None, one) for one in added if one.key not in paired),
    ]
    return _in_order(found)


def _changed(gone: Sequence[ClauseRow], added: Sequence[ClauseRow]) -> list[tuple[ClauseRow, ClauseRow]]:
    """The most alike first; each clause once."""
    alike = [
        (_alike(before.quote, after.quote), -before.start, -after.start, before, after)
        for before in gone
        for after in added
        if set(before.measures) & set(after.measures)
    ]
    taken: set[str] = set()
    pairs = []
    for ratio, *_, before, after in sorted(alike, key=lambda one: one[:3], reverse=True):
        if ratio >= _ALIKE and not {before.key, after.key} & taken:
            taken |= {before.key, after.key}
            pairs.append((before, after))
    return pairs


def _alike(one: str, other: str) -> float:
    return _matcher(_split(one), _split(other)).ratio()


def _difference(kind: str, old: ClauseRow | None, new: ClauseRow | None) -> Difference:
    measures = dict.fromkeys(key for one in (new, old) if one for key in one.measures)
    words = _words(_split(old.quote) if old else [], _split(new.quote) if new else [])
    return Difference(kind, old, new, tuple(measures), tuple(words))


def _split(quote: str) -> list[_Word]:
    return _WORD.findall(quote)


def _matcher(old: Sequence[_Word], new: Sequence[_Word]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, [word for word, _ in old], [word for word, _ in new], autojunk=False)


def _words(old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[Words]:
    for same, a, b, c, d in _matcher(old, new).get_opcodes():
        if same == "equal":
            yield Words(STAYED, _joined(old[a:b]), _joined(new[c:d]))
            continue
        if a < b:
            yield Words(WENT, _joined(old[a:b]), "")
        if c < d:
            yield Words(CAME, "", _joined(new[c:d]))


def _joined(words: Iterable[_Word]) -> str:
    return "".join(word + space for word, space in words)


def _in_order(found: Iterable[Difference]) -> list[Difference]:
    """By the new text; what went stands after the clause that it followed in the old one."""
    at = sorted((one.old.start, one.new.start) for one in found if one.old and one.new)

    def place(one: Difference) -> tuple[int, int]:
        if one.new:
            return one.new.start, -1
        start = one.old.start if one.old else 0
        return max((after for before, after in at if before < start), default=-1), start

    return sorted(found, key=place)


def change_of(old: frozenset[str], new: frozenset[str]) -> str:
    """What became of a measure's sentences, given the keys of its clauses in two versions; empty: it has none."""
    if not old and not new:
        return ""
    if not new:
        return WENT
    if not old:
        return CAME
    return STAYED if old == new else CHANGED
