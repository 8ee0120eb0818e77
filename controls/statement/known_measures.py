"""Known measures: those that other statements promised, with the keywords that point to them (measures.yaml)."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from controls.files.requirement_file import TeamEntry
from controls.files.statement_file import MeasureEntry
from controls.files.yaml_source import Given, Key, Shape, read_source
from controls.statement import publishing
from controls.statement.deadlines import LENGTH_OF_TIME
from controls.statement.publishing import PublishedStatement

CONTROLS: Final = Path(__file__).parents[1]
_TERM: Final = "{term}"
_HINT_SHARE: Final = 1 / 3
_FOLDERS: Final = (CONTROLS / "statements", CONTROLS / "statements" / "examples")


class KeywordLists(Shape):
    """Keywords in each language: words or runs of words; `*` matches any letters, `a|b` one of two words.

    `a + b` needs both, in any order; `a_b` is a choice of two words in a row; `{term}` matches a length of time, such
    as "30 days".
    """

    nl: tuple[Given, ...]
    en: tuple[Given, ...]


class KnownEntry(Shape):
    """A measure by its key, with its keywords and the key of the statement that defines it."""

    key: Key
    words: KeywordLists
    hints: KeywordLists
    statement: Key


class MeasuresFile(Shape):
    """The content of measures.yaml: keywords of promises, strong promises, topics, reservations, and each measure."""

    promise: KeywordLists
    strong: KeywordLists
    topic: KeywordLists
    hedge: KeywordLists
    measures: tuple[KnownEntry, ...]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword as written in the file, the patterns that must all be found, and its weight in the score."""

    keyword: str
    patterns: tuple[re.Pattern[str], ...]
    weight: float

    def search(self, words: str) -> tuple[re.Match[str], ...]:
        """Return a match of each pattern; none unless all are found."""
        matches = tuple(match for pattern in self.patterns if (match := pattern.search(words)))
        return matches if len(matches) == len(self.patterns) else ()


@dataclass(frozen=True, slots=True)
class KnownMeasure:
    """A measure with its keywords, and its entry and the teams of the statement that defines it."""

    entry: MeasureEntry
    teams: tuple[TeamEntry, ...]
    words: tuple[Keyword, ...]

    @property
    def key(self) -> str:
        return self.entry.key


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The keywords of one language that sentences are compared with."""

    measures: tuple[KnownMeasure, ...]
    promise: tuple[Keyword, ...]
    strong: tuple[Keyword, ...]
    topic: tuple[Keyword, ...]
    hedge: tuple[Keyword, ...]


@cache
def read_lexicon(language: str) -> Lexicon:
    """Read the keywords of a language (`nl`, `en`) from the files of the product, once a process."""
    content = read_source(CONTROLS / "measures.yaml", MeasuresFile).content
    sources = {key: publishing.read(_statement_path(key)) for key in {entry.statement for entry in content.measures}}
    words = {entry.key: tuple(getattr(entry.words, language)) for entry in content.measures}
    hints = {entry.key: tuple(getattr(entry.hints, language)) for entry in content.measures}
    weights = _weights([(*words[key], *hints[key]) for key in words])
    measures = [
        _known_measure(
            sources[entry.statement],
            entry.key,
            [*_keywords(words[entry.key], weights), *_keywords(hints[entry.key], weights, _HINT_SHARE)],
        )
        for entry in content.measures
    ]
    promise, strong, topic, hedge = (
        tuple(Keyword(word, _patterns(word), 1.0) for word in getattr(entry, language))
        for entry in (content.promise, content.strong, content.topic, content.hedge)
    )
    return Lexicon(tuple(measures), promise, strong, topic, hedge)


def _statement_path(key: str) -> Path:
    return next(path for folder in _FOLDERS if (path := folder / f"{key}.yaml").is_file())


def _known_measure(published: PublishedStatement, key: str, keywords: Sequence[Keyword]) -> KnownMeasure:
    entry = next(measure for measure in published.content.measures if measure.key == key)
    return KnownMeasure(entry, published.content.teams, tuple(keywords))


def _keywords(texts: Sequence[str], weights: Mapping[str, float], share: float = 1.0) -> list[Keyword]:
    return [Keyword(text, _patterns(text), round(weights[text] * share, 1)) for text in texts]


def _weights(by_measure: Sequence[Sequence[str]]) -> dict[str, float]:
    """Weigh keywords: those of few measures weigh more, and so do runs of several words.

    The weight is log(1 + measures / measures with the keyword) * sqrt(words in the keyword); a choice of words is one.
    """
    counts = Counter(keyword for keywords_of_measure in by_measure for keyword in set(keywords_of_measure))
    return {keyword: math.log(1 + len(by_measure) / n) * math.sqrt(_length(keyword)) for keyword, n in counts.items()}


def _length(keyword: str) -> int:
    """Words in a keyword."""
    return len(keyword.replace(" + ", " ").split())


def _patterns(keyword: str) -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(part) for part in keyword.split(" + "))


def _pattern(part: str) -> re.Pattern[str]:
    phrase = r"[\s-]+".join(_word(word) for word in part.split())
    return re.compile(rf"(?<!\w){phrase}(?!\w)", re.IGNORECASE)


def _word(word: str) -> str:
    if word == _TERM:
        return LENGTH_OF_TIME
    choices = (re.escape(choice).replace(r"\*", r"\w*").replace("_", r"[\s-]+") for choice in word.split("|"))
    return f"(?:{'|'.join(choices)})"
