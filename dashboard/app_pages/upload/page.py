"""Shows what a file is, what it is evidence for and what that changes, before and after saving."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from access.permissions import require
from dashboard.app_pages.upload.asked_for import asked_for
from dashboard.app_pages.upload.dropped_files import DroppedFiles
from dashboard.app_pages.upload.entered import remembered
from dashboard.app_pages.upload.form import delivery_form
from dashboard.app_pages.upload.format_choice import format_choice
from dashboard.app_pages.upload.many_files.joining import take_apart_button
from dashboard.app_pages.upload.many_files.overview import draw_many
from dashboard.app_pages.upload.sections import (
    add_files,
    begin_again,
    draw_saved,
    earlier_uploads,
    effect,
    file_field,
    preview,
    progress_bar,
    save_bar,
    take_files,
)
from dashboard.app_pages.upload.staged_work import StagedRow, Work, find_work, unfinished_works
from dashboard.components.evidence.recognised_file import cards, sentence
from dashboard.components.evidence.sent_uploads import sent_uploads_list
from dashboard.components.template_links import template_links
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_problem
from evidence.intake.program_uploads.sent_uploads import sent_uploads
from evidence.judging.policies import policies
from locales import Problem
from models.vocabulary import UploadState

t = language()
_WORK = "upload that is not saved"
_NAMED = 4  # files of an upload that is not finished


def draw(context: PageContext) -> None:
    with st.container(key="top"):
        top = st.container()
    work = current_work(context.person.account)
    if work is None:
        draw_start(context, top)
        return
    try:
        require(context.person, "evidence.file")
        row = work.row(st.query_params.get("file", "")) or only_row(work)
        if row is None:
            draw_many(t, context, work, top)
        elif row.files is None:
            draw_refused(context, work, row, top)
        else:
            check(context, work, row, row.files, top)
    except Problem as problem:
        with top:
            show(progress_bar(t, 1), html.answer(t("This file cannot be accepted.")))
        show_problem(t, problem)


def current_work(account: str) -> Work | None:
    """The work that the address names; after the back button, the one that this session had open, while unsaved."""
    named = st.query_params.get("work", "")
    work = find_work(account, named or st.session_state.get(_WORK, ""))
    if work is None or (not named and (not work.open_rows or st.query_params.get("requirement"))):
        st.query_params.pop("work", None)
        return None
    st.session_state[_WORK] = work.id
    if not named:
        st.query_params["work"] = work.id
    return work


def only_row(work: Work) -> StagedRow | None:
    """The row of work with one piece of evidence."""
    return work.rows[0] if len(work.rows) == 1 and work.open_rows else None


def draw_start(context: PageContext, top: DeltaGenerator) -> None:
    """Draw the empty field, and what belongs there."""
    if dropped := file_field(t):
        try:
            take_files(t, context, None, dropped)
        except Problem as problem:
            with top:
                show(progress_bar(t, 1), html.answer(t("This file cannot be accepted.")))
            show_problem(t, problem)
        return
    task = asked_for(t, context)
    with top:
        lead = t(
            "Drop test reports, registers or documents: one, or many at once. You see what was read and what it "
            "changes before anything is saved."
        )
        question = (
            t("{evidence}: which file do you have?", evidence=task.name)
            if task
            else t("Upload evidence: which files do you have?")
        )
        show(progress_bar(t, 1), html.answer(question, task.place if task else "", lead))
    draw_unfinished(context)
    draw_sent(context)
    if task:
        show(task.asked)
        offer_template(context)
        return
    show(
        html.empty(
            t("What counts as evidence"),
            t(
                "A test report (testssl, JUnit, nmap), a register (Excel, CSV) or a document (PDF, image, text). An "
                "auditor wants to see what it covers, from which date, and that nobody has changed it since."
            ),
        )
    )


def draw_unfinished(context: PageContext) -> None:
    """The files that the person dropped before and did not save."""
    for work in unfinished_works(context.person.account):
        number = len(work.open_rows)
        words = t.n("{n} file is not saved yet", "{n} files are not saved yet", number)
        names = ", ".join(row.name for row in work.open_rows[:_NAMED]) + (" …" if number > _NAMED else "")
        with st.container(horizontal=True, vertical_alignment="center", key=f"unfinished {work.id}"):
            show(html.two_lines(words, names))
            if st.button(t("Go on with these"), key=f"go on {work.id}"):
                st.query_params["work"] = work.id
                st.rerun()
            if st.button(t("Leave out"), key=f"discard {work.id}", type="tertiary"):
                begin_again(work)


def draw_sent(context: PageContext) -> None:
    """The uploads of programs that are evaluated later; while some wait, with a button to look again."""
    sent = sent_uploads(context.session, context.person)
    show(sent_uploads_list(t, sent))
    if any(each.state == UploadState.WAITING for each in sent):
        st.button(t("Look again"), icon=":material/refresh:")  # the click itself draws the page anew


def draw_refused(context: PageContext, work: Work, row: StagedRow, top: DeltaGenerator) -> None:
    """Draw why the only file was refused."""
    with top:
        show(progress_bar(t, 1), html.answer(t("This file cannot be accepted.")))
    if row.problem is not None:
        show(html.note("failing", t.render(row.problem), "error"))
    save_bar(t, context, work, row, None, ready=False)
    add_files(t, context, work)


def offer_template(context: PageContext) -> None:
    """The template of the register that the address asks for, if it asks for one."""
    requirement = context.titles.requirements.get(st.query_params.get("requirement", ""))
    policy = policies().get(requirement.policy or "") if requirement else None
    for judging in policy.judging_policies() if policy else ():
        if requirement and judging.has_template:
            show(html.section(t("Template"), t.title(requirement)), template_links(t, judging.id))


def check(context: PageContext, work: Work, row: StagedRow, files: DroppedFiles, top: DeltaGenerator) -> None:
    """Draw what was read, the form and the effect of the upload."""
    inspection = files.inspection
    with top:
        lead = t("Is this correct? Nothing has been saved yet.")
        show(progress_bar(t, 2), html.answer(sentence(t, inspection), "", lead))
    show(cards(t, inspection))
    format_choice(t, context, work, row, files)
    show(earlier_uploads(t, context, inspection))
    left, right = st.columns([5, 7], gap="large")
    with left:
        show(html.section(t("What was read"), t("correct it where needed")))
        show(html.caption(" ".join(t.render(why) for why in row.proposal.because)) if row.proposal.because else "")
        with remembered(row):
            answers = delivery_form(t, context, inspection, row.choice)
    with right:
        expected = effect(t, context, files, answers)
        show(preview(t, inspection, expected))
    save_bar(t, context, work, row, answers, ready=expected is not None)
    if only_row(work):
        with st.container(horizontal=True):
            add_files(t, context, work)
            take_apart_button(t, context, work, row)


with page_context() as context:
    saved = st.query_params.get("saved")
    if saved:
        draw_saved(t, context, saved)
    else:
        draw(context)
