"""The known measures: what other statements promised, and the words that say it (measures.yaml)."""

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
from controls.statement.publishing import Published

HERE: Final = Path(__file__).parents[1]
_HINT: Final = 1 / 3
_PLACES: Final = (HERE / "statements", HERE / "statements" / "examples")


class ByLanguage(Shape):
    """Words or runs of words in either language; * stands for any letters."""

    nl: tuple[Given, ...]
    en: tuple[Given, ...]


class KnownEntry(Shape):
    """A measure by its key, in the statement that defines it."""

    key: Key
    words: ByLanguage
    hints: ByLanguage
    statement: Key


class MeasuresFile(Shape):
    """The whole file."""

    promise: ByLanguage
    hedge: ByLanguage
    measures: tuple[KnownEntry, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword, as it is written in the file and as it is searched for, and what it adds where it is found."""

    keyword: str
    pattern: re.Pattern[str]
    adds: float


@dataclass(frozen=True, slots=True)
class Known:
    """A measure with its words, and its entry and teams in the statement that it comes from."""

    entry: MeasureEntry
    teams: tuple[TeamEntry, ...]
    words: tuple[Word, ...]

    @property
    def key(self) -> str:
        return self.entry.key


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that sentences of one language are compared with."""

    measures: tuple[Known, ...]
    promise: tuple[Word, ...]
    hedge: tuple[Word, ...]


@cache
def knowledge(language: str) -> Knowledge:
    """Read once a process; the files come along with the product."""
    content = read_source(HERE / "measures.yaml", MeasuresFile).content
    sources = {key: publishing.read(_path(key)) for key in {one.statement for one in content.measures}}
    said = {one.key: tuple(getattr(one.words, language)) for one in content.measures}
    hints = {one.key: tuple(getattr(one.hints, language)) for one in content.measures}
    weights = _weights([(*said[key], *hints[key]) for key in said])
    known = [
        _known(
            sources[one.statement], one.key, [*_words(said[one.key], weights), *_words(hints[one.key], weights, _HINT)]
        )
        for one in content.measures
    ]
    promise, hedge = (
        [Word(word, _pattern(word), 1.0) for word in getattr(one, language)] for one in (content.promise, content.hedge)
    )
    return Knowledge(tuple(known), tuple(promise), tuple(hedge))


def _path(key: str) -> Path:
    return next(path for folder in _PLACES if (path := folder / f"{key}.yaml").is_file())


def _known(published: Published, key: str, words: Sequence[Word]) -> Known:
    entry = next(one for one in published.content.measures if one.key == key)
    return Known(entry, published.content.teams, tuple(words))


def _words(keywords: Sequence[str], weights: Mapping[str, float], share: float = 1.0) -> list[Word]:
    return [Word(word, _pattern(word), round(weights[word] * share, 1)) for word in keywords]


def _weights(keywords: Sequence[Sequence[str]]) -> dict[str, float]:
    """What few measures have says more; a run of words says more than one word."""
    having = Counter(word for words in keywords for word in set(words))
    return {word: math.log(1 + len(keywords) / n) * math.sqrt(len(word.split())) for word, n in having.items()}


def _pattern(keyword: str) -> re.Pattern[str]:
    words = [re.escape(word).replace(r"\*", r"\w*") for word in keyword.split()]
    together = r"[\s-]+".join(words)
    return re.compile(rf"(?<!\w){together}(?!\w)", re.IGNORECASE)
