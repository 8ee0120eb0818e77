"""Find what identifies a person in a text, and its position: names, e-mail, telephone numbers, BSN and IBAN.

Mailboxes of a function (`info@`), numbers of companies (0800, 088) and nine digits that no BSN can be are left alone.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from evidence.judging.personal_data.headings_and_values import is_bsn
from evidence.judging.personal_data.person_names import CAPITAL, names_in

_EMAIL = re.compile(r"([\w.+-]{1,64})@[\w-]{1,64}(?:\.[\w-]{1,64})+")
_FUNCTION = re.compile(
    r"(?:info|contact|support|helpdesk|service|servicedesk|privacy|security|secure|dpo|fg|ciso|avg|gdpr|admin|beheer|ict|it"
    r"|no|noreply|reply|sales|verkoop|inkoop|post|postbus|mail|office|receptie|secretariaat|planning|hr|hrm|pz|personeel"
    r"|finance|facturen|invoice|invoices|administratie|melding|meldingen|incident|incidents|incidenten|datalek|datalekken"
    r"|abuse|soc|cert|noc|team|monitoring|alert|alerts|systeembeheer|functioneelbeheer|compliance|legal|juridisch"
    r"|klacht|klachten|klantenservice|zorg|kantoor|algemeen|directie|bestuur|webmaster|postmaster|root|test|account|accounts"
    r"|users|desk|customer|center|centrum)+\d*"
)
_NUMBER = re.compile(r"(?<![\w+.,:/-])(?:\+|00)?\d[\d ()-]{7,18}\d(?![\w:]|[/.,-]\d)")
_DAY = re.compile(r"\d{1,2}-\d{1,2}-\d{4}|\d{4}-\d{1,2}-\d{1,2}")
_COMPANY = ("0800", "0900", "0906", "0909", "088", "085", "084", "014")
_DIGITS = re.compile(r"\d(?:[ ()-]{0,3}\d){8}|[A-Z]{2}\d\d")  # part of every number and IBAN, and of few other texts
_DOMESTIC, _FEWEST, _MOST = 10, 10, 14  # digits of a number
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_NINE = re.compile(r"(?<![\w.,/-])\d{9}(?![\w,/-]|\.\d)")
_MOST_OF = 0.6  # the share of numbers of nine digits that makes them BSN: one in eleven of any passes their test
_ABOUT_BSN = re.compile(r"\bbsn|burgerservice|sofinummer", re.IGNORECASE)


class Signs(NamedTuple):
    """Whether a text surely identifies a person, its numbers of nine digits, and how many of these may be BSN."""

    is_sure: bool
    nines: int
    bsns: int


#: in every text that identifies a person; most cells do not match, so that they cost little
_ANYTHING = re.compile(rf"@|{_DIGITS.pattern}|{CAPITAL.pattern}")


def may_identify(text: str) -> bool:
    """Whether a text can identify a person at all; a quick check before `signs`."""
    return _ANYTHING.search(text) is not None


@lru_cache(maxsize=16_384)
def signs(text: str, *, may_name: bool = True) -> Signs:
    """What identifies a person in a text. `may_name`: whether names are looked for."""
    is_sure = next(_sure(text, may_name=may_name), None) is not None
    nines = _NINE.findall(text) if len(text) >= 9 else []  # noqa: PLR2004 - digits
    bsns = sum(map(is_bsn, nines))
    return Signs(is_sure or bool(bsns and _ABOUT_BSN.search(text)), len(nines), bsns)


@dataclass(slots=True)
class Tally:
    """The signs of personal data in one column. `may_name`: whether it may hold names of people."""

    may_name: bool = True
    is_sure: bool = False
    nines: int = 0
    bsns: int = 0

    def add(self, cell: str) -> None:
        cell_signs = signs(cell, may_name=self.may_name)
        self.is_sure = self.is_sure or cell_signs.is_sure
        self.nines += cell_signs.nines
        self.bsns += cell_signs.bsns

    @property
    def has_bsn(self) -> bool:
        """Whether its numbers of nine digits are BSN, and not other numbers of which some pass that test."""
        return bool(self.bsns and self.bsns >= _MOST_OF * self.nines)


def without_people(text: str, reference: Callable[[str], str], *, has_bsn: bool = False) -> str:
    """The text with a reference in the place of each thing that identifies a person.

    `has_bsn`: whether its column is one of BSN; else they are replaced where the text says that they are.
    """
    is_about = has_bsn or _ABOUT_BSN.search(text)
    nines = (match.span() for match in _NINE.finditer(text) if is_about and is_bsn(match.group()))
    parts, at = [], 0
    for begin, end in sorted([*_sure(text, may_name=True), *nines]):
        if begin >= at:
            parts += [text[at:begin], reference(text[begin:end])]
            at = end
    return "".join([*parts, text[at:]])


def _sure(text: str, *, may_name: bool) -> Iterator[tuple[int, int]]:
    """Yield the begin and end of each thing that surely identifies a person."""
    if "@" in text:
        yield from (match.span() for match in _EMAIL.finditer(text) if not _is_of_function(match.group(1)))
    if _DIGITS.search(text):
        yield from (match.span() for match in _NUMBER.finditer(text) if _is_phone(match.group()))
        yield from (match.span() for match in _IBAN.finditer(text) if _is_iban(match.group()))
    if may_name:
        yield from names_in(text)


def _is_of_function(mailbox: str) -> bool:
    return bool(_FUNCTION.fullmatch(re.sub(r"[._+-]", "", mailbox.casefold())))


def _is_phone(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    is_abroad = number.startswith("+") or digits.startswith("0031")
    if _DAY.search(number) or digits.startswith(_COMPANY):
        return False
    if is_abroad:
        return _FEWEST <= len(digits) <= _MOST
    is_domestic = len(digits) == _DOMESTIC and digits[0] == "0" != digits[1]
    return is_domestic and (digits != number or digits.startswith("06"))


def _is_iban(number: str) -> bool:
    """By its check digits (ISO 13616)."""
    plain = number.replace(" ", "")
    turned = "".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])
    return int(turned) % 97 == 1
