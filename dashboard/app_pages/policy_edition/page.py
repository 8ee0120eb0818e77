"""Changes a policy of the organisation's own, or starts one as a copy: what it says, what it judges, from which day."""

from typing import Any

import streamlit as st

from dashboard.app_pages.policy_edition import fields, publishing, words
from dashboard.shell import html
from dashboard.shell.frame import key_from_address, language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_message, show_problem
from evidence.judging.own_policies.edition_start import EditionStart, start_edition
from evidence.judging.own_policies.edition_text import typed
from evidence.judging.own_policies.editions import EditionDraft, check_edition
from evidence.judging.own_policies.form_fields import changed, form_fields
from evidence.judging.policy import Policy
from locales import Problem

t = language()
WAY = html.link("/controls", t("Controls"))
FIELDS, FILE = "fields", "file"


def draw(context: PageContext, start: EditionStart) -> None:
    policy = html.link(html.address("policy", key=start.before.id), t.title(start.before))
    sentence = t("Change {policy}.", policy=t.title(start.before))
    if not start.draft.after:
        sentence = t("Make a copy of {policy} your own.", policy=t.title(start.before))
    show(html.answer(sentence, html.crumbs(WAY, policy, t("Edition {edition}", edition=start.draft.after + 1)), lead()))
    show_message()
    if start.draft.after:
        to = html.link(html.address("policy", key=start.draft.policy), t("What applies now, and all editions"))
        show(html.html('<p class="caption">{to}</p>', to=to))
    left, right = st.columns([7.2, 4.8], gap="large")
    with left:
        show(html.section(t("What it says")))
        content = edited(context, start)
    try:
        made = checked(context, start, content)
    except Problem as problem:
        with left:
            show_problem(t, problem)
        return
    with right:
        show(words.difference(t, start.before, made), words.all_sentences(t, made))
    publishing.draw(t, context, start, made, content)


def lead() -> str:
    return t(
        "An edition judges what evidence represents from its first day on. Days before that day stay as they were "
        "judged; earlier editions stay readable."
    )


def edited(context: PageContext, start: EditionStart) -> str:
    """Draw the fields or the file; return the text as it is now. Both begin with the text as the other left it."""
    place = f"text of {start.draft.policy} {start.draft.after}"
    before = str(st.session_state.setdefault(place, start.draft.content))
    labels = {FIELDS: t("Fields"), FILE: t("File (YAML)")}
    mode = st.segmented_control(
        t("Change it by"),
        list(labels),
        format_func=labels.__getitem__,
        default=FIELDS,
        required=True,
        key=f"by {place}",
        on_change=take_over,
        args=(place,),
    )
    content = words.file(t, before, f"file {place}") if mode == FILE else from_fields(context, start, before, place)
    st.session_state[f"{place} now"] = content
    return content


def take_over(place: str) -> None:
    """Begin with the text as it was left."""
    st.session_state[place] = st.session_state.get(f"{place} now", st.session_state[place])


def from_fields(context: PageContext, start: EditionStart, before: str, place: str) -> str:
    """Draw the fields of a text; a wrong one is changed in the file."""
    try:
        made = checked(context, start, before)
    except Problem:
        show(html.caption(t("Correct it in the file first.")))
        return before
    return typed(changed(made.values, fields.draw(t, made, form_fields(type(made), made.values), place)))


def checked(context: PageContext, start: EditionStart, content: str) -> Policy[Any]:
    """The policy that the text makes. Raises `Problem`, with the line."""
    draft = EditionDraft(start.draft.policy, content, (), start.draft.after, start.draft.copy_of)
    return check_edition(context.session, context.person, draft)


with page_context() as context:
    try:
        start = start_edition(context.session, context.person, key_from_address("key"))
    except Problem:
        show(html.answer(t("This policy does not exist."), WAY))
    else:
        draw(context, start)
