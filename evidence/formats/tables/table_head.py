"""Which row of a table holds the names of its columns: titles may stand above it."""

from collections.abc import Callable, Sequence

from evidence.formats.tables.totals import is_line_of_totals

#: How well some names are known: whether a register has all that it needs with them, and how many it knows.
Match = Callable[[Sequence[str]], tuple[bool, int]]

LOOKED_AT = 20  # rows among which the header is looked for
SHEET = "@"  # the column with the sheet's name, where rows of several sheets were read
LONGEST_NAME = 120  # characters of a column's name
_GROUPED = 2  # names that stand below no name of their own group
_SURE = 3  # names that must be known before a row counts as a header because of them


def unknown(names: Sequence[str]) -> tuple[bool, int]:
    """What is known where no register is: nothing."""
    del names
    return False, 0


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
    first = next(position for position, filled in wide.items() if 2 * filled >= widest)
    return first + 1 if first + 1 in wide and _is_over(rows[first], rows[first + 1]) else first


def _is_over(row: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a row names groups of the columns below it: each with nothing beside it, for all of the names there.

    A record has numbers, dates or the same word twice, or as many cells as the names of its columns.
    """
    filled = [cell.strip() for cell in names if cell.strip()]
    starts = [at for at, cell in enumerate(row) if cell.strip()]
    gaps = sum(1 for at in range(starts[0], len(names)) if at not in starts and names[at].strip())
    are_names = len(set(filled)) == len(filled) and not any(cell[0].isdigit() for cell in filled)
    return are_names and gaps >= _GROUPED


def _known(names: Sequence[str], match: Match) -> tuple[bool, int]:
    fits, number = match(names)
    return (fits, number) if fits or number >= _SURE else (False, 0)
