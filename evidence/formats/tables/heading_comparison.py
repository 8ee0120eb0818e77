"""The names that columns of a table may have, and how headings are compared with them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evidence.formats.tables.table_head import Match

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), " ")  # that do not break a line
_BLANKS = re.compile(r"[\s_/-]+")
_SIGNS = " .:*?!,;"
#: words about how a column is filled in, not about its values
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
    """A heading for comparisons: without case, accents, and differences of blanks, `_`, `-` and `/`."""
    if name.isascii():
        return _BLANKS.sub(" ", name.casefold()).strip()
    letters = unicodedata.normalize("NFKD", clean(name).casefold())
    return _BLANKS.sub(" ", "".join(sign for sign in letters if not unicodedata.combining(sign))).strip()


def loose_forms(name: str) -> tuple[str, str]:
    """A heading without signs and hints, and without `name of` as well."""
    bare = _HINT.sub("", plain(name).strip(_SIGNS)).strip(_SIGNS)
    return bare, _NAME_OF.sub("", bare).strip()


@dataclass(frozen=True, slots=True)
class Headings:
    """The names of the columns of one register: plain name → key; `needed`: the keys of required columns."""

    keys: Mapping[str, str]
    needed: frozenset[str]

    def match(self, names: Iterable[str]) -> tuple[bool, int]:
        """Whether all columns that are needed are among these headings, and how many are known."""
        forms = {form for name in names for form in (plain(name), *loose_forms(name))}
        keys = {self.keys[form] for form in forms & self.keys.keys()}
        return self.needed <= keys, len(keys)


def best_match(registers: Iterable[Headings]) -> "Match":
    """A function that tells how well some headings match the register that they match best."""
    every = list(registers)

    def match(names: Sequence[str]) -> tuple[bool, int]:
        return max((headings.match(names) for headings in every), default=(False, 0))

    return match
