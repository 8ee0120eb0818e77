"""Rows that head a group of the rows below them: one cell with a department, a system or a location.

They are marked, and each row below has the name of its group in a column that is added. What they mean is for a mapping
to say: without one they are judged as rows, so that no record is ever lost by standing alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from evidence.formats.facts import Head, TableFacts
from evidence.formats.tables.added_columns import GROUP, is_added
from evidence.formats.tables.heading_comparison import clean
from evidence.formats.tables.row_marks import GROUPED, MARKS, is_note, is_total, marks_of
from evidence.formats.tables.table_head import SHEET
from evidence.formats.values import Result

_FEWEST_COLUMNS = 3  # of a table in which a row with one cell stands out
_FEWEST = 2  # filled cells of a row that is in a group
_LONGEST = 80  # characters of the name of a group
_LABELLED = re.compile(r"([^\W\d][^:]{1,30}):\s*(\S.*)")
_WORD, _DIGITS = re.compile(r"[^\W\d_]+"), re.compile(r"\d+")


def group_column(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> str | None:
    """The name of the column that is added for groups, by the first rows below the names; None without groups.

    In a table with groups the first row heads one: any other row that has one cell is a record that is not complete.
    """
    filled = [row for row in rows if any(map(str.strip, row))]
    if len([name for name in columns if name.strip()]) < _FEWEST_COLUMNS or len(filled) < _FEWEST:
        return None
    at = _only_cell(filled[0])
    if at is None or not _heads(filled[0][at], at, filled[1]):
        return None
    label = _LABELLED.fullmatch(clean(filled[0][at]))
    return f"{GROUP} {label[1].strip()}" if label else GROUP


def with_added(head: Head, facts: dict[str, str], first: Sequence[Sequence[str]]) -> Head:
    """A header with the columns that are added: what stands above the table, and the groups of its rows.

    `first`: the cells of the first rows below it.
    """
    group = group_column(first, head.columns)
    own = {name: value for name, value in facts.items() if name not in head.columns}
    return replace(head, columns=[*head.columns, *own, *([group] if group else [])], facts=own)


def _only_cell(cells: Sequence[str]) -> int | None:
    filled = [at for at, cell in enumerate(cells) if clean(cell)]
    return filled[0] if len(filled) == 1 else None


def _heads(name: str, at: int, following: Sequence[str]) -> bool:
    """Whether a cell that stands alone heads the next row, which has several, and is not such a cell as that has."""
    beside = clean(following[at]) if at < len(following) else ""
    is_name = len(clean(name)) <= _LONGEST and any(map(str.isalpha, name)) and name not in ("true", "false")
    return is_name and sum(1 for cell in following if clean(cell)) >= _FEWEST and not _are_alike(clean(name), beside)


def _are_alike(name: str, beside: str) -> bool:
    """Whether two cells are codes of one form, or names of accounts: `P-12` and `P-7`, `jbakker` and `adevries`.

    Names with a capital say nothing: a department is written as a supplier is. A person is asked about these.
    """
    is_code = any(map(str.isdigit, name)) or name.islower()
    return is_code and _shape(name) == _shape(beside)


def _shape(cell: str) -> str:
    """How a cell is written: `P-12` is `A-9`."""
    return _DIGITS.sub("9", _WORD.sub(lambda word: "a" if word[0].islower() else "A", cell))


def with_groups(results: Iterable[Result], facts: TableFacts) -> Iterator[Result]:
    """The rows with the name of their group, where their table has groups. The rows that head one are marked.

    Whoever judges the table tells each of these.
    """
    columns = {head.sheet: _Columns(head.columns) for head in facts.heads if any(map(_is_own, head.columns))}
    if not columns:
        yield from results
        return
    several = len(facts.heads) > 1
    for result, following in _pairs(results):
        sheet = _sheet_of(result) if several else facts.heads[0].sheet
        own = columns.get(sheet)
        yield own.taken(result, following, facts) if own else result


def _is_own(name: str) -> bool:
    return name.startswith(GROUP)


def _sheet_of(result: Result) -> str:
    name, cell = result.properties[0] if result.properties else ("", "")
    return cell if name == SHEET else ""


def _pairs(results: Iterable[Result]) -> Iterator[tuple[Result, Result | None]]:
    """Each row with the next."""
    before: Result | None = None
    for result in results:
        if before is not None:
            yield before, result
        before = result
    if before is not None:
        yield before, None


class _Columns:
    """The columns of a table with groups, and the group whose rows are read."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._names = [name for name in columns if not is_added(name)]
        self._added = next(filter(_is_own, columns))
        self._group, self._at = "", -1

    def taken(self, result: Result, following: Result | None, facts: TableFacts) -> Result:
        """The row with its group; one that heads a group is marked."""
        if not any(cell.strip() for _, cell in result.properties) or is_total(result) or is_note(result):
            return result
        cells = self._cells(result)
        at = _only_cell(cells)
        if at is not None and following and self._may_stand_at(at) and _heads(cells[at], at, self._cells(following)):
            self._at, facts.has_marks = at, True
            label = _LABELLED.fullmatch(clean(cells[at]))
            self._group = label[2] if label else clean(cells[at])
            marks = " ".join([*marks_of(result).split(), GROUPED])
            own = [(name, cell) for name, cell in result.properties if name != MARKS]
            return result._replace(properties=(*own, (MARKS, marks)))
        return result._replace(properties=(*result.properties, (self._added, self._group)))

    def _may_stand_at(self, at: int) -> bool:
        """All groups of a table stand in one column."""
        return self._at in (-1, at)

    def _cells(self, result: Result) -> list[str]:
        own = dict(result.properties)
        return [own.get(name, "") for name in self._names]


def with_facts(results: Iterable[Result], facts: TableFacts) -> Iterator[Result]:
    """The rows with what stands above their table, each row that is none of totals, notes or groups."""
    if not any(head.facts for head in facts.heads):
        yield from results
        return
    several = len(facts.heads) > 1
    of_sheets = {head.sheet: tuple(head.facts.items()) for head in facts.heads}
    for result in results:
        own = of_sheets.get(_sheet_of(result), ()) if several else tuple(facts.heads[0].facts.items())
        is_row = any(cell.strip() for _, cell in result.properties) and not is_total(result)
        is_record = is_row and not {GROUPED, "note"} & set(marks_of(result).split())
        yield result._replace(properties=(*result.properties, *own)) if own and is_record else result


def first_cells(rows: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    """The first rows below the names that hold something: enough to see whether there are groups."""
    return list(islice((row for row in rows if any(map(str.strip, row))), _FEWEST))
