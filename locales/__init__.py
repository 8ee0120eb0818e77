"""Texts, dates and numbers in Dutch and English.

The English text is the message id; `locales/nl/*.po` has the Dutch, one file per package, read without compiling.
`Text` is a message without a language: packages raise and return it, pages and the API render it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = ("nl", "en")
_MOST_FORMATTED = 4096  # formatted days and numbers that are cached
_LOCALES = {"nl": Locale("nl"), "en": Locale("en", "GB")}


@dataclass(frozen=True, slots=True)
class Text:
    """A message with its values; `str()` gives English. Values may be texts, titles, numbers, days and moments."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    plural: str | None = None

    def __str__(self) -> str:
        return Language("en").render(self)


@dataclass(frozen=True, slots=True)
class Title:
    """A title in each language, as a value in a text."""

    nl: str
    en: str


def text(message: str, **values: Any) -> Text:
    """Make a message to be rendered later; `{name}` in it is replaced by a value."""
    return Text(message, values)


def plural(singular: str, many: str, n: int, **values: Any) -> Text:
    """Make a message whose form depends on `n` (`{n}` in it)."""
    return Text(singular, {"n": n, **values}, many)


class Problem(Exception):
    """Base class of all errors: a message that says what is wrong, where, and what was expected or what to do.

    `status`: the HTTP status (RFC 9110, 15) with which the API answers; a class that a request can raise sets its own.
    """

    status: ClassVar[int] = 500

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True, slots=True)
class Language:
    """Rendering in the reader's language. Pages call it `t`: `t("Readiness")`.

    `zone`: the organisation's time zone for moments; None: UTC, with "UTC" written after the time.
    """

    code: str
    zone: dt.tzinfo | None = None

    def __call__(self, message: str, **values: Any) -> str:
        return self.render(Text(message, values))

    def n(self, singular: str, many: str, n: int, **values: Any) -> str:
        return self.render(Text(singular, {"n": n, **values}, many))

    def render(self, message: Text | str) -> str:
        """Render a message in this language; plain strings (names, titles) are unchanged."""
        if isinstance(message, str):
            return message
        translations = _translations(self.code)
        if message.plural is None:
            form = translations.gettext(message.message)
        else:
            form = translations.ngettext(message.message, message.plural, int(message.values["n"]))
        return form.format(**{name: self.value(value) for name, value in message.values.items()})

    def value(self, value: Any) -> str:
        """Format a value inside a message."""
        if isinstance(value, Text):
            return self.render(value)
        if isinstance(value, Title):
            return str(getattr(value, self.code))
        if isinstance(value, dt.datetime):
            return self.moment(value)
        if isinstance(value, dt.date):
            return self.date(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.number(value)
        return str(value)

    def title(self, thing: Any) -> str:
        """Return the title (`title_nl` or `title_en`) of an object."""
        return str(getattr(thing, f"title_{self.code}"))

    def pick(self, thing: Any, name: str) -> str:
        """Return `name_nl` or `name_en` of an object."""
        return str(getattr(thing, f"{name}_{self.code}"))

    def date(self, day: dt.date) -> str:
        """Format a date: 4 March 2027."""
        return _date(self.code, day, "d MMMM y")

    def short_date(self, day: dt.date) -> str:
        """Format a date without its year: 4 Mar."""
        return _date(self.code, day, "d MMM").rstrip(".")

    def day_and_month(self, day: dt.date) -> str:
        """Format a date without its year, the month in full: 4 March."""
        return _date(self.code, day, "d MMMM")

    def month(self, day: dt.date) -> str:
        """Format the month of a date: March 2027."""
        return _date(self.code, day, "LLLL y")

    def month_name(self, day: dt.date) -> str:
        """Format the month of a date without its year: March."""
        return _date(self.code, day, "LLLL")

    def weekday(self, day: dt.date, *, full: bool = False) -> str:
        """Format the day of the week: Mon, or Monday."""
        return _date(self.code, day, "cccc" if full else "ccc")

    def moment(self, at: dt.datetime) -> str:
        """Format a moment in the organisation's time zone: 22 November 2026 07:02."""
        form = "d MMMM y HH:mm" if self.zone else "d MMMM y HH:mm 'UTC'"
        return format_datetime(self._local(at), form, locale=_LOCALES[self.code])

    def time(self, at: dt.datetime) -> str:
        """Format the time of a moment in the organisation's time zone: 07:02."""
        form = "HH:mm" if self.zone else "HH:mm 'UTC'"
        return format_datetime(self._local(at), form, locale=_LOCALES[self.code])

    def day_of(self, at: dt.datetime) -> dt.date:
        """Return the day of a moment in the organisation's time zone."""
        return self._local(at).date()

    def _local(self, at: dt.datetime) -> dt.datetime:
        """A moment by the organisation's clock; one that somebody typed may be beyond it, and stays as written."""
        try:
            return at.astimezone(self.zone or dt.UTC)
        except OverflowError:
            return at

    def number(self, value: float) -> str:
        return _number(self.code, value)


@lru_cache(_MOST_FORMATTED)
def _date(code: str, day: dt.date, pattern: str) -> str:
    """Format a date; cached, because a page shows the same days hundreds of times."""
    return str(format_date(day, pattern, locale=_LOCALES[code]))


@lru_cache(_MOST_FORMATTED, typed=True)
def _number(code: str, value: float) -> str:
    return str(format_decimal(value, locale=_LOCALES[code]))


@cache
def _translations(code: str) -> NullTranslations:
    """Read and merge the .po files of a language; English has none."""
    merged: NullTranslations = NullTranslations()
    for path in sorted((Path(__file__).parent / code).glob("*.po")):
        with path.open("rb") as source:
            catalogue = read_po(source, locale=code)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        room = GNUTranslations(compiled)
        room.add_fallback(merged)
        merged = room
    return merged
