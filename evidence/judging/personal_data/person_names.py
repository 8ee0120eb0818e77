"""Names of people inside a text, as far as they can be told from the names of products, streets and organisations.

A name counts where its first name is known, or where initials or a title stand before it. The first names are common
ones in the Netherlands (`first_names.txt`); a rare one is not seen, so this finds many names and not all.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from evidence.formats.tables.heading_comparison import plain

_WORD = r"[A-Z\u00c0-\u00de][a-z\u00df-\u024f]+(?:['-][A-Z\u00c0-\u00de]?[a-z\u00df-\u024f]+)*"
_PARTICLE = r"(?:[Vv]an|[Dd]e|[Dd]er|[Dd]en|[Hh]et|[Tt]en|[Tt]er|[Tt]e|'t|in|op|[Ee]l|[Aa]l|von|da|di|la|le)"
_BETWEEN = rf"(?:{_PARTICLE} ){{0,3}}"
_INITIALS = r"(?:[A-Z]\.){1,4}"
_FULL = re.compile(rf"\b({_WORD}) (?:[A-Z]\. ?){{0,4}}{_BETWEEN}({_WORD})")
#: one initial alone may begin a list (`A. Toegang`), so something must tell that it is one
_INITIALLED = re.compile(
    rf"(?<![\w.])(?:(?:door|met|van|aan|bij|en|via|voor|by|with|and|from|to) (?=[A-Z]\. ?[A-Z]))?"
    rf"({_INITIALS} ?{_BETWEEN}({_WORD}))"
)
#: of a surname: something stands before it
CAPITAL = re.compile(r"[\w.'-] ?[A-Z\u00c0-\u00de][a-z\u00df-\u024f]")
_ONE_INITIAL = re.compile(r"[A-Z]\. ?[A-Z][^.]")
_TITLED = re.compile(
    rf"\b(?:[Dd]hr|[Mm]w|[Mm]evr|[Mm]evrouw|[Mm]eneer|[Hh]eer|Mrs?|Ms|[Dd]rs?|[Ii]r|[Ii]ng|[Pp]rof)\.? "
    rf"(?:[A-Z]\. ?){{0,4}}{_BETWEEN}({_WORD})"
)
_TITLE = re.compile(r"[DMHIPdmhip][a-z]{1,6}\.? [A-Z]")  # what a title before a name looks like
_TURNED = re.compile(rf"(?:{_BETWEEN})?{_WORD}, ?(?:{_INITIALS}|({_WORD}))(?: {_PARTICLE}){{0,3}}")
_ABBREVIATIONS = ("B.V.", "N.V.", "U.S.", "S.A.", "I.T.", "D.D.", "N.B.", "O.A.", "P.M.", "A.D.")
#: words that are hardly ever surnames: they make a name one of an organisation, product, building or place
_NO_SURNAME = frozenset(
    """bv nv software systems services solutions group groep holding stichting school college academie academy instituut
    institute ziekenhuis kliniek hospital clinic zorg care cloud server studio desktop reports report portal portaal
    online office teams word excel windows azure outlook access exchange project dynamics database suite app platform
    center centre centrum cadcam consulting consultancy advies makelaars advocaten notarissen partners bank
    verzekeringen insurance university universiteit kerk huis hof airport pro enterprise edition manager beheer team
    afdeling dienst gemeente""".split()  # noqa: SIM905 - a list of words reads as words
)
_STREET = re.compile(
    r".{3,}(?:straat|laan|weg|plein|kade|gracht|dijk|singel|steeg|haven|markt|plantsoen|park|brug|huis)"
)


@lru_cache(maxsize=8_192)
def names_in(text: str) -> tuple[tuple[int, int], ...]:
    """The begin and end of each name of a person in a text, in order, without overlaps."""
    if not CAPITAL.search(text):
        return ()
    spans: list[tuple[int, int]] = []
    for begin, end in sorted(_spans(text), key=lambda span: (span[0], -span[1])):
        if not spans or begin >= spans[-1][1]:
            spans.append((begin, end))
    return tuple(spans)


def is_name(text: str) -> bool:
    """Whether it is the name of a person and nothing else: `Jan de Vries`, `J. de Vries`, `Vries, Jan de`."""
    name = text.strip()
    turned = _TURNED.fullmatch(name)
    if turned:
        return turned.group(1) is None or is_first_name(turned.group(1))
    return names_in(name) == ((0, len(name)),)


def is_first_name(name: str) -> bool:
    """Whether it is a known first name; of a double name, whether its first part is."""
    return plain(name).partition(" ")[0] in _first_names()


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for match in _FULL.finditer(text):
        if is_first_name(match.group(1)) and _is_surname(match.group(2)):
            yield match.span()
    for match in _INITIALLED.finditer(text) if "." in text else ():
        is_told = match.start() < match.start(1) or not _ONE_INITIAL.match(match.group(1))
        if is_told and not match.group(1).startswith(_ABBREVIATIONS) and _is_surname(match.group(2)):
            yield match.span(1)
    for match in _TITLED.finditer(text) if _TITLE.search(text) else ():
        if _is_surname(match.group(1)):
            yield match.span()


def _is_surname(name: str) -> bool:
    return plain(name) not in _NO_SURNAME and not _STREET.fullmatch(plain(name))


@cache
def _first_names() -> frozenset[str]:
    content = (Path(__file__).parent / "first_names.txt").read_text(encoding="utf-8")
    return frozenset(map(plain, content.split()))
