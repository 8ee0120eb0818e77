"""Rows that head a group of the rows below them: one cell with a department, a system or a location.

They are marked, and each row below has the name of its group in a column that is added. What they mean is for a mapping
to say: without one they are judged as rows, so that no record is ever lost by standing alone.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from evidence.formats.facts import Head, TableFacts
from evidence.formats.tables.added_columns import GROUP, OUTER, is_added, is_group
from evidence.formats.tables.heading_comparison import clean
from evidence.formats.tables.row_marks import GROUPED, MARKS, is_note, is_total, marks_of
from evidence.formats.tables.table_head import SHEET
from evidence.formats.values import Result

_FEWEST_COLUMNS = 3  # of a table in which a row with one cell stands out
_FEWEST = 2  # filled cells of a row that is in a group
_AHEAD = 2  # rows that are looked at to see what a row heads
_LONGEST = 80  # characters of the name of a group
_LABELLED = re.compile(r"([^\W\d][^:]{1,30}):\s*(\S.*)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD, _DIGITS = re.compile(r"[^\W\d_]+"), re.compile(r"\d+")


def group_columns(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> list[str]:
    """The names of the columns that are added for groups, by the first rows below the names: the outer one first.

    In a table with groups the first row heads one: any other row that has one cell is a record that is not complete.
    Where the first two rows do, the first is of groups within which others stand, if more rows below head some.
    """
    filled = [row for row in rows if any(map(str.strip, row))]
    if len([name for name in columns if name.strip()]) < _FEWEST_COLUMNS or len(filled) < _FEWEST:
        return []
    first, second = (_only_cell(row) for row in filled[:2])
    if first is None:
        return []
    if _heads(filled[0][first], first, filled[1]):
        return [_named(GROUP, filled[0][first])]
    if second is None or len(filled) == _FEWEST or not _heads(filled[1][second], second, filled[2]):
        return []
    heads = [at for at, row in enumerate(filled[:-1]) if _begins(row, filled[at + 1])]
    is_outer = len(heads) > 1 and _is_name(clean(filled[0][first]))
    return [_named(OUTER, filled[0][first]), _named(GROUP, filled[1][second])] if is_outer else []


def _named(column: str, name: str) -> str:
    """The name of an added column, with the words in front of the name of the group, if any."""
    label = _LABELLED.fullmatch(clean(name))
    return f"{column} {label[1].strip()}" if label else column


def _begins(row: Sequence[str], following: Sequence[str]) -> bool:
    at = _only_cell(row)
    return at is not None and _heads(row[at], at, following)


def with_added(head: Head, facts: dict[str, str], first: Sequence[Sequence[str]]) -> Head:
    """A header with the columns that are added: what stands above the table, and the groups of its rows.

    `first`: the cells of the first rows below it.
    """
    own = {name: value for name, value in facts.items() if name not in head.columns}
    return replace(head, columns=[*head.columns, *own, *group_columns(first, head.columns)], facts=own)


def _only_cell(cells: Sequence[str]) -> int | None:
    filled = [at for at, cell in enumerate(cells) if clean(cell)]
    return filled[0] if len(filled) == 1 else None


def _heads(name: str, at: int, following: Sequence[str]) -> bool:
    """Whether a cell that stands alone heads the next row, which has several, and is not such a cell as that has."""
    beside = clean(following[at]) if at < len(following) else ""
    is_year = bool(_YEAR.fullmatch(clean(name))) and not _YEAR.fullmatch(beside)
    is_full = sum(1 for cell in following if clean(cell)) >= _FEWEST
    return is_full and (is_year or (_is_name(clean(name)) and not _are_alike(clean(name), beside)))


def _is_name(name: str) -> bool:
    return len(name) <= _LONGEST and any(map(str.isalpha, name)) and name not in ("true", "false")


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
    columns = {head.sheet: _Columns(head.columns) for head in facts.heads if any(map(is_group, head.columns))}
    if not columns:
        yield from results
        return
    several = len(facts.heads) > 1
    for result, following in _with_next_two(results):
        sheet = _sheet_of(result) if several else facts.heads[0].sheet
        own = columns.get(sheet)
        yield own.taken(result, following, facts) if own else result


def _sheet_of(result: Result) -> str:
    name, cell = result.properties[0] if result.properties else ("", "")
    return cell if name == SHEET else ""


def _with_next_two(results: Iterable[Result]) -> Iterator[tuple[Result, list[Result]]]:
    """Each row with the two that follow it, fewer at the end."""
    ahead: deque[Result] = deque()
    for result in results:
        ahead.append(result)
        if len(ahead) > _AHEAD:
            yield ahead.popleft(), list(ahead)
    while ahead:
        yield ahead.popleft(), list(ahead)


class _Columns:
    """The columns of a table with groups, and the groups whose rows are read."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._names = [name for name in columns if not is_added(name)]
        self._added = [name for name in columns if is_group(name)]  # the outer one first
        self._groups = [""] * len(self._added)
        self._at: list[int | None] = [None] * len(self._added)  # where the names of the groups of each level stand

    def taken(self, result: Result, following: Sequence[Result], facts: TableFacts) -> Result:
        """The row with its groups; one that heads a group is marked."""
        if not any(cell.strip() for _, cell in result.properties) or is_total(result) or is_note(result):
            return result
        cells = self._cells(result)
        at = _only_cell(cells)
        level = self._level(cells, at, [self._cells(row) for row in following]) if at is not None else None
        if at is None or level is None:
            return result._replace(properties=(*result.properties, *zip(self._added, self._groups, strict=True)))
        facts.has_marks, self._at[level] = True, at
        label = _LABELLED.fullmatch(clean(cells[at]))
        self._groups[level:] = [label[2] if label else clean(cells[at]), *[""] * (len(self._added) - level - 1)]
        marks = " ".join([*marks_of(result).split(), GROUPED])
        own = [(name, cell) for name, cell in result.properties if name != MARKS]
        return result._replace(properties=(*own, (MARKS, marks)))

    def _level(self, cells: Sequence[str], at: int, following: Sequence[Sequence[str]]) -> int | None:
        """Which groups a row with one cell heads; None if it is a record. All of one level stand in one column."""
        inner = len(self._added) - 1
        if following and _heads(cells[at], at, following[0]):
            level = 0 if inner and self._at[0] == at and self._at[1] not in (None, at) else inner
        elif inner and len(following) == _AHEAD and _is_name(clean(cells[at])) and _begins(*following):
            level = 0
        else:
            return None
        return level if self._at[level] in (None, at) else None

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
    return [row for row in rows if any(map(str.strip, row))]
