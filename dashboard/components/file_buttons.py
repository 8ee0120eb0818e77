"""Buttons that save all rows of a list as Excel or CSV, with the columns that the page shows."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import streamlit as st

from dashboard.shell.streamlit_adapter import of_this_session
from locales import Language
from reports.table_file import MEDIA_TYPES, Cell, sheet

#: The most rows of a file; it says so in its last row where there are more.
MOST: Final = 10_000
Rows = Callable[[], Sequence[Sequence[Cell]]]


def file_buttons(t: Language, name: str, title: str, head: Sequence[str], rows: Rows) -> None:
    """Draw a button for each kind of file. `name`: of the file; `title`: of the sheet; `rows`: read when it is wanted.

    `rows` may give one more than `MOST`, by which it is known that there are more.
    """
    names = {"xlsx": t("Excel"), "csv": t("CSV")}
    helps = {
        "xlsx": t("Save all rows that match as an Excel file, at most {n}", n=MOST),
        "csv": t("Save all rows that match as a CSV file, at most {n}", n=MOST),
    }
    for kind, label in names.items():
        st.download_button(
            label,
            of_this_session(partial(_file, t, kind, title, head, rows)),
            f"{name}.{kind}",
            MEDIA_TYPES[kind],
            key=f"export {name} {kind}",
            help=helps[kind],
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )


def _file(t: Language, kind: str, title: str, head: Sequence[str], rows: Rows) -> bytes:
    read = rows()
    if len(read) <= MOST:
        return sheet(kind, title, head, read)
    more = t("There are more than {n} rows: narrow the filters and save the rest in another file.", n=MOST)
    return sheet(kind, title, head, [*read[:MOST], [more, *[None] * (len(head) - 1)]])
