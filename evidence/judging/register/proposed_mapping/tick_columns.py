"""Columns in which a cross means yes: an empty cell among them then means no, once somebody says so."""

import pandas as pd

from evidence.formats.tables.heading_comparison import clean
from evidence.judging.register.rules import Column
from evidence.judging.table_mapping import TableMapping

BLANK = ""  # of a mapping: the empty cell
_CROSSES = frozenset("xX\u2713\u2714\u2705\u2611\u2612vV")


def marks_with_crosses(column: Column, cells: "pd.Series[str]") -> bool:
    """Whether a column of yes and no has nothing but crosses and empty cells, and both."""
    written = {clean(str(cell)) for cell in cells}
    return column.type == "bool" and BLANK in written and bool(written - {BLANK}) and written - {BLANK} <= _CROSSES


def with_blanks_of_crosses(
    mapping: TableMapping, columns: dict[str, Column], frame: pd.DataFrame, keys: dict[str, str]
) -> TableMapping:
    """The mapping, in which an empty cell means something in columns of crosses alone."""
    crossed = {
        key: BLANK
        for name, key in keys.items()
        if name in frame and key in columns and marks_with_crosses(columns[key], frame[name])
    }
    values = {
        key: {
            value: meaning for value, meaning in words.items() if value != BLANK or (key in crossed and meaning == "no")
        }
        for key, words in mapping.values.items()  # noqa: PD011 - no data frame
    }
    return mapping.model_copy(update={"values": values})
