"""Proposals from a pasted statement: sentences that seem to promise something, and the known measure of each.

The score is the sum of the weights of matched keywords, and each match is shown with its weight: keywords of few known
measures weigh much, those of many weigh little, and hints weigh less still (measures.yaml). The same text always gives
the same proposals. Nothing is decided here: a person confirms each proposal.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from access.permissions import Person, require
from controls.errors import NotPossible
from controls.statement.known_measures import Keyword, Lexicon, read_lexicon
from controls.statement.sentences import Sentence, sentences, unique_span
from locales import LANGUAGES, text

_MOST_CHARACTERS: Final = 100_000  # characters; the longest published statement that we know has a third of it
_MOST_SENTENCES: Final = 3_000
_MOST_PROPOSALS: Final = 150  # a person does not review more at once
_LONGEST_SENTENCE: Final = 1_500  # characters
_LEAST_SCORE: Final = 2.8
_LEAST_WITHOUT_PROMISE: Final = 4.0
_MOST_REPEATS: Final = 5  # a sentence that occurs more often is boilerplate, not a promise
_CANDIDATES: Final = 3
_ADDRESS: Final = re.compile(r"https?://\S*|\S+@\S+")
_DIRECTION_MARKS: Final = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # these turn the order of letters


@dataclass(frozen=True, slots=True)
class KeywordMatch:
    """A word of the sentence that matches a keyword, and the weight of that keyword."""

    word: str
    keyword: str
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known measure that the sentence may promise, its score, and the matched words."""

    measure: str
    score: float
    words: tuple[KeywordMatch, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sentence that seems to promise something: a quotation that occurs once, and its measures, best score first.

    `measure`: the best one; empty if two score the same, or if no score is high enough and the sentence only has a word
    such as "never".
    """

    quote: str
    section: str
    promise: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    measure: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """The normalised text, its proposals, the number of its sentences, and how many promises were left out."""

    text: str
    language: str
    proposals: tuple[Proposal, ...]
    sentence_count: int
    omitted_count: int


@dataclass(frozen=True, slots=True)
class _Promise:
    """The sentence at an index that seems to promise something: its words of promise and its candidates."""

    index: int
    words: tuple[str, ...]
    candidates: list[Candidate]

    @property
    def score(self) -> float:
        return self.candidates[0].score if self.candidates else 0.0


def propose(person: Person, pasted: str, language: str) -> Proposals:
    """Propose the promises of a pasted text; requires permission to load statements, and stores nothing.

    Raises `NotPossible` for a text that is too long or empty, or has control characters.
    """
    require(person, "controls.load")
    return proposals(pasted, language)


def proposals(pasted: str, language: str) -> Proposals:
    """Propose the promises without checking a permission, for the command line."""
    normalised = normalised_text(pasted)
    every = sentences(normalised)
    if len(every) > _MOST_SENTENCES:
        raise NotPossible(text("The text has more than {n} sentences; paste the statement alone.", n=_MOST_SENTENCES))
    lexicon = read_lexicon(language)
    quotes = [normalised[sentence.start : sentence.end] for sentence in every]
    repeats = Counter(quotes)
    promises = [
        _Promise(index, promise, candidates)
        for index, quote in enumerate(quotes)
        if len(quote) <= _LONGEST_SENTENCE and repeats[quote] <= _MOST_REPEATS
        for promise, candidates in [_candidates(quote, lexicon, every[index].context)]
        if _is_promise(promise, candidates) or _is_strong(quote, lexicon)
    ]
    best = sorted(promises, key=lambda promise: (-promise.score, promise.index))[:_MOST_PROPOSALS]
    in_order = sorted(best, key=lambda promise: promise.index)
    made = [_proposal(normalised, every, promise) for promise in in_order]
    unique = {proposal.quote: proposal for proposal in made if proposal is not None}
    return Proposals(normalised, language, tuple(unique.values()), len(every), len(promises) - len(unique))


def candidates(quote: str, language: str, context: str = "") -> tuple[Candidate, ...]:
    """The known measures that a passage may promise, best score first, each with its words.

    `context`: of the sentence, see `Sentence`.
    """
    return tuple(_candidates(quote, read_lexicon(language), context)[1][:_CANDIDATES])


def proposed_measure(quote: str, language: str, context: str = "") -> str:
    """The measure that is proposed for a passage; empty if none is. `context`: see `Sentence`."""
    words, found = _candidates(quote, read_lexicon(language), context)
    return _best(found) if _is_promise(words, found) else ""


def normalised_text(pasted: str) -> str:
    """Return the text with line feeds as line ends. Raises `NotPossible` for a text with invisible characters."""
    if len(pasted) > _MOST_CHARACTERS:
        raise NotPossible(
            text("The text is longer than {n} characters; paste the statement alone.", n=_MOST_CHARACTERS)
        )
    plain = re.sub(r"\r\n?|[\v\f\u2028\u2029\x85]", "\n", pasted.removeprefix("\ufeff"))
    for number, line in enumerate(plain.split("\n"), start=1):
        for sign in line:
            if (unicodedata.category(sign) in ("Cc", "Cs") and sign != "\t") or sign in _DIRECTION_MARKS:
                raise NotPossible(
                    text(
                        "Line {line} contains a control character ({code}); expected plain text.",
                        line=number,
                        code=f"U+{ord(sign):04X}",
                    )
                )
    if not plain.strip():
        raise NotPossible(text("The text is empty; paste the statement as it is published."))
    return plain.strip("\n") + "\n"


def language_of(statement: str) -> str:
    """Return the language (`nl`, `en`) with most words of promise in the text; Dutch if they are equal."""
    counts = {
        code: sum(
            len(keyword.patterns[0].findall(statement))
            for keyword in read_lexicon(code).promise
            if len(keyword.patterns) == 1  # "is" in "is + ge*d" is a word of both languages
        )
        for code in LANGUAGES
    }
    return max(LANGUAGES, key=lambda code: counts[code])


def _candidates(sentence: str, lexicon: Lexicon, context: str) -> tuple[tuple[str, ...], list[Candidate]]:
    words = _ADDRESS.sub("", sentence)  # https:// is no promise of HTTPS
    if _is_reserved(words, lexicon):
        return (), []
    whole = f"{words}\n{context}"
    promise = tuple(dict.fromkeys(match.word.lower() for match in _matches(whole, lexicon.promise, len(whole))))
    candidates = [_candidate(measure.key, _matches(whole, measure.words, len(words))) for measure in lexicon.measures]
    return promise, sorted(
        (candidate for candidate in candidates if candidate.words), key=lambda candidate: -candidate.score
    )


def _candidate(measure: str, words: Sequence[KeywordMatch]) -> Candidate:
    return Candidate(measure, round(sum(match.weight for match in words), 1), tuple(words))


def _matches(words: str, keywords: Sequence[Keyword], length: int) -> list[KeywordMatch]:
    """Match each keyword once, with a word among the first `length` characters.

    Of keywords that match the same words, the heaviest counts.
    """
    found = [
        (keyword, matches)
        for keyword in keywords
        if (matches := keyword.search(words)) and any(match.start() < length for match in matches)
    ]
    chosen: list[KeywordMatch] = []
    used: list[re.Match[str]] = []
    for keyword, matches in sorted(found, key=lambda pair: (-pair[0].weight, pair[1][0].start())):
        if not any(_overlap(match, other) for match in matches for other in used):
            used += matches
            chosen.append(KeywordMatch(_words_of(matches), keyword.keyword, keyword.weight))
    return chosen


def _overlap(match: re.Match[str], other: re.Match[str]) -> bool:
    return match.start() < other.end() and other.start() < match.end()


def _words_of(matches: Sequence[re.Match[str]]) -> str:
    """The matched words in the order of the sentence."""
    return " … ".join(match.group() for match in sorted(matches, key=lambda match: match.start()))


def _is_promise(promise: Sequence[str], candidates: Sequence[Candidate]) -> bool:
    """Whether the best score is high enough: higher for a sentence without a word of promise."""
    return bool(candidates) and candidates[0].score >= (_LEAST_SCORE if promise else _LEAST_WITHOUT_PROMISE)


def _is_strong(quote: str, lexicon: Lexicon) -> bool:
    """Whether a sentence about security or privacy promises something in so many words: "never", "within a week"."""
    words = _ADDRESS.sub("", quote)
    return not _is_reserved(words, lexicon) and all(
        any(keyword.search(words) for keyword in keywords) for keywords in (lexicon.strong, lexicon.topic)
    )


def _is_reserved(words: str, lexicon: Lexicon) -> bool:
    """Whether a sentence has a reservation, or is a question."""
    return words.endswith("?") or any(keyword.search(words) for keyword in lexicon.hedge)


def _best(candidates: Sequence[Candidate]) -> str:
    """The measure with the best score; none if two have it."""
    first, *others = candidates
    return "" if any(other.score == first.score for other in others) else first.measure


def _proposal(statement: str, every: list[Sentence], promise: _Promise) -> Proposal | None:
    span = unique_span(statement, every, promise.index)
    if span is None:
        return None
    section = every[promise.index].section
    best = _best(promise.candidates) if _is_promise(promise.words, promise.candidates) else ""
    return Proposal(statement[slice(*span)], section, promise.words, tuple(promise.candidates[:_CANDIDATES]), best)
