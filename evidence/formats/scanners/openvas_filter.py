"""The filter of an OpenVAS report, which says what results it holds.

The page of Greenbone filters by default: `apply_overrides`, `min_qod=70`, `levels` and keywords of the presentation.
Any other keyword leaves something out. GMP's `filters`, https://docs.greenbone.net/API/GMP/gmp-22.5.html.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from evidence.formats.values import storable
from locales import Text, text

_HOSTS = "result_hosts_only"
#: keywords of the presentation, or whose effect is told elsewhere in the report (`rows` and `first`: the counts)
_HARMLESS = frozenset(
    (
        *("apply_overrides", "overrides", "notes", "autofp", "rows", "first", "sort", "sort-reverse", "timezone"),
        *("details", "delta_states", "ignore_pagination", "lean", "task_id", "report_id"),
        _HOSTS,
    )
)
_QUALITY, _USUAL_QUALITY = "min_qod", 70
_LEVELS, _ALL_LEVELS = "levels", frozenset("hml")  # and c for critical, in later versions
_WORD = re.compile(r'(?P<column>[\w-]*)(?P<relation>[=<>~:]?)(?P<value>"[^"]*"|\S*)')
_MOST_NAMED, _LONGEST = 5, 60


class Keyword(NamedTuple):
    """A keyword of a filter."""

    column: str
    relation: str
    value: str

    @property
    def shown(self) -> str:
        """As it is written in a filter."""
        return storable(f"{self.column}{self.relation}{self.value}", _LONGEST)

    @property
    def leaves_out(self) -> bool:
        """Whether results may be left out by it that a report of everything has."""
        column = self.column.lower()
        if column == _QUALITY:
            number = int(self.value) if self.value.isascii() and self.value.isdecimal() and len(self.value) < 4 else 100  # noqa: PLR2004 - a percentage
            return number > _USUAL_QUALITY
        if column == _LEVELS:
            return not set(self.value.lower()) >= _ALL_LEVELS
        return bool(column or self.value) and column not in _HARMLESS


def words(term: str) -> Iterator[Keyword]:
    """The keywords of a filter as it is written in one line."""
    for word in _WORD.finditer(term):
        if word.group():
            relation = word["relation"]
            column = word["column"] if relation else ""
            yield Keyword(column, relation, word["value"].strip('"') if relation else word.group())


def lists_only_hosts_with_results(keywords: list[Keyword]) -> bool:
    """Whether the report says that it leaves out hosts of which it has no result."""
    return any((keyword.column, keyword.value) == (_HOSTS, "1") for keyword in keywords)


def doubt_of(keywords: list[Keyword]) -> Text | None:
    """What a filter leaves out; None if that is nothing which a report usually has."""
    leaving = list(dict.fromkeys(keyword.shown for keyword in keywords if keyword.leaves_out))
    if not leaving:
        return None
    named = ", ".join(leaving[:_MOST_NAMED]) + (", …" if len(leaving) > _MOST_NAMED else "")
    return text(
        "The report was made with a filter ({filter}), which may leave findings out; download it without.", filter=named
    )
