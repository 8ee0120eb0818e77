"""Start from a statement: the sentences of a pasted text that promise something, and the known measure of each.

The score is a sum of words, and every word with what it adds is shown: a word of few known measures adds much, one of
many adds little, one that only often stands beside it less still (measures.yaml). The same text gives the same
proposals. Nothing here decides: a person confirms each one.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from access.permissions import Person, require
from controls.errors import NotPossible
from controls.statement.known_measures import Knowledge, Word, knowledge
from controls.statement.sentences import Sentence, once, sentences
from locales import LANGUAGES, text

_LONGEST: Final = 100_000  # characters; the longest published statement that we know has a third
_MOST_SENTENCES: Final = 3_000
_MOST: Final = 150  # proposals; nobody confirms more in one sitting
_LONGEST_SENTENCE: Final = 1_500  # characters
_ENOUGH: Final = 3.5
_PROMISES: Final = 1.0  # what words of promise add at most
_OFTEN: Final = 5  # what stands in the text more often is no promise, and is not searched for
_SHOWN: Final = 3
_ADDRESS: Final = re.compile(r"https?://\S*|\S+@\S+")
_NOT_SHOWN: Final = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # these turn the order of letters


@dataclass(frozen=True, slots=True)
class Matched:
    """A word of the sentence that a keyword found, and what it adds."""

    word: str
    keyword: str
    adds: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known measure that the sentence may promise, and the words that say so."""

    measure: str
    score: float
    words: tuple[Matched, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sentence that seems to promise something: a quotation that occurs once, and its measures, nearest first."""

    quote: str
    section: str
    promise: tuple[str, ...]
    candidates: tuple[Candidate, ...]

    @property
    def measure(self) -> str:
        return self.candidates[0].measure


@dataclass(frozen=True, slots=True)
class Proposals:
    """What came of a text: the text as it will be kept, what is proposed, and how many sentences were looked at."""

    text: str
    language: str
    proposals: tuple[Proposal, ...]
    looked_at: int
    left_out: int


def propose(person: Person, pasted: str, language: str) -> Proposals:
    """What a pasted text promises, for somebody who may load statements; nothing is stored."""
    require(person, "controls.load")
    return proposals(pasted, language)


def proposals(pasted: str, language: str) -> Proposals:
    """The same without a person: of whoever runs the machine."""
    kept = kept_text(pasted)
    every = sentences(kept)
    if len(every) > _MOST_SENTENCES:
        raise NotPossible(text("The text has more than {n} sentences; paste the statement alone.", n=_MOST_SENTENCES))
    known = knowledge(language)
    words = Counter(kept[one.start : one.end] for one in every)
    found = [
        (at, promise, candidates)
        for at, one in enumerate(every)
        if one.end - one.start <= _LONGEST_SENTENCE and words[kept[one.start : one.end]] <= _OFTEN
        for promise, candidates in [_judged(kept[one.start : one.end], known)]
        if _is_proposed(promise, candidates)
    ]
    best = sorted(found, key=lambda one: (-one[2][0].score, one[0]))[:_MOST]
    made = [_proposal(kept, every, *one) for one in sorted(best, key=lambda one: one[0])]
    unique = {one.quote: one for one in made if one is not None}
    return Proposals(kept, language, tuple(unique.values()), len(every), len(found) - len(unique))


def kept_text(pasted: str) -> str:
    """The text as it is kept: line ends of one kind, nothing invisible. Raises `NotPossible`."""
    if len(pasted) > _LONGEST:
        raise NotPossible(text("The text is longer than {n} characters; paste the statement alone.", n=_LONGEST))
    plain = re.sub(r"\r\n?|[\v\f\u2028\u2029\x85]", "\n", pasted.removeprefix("\ufeff"))
    for number, line in enumerate(plain.split("\n"), start=1):
        for sign in line:
            if (unicodedata.category(sign) in ("Cc", "Cs") and sign != "\t") or sign in _NOT_SHOWN:
                raise NotPossible(
                    text(
                        "Line {line} holds a control character ({code}); expected plain text.",
                        line=number,
                        code=f"U+{ord(sign):04X}",
                    )
                )
    if not plain.strip():
        raise NotPossible(text("The text is empty; paste the statement as it is published."))
    return plain.strip("\n") + "\n"


def language_of(words: str) -> str:
    """The language with more of its words of promise in the text; Dutch if that says nothing."""
    counts = {code: sum(len(one.pattern.findall(words)) for one in knowledge(code).promise) for code in LANGUAGES}
    return max(LANGUAGES, key=lambda code: counts[code])


def _judged(sentence: str, known: Knowledge) -> tuple[tuple[str, ...], list[Candidate]]:
    words = _ADDRESS.sub("", sentence)  # https:// is no promise of HTTPS
    if any(one.pattern.search(words) for one in known.hedge) or words.endswith("?"):
        return (), []
    promise = tuple(dict.fromkeys(found.word.lower() for found in _matched(words, known.promise)))
    candidates = [_candidate(one.key, _matched(words, one.words)) for one in known.measures]
    return promise, sorted((one for one in candidates if one.words), key=lambda one: -one.score)


def _candidate(measure: str, words: Sequence[Matched]) -> Candidate:
    return Candidate(measure, round(sum(one.adds for one in words), 1), tuple(words))


def _matched(words: str, keywords: Sequence[Word]) -> list[Matched]:
    """Each keyword counts once; of keywords that found the same words, the one that adds most."""
    found = [(one, match) for one in keywords if (match := one.pattern.search(words))]
    kept: list[tuple[Word, re.Match[str]]] = []
    for one, match in sorted(found, key=lambda pair: (-pair[0].adds, pair[1].start())):
        if not any(match.start() < other.end() and other.start() < match.end() for _, other in kept):
            kept.append((one, match))
    return [Matched(match.group(), one.keyword, one.adds) for one, match in kept]


def _is_proposed(promise: Sequence[str], candidates: Sequence[Candidate]) -> bool:
    """The words of the nearest measure weigh enough; words of promise make up for little."""
    return bool(candidates) and candidates[0].score + min(_PROMISES, 0.5 * len(promise)) >= _ENOUGH


def _proposal(
    kept: str, every: list[Sentence], at: int, promise: tuple[str, ...], candidates: list[Candidate]
) -> Proposal | None:
    place = once(kept, every, at)
    if place is None:
        return None
    return Proposal(kept[slice(*place)], every[at].section, promise, tuple(candidates[:_SHOWN]))
