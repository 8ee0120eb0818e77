"""The forms that record and close nonconformities."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from access.permissions import may
from audits.nonconformities import Finding, close_nonconformity, record_nonconformity
from dashboard.components.findings.finding_table import GRADES
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save
from dashboard.shell.url_filters import DAY_FORMAT
from locales import Language
from models.vocabulary import Grade


def finding_forms(t: Language, context: PageContext, controls: Sequence[str], findings: Sequence[Finding]) -> None:
    """Draw the forms for whoever may record nonconformities. `controls`: those to choose from."""
    if not may(context.person, "nonconformity.record"):
        return
    left, right = st.columns(2)
    with left, st.expander(t("Record a nonconformity")), st.form("record a nonconformity", border=False):
        _record(t, context, controls)
    opened = [finding for finding in findings if finding.closed_day is None]
    if opened:
        with right, st.expander(t("Close a nonconformity")), st.form("close a nonconformity", border=False):
            _close(t, context, opened)


def _record(t: Language, context: PageContext, controls: Sequence[str]) -> None:
    control: str | None = controls[0] if len(controls) == 1 else None
    if control is None:
        control = st.selectbox(
            t("Control"), controls, index=None, format_func=lambda key: _control(t, context, key), placeholder=""
        )
    title = st.text_input(t("What was found"), max_chars=500)
    grade = st.segmented_control(
        t("Classification"), list(Grade), format_func=lambda key: t.render(GRADES[key]), default=None
    )
    day = st.date_input(t("Found on"), value=context.today, max_value=context.today, format=DAY_FORMAT)
    if not st.form_submit_button(t("Record the nonconformity"), type="primary"):
        return
    if control is None or grade is None:
        st.error(t("Choose the control and the classification. Nothing has been recorded."))
        return
    _save_new(t, context, control, grade, title, day)


def _save_new(t: Language, context: PageContext, control: str, grade: str, title: str, day: date) -> None:
    save(
        t,
        lambda s, now: record_nonconformity(s, context.person, control, grade, title, day, now),
        t("The nonconformity is recorded."),
    )


def _control(t: Language, context: PageContext, key: str) -> str:
    return f"{context.titles.reference(t, key)} {t.title(context.titles.controls[key])}"


def _close(t: Language, context: PageContext, opened: Sequence[Finding]) -> None:
    numbers = {finding.id: f"{context.titles.reference(t, finding.control)}: {finding.title}" for finding in opened}
    number = st.selectbox(
        t("Nonconformity"), list(numbers), index=None, format_func=numbers.__getitem__, placeholder=""
    )
    if not st.form_submit_button(t("Close from today"), type="primary"):
        return
    if number is None:
        st.error(t("Choose the nonconformity. Nothing has been recorded."))
        return
    save(
        t,
        lambda s, now: close_nonconformity(s, context.person, number, context.today, now),
        t("The nonconformity is closed; it stays on record."),
    )
