"""Buttons that save the rows of a list as they are shown, as Excel or CSV."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from locales import Language
from reports.sheets import MEDIA_TYPES, Cell, sheet


def export_buttons(t: Language, name: str, title: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Draw them in a line of their own; nothing for an empty list. `name`: of the file; `title`: of the sheet."""
    if rows:
        with st.container(key=f"export-{name}", horizontal=True, horizontal_alignment="right"):
            file_buttons(t, name, title, head, rows)


def file_buttons(t: Language, name: str, title: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Draw a button for each kind of file, which is made when it is wanted, from the rows that this page shows."""
    names = {"xlsx": t("Excel"), "csv": t("CSV")}
    helps = {"xlsx": t("Save these rows as an Excel file"), "csv": t("Save these rows as a CSV file")}
    for kind, label in names.items():
        st.download_button(
            label,
            partial(sheet, kind, title, head, rows),
            f"{name}.{kind}",
            MEDIA_TYPES[kind],
            key=f"export {name} {kind}",
            help=helps[kind],
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )
