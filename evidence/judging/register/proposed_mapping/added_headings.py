"""What a register can't do without and has no heading for: said above the table, or by the rows that head a group.

Only required columns are read so. Each such proposal is for a person to look at.
"""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from evidence.formats.tables.added_columns import is_above, is_added, is_group, words_of
from evidence.formats.tables.heading_comparison import plain
from evidence.judging.register.cells import names_people
from evidence.judging.register.proposed_mapping.column_similarity import (
    POSSIBLE,
    is_known,
    names_of,
    resemblance,
    values_of,
)
from evidence.judging.register.proposed_mapping.fitting_values import DATES, readable_share
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.word_similarity import (
    is_remark,
    likeness,
    says_done,
    says_little,
    tells_when,
    tells_who,
)
from evidence.judging.table_mapping import SYSTEMS, Systems
from models.calendar import Calendar

_MARGIN = 0.05  # by how much a column must be liker what is said than another


def added_headings(
    rules: Rules, frame: pd.DataFrame, headless: Collection[str], systems: Systems, calendar: Calendar
) -> dict[str, str]:
    """The key of each required column without a heading → the added column that it is.

    `frame`: the whole table; `headless`: the keys of all columns without a heading.
    """
    missing = [column for column in rules.columns if column.required is True and column.key in headless]
    added = [name for name in map(str, frame) if is_added(name) and not _stands_at_two_levels(frame, name, systems)]
    found: dict[str, str] = {}
    for name in added:
        values = values_of(frame[name])
        if not values or (is_above(name) and len(values) > 1):
            continue
        open_columns = [column for column in missing if column.key not in found]
        if (key := _meant(name, values, open_columns, frame, systems, calendar)) is not None:
            found[key] = name
    found |= _by_doing(missing, [name for name in added if name not in found.values()], frame, found, calendar)
    return found


def _stands_at_two_levels(frame: pd.DataFrame, name: str, systems: Systems) -> bool:
    """Whether systems head groups of both levels: which of them a row is of is then not sure."""
    groups = [other for other in map(str, frame) if is_group(other)]
    return name in groups and len(groups) > 1 and all(_names_system(frame[other], systems) for other in groups)


def _names_system(cells: "pd.Series[str]", systems: Systems) -> bool:
    return any(plain(value) in systems.keys for value in values_of(cells))


def group_heading(
    rules: Rules, frame: pd.DataFrame, headless: Collection[str], taken: Collection[str], calendar: Calendar
) -> dict[str, str]:
    """The one required column that may head groups → the rows that do, unless these are taken.

    Of groups within groups only where one of both can be it.
    """
    groups = [name for name in map(str, frame) if is_group(name) and name not in taken]
    missing = [column for column in rules.columns if column.required is True and column.key in headless]
    fitting = [
        (column.key, name)
        for column in missing
        for name in groups
        if column.key not in SYSTEMS and _may_head_groups(column, values_of(frame[name]), calendar)
    ]
    return dict(fitting) if len(fitting) == 1 else {}


def _by_doing(
    missing: Sequence[Column], names: Sequence[str], frame: pd.DataFrame, found: Mapping[str, str], calendar: Calendar
) -> dict[str, str]:
    """The one day, and the one person, that is missing: where the only such fact says when or by whom it was done."""
    more: dict[str, str] = {}
    for is_such, tells in ((_is_day, tells_when), (names_people, tells_who)):
        columns = [column for column in missing if column.key not in found and is_such(column)]
        facts = [name for name in names if is_above(name) and tells(words_of(name)) and says_done(words_of(name))]
        if len(columns) == len(facts) == 1 and readable_share(columns[0], values_of(frame[facts[0]]), calendar) == 1:
            more[columns[0].key] = facts[0]
    return more


def _is_day(column: Column) -> bool:
    return column.type in DATES


def _meant(
    name: str,
    values: list[str],
    columns: list[Column],
    frame: pd.DataFrame,
    systems: Systems,
    calendar: Calendar,
) -> str | None:
    """The one column that an added column is: of systems by its values, of others by the words in front of it."""
    if all(plain(value) in systems.keys for value in values):
        return next((column.key for column in columns if column.key in SYSTEMS), None)
    words = words_of(name)
    if not words or says_little(words) or is_remark(words):
        return None
    alike = {
        column.key: resemblance(column, words, frame[name], calendar)
        for column in columns
        if column.key not in SYSTEMS and _says(column, words)
    }
    best = max(alike, key=lambda key: alike[key], default="")
    near = [key for key in alike if alike[key] >= max(POSSIBLE, alike[best] - _MARGIN)]
    return best if near == [best] else None


def _says(column: Column, words: str) -> bool:
    """Whether words name a column, and not only what is like it."""
    return is_known(column, words) or any(likeness(words, name) >= POSSIBLE for name in names_of(column))


def _may_head_groups(column: Column, values: list[str], calendar: Calendar) -> bool:
    """Whether rows may be grouped by it: by a thing or a word of a list, and never by a person or a day."""
    if column.type in (*DATES, "bool", "int", "sha256", "month") or names_people(column):
        return False
    return bool(values) and readable_share(column, values, calendar) == 1
