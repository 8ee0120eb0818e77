"""One cell of a register read as its column's type; what can't be is told without its content.

Spreadsheets leave errors and placeholders where a value should be: an error is never a value, a placeholder is empty.
"""

import re
from collections.abc import Callable
from datetime import date, datetime

from controls.files.yaml_source import Both
from evidence.formats.headings import clean, plain
from evidence.formats.placeholders import NOT_KNOWN, NOTHING, has_error
from evidence.judging.personal import is_of_people
from evidence.judging.policy_file import in_both_languages
from evidence.judging.register.rules import Column
from evidence.judging.register.spellings import (
    country,
    date_in_order,
    date_in_words,
    known_value,
    list_parts,
    moment_in_order,
)
from evidence.judging.table_mapping import SYSTEMS, TableMapping
from evidence.judging.values import Value
from locales import Text, text
from models.calendar import Calendar

_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?"
_ZONE = r"(?: ?(?:Z|[+-]\d{2}:?\d{2}))?"
_DAY = re.compile(rf"(?:(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})|(\d{{1,2}})-(\d{{1,2}})-(\d{{4}}))(?:[T ]+{_CLOCK}{_ZONE})?")
_MOMENT = re.compile(rf"(\d{{4}}-\d{{1,2}}-\d{{1,2}}|\d{{1,2}}-\d{{1,2}}-\d{{4}})[T ]+({_CLOCK}{_ZONE})")
YES, _NO = (
    frozenset(("ja", "yes", "j", "y", "true", "waar", "1", "x", "\N{CHECK MARK}", "\N{HEAVY CHECK MARK}")),
    frozenset(("nee", "neen", "no", "n", "false", "onwaar", "0")),
)
_LONGEST_REF, _LONGEST_ERROR = 64, 20
_WORDY = frozenset(("text", "ref", "list"))  # types of column that would take any word


class Misread(ValueError):
    """A cell that can't be read as its column's type."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


def read(column: Column, words: dict[str, str], cell: str, calendar: Calendar) -> Value:
    """The cell's value; empty stays empty. A moment without a zone is one of `calendar`. Raises `Misread`."""
    given = clean(cell)
    if not given:
        return ""
    if column.values and (known := words.get(plain(given))) is not None:
        return known
    if has_error(given):
        raise Misread(
            text(
                "{column} holds an error of the spreadsheet ({error}); mend it there.",
                column=in_both_languages(column.label),
                error=given[:_LONGEST_ERROR],
            )
        )
    if _is_placeholder(column, given):
        return ""
    value = _READERS.get(column.type, _text)(column, given)
    return calendar.moment_of(value) if isinstance(value, datetime) and value.tzinfo is None else value


def _is_placeholder(column: Column, given: str) -> bool:
    """Whether it stands for nothing. Where a column may be text, `unknown` says as little as `-`."""
    word = given.casefold()
    if word in column.means:
        return False
    return bool(NOTHING.fullmatch(word) or (column.type in _WORDY and NOT_KNOWN.fullmatch(word)))


class CellReader:
    """The cells of one column. What can't be read is looked up in a mapping; what can, is never changed by one."""

    def __init__(self, column: Column, mapping: TableMapping, calendar: Calendar) -> None:
        self._column = column
        self._calendar = calendar
        self._words = words(column)
        self._mapped = mapping.words(column.key)
        self._order = mapping.dates.get(column.key, "")

    def read(self, cell: str) -> Value:
        """The cell's value; raises `Misread`."""
        if self._mapped and self._column.key in SYSTEMS:
            return "|".join(self._mapped.get(plain(part), part) for part in list_parts(clean(cell)))
        try:
            return read(self._column, self._words, cell, self._calendar)
        except Misread:
            given = clean(cell)
            if (word := self._mapped.get(plain(given))) and not has_error(given):
                return read(self._column, self._words, word, self._calendar)
            if self._order and self._column.type == "date" and (day := date_in_order(given, self._order)):
                return day
            if self._order and self._column.type == "datetime" and (moment := moment_in_order(given, self._order)):
                return read(self._column, self._words, moment, self._calendar)
            raise


def _text(column: Column, given: str) -> str:
    """As it stands, or the known value that it is another spelling of."""
    return (known_value(given, column.values) if column.values else None) or given


def _list(column: Column, given: str) -> str:
    """Its parts between bars, whatever stood between them."""
    del column
    return "|".join(list_parts(given))


def _moment(column: Column, given: str) -> datetime:
    """A day with its time, with the zone that it names; spreadsheets name none."""
    moment = _timed(given)
    if moment is None:
        raise Misread(
            text(
                "{column}: this is no moment; expected 2026-11-22T08:01:22+01:00 or 22-11-2026 08:01.",
                column=in_both_languages(column.label),
            )
        )
    return moment


def _timed(given: str) -> datetime | None:
    written = _MOMENT.fullmatch(given)
    day = _date(written.group(1)) if written else None
    if written and day:
        clock = written.group(2).replace(" ", "")
        given = f"{day}T{clock if clock[1] != ':' else '0' + clock}"
    if "T" not in given:
        return None
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        return None


def _fitting(column: Column, given: str) -> str:
    form, expected = _FORMS[column.type]
    if form.fullmatch(given):
        return given.lower() if column.type == "sha256" else given
    raise Misread(
        text(
            "{column}: this does not fit; expected {expected}.",
            column=in_both_languages(column.label),
            expected=expected,
        )
    )


def _number(column: Column, given: str) -> str:
    return str(int(_fitting(column, given)))


def _day(column: Column, given: str) -> date:
    """The calendar day as written, whatever time of day stands behind it."""
    day = _date(given)
    if day is None:
        raise Misread(
            text(
                "{column}: this is no date; expected 2026-11-22 or 22-11-2026.",
                column=in_both_languages(column.label),
            )
        )
    return day


def _date(given: str) -> date | None:
    found = _DAY.fullmatch(given)
    if not found:
        return date_in_words(given)
    year, month, day = found.groups()[:3] if found.group(1) else found.groups()[:2:-1]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _flag(column: Column, given: str) -> str:
    word = given.casefold()
    if word in YES or word in _NO:
        return "yes" if word in YES else "no"
    raise Misread(text("{column}: this is neither yes nor no.", column=in_both_languages(column.label)))


def _word(column: Column, given: str) -> str:
    """No value that is known: the one that any other word stands for, or those that are, in the reader's language."""
    del given
    if column.unlisted:
        return column.unlisted
    dutch = ", ".join(others[0] if others else word for word, others in column.values.items())
    raise Misread(
        text(
            "{column}: this word is unknown; expected one of {known}.",
            column=in_both_languages(column.label),
            known=in_both_languages(Both(nl=dutch, en=", ".join(column.values))),
        )
    )


def names_people(column: Column) -> bool:
    """Whether its references are those of people or their accounts."""
    return is_of_people(column.key)


def _reference(column: Column, given: str) -> str:
    """Without blanks where it may name a person: a name is no reference."""
    if len(given) <= _LONGEST_REF and not (names_people(column) and any(sign.isspace() for sign in given)):
        return " ".join(given.split())
    raise Misread(
        text(
            "{column}: this is no reference; expected at most 64 characters without blanks.",
            column=in_both_languages(column.label),
        )
    )


def _country(column: Column, given: str) -> str:
    if found := country(given) or (given.upper() if re.fullmatch(r"[A-Za-z]{2}", given) else None):
        return found
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
    "month": _fitting,
    "sha256": _fitting,
    "enum": _word,
    "list": _list,
}


def words(column: Column) -> dict[str, str]:
    """How an enum's values may be written; where they are yes and no, as spreadsheets write these too."""
    found = {plain(one): word for word, others in column.values.items() for one in (word, *others)}
    for usual, others in (("ja", ("waar", "true", "x", "j", "y")), ("nee", ("onwaar", "false", "n"))):
        if usual in found:
            found = {**dict.fromkeys(others, found[usual]), **found}
    return found
