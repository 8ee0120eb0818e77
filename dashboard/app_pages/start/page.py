"""Shows the promises found in a pasted statement, and asks for each sentence whether it makes them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from controls.errors import ControlsProblem, NotPossible
from controls.statement import draft
from controls.statement.draft_files import ISO, NEN, StatementDetails, StatementFiles, make_files, statement_details
from controls.statement.proposals import propose
from dashboard.app_pages.start import sections
from dashboard.app_pages.start.sections import Draft
from dashboard.components.download import download
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_problem
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from locales import text

t = language()
STARTED = "started statement"
LANGUAGES = {"nl": "Nederlands", "en": "English"}
WAY = html.crumbs(html.link("/statement", t("Statement")), t("Start with a pasted text"))


def draw_paste(context: PageContext) -> None:
    lead = t(
        "Paste the text as published. Sentences that seem to make a promise are shown with measures that other "
        "statements promise; you decide on each sentence. Nothing is stored."
    )
    show(html.answer(t("What does your statement promise?"), WAY, lead))
    show(sections.progress_bar(t, 1))
    with st.form("paste", border=False):
        left, right = st.columns([8, 4], gap="large")
        pasted = left.text_area(
            t("The text of the statement"), height=440, placeholder=t("Write headings as ## Heading")
        )
        organisation = right.text_input(t("Organisation"))
        title = right.text_input(t("Title"), placeholder=t("Privacy statement"))
        other_title = right.text_input(t("Title in the other language"), placeholder=t("optional"))
        code = right.selectbox(t("Language of the text"), list(LANGUAGES), format_func=option_label(LANGUAGES))
        effective = right.date_input(t("Effective date"), value=None, format=DAY_FORMAT)
        source = right.text_input(t("Web address where it is published"), placeholder="https://")
        healthcare = right.checkbox(
            t("We also follow NEN 7510:2024"),
            value=True,
            help=t("Required when you process health data in the Netherlands."),
        )
        if st.form_submit_button(t("Find promises"), type="primary"):
            options: dict[str, Any] = {"other_title": other_title, "catalogues": (ISO, NEN) if healthcare else (ISO,)}
            day = effective if isinstance(effective, date) else None
            begin(context, pasted, code, lambda: statement_details(title, organisation, code, day, source, **options))


def begin(context: PageContext, pasted: str, code: str, make_details: Callable[[], StatementDetails]) -> None:
    try:
        proposals = propose(context.person, pasted, code)
        about_statement = make_details()
        if not proposals.proposals:
            raise NotPossible(text("No known promises were found in this text. Is the language correct?"))
    except ControlsProblem as problem:
        show_problem(t, problem)
        return
    st.session_state[STARTED] = Draft(about_statement, proposals)
    st.rerun()


def draw_decisions(context: PageContext, started: Draft) -> None:
    every = started.proposals.proposals
    named = sections.measure_titles(t, started.proposals.language)
    sentence = t.n("{n} sentence seems to make a promise.", "{n} sentences seem to make a promise.", len(every))
    lead = t(
        "{n} sentences were read. The score counts the words found: it is a suggestion, not evidence.",
        n=started.proposals.sentence_count,
    )
    show(html.answer(sentence, WAY, lead))
    show(sections.progress_bar(t, 3 if started.chosen else 2))
    if started.proposals.omitted_count:
        left_out = t.n("{n} more was left out.", "{n} more were left out.", started.proposals.omitted_count)
        show(html.caption(left_out))
    with st.form("decide", border=False):
        chosen = {}
        for number, proposal in enumerate(every, start=1):
            left, right = st.columns([7, 5], gap="large")
            with left:
                show(sections.sentence(t, proposal, named, number))
            with right:
                chosen[number] = sections.choose(t, number, proposal, named, started.chosen.get(number))
        if st.form_submit_button(t("Create the files"), type="primary"):
            started.chosen = chosen
            st.rerun()
    if started.chosen:
        draw_files(context, started)
    if st.button(t("Start again with another text")):
        st.session_state.pop(STARTED)
        st.rerun()


def draw_files(context: PageContext, started: Draft) -> None:
    show(html.section(t("The files"), sections.progress(t, started.chosen)))
    try:
        decided = sections.decisions(started.proposals.proposals, started.chosen)
        files = make_files(context.person, started.about, started.proposals, decided)
    except ControlsProblem as problem:
        show_problem(t, problem)
        return
    draft.keep_draft(context.person, files)
    sections.what_next(t, files.key, sum(not decision.confirmed for decision in decided))
    draw_downloads(files)


def draw_downloads(files: StatementFiles) -> None:
    links = (
        download(f"/api/v1/statement/draft/{kind}", t("Download {name}", name=f"{files.key}.{kind}"))
        for kind in ("yaml", "md")
    )
    show(html.html('<div class="actions">{links}</div>', links=html.join(links)))
    with st.expander(t("Contents of {name}", name=f"{files.key}.yaml")):
        st.code(files.yaml, language="yaml", wrap_lines=True, height=480)


with page_context() as context:
    started = st.session_state.get(STARTED)
    if isinstance(started, Draft):
        draw_decisions(context, started)
    else:
        draw_paste(context)
