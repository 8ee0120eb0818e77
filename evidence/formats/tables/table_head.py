"""Which rows of a table hold the names of its columns: titles may stand above them, and names of groups."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from evidence.formats.tables.facts_above import facts_above
from evidence.formats.tables.totals import is_line_of_totals

#: How well some names are known: whether a register has all that it needs with them, and how many it knows.
Match = Callable[[Sequence[str]], tuple[bool, int]]

LOOKED_AT = 20  # rows among which the header is looked for
SHEET = "@"  # the column with the sheet's name, where rows of several sheets were read
LONGEST_NAME = 120  # characters of a column's name
_GROUPED = 2  # names that stand below no name of their own group
_SURE = 3  # names that must be known before a row counts as a header because of them
_PAIR = 2  # cells of a fact above a table
_MOST_ROWS = 3  # with names: of columns, of their groups, and of groups of these
BETWEEN = " / "  # the names of a group and of one within it


def unknown(names: Sequence[str]) -> tuple[bool, int]:
    """What is known where no register is: nothing."""
    del names
    return False, 0


@dataclass(frozen=True, slots=True)
class NamesOfColumns:
    """The names of the columns of a table, and the position of the last row with names.

    `groups`: by name the name of the group of columns above it, or of several with `BETWEEN` between them; `facts`:
    what stands above the table for all rows.
    """

    at: int
    names: list[str]
    groups: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)


def names_of_columns(rows: Sequence[Sequence[str]], match: Match = unknown) -> NamesOfColumns | None:
    """The names of the columns among the first rows of a table, in up to three rows; None if no row has two."""
    at = header_at(rows, match)
    if at < 0:
        return None
    below = at + 1 if at + 1 < len(rows) and _is_split(rows[at], rows[at + 1], rows[at + 2 : at + 3]) else at
    top = at
    names = _Names(list(rows[below]))
    if below > at:
        names = names.under(rows[at])
    while top and below - top < _MOST_ROWS - 1 and _is_over(rows[top - 1], names.names) and not _is_fact(rows[top - 1]):
        top -= 1
        names = names.under(rows[top])
    return NamesOfColumns(below, names.names, names.by_name(), facts_above(rows[:top]))


def header_at(rows: Sequence[Sequence[str]], match: Match = unknown) -> int:
    """The position of the row with the names of the columns; below 0 if no row has two of them.

    Every row above it has fewer filled cells, so that no record is ever taken for a title. Of several such rows it is
    the one whose names are known best, else the first that is at least half as wide as the widest: titles are short.
    """
    wide, widest = {}, 1
    for position, row in enumerate(rows):
        filled = sum(1 for cell in row if cell.strip())
        if filled > widest and not is_line_of_totals(row):
            wide[position] = widest = filled
    best = max(wide, key=lambda position: _known(rows[position], match), default=-1)
    if best < 0 or _known(rows[best], match)[1]:
        return best
    first = next(
        position
        for position, filled in wide.items()
        if filled == widest or (2 * filled >= widest and not _may_be_fact(rows[position], filled, widest))
    )
    while first + 1 in wide and _is_over(rows[first], rows[first + 1]):
        first += 1
    return first


def _is_over(row: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a row names groups of the columns below it: each with nothing beside it, for all of the names there.

    A record has numbers, dates or the same word twice, or as many cells as the names of its columns.
    """
    filled = [cell.strip() for cell in names if cell.strip()]
    starts = [at for at, cell in enumerate(row) if cell.strip()]
    if not starts:
        return False
    gaps = sum(1 for at in range(starts[0], len(names)) if at not in starts and names[at].strip())
    are_names = len(set(filled)) == len(filled) and not any(cell[0].isdigit() for cell in filled)
    return len(starts) > 1 and are_names and gaps >= _GROUPED


def _is_fact(row: Sequence[str]) -> bool:
    """Whether a row above the names says something of the table: two cells side by side, or words with a colon."""
    at = [position for position, cell in enumerate(row) if cell.strip()]
    return (len(at) == _PAIR and at[1] == at[0] + 1) or any(":" in row[position] for position in at)


def _may_be_fact(row: Sequence[str], filled: int, widest: int) -> bool:
    """Whether a row that is narrower than another says something of the table."""
    has_colon = any(cell.strip().endswith(":") for cell in row)
    return filled == _PAIR and (2 * filled == widest or has_colon)


def _is_split(top: Sequence[str], below: Sequence[str], following: Sequence[Sequence[str]]) -> bool:
    """Whether the row below the names parts some of these: it holds names there, and nothing under the others.

    A record has something under the first name, or under one that nothing is beside.
    """
    width = max(len(top), len(below))
    names, parts = _cells(top, width), _cells(below, width)
    filled = [part for part in parts if part]
    beside = [at for at in range(1, width) if not names[at] and parts[at]]
    parted = {at - 1 for at in beside if names[at - 1]}
    whole = [at for at in range(width) if names[at] and at not in parted]
    is_alone = bool(whole) and not any(parts[at] for at in whole) and all(parts[at] for at in parted)
    are_names = len(filled) > 1 and not any(part[0].isdigit() for part in filled)
    has_records = any(_cells(row, width)[at] for row in following for at in whole)
    return bool(beside) and is_alone and are_names and has_records


def _cells(row: Sequence[str], width: int) -> list[str]:
    return [cell.strip() for cell in row] + [""] * (width - len(row))


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of columns by position, and of each the names of its groups, the outermost first."""

    names: list[str]
    groups: list[tuple[str, ...]] = field(default_factory=list)

    def under(self, top: Sequence[str]) -> "_Names":
        """The names below a row with names of groups. A name that several groups have is told with these."""
        width = max(len(top), len(self.names))
        above, parts = _cells(top, width), _cells(self.names, width)
        groups = [*self.groups, *[()] * (width - len(self.groups))]
        over: list[str] = list(accumulate(above, _last_filled))
        number = Counter(filter(None, parts))
        joined = [
            (_whole(group, part) if number[part] > 1 else part) if part else name
            for group, name, part in zip(over, above, parts, strict=True)
        ]
        within = [
            (group, *own) if part and group else own for group, own, part in zip(over, groups, parts, strict=True)
        ]
        return _Names(joined, within)

    def by_name(self) -> dict[str, str]:
        """By name the names of its groups; none of a name that is in none."""
        return {
            name: BETWEEN.join(dict.fromkeys(own))
            for name, own in zip(self.names, self.groups, strict=False)
            if name and own
        }


def _last_filled(group: str, name: str) -> str:
    return name or group


def _whole(group: str, part: str) -> str:
    return f"{group} {part}"[:LONGEST_NAME] if group else part


def _known(names: Sequence[str], match: Match) -> tuple[bool, int]:
    fits, number = match(names)
    return (fits, number) if fits or number >= _SURE else (False, 0)
