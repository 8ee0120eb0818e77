"""Wide tables: a column for each role, system or course, each cell of which is a row of the register."""

from collections.abc import Mapping, Sequence

import pandas as pd

from evidence.formats.tables.heading_comparison import clean, plain
from evidence.judging.personal_data.headings_and_values import is_personal
from evidence.judging.register.cells import names_people, words
from evidence.judging.register.proposed_mapping.column_similarity import POSSIBLE, resemblance, values_of
from evidence.judging.register.proposed_mapping.fitting_values import DATES, WORDS, is_date, readable_share
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.word_similarity import is_of_course, is_of_period, likeness, meanings
from evidence.judging.table_mapping import Cell, Matrix, Systems
from models.calendar import Calendar

_FEWEST = 2  # wide columns that make a matrix
_MOST_HEADINGS = 100  # that are compared with a column
_MOST_OF = 0.5  # the share of allowed values that makes a column part of a matrix
_CROSS, _NO = "x", "nee"  # in a table of crosses an empty cell means no
_SAME_SENSE = 0.7  # how alike a part of a heading and the name of a column are: `tested` is near `actual`


def matrix(
    rules: Rules, frame: pd.DataFrame, keys: Mapping[str, str], systems: Systems, calendar: Calendar
) -> Matrix | None:
    """How a table with a column for each role, system or course is read; None for any other table.

    `frame`: the headings that are no column yet; `keys`: those that are recognised as columns.
    """
    missing = {
        column.key: column for column in rules.columns if column.required is True and column.key not in keys.values()
    }
    of_systems = _cells_of_systems(frame, systems, "role")
    missing = {key: column for key, column in missing.items() if not _has_a_heading(column, rules, frame, calendar)}
    if "system" in missing and "role" in missing and len(of_systems) >= _FEWEST:
        return Matrix(names="system", headings=of_systems)
    if (of_course := course_columns(rules, keys)) is not None and of_course[0].key in missing:
        return _courses(*of_course, frame, calendar)
    cells = [column for column in missing.values() if _NO in words(column)]
    if "role" not in missing or not cells:
        return None
    headings = {str(name): _cell(str(name), cells) for name in frame if _holds(cells[0], frame[name])}
    is_whole = {cell.column for cell in headings.values()} == {column.key for column in cells}
    if not is_whole or len({cell.of for cell in headings.values()}) < _FEWEST:
        return None
    return Matrix(names="role", headings=headings, empty=_empty(cells[0], frame[list(headings)]))


def _has_a_heading(column: Column, rules: Rules, frame: pd.DataFrame, calendar: Calendar) -> bool:
    """Whether a list of what a wide table has columns for is a column itself: such a table is not wide."""
    if column.type not in ("ref", "text"):
        return False
    lists = [other for other in rules.columns if other.type in WORDS]
    for name in list(map(str, frame))[:_MOST_HEADINGS]:
        if resemblance(column, name, frame[name], calendar) >= POSSIBLE:
            values = values_of(frame[name])  # looked at last, since each is compared with all words of all lists
            if not values or all(readable_share(other, values, calendar) < 1 for other in lists):
                return True
    return False


def completed(wide: Matrix, rules: Rules, frame: pd.DataFrame, systems: Systems, calendar: Calendar) -> Matrix:
    """A mapped wide table, with the similar columns that the mapping does not name, and the meaning of an empty cell.

    `frame`: the headings that are no column yet.
    """
    filled = {cell.column for cell in wide.headings.values()}
    columns = [column for column in rules.columns if column.key in filled]
    if not columns:
        return wide
    mapped = set(map(plain, wide.headings))
    free = frame.drop(columns=[name for name in frame if plain(str(name)) in mapped])
    if columns[0].type in DATES:
        new = _cells_of_courses(columns[0], free, calendar)
        return Matrix(names=wide.names, headings={**wide.headings, **new}, rows_of_empty=True)
    if wide.names == "system":
        new = _cells_of_systems(free, systems, columns[0].key)
    else:
        new = {str(name): _cell(str(name), columns) for name in free if _holds(columns[0], frame[name], _MOST_OF)}
    there = [name for name in frame if plain(str(name)) in mapped or name in new]
    return Matrix(names=wide.names, headings={**wide.headings, **new}, empty=_empty(columns[0], frame[there]))


def _cells_of_systems(frame: pd.DataFrame, systems: Systems, key: str) -> dict[str, Cell]:
    return {
        str(name): Cell(of=systems.keys[plain(str(name))], column=key)
        for name in frame
        if plain(str(name)) in systems.keys
    }


def _holds(column: Column, cells: "pd.Series[str]", least: float = 1.0) -> bool:
    """Whether at least the share `least` of these cells are values of the column, or crosses."""
    written = [plain(clean(str(cell))) for cell in cells if clean(str(cell))]
    return bool(written) and sum(value in words(column) for value in written) >= least * len(written)


def _cell(heading: str, columns: Sequence[Column]) -> Cell:
    """The thing and column of a wide heading: `Nurse (actual)` has the column `actual` of the nurse."""
    if len(columns) == 1:
        return Cell(of=heading, column=columns[0].key)
    parts = plain(heading).replace("(", " ").replace(")", " ").replace(":", " ").split()
    alike = [(_in_sense_of(part, column), at, column.key) for at, part in enumerate(parts) for column in columns]
    best, at, key = max(alike, key=lambda each: each[0], default=(0.0, 0, ""))
    if best < _SAME_SENSE:
        return Cell(of=heading, column=columns[0].key)
    return Cell(of=" ".join([*parts[:at], *parts[at + 1 :]]) or heading, column=key)


def _in_sense_of(part: str, column: Column) -> float:
    """How alike a part of a heading and a column are; nothing for a part that means nothing."""
    names = (column.key, *column.nl, *column.en)
    return max(likeness(part, name) for name in names) if meanings(part) else 0.0


def _empty(column: Column, frame: pd.DataFrame) -> str | None:
    """The meaning of an empty cell: no, in a table of crosses; otherwise None, and it gives no row."""
    written = {plain(clean(str(cell))) for name in frame for cell in frame[name].unique()} - {""}
    return words(column).get(_NO) if written == {_CROSS} else None


# ── A column for each course ─────────────────────────────────────────────────────────────────────────────────────────


def course_columns(rules: Rules, keys: Mapping[str, str]) -> tuple[Column, Column] | None:
    """What people are listed with (`course`) and the day of it, where a register of people has neither heading."""
    columns = {column.key: column for column in rules.columns}
    things = [columns[key] for key in rules.key[1:] if columns[key].type == "text"]
    days = [columns[key] for key in rules.moments if columns[key].type in DATES]
    if not names_people(columns[rules.key[0]]) or len(things) != 1 or len(days) != 1:
        return None
    return None if {things[0].key, days[0].key} & set(keys.values()) else (things[0], days[0])


def _courses(thing: Column, day: Column, frame: pd.DataFrame, calendar: Calendar) -> Matrix | None:
    """The table with a day under each course; an empty cell is a row too, of someone who did not follow it."""
    headings = _cells_of_courses(day, frame, calendar)
    if len(headings) < _FEWEST and not any(map(is_of_course, headings)):
        return None
    return Matrix(names=thing.key, headings=headings, rows_of_empty=True)


def _cells_of_courses(day: Column, frame: pd.DataFrame, calendar: Calendar) -> dict[str, Cell]:
    return {
        str(name): Cell(of=str(name), column=day.key)
        for name in frame
        if _is_course(str(name), values_of(frame[name]), calendar)
    }


def _is_course(heading: str, values: Sequence[str], calendar: Calendar) -> bool:
    """Whether days stand under a heading that is of no period: that of employment is no course."""
    if is_personal(heading) or (is_of_period(heading) and not is_of_course(heading)):
        return False
    return bool(values) and all(is_date(value, calendar) for value in values)
