"""Differences between two versions of a statement: unchanged, changed, removed and added clauses, and their words.

A clause is identified by its words. A removed and an added clause of the same measure are one changed clause when they
are similar: `SequenceMatcher.ratio` over their words is at least a half.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from controls.statement.version_rows import ClauseRow

UNCHANGED, CHANGED, REMOVED, ADDED = "stayed", "changed", "went", "came"
_LEAST_SIMILARITY: Final = 0.5
#: a word or a run of punctuation, and the white space after it
_TOKEN: Final = re.compile("(\\w+(?:[.,'\N{RIGHT SINGLE QUOTATION MARK}-]\\w+)*|[^\\w\\s]+)(\\s*)")

_Token = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """Words of both versions (unchanged), of the old one only (removed) or of the new one only (added).

    `old` and `new` include the white space after each word, which may differ for unchanged words; for the other kinds
    one of the two is empty.
    """

    kind: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A clause in two versions, or in one of them if it was removed or added.

    `measures`: keys of the measures that either version promises.
    """

    kind: str
    old: ClauseRow | None
    new: ClauseRow | None
    measures: tuple[str, ...]
    words: tuple[Words, ...]


def differences(old: Sequence[ClauseRow], new: Sequence[ClauseRow]) -> list[Difference]:
    """Compare two versions: every clause of either, in the order of the texts."""
    by_key = {clause.key: clause for clause in new}
    unchanged = [(clause, by_key[clause.key]) for clause in old if clause.key in by_key]
    unchanged_keys = {clause.key for clause, _ in unchanged}
    removed = [clause for clause in old if clause.key not in unchanged_keys]
    added = [clause for clause in new if clause.key not in unchanged_keys]
    changed = _changed_pairs(removed, added)
    paired = {clause.key for pair in changed for clause in pair}
    result = [
        *(_difference(UNCHANGED, before, after) for before, after in unchanged),
        *(_difference(CHANGED, before, after) for before, after in changed),
        *(_difference(REMOVED, clause, None) for clause in removed if clause.key not in paired),
        *(_difference(ADDED, None, clause) for clause in added if clause.key not in paired),
    ]
    return _ordered(result)


def word_changes(old: str, new: str) -> list[Words]:
    """The words of two texts in order: unchanged, removed and added."""
    return list(_changes(_tokens(old), _tokens(new)))


def _changed_pairs(removed: Sequence[ClauseRow], added: Sequence[ClauseRow]) -> list[tuple[ClauseRow, ClauseRow]]:
    """Pair similar clauses of the same measure, most similar first; each clause is used once."""
    alike = [
        (_similarity(before.quote, after.quote), -before.start, -after.start, before, after)
        for before in removed
        for after in added
        if set(before.measures) & set(after.measures)
    ]
    used: set[str] = set()
    pairs = []
    for ratio, *_, before, after in sorted(alike, key=lambda candidate: candidate[:3], reverse=True):
        if ratio >= _LEAST_SIMILARITY and not {before.key, after.key} & used:
            used |= {before.key, after.key}
            pairs.append((before, after))
    return pairs


def _similarity(old: str, new: str) -> float:
    return _matcher(_tokens(old), _tokens(new)).ratio()


def _difference(kind: str, old: ClauseRow | None, new: ClauseRow | None) -> Difference:
    measures = dict.fromkeys(key for clause in (new, old) if clause for key in clause.measures)
    words = _changes(_tokens(old.quote) if old else [], _tokens(new.quote) if new else [])
    return Difference(kind, old, new, tuple(measures), tuple(words))


def _tokens(quote: str) -> list[_Token]:
    return _TOKEN.findall(quote)


def _matcher(old: Sequence[_Token], new: Sequence[_Token]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, [word for word, _ in old], [word for word, _ in new], autojunk=False)


def _changes(old: Sequence[_Token], new: Sequence[_Token]) -> Iterator[Words]:
    for same, a, b, c, d in _matcher(old, new).get_opcodes():
        if same == "equal":
            yield Words(UNCHANGED, _join(old[a:b]), _join(new[c:d]))
            continue
        if a < b:
            yield Words(REMOVED, _join(old[a:b]), "")
        if c < d:
            yield Words(ADDED, "", _join(new[c:d]))


def _join(words: Iterable[_Token]) -> str:
    return "".join(word + space for word, space in words)


def _ordered(unordered: Iterable[Difference]) -> list[Difference]:
    """Order by the new text; a removed clause follows the clause that it followed in the old text."""
    starts = sorted(
        (difference.old.start, difference.new.start) for difference in unordered if difference.old and difference.new
    )

    def position(difference: Difference) -> tuple[int, int]:
        if difference.new:
            return difference.new.start, -1
        start = difference.old.start if difference.old else 0
        return max((after for before, after in starts if before < start), default=-1), start

    return sorted(unordered, key=position)


def change_kind(old: frozenset[str], new: frozenset[str]) -> str:
    """Return how a measure's sentences changed, from the keys of its clauses in two versions; empty: it has none."""
    if not old and not new:
        return ""
    if not new:
        return REMOVED
    if not old:
        return ADDED
    return UNCHANGED if old == new else CHANGED
