"""The systems of a table: one for all rows, one for each sheet, titles in place of keys."""

from collections.abc import Collection, Mapping

import pandas as pd

from evidence.formats.tables.heading_comparison import clean, plain
from evidence.formats.tables.table_head import SHEET
from evidence.judging.register.rules import Rules
from evidence.judging.register.written_values import list_parts
from evidence.judging.table_mapping import SYSTEMS, AllRows, Systems, TableMapping


def fixed_system(rules: Rules, keys: Collection[str], systems: Systems) -> dict[AllRows, str]:
    """The system of every row, where the table has no column for it and is declared for one system."""
    is_wanted = any(column.key == "system" for column in rules.columns) and "system" not in keys
    return {"system": systems.declared[0]} if is_wanted and len(systems.declared) == 1 else {}


def sheet_of_system(frame: pd.DataFrame, systems: Systems) -> bool:
    """Whether every sheet that is read is named after a system."""
    return SHEET in frame and all(plain(str(name)) in systems.keys for name in frame[SHEET].unique())


def system_words(
    frame: pd.DataFrame, keys: Mapping[str, str], mapping: TableMapping, systems: Systems
) -> dict[str, dict[str, str | None]]:
    """By column: the titles of systems in a table → their keys; a key needs no mapping."""
    known = set(systems.keys.values())
    values: dict[str, dict[str, str | None]] = {}
    for name, key in keys.items():
        if key not in SYSTEMS or name not in frame:
            continue
        written = [part for cell in frame[name].unique() for part in list_parts(clean(str(cell)))]
        titles = {name: systems.keys[plain(name)] for name in dict.fromkeys(written) if plain(name) in systems.keys}
        new = {title: system for title, system in titles.items() if title.casefold() not in known}
        if new := {title: system for title, system in new.items() if plain(title) not in mapping.decided(key)}:
            values[key] = dict(new)
    return values
