"""Which evidence an edition judges, from which day and why; a preview with past runs; and publishing."""

from datetime import date, datetime
from typing import Any

import streamlit as st
from sqlmodel import Session

from dashboard.app_pages.policy_edition import preview
from dashboard.shell.frame import show
from dashboard.shell.html import caption, section
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save, show_problem
from dashboard.shell.url_filters import DAY_FORMAT
from evidence.intake.judged_again.policy_preview import MOST_BYTES, MOST_OF_SERIES, preview_edition
from evidence.judging.own_policies.edition_start import EditionStart
from evidence.judging.own_policies.editions import EditionDraft, publish_edition
from evidence.judging.policy import Policy
from locales import Language, Problem
from settings import engine, store


def draw(t: Language, context: PageContext, start: EditionStart, made: Policy[Any], content: str) -> None:
    """Draw the rest of the form for a policy without errors."""
    place = f"{start.draft.policy} {start.draft.after}"
    chosen = _requirements(t, context, start, place)
    draft = EditionDraft(start.draft.policy, content, chosen, start.draft.after, start.draft.copy_of)
    _preview(t, context, draft, f"{place} {made.sha256} {chosen}")
    _publish(t, context, draft, place)


def _requirements(t: Language, context: PageContext, start: EditionStart, place: str) -> tuple[str, ...]:
    show(section(t("Which evidence it judges")))
    titles = context.titles.requirements
    chosen = st.multiselect(
        t("Evidence requirements"),
        start.alike,
        default=[key for key in start.draft.requirements if key in start.alike],
        format_func=lambda key: t.title(titles[key]) if key in titles else key,
        placeholder=t("Choose"),
        key=f"requirements {place}",
    )
    words = t("Those that you leave out stay judged by {policy}.", policy=t.title(start.copied))
    show(caption(words if start.alike else t("No evidence requirement uses this policy.")))
    return tuple(chosen)


def _preview(t: Language, context: PageContext, draft: EditionDraft, state: str) -> None:
    """Draw the button and, for the same draft, what it found."""
    show(section(t("Past runs with this edition")))
    limits = t(
        "Reads the newest {n} runs of each series again, at most {size} MB together, and records nothing.",
        n=MOST_OF_SERIES,
        size=MOST_BYTES // 1_000_000,
    )
    show(caption(limits))
    if not draft.requirements:
        show(caption(t("First choose the evidence that this edition judges.")))
    if st.button(t("Preview with past runs"), icon=":material/history:", disabled=not draft.requirements):
        try:
            with st.spinner(t("Reading past runs …")):
                found = preview_edition(engine(), store(), context.person, draft, context.now)
        except Problem as problem:
            show_problem(t, problem)
            return
        st.session_state["preview of an edition"] = (state, found)
    shown_for, found = st.session_state.get("preview of an edition", ("", None))
    if found is not None and shown_for == state:
        show(preview.outcome(t, context.titles, found))


def _publish(t: Language, context: PageContext, draft: EditionDraft, place: str) -> None:
    show(section(t("From which day, and why")))
    with st.form(f"publish {place}", border=False):
        first = st.date_input(
            t("First day"),
            value=context.today,
            min_value=context.today,
            format=DAY_FORMAT,
            help=t("Today or later: a decision changes no past day."),
            key=f"first {place}",
        )
        reason = st.text_area(t("Reason"), placeholder=t("Decided in the security meeting of …"), key=f"why {place}")
        if st.form_submit_button(t("Publish this edition"), type="primary"):
            if first is None:
                first = context.today

            def verb(session: Session, now: datetime) -> None:
                publish_edition(session, context.person, draft, first, reason, now)
                st.query_params["key"] = draft.policy

            save(t, verb, _published(t, first))


def _published(t: Language, day: date) -> str:
    return t(
        "Published. It judges evidence of {day} or later; what was judged before now can be judged again on its own "
        "page.",
        day=day,
    )
