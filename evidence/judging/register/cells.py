"""Read a cell of a register as its column's type; messages about unreadable cells do not quote them.

Spreadsheets have errors and placeholders in place of values: an error is never a value, a placeholder is empty.
"""

import re
from collections.abc import Callable
from datetime import date, datetime

from controls.files.yaml_source import Both
from evidence.formats.tables.heading_comparison import clean, plain
from evidence.formats.tables.placeholders import NOT_KNOWN, NOTHING, has_error, is_not_applicable
from evidence.judging.personal_data.headings_and_values import is_of_people
from evidence.judging.policy_file import in_both_languages
from evidence.judging.register.network_sources import reach
from evidence.judging.register.rules import Column
from evidence.judging.register.written_dates import day_in, moment_in
from evidence.judging.register.written_values import (
    country,
    date_in_order,
    known_value,
    list_parts,
    moment_in_order,
    month_in,
)
from evidence.judging.table_mapping import SYSTEMS, TableMapping
from evidence.judging.values import Value
from locales import Text, text
from models.calendar import Calendar

_TICKED, _NOT_TICKED = "\u2713\u2714\u2705\u2611\u2612", "\u2610"  # check marks and ballot boxes
YES, _NO = (
    frozenset(("ja", "yes", "j", "y", "true", "waar", "1", "x", *_TICKED)),
    frozenset(("nee", "neen", "no", "n", "false", "onwaar", "0", *_NOT_TICKED)),
)
YES_NO = YES | _NO
#: how spreadsheets and people also write what a list has a word for
_ALSO = (
    ("ja", ("waar", "true", "x", "j", "y")),
    ("nee", ("onwaar", "false", "n")),
    (plain("n/a"), tuple(map(plain, ("n.v.t.", "n.v.t", "nvt", "n.a.", "niet van toepassing", "not applicable")))),
)
_LONGEST_REF, _LONGEST_ERROR = 64, 20
_THOUSANDS = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")
_WORDY = frozenset(("text", "ref", "list"))  # types that accept any text


class Misread(ValueError):
    """A cell that can't be read as its column's type."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


def read(column: Column, words: dict[str, str], cell: str, calendar: Calendar) -> Value:
    """The cell's value; empty stays empty. A moment without a zone is one of `calendar`. Raises `Misread`."""
    value = clean(cell)
    if not value:
        return ""
    if column.values and (known := words.get(plain(value))) is not None:
        return known
    if column.network and (known := reach(value)):
        return known
    if has_error(value):
        raise Misread(
            text(
                "{column} holds an error of the spreadsheet ({error}); mend it there.",
                column=in_both_languages(column.label),
                error=value[:_LONGEST_ERROR],
            )
        )
    if _is_placeholder(column, value):
        return ""
    result = _READERS.get(column.type, _text)(column, value)
    if column.type == "date" and isinstance(result, datetime):
        return calendar.day_of(result) if result.tzinfo else result.date()
    return calendar.moment_of(result) if isinstance(result, datetime) and result.tzinfo is None else result


def _is_placeholder(column: Column, value: str) -> bool:
    """Whether it is a placeholder for no value. In a column of text, `unknown` is one, like `-`."""
    folded = value.casefold()
    if column.no_value and plain(value.rstrip("!.")) in map(plain, column.no_value):
        return True
    if folded in column.means:
        return False
    if column.type not in ("text", "list") and is_not_applicable(folded):
        return True
    return bool(NOTHING.fullmatch(folded) or (column.type in _WORDY and NOT_KNOWN.fullmatch(folded)))


class CellReader:
    """Reads the cells of one column. A mapping is used only for cells that can't be read without it."""

    def __init__(self, column: Column, mapping: TableMapping, calendar: Calendar) -> None:
        self._column = column
        self._calendar = calendar
        self._words = words(column)
        self._mapped = mapping.words(column.key)
        self._blank = self._mapped.get("", "") if column.type == "bool" else ""  # of a column of crosses
        self._order = mapping.dates.get(column.key, "")

    def read(self, cell: str) -> Value:
        """The cell's value; raises `Misread`."""
        if self._mapped and self._column.key in SYSTEMS:
            return "|".join(self._mapped.get(plain(part), part) for part in list_parts(clean(cell)))
        if self._blank and not clean(cell):
            return self._blank
        try:
            return read(self._column, self._words, cell, self._calendar)
        except Misread:
            value = clean(cell)
            if (meaning := self._mapped.get(plain(value))) and not has_error(value):
                return read(self._column, self._words, meaning, self._calendar)
            if self._order and self._column.type == "date" and (day := date_in_order(value, self._order)):
                return day
            if self._order and self._column.type == "datetime" and (moment := moment_in_order(value, self._order)):
                return read(self._column, self._words, moment, self._calendar)
            raise


def _text(column: Column, value: str) -> str:
    """The text itself, or the allowed value that it is a spelling of."""
    return (known_value(value, column.values) if column.values else None) or value


def _list(column: Column, value: str) -> str:
    """The parts of the list, joined by bars."""
    del column
    return "|".join(list_parts(value))


def _moment(column: Column, value: str) -> datetime:
    """A day with its time, with the zone that it names; spreadsheets name none."""
    moment = moment_in(value)
    if moment is None:
        raise Misread(
            text(
                "{column}: this is no moment; expected 2026-11-22T08:01:22+01:00 or 22-11-2026 08:01.",
                column=in_both_languages(column.label),
            )
        )
    return moment


def _fitting(column: Column, value: str) -> str:
    form, expected = _FORMS[column.type]
    if form.fullmatch(value):
        return value.lower() if column.type == "sha256" else value
    raise Misread(
        text(
            "{column}: this does not fit; expected {expected}.",
            column=in_both_languages(column.label),
            expected=expected,
        )
    )


def _number(column: Column, value: str) -> str:
    """A whole number, with or without thousands apart and decimals that are zero."""
    whole = re.sub(r"(?<=\d)[.,]0{1,2}$", "", value)
    if _THOUSANDS.fullmatch(whole):
        whole = re.sub(r"\D", "", whole)
    return str(int(_fitting(column, whole)))


def _month(column: Column, value: str) -> str:
    """A month, or that of a day, which a spreadsheet may make of it."""
    if month := month_in(value):
        return month
    day = day_in(value)
    return f"{day:%Y-%m}" if day else _fitting(column, value)


def _day(column: Column, value: str) -> date:
    """The day as written, or the moment, of which only one that says its zone may be of another day."""
    day = day_in(value) or moment_in(value)
    if day is None:
        raise Misread(
            text(
                "{column}: this is no date; expected 2026-11-22 or 22-11-2026.",
                column=in_both_languages(column.label),
            )
        )
    return day


def _flag(column: Column, value: str) -> str:
    folded = value.casefold().strip("\N{VARIATION SELECTOR-16}")
    if folded in YES or folded in _NO:
        return "yes" if folded in YES else "no"
    raise Misread(text("{column}: this is neither yes nor no.", column=in_both_languages(column.label)))


def _word(column: Column, value: str) -> str:
    """The value for any unlisted one, if the column has it; else a message with the allowed values."""
    del value
    if column.unlisted:
        return column.unlisted
    dutch = ", ".join(spellings[0] if spellings else value for value, spellings in column.values.items())
    raise Misread(
        text(
            "{column}: this word is unknown; expected one of {known}.",
            column=in_both_languages(column.label),
            known=in_both_languages(Both(nl=dutch, en=", ".join(column.values))),
        )
    )


def names_people(column: Column) -> bool:
    """Whether it holds references of people or their accounts."""
    return is_of_people(column.key)


def _reference(column: Column, value: str) -> str:
    """A reference; one of a person has no blanks, since a name is not a reference."""
    if len(value) <= _LONGEST_REF and not (names_people(column) and any(sign.isspace() for sign in value)):
        return " ".join(value.split())
    raise Misread(
        text(
            "{column}: this is no reference; expected at most 64 characters without blanks.",
            column=in_both_languages(column.label),
        )
    )


def _country(column: Column, value: str) -> str:
    if code := country(value) or (value.upper() if re.fullmatch(r"[A-Za-z]{2}", value) else None):
        return code
    raise Misread(
        text(
            "{column}: this is no country; expected its name or two letters, such as NL.",
            column=in_both_languages(column.label),
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
    "month": _month,
    "sha256": _fitting,
    "enum": _word,
    "list": _list,
}


def words(column: Column) -> dict[str, str]:
    """Plain spelling → value of an enum; for yes and no also as spreadsheets write these."""
    spellings = {
        plain(spelling): value
        for value, other_spellings in column.values.items()
        for spelling in (value, *other_spellings)
    }
    for usual, other_spellings in _ALSO:
        if usual in spellings:
            spellings = {**dict.fromkeys(other_spellings, spellings[usual]), **spellings}
    return spellings
