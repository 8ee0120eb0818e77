"""The third step: what belongs to the text besides its sentences, and publishing."""

from datetime import date

import streamlit as st

from controls.errors import ControlsProblem
from controls.publish_draft import publish_draft
from controls.statement import drafts, statement_versions
from controls.statement.drafts import Draft, DraftDetails
from controls.statement.files_of_draft import ISO, NEN
from controls.statement.version_rows import VersionRow
from dashboard.app_pages.start.draft_version import draw_note, save_draft, seen_version
from dashboard.app_pages.start.words import progress, progress_bar, way
from dashboard.components.download import download
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import show_message, show_problem
from dashboard.shell.url_filters import DAY_FORMAT
from demo.statement import statements_folder
from locales import Language
from models.transaction import writing
from models.vocabulary import SentenceDecision
from settings import engine, settings


def draw(t: Language, context: PageContext, made: Draft) -> None:
    undecided = made.decisions[SentenceDecision.UNDECIDED]
    sentence = (
        t.n("{n} sentence is still undecided.", "{n} sentences are still undecided.", undecided)
        if undecided
        else t("Every sentence is decided: publish the statement.")
    )
    show(html.answer(sentence, way(t), progress(t, made)))
    show(progress_bar(t, 3, undecided))
    show_message()
    draw_note(t, made)
    show(html.link(html.address("start", draft=made.key), t("Back to the sentences"), "button"))
    left, right = st.columns([7, 5], gap="large")
    with left, st.form("publish", border=False):
        details = _details(t, context, made)
        with st.container(horizontal=True):
            publish = st.form_submit_button(t("Publish"), type="primary", disabled=bool(undecided))
            keep = st.form_submit_button(t("Keep as a draft"))
        if publish:
            _publish(t, context, made, details)
        if keep:
            save_draft(t, context, made, t("Saved. You can go on later: the draft stays."), details=details)
    with right:
        _draw_consequences(t)
        _draw_files(t, made)


def _details(t: Language, context: PageContext, made: Draft) -> DraftDetails:
    typed = made.details
    organisation = st.text_input(t("Organisation"), value=typed.organisation, key="start organisation")
    title = st.text_input(t("Title"), value=typed.title, placeholder=t("Privacy statement"))
    other = st.text_input(t("Title in the other language"), value=typed.other_title, placeholder=t("optional"))
    source = st.text_input(t("Web address where it is published"), value=typed.source, placeholder="https://")
    effective = st.date_input(t("Effective date"), value=typed.effective, format=DAY_FORMAT)
    replaced = _replaced(t, context, made)
    healthcare = st.checkbox(
        t("We also follow NEN 7510:2024"),
        value=NEN in typed.catalogues,
        help=t("Required when you process health data in the Netherlands."),
    )
    return DraftDetails(
        title=title,
        other_title=other,
        organisation=organisation,
        effective=effective if isinstance(effective, date) else None,
        source=source,
        catalogues=(ISO, NEN) if healthcare else (ISO,),
        replaces=replaced,
    )


def _replaced(t: Language, context: PageContext, made: Draft) -> str:
    """Draw the choice of the statement that this one replaces: by default the one in effect."""
    in_effect = {row.key: row for row in statement_versions.versions(context.session, context.person) if row.in_effect}
    options = [*in_effect, ""]
    before = made.details.replaces
    chosen = st.selectbox(
        t("Replaces"),
        options,
        index=options.index(before) if before in in_effect else 0,
        format_func=lambda key: _version(t, in_effect[key]) if key else t("nothing: it stands beside the others"),
        help=t("The text that is replaced stays readable under Statement, Versions."),
    )
    return str(chosen or "")


def _version(t: Language, row: VersionRow) -> str:
    return t("{title}, {organisation}, {day}", title=t.title(row), organisation=row.organisation, day=row.effective)


def _publish(t: Language, context: PageContext, made: Draft, details: DraftDetails) -> None:
    try:
        with st.spinner(t("Publishing…")), writing(engine()) as (session, now):
            version = seen_version(made)
            changed = drafts.change_draft(session, context.person, made.key, now, version=version, details=details)
            folder = statements_folder(session, settings().statements)
            key = publish_draft(session, context.person, made.key, now, version=changed.version, statements=folder)
    except ControlsProblem as problem:
        show_problem(t, problem)
        return
    st.query_params.from_dict({"published": key})
    st.rerun()


def _draw_consequences(t: Language) -> None:
    lines = (
        t("The statement, its measures and the evidence that they need are there at once."),
        t("Its mapping to the controls waits for your review, and does not count until then."),
        t("You are asked which systems of the statement that it replaces are no longer yours."),
    )
    items = html.join(html.html("<li>{line}</li>", line=line) for line in lines)
    show(html.section(t("When you publish")), html.html('<ol class="next">{items}</ol>', items=items))


def _draw_files(t: Language, made: Draft) -> None:
    """Draw the links to the draft as files, once its details are complete."""
    try:
        drafts.checked_details(made)
    except ControlsProblem:
        return
    with st.expander(t("As files, for a folder of statements")):
        links = (
            download(f"/api/v1/statement-drafts/{made.key}/files/{kind}", t("Download {name}", name=f".{kind}"))
            for kind in ("yaml", "md")
        )
        show(html.html('<div class="actions">{links}</div>', links=html.join(links)))
