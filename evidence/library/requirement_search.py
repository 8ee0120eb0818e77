"""Finds evidence requirements in Dutch or English, whatever language the reader uses.

By the number of a control, a title, a measure, a format, a policy or its columns, or a term for the same.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml
from sqlmodel import Session

from access.permissions import Person, require
from controls.browse.shared_definitions import Definitions, definitions
from controls.browse.values import RequirementRow
from evidence.intake.proposed_requirements.name_words import plain_words
from evidence.judging.policies import policies
from locales import Language

_WORDS = Path(__file__).with_name("search_words.yaml")
_NUMBER = re.compile(r"(?:[a-z]\.?)?(\d+(?:\.\d+)+|\d+(?=\.$))\.?")
_LETTER = re.compile(r"^[A-Za-z]\.")
_INSIDE = 4  # letters of a word that may stand inside another one, as in Dutch compounds
_LONGEST = 200  # characters of a query
_TITLE, _NAMES, _FILES, _REMARKS = 8.0, 4.0, 2.0, 1.0
_EXACT_NUMBER, _OWN_NUMBER, _RELATED_NUMBER = 10.0, 5.0, 2.0
_SAME_TERM = 0.5  # of the weight, for another term than the one that was typed


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a requirement is found by: weights of words, and its numbers and those of related controls."""

    fields: Sequence[tuple[float, frozenset[str]]]
    numbers: frozenset[str]
    related: frozenset[str]


def search_requirements(session: Session, person: Person, query: str) -> list[str]:
    """Keys of the requirements that a query finds, the best first; all for an empty query.

    Every word of the query must be found. Permission: `controls.read`.
    """
    require(person, "controls.read")
    known = definitions(session, person)
    tokens = query[:_LONGEST].casefold().split()
    if not tokens:
        return list(known.requirements)
    alternatives = _alternatives(tokens)
    weights = {key: _best(_entry(known, row), alternatives) for key, row in known.requirements.items()}
    return sorted((key for key, weight in weights.items() if weight), key=lambda key: -weights[key])


# ── Weighing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _best(entry: _Entry, alternatives: Iterable[tuple[float, Sequence[str]]]) -> float:
    return max(share * _weight(entry, tokens) for share, tokens in alternatives)


def _weight(entry: _Entry, tokens: Sequence[str]) -> float:
    """The sum of what each token weighs; 0 if one is not found."""
    weights = [_weight_of(entry, token) for token in tokens]
    return sum(weights) if all(weights) else 0.0


def _weight_of(entry: _Entry, token: str) -> float:
    if number := _NUMBER.fullmatch(token.rpartition(":")[2]):
        return _weight_of_number(entry, number[1])
    words = plain_words(token)
    return min((_weight_of_word(entry, word) for word in words), default=0.0)


def _weight_of_number(entry: _Entry, number: str) -> float:
    below = f"{number}."
    if number in entry.numbers:
        return _EXACT_NUMBER
    if any(each.startswith(below) for each in entry.numbers):
        return _OWN_NUMBER
    return _RELATED_NUMBER if any(f"{each}.".startswith(below) for each in entry.related) else 0.0


def _weight_of_word(entry: _Entry, word: str) -> float:
    """The weight of the best field with the word; half if it is only inside a longer word."""
    best = 0.0
    for weight, words in entry.fields:
        if any(each.startswith(word) for each in words):
            best = max(best, weight)
        elif len(word) >= _INSIDE and any(word in each for each in words):
            best = max(best, weight / 2)
    return best


# ── Terms for the same ───────────────────────────────────────────────────────────────────────────────────────────────


def _alternatives(tokens: Sequence[str]) -> list[tuple[float, Sequence[str]]]:
    """The query itself, and with each term in it replaced by another one for the same."""
    found: list[tuple[float, Sequence[str]]] = [(1.0, tokens)]
    spoken = f" {' '.join(plain_words(' '.join(tokens)))} "
    for group in same_terms():
        for term in group:
            if f" {term} " in spoken:
                found += [
                    (_SAME_TERM, spoken.replace(f" {term} ", f" {other} ").split()) for other in group if other != term
                ]
    return found


@cache
def same_terms() -> list[list[str]]:
    """Groups of terms for the same, as plain words."""
    groups = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return [[" ".join(plain_words(str(term))) for term in group] for group in groups]


# ── What a requirement is found by ───────────────────────────────────────────────────────────────────────────────────


def _entry(known: Definitions, row: RequirementRow) -> _Entry:
    measure = known.measures.get(row.measure or "")
    keys = [mapping.control for mapping in measure.mappings if mapping.ended_at is None] if measure else []
    own = [row.control] if row.control else keys
    controls = [known.controls[key] for key in own if key in known.controls]
    names = [name for control in controls for name in (control.title_nl, control.title_en)]
    names += [measure.title_nl, measure.title_en] if measure else []
    fields = (
        (_TITLE, _words(row.title_nl, row.title_en)),
        (_NAMES, _words(row.key, *names)),
        (_FILES, _words(*row.formats, *_words_of_policy(row.policy or ""))),
        (_REMARKS, _words(row.judged_nl, row.judged_en)),
    )
    related = (partner.ref for control in controls for partner in control.partners)
    return _Entry(fields, _numbers(control.ref for control in controls), _numbers(related))


def _numbers(references: Iterable[str]) -> frozenset[str]:
    return frozenset(_LETTER.sub("", reference) for reference in references)


@lru_cache(maxsize=4096)
def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for words in texts for word in plain_words(words))


@lru_cache(maxsize=512)
def _words_of_policy(key: str) -> tuple[str, ...]:
    """The words of a policy's title and of the columns of its table, in both languages."""
    policy = policies().get(key)
    if policy is None:
        return ()
    languages = [Language(code) for code in ("nl", "en")]
    texts = [
        policy.title,
        *(title for each in policy.judging_policies() for title in each.titles_of_columns().values()),
    ]
    return tuple(t.render(words) for words in texts for t in languages)
