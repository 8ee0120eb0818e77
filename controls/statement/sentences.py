"""A text as sentences, each an exact quotation: Dutch and English, lists, headings kept apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from controls.statement.passages import Passage, passages

#: A full stop behind these ends no sentence.
_ABBREVIATIONS: Final = """
aant abs afd afz alg approx apr art artt aug bijv bijz blz bv ca co corp cq dec dept dhr dr drs ed eds eg e.g enz
etc evt excl feb fig gem i.e ie incl ing inz ir jan jl jr jul jun kb lid ltd max mevr mej min mln mr mrs ms mw nl
no nov nr nrs o.a okt ong p par pp prof resp sec sept spec st stcrt stb t.a.v t.b.v t.o.v tel vgl vol vs zgn zie
"""
#: … nor behind a company's form, unless a word follows that opens sentences.
_COMPANIES: Final = "b.v n.v v.o.f c.v s.a ltd inc co corp plc llc b.v.b.a"
_OPENING: Final = """
we wij the our de het een onze deze dit alle all this these each elke ieder iedere if als in op voor no geen it u you
"""
_SHORT, _COMPANY, _OPENERS = (frozenset(words.split()) for words in (_ABBREVIATIONS, _COMPANIES, _OPENING))
_LONGEST_SHORT: Final = 40  # characters back in which the last word is looked for
_OPEN: Final = "\"'(\\[\u201c\u2018\u00ab"
_CLOSED: Final = "\"')\\]\u201d\u2019\u00bb"
_END: Final = re.compile(rf"(?<![.!?…])[.!?…]{{1,9}}[{_CLOSED}]{{0,9}}(?=\s{{1,99}}[{_OPEN}]{{0,9}}[A-Z0-9À-Þ])")
_LAST_WORD: Final = re.compile(rf"[^\s{_OPEN}]+$")
_LETTERS_WITH_POINTS: Final = re.compile(r"(?:\w\.)+\w", re.UNICODE)
_NEXT_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters `start` to `end` of the text, under a heading; `passage` is the number of the one it stands in."""

    start: int
    end: int
    section: str
    passage: int


def sentences(text: str) -> list[Sentence]:
    """In the order of the text; headings and comments are none."""
    found: list[Sentence] = []
    section = ""
    for number, passage in enumerate(passages(text)):
        if passage.kind == "heading":
            section = text[passage.start : passage.end].strip(" #*_")
            continue
        found += [Sentence(start, end, section, number) for start, end in _split(text, passage)]
    return found


def _split(text: str, passage: Passage) -> Iterator[tuple[int, int]]:
    start = passage.start
    for sign in _END.finditer(text, passage.start, passage.end):
        if _ends(text, start, sign):
            yield from _trimmed(text, start, sign.end())
            start = sign.end()
    yield from _trimmed(text, start, passage.end)


def _ends(text: str, start: int, sign: re.Match[str]) -> bool:
    """Whether the sign ends a sentence rather than an abbreviation, an initial or a number in front of a name."""
    if not sign.group().startswith(".") or sign.group().startswith(".."):
        return True
    last = _LAST_WORD.search(text, max(start, sign.start() - _LONGEST_SHORT), sign.start())
    word = last.group().lower() if last else ""
    if word in _COMPANY:
        following = _NEXT_WORD.search(text, sign.end())
        return bool(following and following.group().lower() in _OPENERS)
    return not (word in _SHORT or len(word) == 1 or _LETTERS_WITH_POINTS.fullmatch(word))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    words = text[start:end]
    if stripped := words.strip():
        first = start + words.index(stripped)
        yield first, first + len(stripped)


def once(text: str, every: list[Sentence], at: int, longest: int = 20) -> tuple[int, int] | None:
    """The place of a sentence, with as many of its neighbours as it takes to occur once; none if that is too many."""
    first = last = at
    for _ in range(longest):
        start, end = every[first].start, every[last].end
        if text.count(text[start:end]) == 1:
            return start, end
        first, last = _wider(every, first, last)
    return None


def _wider(every: list[Sentence], first: int, last: int) -> tuple[int, int]:
    """The next sentence of the same passage, else the one before, else whatever is next."""
    if last + 1 < len(every) and every[last + 1].passage == every[last].passage:
        return first, last + 1
    if first > 0 and (every[first - 1].passage == every[first].passage or last + 1 == len(every)):
        return first - 1, last
    return first, min(last + 1, len(every) - 1)
