"""A text as sentences, each an exact quotation: Dutch and English, lists, headings kept apart."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from controls.statement.passages import Passage, passages

#: a full stop after these does not end a sentence
_ABBREVIATIONS: Final = """
aant abs afd afz alg approx apr art artt aug bijv bijz blz bv ca co corp cq dec dept dhr dr drs ed eds eg e.g enz
etc evt excl feb fig gem i.e ie incl ing inz ir jan jl jr jul jun kb lid ltd max mevr mej min mln mr mrs ms mw nl
no nov nr nrs o.a okt ong p par pp prof resp sec sept spec st stcrt stb t.a.v t.b.v t.o.v tel vgl vol vs zgn zie
"""
#: nor after the legal form of a company, unless the next word typically begins a sentence
_COMPANIES: Final = "b.v n.v v.o.f c.v s.a ltd inc co corp plc llc b.v.b.a"
_FIRST_WORDS: Final = """
we wij the our de het een onze deze dit alle all this these each elke ieder iedere if als in op voor no geen it u you
"""
_ABBREVIATED, _COMPANY_FORMS, _OPENERS = (
    frozenset(words.split()) for words in (_ABBREVIATIONS, _COMPANIES, _FIRST_WORDS)
)
_IN_LISTS: Final = ("item", "number", "row")
_LONGEST_INTRODUCTION: Final = 300  # characters
_LONGEST_SHORT: Final = 40  # characters back in which the last word is searched
_OPENING_MARKS: Final = "\"'(\\[\u201c\u2018\u00ab"
_CLOSING_MARKS: Final = "\"')\\]\u201d\u2019\u00bb"
_END: Final = re.compile(
    rf"(?<![.!?…])[.!?…]{{1,9}}[{_CLOSING_MARKS}]{{0,9}}(?=\s{{1,99}}[{_OPENING_MARKS}]{{0,9}}[A-Z0-9À-Þ])"
)
_LAST_WORD: Final = re.compile(rf"[^\s{_OPENING_MARKS}]+$")
_INITIALS: Final = re.compile(r"(?:\w\.)+\w", re.UNICODE)
_NEXT_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters `start` to `end` of the text, under a heading; `passage` is the number of its passage.

    `context`: what completes it: for an item of a list or a row of a table the heading and the words that introduce
    it, for an answer the question.
    """

    start: int
    end: int
    section: str
    passage: int
    context: str = ""


def sentences(text: str) -> list[Sentence]:
    """Return the sentences in the order of the text, without headings and comments."""
    result: list[Sentence] = []
    section = introduction = before = ""
    for number, passage in enumerate(passages(text)):
        words = text[passage.start : passage.end]
        if passage.kind == "heading":
            section, introduction = words.strip(" #*_"), ""
        elif passage.kind not in _IN_LISTS:
            introduction = _last_lines(words) if words.endswith(":") else ""
        elif passage.kind == "row" != before:
            introduction = words  # the first row of a table
        before = passage.kind
        context = f"{section}\n{introduction}".strip() if passage.kind in _IN_LISTS else ""
        if passage.kind != "heading":
            result += _sentences_of(text, passage, section, number, context)
    return result


def context_at(every: Sequence[Sentence], start: int) -> str:
    """The context of the sentence that has a place in it: also that of a part of a sentence."""
    return next((each.context for each in every if each.start <= start < each.end), "")


def _sentences_of(text: str, passage: Passage, section: str, number: int, context: str) -> Iterator[Sentence]:
    """The sentences of a passage; a question belongs to the answer that follows it."""
    question = ""
    for start, end in _split(text, passage):
        yield Sentence(start, end, section, number, f"{context}\n{question}".strip())
        question = text[start:end] if text[end - 1] == "?" else ""


def _last_lines(words: str) -> str:
    """The end of a passage that introduces a list."""
    return words[-_LONGEST_INTRODUCTION:]


def _split(text: str, passage: Passage) -> Iterator[tuple[int, int]]:
    start = passage.start
    for sign in _END.finditer(text, passage.start, passage.end):
        if _ends_sentence(text, start, sign):
            yield from _trimmed_span(text, start, sign.end())
            start = sign.end()
    yield from _trimmed_span(text, start, passage.end)


def _ends_sentence(text: str, start: int, sign: re.Match[str]) -> bool:
    """Whether the sign ends a sentence rather than an abbreviation, an initial or a number in front of a name."""
    if not sign.group().startswith(".") or sign.group().startswith(".."):
        return True
    last = _LAST_WORD.search(text, max(start, sign.start() - _LONGEST_SHORT), sign.start())
    last_word = last.group().lower() if last else ""
    if last_word in _COMPANY_FORMS:
        following = _NEXT_WORD.search(text, sign.end())
        return bool(following and following.group().lower() in _OPENERS)
    return not (last_word in _ABBREVIATED or len(last_word) == 1 or _INITIALS.fullmatch(last_word))


def _trimmed_span(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    words = text[start:end]
    if stripped := words.strip():
        first = start + words.index(stripped)
        yield first, first + len(stripped)


def unique_span(text: str, every: list[Sentence], index: int, longest: int = 20) -> tuple[int, int] | None:
    """Return start and end of a sentence, extended with neighbours until the quotation occurs once in the text.

    None if that takes more than `longest` sentences.
    """
    first = last = index
    for _ in range(longest):
        start, end = every[first].start, every[last].end
        if text.count(text[start:end]) == 1:
            return start, end
        first, last = _wider(every, first, last)
    return None


def _wider(every: list[Sentence], first: int, last: int) -> tuple[int, int]:
    """Add the next sentence of the same passage, else the one before, else the next of another passage."""
    if last + 1 < len(every) and every[last + 1].passage == every[last].passage:
        return first, last + 1
    if first > 0 and (every[first - 1].passage == every[first].passage or last + 1 == len(every)):
        return first - 1, last
    return first, min(last + 1, len(every) - 1)
