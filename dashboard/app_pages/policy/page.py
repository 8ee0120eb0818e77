"""Shows one policy: what it is for, what must hold, examples with their outcome, and how to provide it."""

import streamlit as st

from dashboard.app_pages.policy import own, sections
from dashboard.shell import html
from dashboard.shell.frame import key_from_address, language, show
from dashboard.shell.page_context import PageContext, page_context
from evidence.judging import policy_descriptions
from evidence.judging.own_policies.editions import in_force, list_editions, list_own_policies
from evidence.judging.policy_descriptions import PolicyPage
from locales import Problem

t = language()
WAY = html.link("/controls", t("Controls"))


def draw(context: PageContext, page: PolicyPage) -> None:
    key = page.policy.id.partition("@")[0]
    editions = list_editions(context.session, context.person, key)
    used = in_force(editions, context.today)
    requirements = [
        row
        for row in context.titles.requirements.values()
        if (row.key in used.requirements if used else row.policy == page.policy.id)
    ]
    crumbs = html.crumbs(WAY, t("Policy"), t.title(page.policy))
    show(html.answer(sections.sentence(t, page), crumbs, sections.lead(t, requirements)))
    left, right = st.columns([8.3, 3.7], gap="large")
    with left:
        for number, (part, words) in enumerate(zip(page.parts, page.in_words, strict=True)):
            policy = part[0]
            if policy.id != page.policy.id:
                show(html.section(t.title(policy), ", ".join(policy.formats)))
            if not number or words.about != page.in_words[0].about:
                show(sections.about(t, words))
            show(sections.rules(t, words), sections.examples(t, words))
            draw_rest(words.sections, policy.id)
    with right:
        show(sections.provide(t, page), sections.used_by(t, context.titles, requirements))
        if editions:
            show(own.editions(t, context, editions, page.policy.edition))
        else:
            own_ones = list_own_policies(context.session, context.person)
            show(own.copies(t, context, page.policy.id, own_ones), sections.version(t, page))


def draw_rest(rest: sections.Rest, policy: str) -> None:
    """Draw what has no place in the tables: short parts open, long ones folded."""
    for number, (title, body) in enumerate(rest):
        if sections.is_short(body):
            show(html.section(title))
            st.markdown(body)
        else:
            with st.expander(title, key=f"{policy} {number}"):
                st.markdown(body)


with page_context() as context:
    try:
        page = policy_descriptions.describe_policy(context.session, context.person, key_from_address("key"), t)
    except Problem:
        show(html.answer(t("This policy does not exist."), WAY))
    else:
        draw(context, page)
