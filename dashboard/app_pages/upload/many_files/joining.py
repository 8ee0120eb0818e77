"""Joins files that belong together into one piece of evidence, and takes them apart again."""

from collections.abc import Sequence

import streamlit as st

from dashboard.app_pages.upload.reading import join, take_apart
from dashboard.app_pages.upload.staged_work import StagedRow, Work
from dashboard.shell.page_context import PageContext
from dashboard.shell.url_filters import option_label
from evidence.intake.proposed_requirements.name_words import series_name
from locales import Language


def join_popover(t: Language, context: PageContext, work: Work) -> None:
    """Draw the choice of files that become one piece of evidence."""
    rows = {row.id: row for row in work.open_rows if row.files is not None}
    with st.popover(t("Join files that belong together"), icon=":material/merge:", type="tertiary"):
        names = {key: row.name for key, row in rows.items()}
        chosen = st.multiselect(
            t("Files that become one piece of evidence"),
            list(names),
            default=alike(list(rows.values())),
            format_func=option_label(names),
            placeholder=t("Choose files"),
            filter_mode="contains",
            key=f"join {work.version}",
        )
        if st.button(t("Join"), disabled=len(chosen) < 2, key="join"):  # noqa: PLR2004 - what can be joined
            join(context, work, [rows[key] for key in chosen])
            st.rerun()
        joined = {key: row for key, row in rows.items() if row.files and len(row.files.inspection.files) > 1}
        for key, row in joined.items():
            if st.button(t("Take {name} apart", name=row.name), key=f"apart {key}", type="tertiary"):
                take_apart(context, work, row)
                st.rerun()


def take_apart_button(t: Language, context: PageContext, work: Work, row: StagedRow) -> None:
    """Draw the button that makes a piece of evidence of each file of a row with several."""
    several = row.files is not None and len(row.files.inspection.files) > 1
    if several and st.button(t("Take these files apart"), icon=":material/call_split:", type="tertiary"):
        take_apart(context, work, row)
        st.rerun()


def alike(rows: Sequence[StagedRow]) -> list[str]:
    """The rows whose names differ in numbers only, if there is one such group; ids."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(series_name(row.name), []).append(row.id)
    several = [group for group in groups.values() if len(group) > 1]
    return several[0] if len(several) == 1 else []
