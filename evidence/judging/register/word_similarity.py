"""How alike two headings or words are, across Dutch and English: by what their parts mean (`concepts.yaml`).

Only proposals rest on it, which a person confirms. Pure: the same two texts give the same number.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from evidence.formats.tables.heading_comparison import plain

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOKEN = re.compile(r"\w+|#")
_STOP = re.compile(r"(?<=\w)\.(?=\w\b)|(?<=\b\w)\.")  # of an abbreviation: `d.d.`, `p.nr`
_THROUGH = re.compile(r"\bt/m\b", re.IGNORECASE)  # until and with
_HOW = re.compile(r" (?:ja nee|j n|yes no|y n)$")  # how a heading is filled in, not what it is
_NUMBER = "nr"  # what a word ends in that is a number: `zaaknr`
_FILLED = re.compile(r"\s*\[[^\]]*\]")  # as well: `Status [READ ONLY]`
_LONGEST_PHRASE = 3  # words
_SHORTEST = 3  # letters of a word that may be part of a compound
_JOINTS = ("", "s", "e", "en", "n")  # between the parts of a Dutch compound
#: of a verb (`ge`tekend), also after what parts from it (aan`ge`meld)
_PARTICIPLE = re.compile(r"^(aan|af|door|in|na|om|op|over|terug|toe|uit|vast|voor)?ge(\w{3,})$")
_ENDING = re.compile(r"(?:ingen|ing|eren|en|ed|es|de|te|e|s|d|t)$")
_SHORTEST_STEM = 4  # letters
_TYPING, _LONG = 0.84, 5  # how alike a word with a typing error is to the right one, and the letters that it has
_LITTLE = 0.4  # what a general word counts for
_NEAR = 0.7  # what a meaning counts for that is near another
_UNMARKED = 0.6  # of what tells the first of something and what does not say which
_OTHER_KIND = 0.8  # of headings that tell different things of the same: `decided by` and `decided on`
_REMEMBERED = 32_768

#: The meanings of one word: concepts, or the word itself.
Meanings = frozenset[str]


def likeness(first: str, second: str) -> float:
    """From 0 (nothing in common) to 1 (the same): the share of their words that mean the same.

    What denies (`not revoked`) is never like what does not, nor what is to come (`next review`) like what was.
    """
    one, other = meanings(first), meanings(second)
    if _every(one) & _decisive() != _every(other) & _decisive() or _are_opposites(_every(one), _every(other)):
        return 0.0
    if plain(first) == plain(second):
        return 1.0
    total = sum(map(_weight, one)) + sum(map(_weight, other))
    found = min(1.0, 2 * _shared(one, other) / total) if total else 0.0  # floats may add up to a little more
    found *= 1 if _are_both_first(_every(one), _every(other)) else _UNMARKED
    return found * _OTHER_KIND if _are_of_other_kinds(one, other) else found


def may_be_alike(first: str, second: str) -> bool:
    """Whether any word of both means the same or nearly so: quicker than how alike they are."""
    return bool(_around(first) & _every(meanings(second)))


@lru_cache(_REMEMBERED)
def _around(words: str) -> Meanings:
    """The concepts of some words that tell something, and those near them."""
    telling = _every([each for each in meanings(words) if not each <= _general()] or meanings(words))
    return telling.union(*(near for near in _near() if near & telling))


def lacks(heading: str, name: str, *, near: bool) -> bool:
    """Whether a heading leaves out a word of a name that tells it from others: `told on` of `customers told on`.

    `near`: what is near a word stands for it.
    """
    ours = meanings(heading)
    return any(
        not any(each & own or (near and _are_near(each, own)) for own in ours)
        for each in meanings(name)
        if _weight(each) == 1
    )


def is_in_words_of(heading: str, name: str) -> bool:
    """Whether a name has the telling words of a heading as they are written, not others that mean the same."""
    words = _telling_words(heading)
    return bool(words) and words <= _telling_words(name)


def _telling_words(words: str) -> frozenset[str]:
    return frozenset(
        token for token in _tokens(words) if any(_weight(each) == 1 and each != {"of"} for each in _of_token(token))
    )


def common(heading: str, name: str) -> frozenset[Meanings]:
    """The telling words of a heading that mean the same as a word of a name."""
    return frozenset(
        each for each in meanings(heading) if not each <= _general() and any(each & other for other in meanings(name))
    )


def is_of_late(heading: str) -> bool:
    """Whether it tells what is still to come: planned, or the last day for it."""
    return bool(_every(meanings(heading)) & frozenset(_file()["late"]))


def is_no_reference(heading: str) -> bool:
    """Whether it tells of which type something is, or its name, rather than which it is."""
    return bool(_every(meanings(heading)) & {"type", "name"})


def tells_reference(heading: str) -> bool:
    """Whether it tells by what number or code something is known."""
    return "reference" in _every(meanings(heading))


def is_of_someone(heading: str) -> bool:
    """Whether it tells of a person, account or organisation."""
    return bool(
        _every(meanings(heading)) & {"person", "user", "account", "subject", "patient", "customer", "recipient"}
    )


def is_name(heading: str) -> bool:
    """Whether it says nothing but `name`, and not of what."""
    return bool(meant := _every(meanings(heading))) and meant <= {"name"}


def is_ticket(heading: str) -> bool:
    """Whether it tells of a ticket or case, by which a row is known in the program where it was handled."""
    return bool(meant := meanings(heading)) and all(each & {"incident", "reference"} for each in meant)


def is_bare(heading: str) -> bool:
    """Whether it says when, who or where something begins or ends, and not of what."""
    return bool(meant := _every(meanings(heading))) and meant <= _bare()


def says_little(heading: str) -> bool:
    """Whether it has only words that say little by themselves: `Type`, `Date`, `Reference`."""
    return bool(meant := _every(meanings(heading))) and meant <= _general()


def says_done(heading: str) -> bool:
    """Whether it says of no thing more than that something was done: `Carried out on`, `Date`, `By`."""
    return bool(meant := _every(meanings(heading))) and meant <= _general() | {"execute", "install"}


def tells_who(heading: str) -> bool:
    """Whether it tells by whom something was done."""
    return "by" in _every(meanings(heading))


def means_other_than(heading: str, names: Sequence[str]) -> bool:
    """Whether a heading has a known telling word that none of these names has, nor one near it."""
    if plain(heading).rstrip("?") in _file()["generic"]:
        return False
    theirs = [meant for name in names for meant in meanings(name)]
    return any(
        _weight(meant) == 1
        and meant <= _every_concept()
        and not any(meant & other or _are_near(meant, other) for other in theirs)
        for meant in meanings(heading)
    )


def contradicts(heading: str, names: Sequence[str]) -> bool:
    """Whether a heading denies, or means the opposite of, all of these names."""
    meant = _every(meanings(heading))
    theirs = [_every(meanings(name)) for name in names]
    return all(meant & _decisive() != other & _decisive() or _are_opposites(meant, other) for other in theirs)


def tells_when(heading: str) -> bool:
    """Whether it names a day or moment."""
    return bool(_every(meanings(heading)) & {"date", "moment"})


def is_remark(heading: str) -> bool:
    """Whether it is of remarks: of anything."""
    return "remark" in _every(meanings(heading))


def is_of_course(heading: str) -> bool:
    """Whether it tells of a training."""
    return "training" in _every(meanings(heading))


def is_of_period(heading: str) -> bool:
    """Whether it tells when something was, or of what lasts: employment, access, an agreement."""
    return bool(_every(meanings(heading)) & (_bare() | frozenset(_file()["lasting"])))


@lru_cache(_REMEMBERED)
def meanings(words: str) -> tuple[Meanings, ...]:
    """What each word of a heading means; articles and prepositions mean nothing, compounds are taken apart."""
    found = [one for token in _tokens(words) for one in _of_token(token)]
    telling = [one for one in found if one != {"of"}]
    return tuple(dict.fromkeys(telling or found))


def _tokens(words: str) -> Iterator[str]:
    """The words and phrases of a heading, without how it is filled in."""
    words = _THROUGH.sub("until", _FILLED.sub("", words) or words)
    is_known = plain(words).strip("?") in _concepts()
    split = plain(words if is_known else _CAMEL.sub(" ", words)).rstrip("? ")
    tokens = _TOKEN.findall(_STOP.sub("", _HOW.sub("", split)))
    return _phrases(tokens)


def _phrases(tokens: Sequence[str]) -> Iterator[str]:
    """The words, those together that mean something together (`aan wie`)."""
    at = 0
    while at < len(tokens):
        ends = range(min(at + _LONGEST_PHRASE, len(tokens)), at, -1)
        end = next((end for end in ends if " ".join(tokens[at:end]) in _compounds()), at + 1)
        yield " ".join(tokens[at:end])
        at = end


@lru_cache(_REMEMBERED)
def _of_token(token: str) -> list[Meanings]:
    if several := _compounds().get(token):
        return several
    if known := _concepts().get(token):
        return [known]
    if token.endswith(_NUMBER) and len(token) > _SHORTEST:
        return [*_of_token(token.removesuffix(_NUMBER)), frozenset(("reference",))]
    if parts := _parts(token) or _of_same_stem(token) or _mistyped(token):
        return [_concepts()[part] for part in parts]
    if tail := _tail(token):
        return [frozenset((token.removesuffix(tail),)), _concepts()[tail]]
    return [frozenset((token,))]


def _parts(token: str) -> Sequence[str]:
    """The two known words that a Dutch compound is made of (`besluitdatum`); none if it is no compound."""
    for at in range(len(token) - _SHORTEST, _SHORTEST - 1, -1):
        first, rest = _known(token[:at]), token[at:]
        for joint in _JOINTS:
            if first and rest.startswith(joint) and rest.removeprefix(joint) in _concepts():
                return first, rest.removeprefix(joint)
    return ()


def _known(word: str) -> str:
    """The word itself, or the known one of which it is the stem (`aanmeld` of `aangemeld`); empty if there is none."""
    return word if word in _concepts() else _stems().get(word, "") if len(word) >= _LONG else ""


def _tail(token: str) -> str:
    """The known word in which a Dutch compound ends, which it is a kind of (`leerlingaccount`); empty if none is."""
    starts = range(_SHORTEST, len(token) - _LONG + 1)
    return next((token[at:] for at in starts if token[at:] in _concepts()), "") if token.isalpha() else ""


def _of_same_stem(token: str) -> Sequence[str]:
    """The known word of which this is another form: `tekenen` of `getekend`; none if there is none."""
    known = _stems().get(stem(token)) if len(token) >= _LONG else None
    return (known,) if known else ()


def stem(word: str) -> str:
    """A word without the endings of plurals and verbs, and without the `ge` of a Dutch participle."""
    bare = _PARTICIPLE.sub(r"\1\2", word) if word.endswith(("d", "t", "en")) else word
    shorter = _ENDING.sub("", bare)
    return shorter if len(shorter) >= _SHORTEST_STEM else word


def _mistyped(token: str) -> Sequence[str]:
    """The known word that this is with a typing error, after its first letter; none if there is none."""
    if len(token) < _LONG or not token.isalpha():
        return ()
    return get_close_matches(token, _by_letter().get(token[0], ()), 1, _TYPING)


def _shared(one: Sequence[Meanings], other: Sequence[Meanings]) -> float:
    """The weight of what both mean, each meaning used once."""
    left, shared, others = list(other), 0.0, []
    for each in one:
        if (match := next((found for found in left if each & found), None)) is None:
            others.append(each)
        else:
            left.remove(match)
            shared += min(_weight(each), _weight(match))
    for each in others:
        if (match := next((found for found in left if _are_near(each, found)), None)) is not None:
            left.remove(match)
            shared += min(_weight(each), _weight(match)) * _NEAR
    return shared


@lru_cache(_REMEMBERED)
def _are_near(one: Meanings, other: Meanings) -> bool:
    return any(one & near and other & near for near in _near())


def _are_of_other_kinds(one: Sequence[Meanings], other: Sequence[Meanings]) -> bool:
    if ("by" in _every(one)) != ("by" in _every(other)):
        return True
    first, second = _every(one) & _general(), _every(other) & _general()
    return bool(first and second) and not first & second


def _are_both_first(one: Meanings, other: Meanings) -> bool:
    """Whether both tell the first of something, or where that starts; or neither does."""
    return all(second & {"first", "start"} for first, second in ((one, other), (other, one)) if "first" in first)


def _are_opposites(one: Meanings, other: Meanings) -> bool:
    """Whether one means what the other means the opposite of, and not that as well: the last use is not the first."""
    alone, others = one - other, other - one
    pairs = [pair for first, second in _opposites() for pair in ((first, second), (second, first))]
    return any(first in alone and second in others for first, second in pairs)


@lru_cache(_REMEMBERED)
def _weight(one: Meanings) -> float:
    return _LITTLE if one <= _general() | _slight() else 1.0


def _every(several: Sequence[Meanings]) -> Meanings:
    return frozenset().union(*several)


@cache
def _file() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "concepts.yaml").read_text())
    return content


@cache
def _concepts() -> dict[str, Meanings]:
    """Word → its concepts."""
    found: dict[str, set[str]] = {}
    for concept, words in _file()["concepts"].items():
        for word in (concept, *words):
            found.setdefault(plain(str(word)), set()).add(concept)
    return {word: frozenset(concepts) for word, concepts in found.items()}


@cache
def _every_concept() -> Meanings:
    return frozenset().union(*_concepts().values())


@cache
def _stems() -> dict[str, str]:
    """Stem → the known word that has it; none that several words with other meanings have."""
    words: dict[str, set[str]] = {}
    for word in _concepts():
        if len(word) >= _LONG and word.isalpha():
            words.setdefault(stem(word), set()).add(word)
    return {root: min(alike) for root, alike in words.items() if len({_concepts()[word] for word in alike}) == 1}


@cache
def _by_letter() -> dict[str, list[str]]:
    """The known words by their first letter: to compare with all of them takes long where there are many values."""
    found: dict[str, list[str]] = {}
    for word in _concepts():
        found.setdefault(word[0], []).append(word)
    return found


@cache
def _compounds() -> dict[str, list[Meanings]]:
    """Word or phrase → the concepts that it means together."""
    compounds: dict[str, list[str]] = _file()["compounds"]
    return {word: [frozenset((concept,)) for concept in concepts] for word, concepts in compounds.items()}


@cache
def _near() -> list[Meanings]:
    return [frozenset(row) for row in _file()["near"]]


@cache
def _opposites() -> list[tuple[str, str]]:
    return [(first, second) for first, second in _file()["opposites"]]


@cache
def _slight() -> Meanings:
    return frozenset(_file()["slight"])


@cache
def _decisive() -> Meanings:
    return frozenset(_file()["decisive"])


@cache
def _bare() -> Meanings:
    return frozenset(_file()["bare"])


@cache
def _general() -> Meanings:
    return frozenset(_file()["general"])
