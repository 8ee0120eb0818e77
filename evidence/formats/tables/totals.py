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
_HOW_MANY = re.compile(r"\d[\d.,]* [^\W\d_A-Z][^\W\d_]*")  # `12 partijen`, not `24 BV`
_OF_ALL = re.compile(rf"(?i:(?:in )?{_SURE})[:=]? {_HOW_MANY.pattern}|\d[\d.,]* (?i:(?:in )?{_SURE})")


def _label(word: str) -> re.Pattern[str]:
    """What a line of totals says: the word, what is counted, and the number, if that stands in the same cell."""
    counted, anything = rf"(?: (?:{_COUNTED})){{0,4}}", r"(?: [^\W\d_]+){0,5}"
    return re.compile(rf"(?:{word})(?:{counted}\.? ?[:=]?|{counted} ?[:=]? ?{_NUMBER}|{anything} ?[:=] ?{_NUMBER})")


_ANYWHERE, _FIRST = _label(_SURE), _label(rf"{_SURE}|{_PERHAPS}")


def is_line_of_totals(cells: Sequence[str]) -> bool:
    """Whether one cell says that these are totals and the others hold nothing but amounts: anything else is judged."""
    label, is_first = "", False
    filled = (value for cell in cells if (value := clean(cell)))
    for at, value in enumerate(filled):
        if not _is_amount(value):
            if label:
                return at == 1 and _counts_all(label, value) and next(filled, None) is None
            if len(value) > _LONGEST:
                return False
            label, is_first = value, at == 0
    said = plain(label)
    return bool((_FIRST if is_first else _ANYWHERE).fullmatch(said) or (said and _OF_ALL.fullmatch(label)))


def _counts_all(label: str, number: str) -> bool:
    """Whether two cells say `Totaal` and how many of what: `12 partijen`."""
    return bool(re.fullmatch(_SURE, plain(label)) and _HOW_MANY.fullmatch(number))


def _is_amount(value: str) -> bool:
    return bool(_AMOUNT.fullmatch(value)) and not _DATE.search(value)
