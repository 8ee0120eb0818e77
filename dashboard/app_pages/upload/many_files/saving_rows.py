"""Saves rows of an upload of many files, each by itself."""

from collections.abc import Sequence

import streamlit as st

from dashboard.app_pages.upload.staged_work import StagedRow, Work
from dashboard.shell.page_context import PageContext
from evidence.intake.proposed_requirements.questions import delivery_of_choice
from evidence.intake.submission import submit
from locales import Language, Problem
from models.transaction import writing
from settings import engine, store


def save_rows(t: Language, context: PageContext, work: Work, rows: Sequence[StagedRow]) -> None:
    """Save each row in a transaction of its own; what fails stays, with the reason."""
    bar = st.progress(0.0) if len(rows) > 1 else None
    for number, row in enumerate(rows):
        if bar is not None:
            bar.progress(number / len(rows), t("Saving: {n} of {total}", n=number + 1, total=len(rows)))
        if row.files is None or row.saved:  # saved in another tab
            continue
        try:
            inspection = row.files.inspection_for_choice(context, row.choice)
            with writing(engine()) as (session, now):
                delivery = delivery_of_choice(inspection, row.choice)
                filed = submit(session, store(), context.person, delivery, now)
        except Problem as problem:
            row.failure = problem.message
        else:
            row.saved, row.failure = filed.evidence, None
            row.discard()
    work.version += 1
    st.rerun()
