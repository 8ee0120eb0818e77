"""Says what a file is, what it proves, and what that changes, in three steps: file, check, saved."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from access.permissions import require
from dashboard.app_pages.upload.dropped_files import DroppedFiles, inspected, let_go
from dashboard.app_pages.upload.form import delivery_form
from dashboard.app_pages.upload.sections import dropped, effect, filed, preview, same_bytes, save_bar, steps
from dashboard.components.recognised_file import cards, sentence
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, opening
from dashboard.shell.saving import refuse
from locales import Problem

t = language()


def draw(o: PageContext) -> None:
    with st.container(key="top"):
        top = st.container()
    files = dropped(t)
    if not files:
        let_go()
        with top:
            lead = t(
                "Drop what a tool wrote, a register or a document. You see what was read and what "
                "it changes before anything is saved."
            )
            show(steps(t, 1), html.answer(t("Hand in proof: which file do you have?"), "", lead))
        show(
            html.empty(
                t("What counts as proof"),
                t(
                    "A test result (testssl, JUnit, nmap), a register (CSV) or a document (PDF, "
                    "image, text). An auditor wants to see what it represents, from which day, and "
                    "that nobody changed it since."
                ),
            )
        )
        return
    try:
        require(o.person, "evidence.file")
        check(o, inspected(files, o.person), top)
    except Problem as problem:
        with top:
            show(steps(t, 1), html.answer(t("This file can't be taken in.")))
        refuse(t, problem)


def check(o: PageContext, files: DroppedFiles, top: DeltaGenerator) -> None:
    inspection = files.inspection
    with top:
        show(steps(t, 2), html.answer(sentence(t, inspection), "", t("Is this right? Nothing is saved yet.")))
    show(cards(t, inspection))
    show(same_bytes(t, o, inspection))
    left, right = st.columns([5, 7], gap="large")
    with left:
        show(html.section(t("What we read"), t("change what is not right")))
        answers = delivery_form(t, o, inspection)
    with right:
        expected = effect(t, o, files, answers)
        show(preview(t, inspection, expected))
    save_bar(t, o, inspection, answers, ready=expected is not None)


with opening() as o:
    saved = st.query_params.get("saved")
    if saved:
        filed(t, o, saved)
    else:
        draw(o)
