"""Lines of totals, which spreadsheets have above, in or below a table and which are no row of it."""

import re
from collections.abc import Sequence

from evidence.formats.tables.heading_comparison import clean, plain

_AMOUNT = re.compile(r"[.,:%€$£ -]*\d[\d.,:%€$£ -]*")
_LONGEST = 80  # characters of what a line of totals says
_DATE = re.compile(r"\d+-\d+-\d+|\b\d{1,2}\.\d{1,2}\.\d{4}\b")
_SURE = r"(?:sub|eind|deel|grand |sub )?tota(?:al|len|ls?)|gemiddelden?|average"
_PERHAPS = r"som|sum|aantal(?:len)?|count|gem|avg|mean"  # these may be names, so they must come first
#: what is counted, as far as it can't be the rest of a name (`Totaal Zorg`, `Total Energies`)
_COUNTED = (
    r"aantal|number|count|van|of|de|het|alle|all|rijen|regels|rows|records|lines|items|entries|stuks|medewerkers"
    r"|personen|gebruikers|accounts|employees|people|persons|users|systemen|systems|applicaties|applications"
    r"|incidenten|incidents|verzoeken|requests|dagen|days|uren|hours"
)
_NUMBER = r"[.,% -]*\d[\d.,% -]*"


def _label(word: str) -> re.Pattern[str]:
    """What a line of totals says: the word, what is counted, and the number, if that stands in the same cell."""
    counted, anything = rf"(?: (?:{_COUNTED})){{0,4}}", r"(?: [^\W\d_]+){0,5}"
    return re.compile(rf"(?:{word})(?:{counted}\.? ?[:=]?|{counted} ?[:=]? ?{_NUMBER}|{anything} ?[:=] ?{_NUMBER})")


_ANYWHERE, _FIRST = _label(_SURE), _label(rf"{_SURE}|{_PERHAPS}")


def is_line_of_totals(cells: Sequence[str]) -> bool:
    """Whether one cell says that these are totals and the others hold nothing but amounts: anything else is judged."""
    label, is_first = "", False
    for at, value in enumerate(filled for cell in cells if (filled := clean(cell))):
        if not _is_amount(value):
            if label or len(value) > _LONGEST:
                return False
            label, is_first = value, at == 0
    return bool((_FIRST if is_first else _ANYWHERE).fullmatch(plain(label)))


def _is_amount(value: str) -> bool:
    return bool(_AMOUNT.fullmatch(value)) and not _DATE.search(value)
