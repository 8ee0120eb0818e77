"""Makes a statement from a text in three steps: the text, a decision on each sentence, publishing."""

import streamlit as st

from controls.errors import ControlsProblem
from controls.statement import drafts
from dashboard.app_pages.start import decide_step, publish_step, published, text_step
from dashboard.shell.frame import language
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_message, show_problem

t = language()


def draw(context: PageContext) -> None:
    if st.query_params.get("published"):
        published.draw(t, context)
    elif key := st.query_params.get("draft"):
        draw_draft(context, key)
    else:
        show_message()
        text_step.draw(t, context)


def draw_draft(context: PageContext, key: str) -> None:
    try:
        made = drafts.draft(context.session, context.person, key)
    except ControlsProblem as problem:
        show_problem(t, problem)
        text_step.draw(t, context)
        return
    if st.query_params.get("step") == "publish":
        publish_step.draw(t, context, made)
    else:
        decide_step.draw(t, context, made)


with page_context() as context:
    draw(context)
