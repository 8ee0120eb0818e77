"""One cell of a register read as its column's type, and what in it looks like personal data."""

import re
from collections.abc import Callable
from datetime import date, datetime

from evidence.judges.register_rules import Column
from evidence.judges.register_values import Value, plain
from evidence.judges.shapes import said
from locales import Text, text

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_DUTCH = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
_YES, _NO = frozenset(("ja", "yes", "j", "y", "true", "1")), frozenset(("nee", "no", "n", "false", "0"))
_LONGEST_REF, _LONGEST_SHOWN = 64, 60

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?!/)")
_NINE = re.compile(r"(?<!\d)\d{9}(?!\d)")
_BSN = (9, 8, 7, 6, 5, 4, 3, 2, -1)


class Misread(ValueError):
    """A cell that can't be read as its column's type."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


def read(column: Column, words: dict[str, str], cell: str) -> Value:
    """The cell's value; empty stays empty. Raises `Misread`."""
    given = cell.strip()
    if not given:
        return ""
    if column.type == "enum":
        return _word(column, words, given)
    return _READERS.get(column.type, _text)(column, given)


def _text(column: Column, given: str) -> str:
    del column
    return given


def _moment(column: Column, given: str) -> datetime:
    """With its zone: a time without one is not guessed."""
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        return moment
    raise Misread(
        text(
            "{column}: {value} is no moment with its zone; expected 2026-11-22T08:01:22+01:00.",
            column=said(column.label),
            value=given[:_LONGEST_SHOWN],
        )
    )


def _fitting(column: Column, given: str) -> str:
    form, expected = _FORMS[column.type]
    if form.fullmatch(given):
        return given.lower() if column.type == "sha256" else given
    raise Misread(
        text(
            "{column}: {value} does not fit; expected {expected}.",
            column=said(column.label),
            value=given[:_LONGEST_SHOWN],
            expected=expected,
        )
    )


def _number(column: Column, given: str) -> str:
    return str(int(_fitting(column, given)))


def _day(column: Column, given: str) -> date:
    iso, dutch = _ISO.fullmatch(given), _DUTCH.fullmatch(given)
    try:
        if iso:
            return date(*map(int, iso.groups()))
        if dutch:
            day, month, year = map(int, dutch.groups())
            return date(year, month, day)
    except ValueError:
        pass
    raise Misread(
        text(
            "{column}: {value} is no date; expected 2026-11-22 or 22-11-2026.",
            column=said(column.label),
            value=given[:_LONGEST_SHOWN],
        )
    )


def _flag(column: Column, given: str) -> str:
    word = given.casefold()
    if word in _YES or word in _NO:
        return "yes" if word in _YES else "no"
    raise Misread(
        text("{column}: {value} is neither yes nor no.", column=said(column.label), value=given[:_LONGEST_SHOWN])
    )


def _word(column: Column, words: dict[str, str], given: str) -> str:
    known = words.get(plain(given))
    if known is not None:
        return known
    raise Misread(
        text(
            "{column}: {value} is unknown; expected one of {known}.",
            column=said(column.label),
            value=given[:_LONGEST_SHOWN],
            known=", ".join(column.values),
        )
    )


def _reference(column: Column, given: str) -> str:
    if len(given) <= _LONGEST_REF and not any(sign.isspace() for sign in given):
        return given
    raise Misread(
        text(
            "{column}: {value} is no reference; expected at most 64 signs without blanks.",
            column=said(column.label),
            value=given[:_LONGEST_SHOWN],
        )
    )


def _country(column: Column, given: str) -> str:
    if re.fullmatch(r"[A-Za-z]{2}", given):
        return given.upper()
    raise Misread(
        text(
            "{column}: {value} is no country; expected two letters, such as NL.",
            column=said(column.label),
            value=given[:_LONGEST_SHOWN],
        )
    )


_FORMS = {
    "int": (re.compile(r"\d{1,12}"), text("a whole number")),
    "month": (re.compile(r"\d{4}-(0[1-9]|1[0-2])"), text("a month, such as 2027-03")),
    "sha256": (re.compile(r"[0-9a-fA-F]{64}"), text("a SHA-256 of 64 hexadecimal digits")),
}
_READERS: dict[str, Callable[[Column, str], Value]] = {
    "date": _day,
    "datetime": _moment,
    "bool": _flag,
    "ref": _reference,
    "country": _country,
    "int": _number,
    "month": _fitting,
    "sha256": _fitting,
}


def words(column: Column) -> dict[str, str]:
    """How an enum's values may be written."""
    return {plain(one): word for word, others in column.values.items() for one in (word, *others)}


def personal(cell: str) -> str | None:
    """What a cell looks like, if it looks like something that should not be in evidence."""
    if "@" in cell and _EMAIL.search(cell):
        return "e-mail"
    if not any(sign.isdigit() for sign in cell):
        return None
    if _IBAN.search(cell):
        return "IBAN"
    if "." in cell and _ADDRESS.search(cell):
        return "IP"
    return "BSN" if any(map(_is_bsn, _NINE.findall(cell))) else None


def _is_bsn(number: str) -> bool:
    return int(number) > 0 and sum(int(digit) * weight for digit, weight in zip(number, _BSN, strict=True)) % 11 == 0
