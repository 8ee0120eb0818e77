"""Shows what a file is, what it is evidence for and what that changes, before and after saving."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from access.permissions import require
from dashboard.app_pages.upload.dropped_files import DroppedFiles, discard_files, inspected
from dashboard.app_pages.upload.form import delivery_form
from dashboard.app_pages.upload.sections import (
    draw_saved,
    earlier_uploads,
    effect,
    file_field,
    preview,
    progress_bar,
    save_bar,
)
from dashboard.components.recognised_file import cards, sentence
from dashboard.components.template_links import template_links
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_problem
from evidence.judging.policies import policies
from locales import Problem

t = language()


def draw(context: PageContext) -> None:
    with st.container(key="top"):
        top = st.container()
    files = file_field(t)
    if not files:
        discard_files()
        with top:
            lead = t(
                "Drop a test report, a register or a document. You see what was read and what it changes before "
                "anything is saved."
            )
            show(progress_bar(t, 1), html.answer(t("Upload evidence: which file do you have?"), "", lead))
        show(
            html.empty(
                t("What counts as evidence"),
                t(
                    "A test report (testssl, JUnit, nmap), a register (CSV) or a document (PDF, image, text). An "
                    "auditor wants to see what it covers, from which date, and that nobody has changed it since."
                ),
            )
        )
        offer_template(context)
        return
    try:
        require(context.person, "evidence.file")
        check(context, inspected(files, context.person), top)
    except Problem as problem:
        with top:
            show(progress_bar(t, 1), html.answer(t("This file cannot be accepted.")))
        show_problem(t, problem)


def offer_template(context: PageContext) -> None:
    """The template of the register that the address asks for, if it asks for one."""
    requirement = context.titles.requirements.get(st.query_params.get("requirement", ""))
    policy = policies().get(requirement.policy or "") if requirement else None
    for judging in policy.judging_policies() if policy else ():
        if requirement and judging.has_template:
            show(html.section(t("Template"), t.title(requirement)), template_links(t, judging.id))


def check(context: PageContext, files: DroppedFiles, top: DeltaGenerator) -> None:
    """Draw what was read, the form and the effect of the upload."""
    inspection = files.inspection
    with top:
        lead = t("Is this correct? Nothing has been saved yet.")
        show(progress_bar(t, 2), html.answer(sentence(t, inspection), "", lead))
    show(cards(t, inspection))
    show(earlier_uploads(t, context, inspection))
    left, right = st.columns([5, 7], gap="large")
    with left:
        show(html.section(t("What was read"), t("correct it where needed")))
        answers = delivery_form(t, context, inspection)
    with right:
        expected = effect(t, context, files, answers)
        show(preview(t, inspection, expected))
    save_bar(t, context, files, answers, ready=expected is not None)


with page_context() as context:
    saved = st.query_params.get("saved")
    if saved:
        draw_saved(t, context, saved)
    else:
        draw(context)
