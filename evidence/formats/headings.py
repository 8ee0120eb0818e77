"""What the columns of a table may be called, and how a heading compares with that."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evidence.formats.table_head import Match

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), " ")  # that do not break a line
_BLANKS = re.compile(r"[\s_/-]+")
_SIGNS = " .:*?!,;"
#: what says how a column is filled in, not what stands in it
_HINT = re.compile(
    r" ?[(\[]((ja nee|j n|yes no|y n|waar onwaar|datum|date|verplicht|required|optioneel|optional|code|ref|nr|id"
    r"|[dmjy ]+|\d+ \d+)[.*]?)[)\]]$"
)
_NAME_OF = re.compile(r"^(naam|name)( (van|of))?( (de|het|the))? | (naam|name)$")


def clean(cell: str) -> str:
    """A cell without signs that have no width, with ordinary blanks, and none around it."""
    if cell.isascii():
        return cell.strip()
    return "".join(sign for sign in cell.translate(_SPACES) if unicodedata.category(sign) != "Cf").strip()


def plain(name: str) -> str:
    """A heading as it compares: without case, accents, and differences of blanks, `_`, `-` and `/`."""
    letters = unicodedata.normalize("NFKD", clean(name).casefold())
    return _BLANKS.sub(" ", "".join(sign for sign in letters if not unicodedata.combining(sign))).strip()


def loose_forms(name: str) -> tuple[str, str]:
    """A heading without signs and hints, and without `name of` as well."""
    bare = _HINT.sub("", plain(name).strip(_SIGNS)).strip(_SIGNS)
    return bare, _NAME_OF.sub("", bare).strip()


@dataclass(frozen=True, slots=True)
class Headings:
    """What the columns of one register may be called: plain name → key; `needed`: the keys it can't do without."""

    keys: Mapping[str, str]
    needed: frozenset[str]

    def match(self, names: Iterable[str]) -> tuple[bool, int]:
        """Whether all columns that are needed are among these headings, and how many are known."""
        forms = {form for name in names for form in (plain(name), *loose_forms(name))}
        found = {self.keys[form] for form in forms & self.keys.keys()}
        return self.needed <= found, len(found)


def best_match(registers: Iterable[Headings]) -> Match:
    """How well the register that knows them best knows some headings."""
    every = list(registers)

    def match(names: Sequence[str]) -> tuple[bool, int]:
        return max((one.match(names) for one in every), default=(False, 0))

    return match
