"""The first step: a text is pasted or read from a document, or a draft is continued."""

from io import BytesIO

import streamlit as st

from controls.errors import ControlsProblem
from controls.statement import drafts
from controls.statement.drafts import Draft
from controls.statement.proposed_promises import language_of
from dashboard.app_pages.start.words import LANGUAGES, progress, progress_bar, way
from dashboard.components.drop_zone import draw_drop_zone_texts
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import show_problem, show_refusal
from dashboard.shell.streamlit_adapter import UploadedFile
from dashboard.shell.url_filters import option_label
from evidence.intake.documents import read_document
from locales import Language, Problem
from models.transaction import writing
from settings import engine

_MOST_MB = 10
_TYPES = ["md", "txt", "html", "htm", "docx", "pdf"]
_TEXT, _READ = "start text", "start read file"


def draw(t: Language, context: PageContext) -> None:
    lead = t(
        "Paste the text as published, or upload it. Sentences that seem to make a promise are shown with measures that "
        "other statements promise; you decide on each sentence."
    )
    show(html.answer(t("What does your statement promise?"), way(t), lead))
    show(progress_bar(t, 1))
    left, right = st.columns([8, 4], gap="large")
    with right:
        _draw_document(t, context)
        code = st.selectbox(
            t("Language of the text"), ["", *LANGUAGES], format_func=option_label({"": t("Recognise it"), **LANGUAGES})
        )
        _draw_drafts(t, context)
    with left:
        typed = st.text_area(
            t("The text of the statement"),
            key=_TEXT,
            height=440,
            placeholder=t("Write headings as ## Heading"),
        )
        if st.button(t("Find promises"), type="primary"):
            _begin(t, context, typed, code)


def _draw_document(t: Language, context: PageContext) -> None:
    """Put the text of an uploaded document in the field for the text, once."""
    draw_drop_zone_texts(t, t("Choose a file"), t("or drop it here, up to {n} MB", n=_MOST_MB))
    file = st.file_uploader(
        t("Or a document: Markdown, DOCX, PDF, or a page saved as HTML"), type=_TYPES, max_upload_size=_MOST_MB
    )
    if file is None or st.session_state.get(_READ) == file.file_id:
        return
    try:
        st.session_state[_TEXT] = _text_of(context, file)
    except Problem as problem:
        show_refusal(f"{file.name}: {t.render(problem.message)}")
        return
    st.session_state[_READ] = file.file_id
    note = t(
        "Read {name}. Compare the text with your document: columns, tables and headings may have moved.", name=file.name
    )
    show(html.note("in_review", note))


def _text_of(context: PageContext, file: UploadedFile) -> str:
    return read_document(context.person, BytesIO(file.getvalue()))


def _begin(t: Language, context: PageContext, typed: str, code: str) -> None:
    try:
        with writing(engine()) as (session, now):
            made = drafts.create_draft(session, context.person, typed, code or language_of(typed), now)
    except ControlsProblem as problem:
        show_problem(t, problem)
        return
    st.query_params["draft"] = made.key
    st.rerun()


def _draw_drafts(t: Language, context: PageContext) -> None:
    kept = drafts.drafts(context.session, context.person)
    if kept:
        show(html.section(t("Drafts")), html.join(_draft(t, made) for made in kept))


def _draft(t: Language, made: Draft) -> html.Html:
    return html.html(
        '<div class="pick">{to}<small>{progress}<br>{when}</small></div>',
        to=html.link(html.address("start", draft=made.key), made.name),
        progress=progress(t, made),
        when=t("Saved by {person}, {when}", person=made.recorded_by, when=made.recorded_at),
    )
