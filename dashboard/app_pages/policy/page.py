"""Shows one policy: what it is for, what must hold, examples with their outcome, and how to provide it."""

from collections.abc import Sequence

import streamlit as st

from dashboard.app_pages.policy import own_editions, sections
from dashboard.shell import html
from dashboard.shell.frame import key_from_address, language, show
from dashboard.shell.page_context import PageContext, page_context
from evidence.judging import policy_descriptions
from evidence.judging.own_policies.editions import EditionRow, in_force, judged_instead, list_editions
from evidence.judging.policy_descriptions import PolicyPage
from locales import Problem

t = language()
WAY = html.link("/controls", t("Controls"))


def draw(context: PageContext, page: PolicyPage, editions: Sequence[EditionRow]) -> None:
    shown = next((row for row in editions if row.id == page.policy.id), None)
    instead = {} if shown else judged_instead(context.session, context.person, page.policy.id, context.today)
    requirements = [
        row
        for row in context.titles.requirements.values()
        if (row.key in shown.requirements if shown else row.policy == page.policy.id and row.key not in instead)
    ]
    place = html.crumbs(
        WAY, t("Policy"), own_editions.state(t, context, editions, shown) if shown else t.title(page.policy)
    )
    show(html.answer(sections.sentence(t, page), place, sections.lead(t, requirements)))
    left, right = st.columns([8.3, 3.7], gap="large")
    with left:
        draw_words(page)
    with right:
        show(sections.provide(t, page), sections.used_by(t, context.titles, requirements))
        if shown:
            show(own_editions.editions(t, context, editions, shown))
        else:
            show(own_editions.copies(t, context, page.policy.id, instead), sections.version(t, page))


def draw_words(page: PolicyPage) -> None:
    """Draw what must hold, with the examples, of each policy that it judges by."""
    for number, (part, words) in enumerate(zip(page.parts, page.in_words, strict=True)):
        policy = part[0]
        if policy.id != page.policy.id:
            show(html.section(t.title(policy), ", ".join(policy.formats)))
        if not number or words.about != page.in_words[0].about:
            show(sections.about(t, words))
        show(sections.rules(t, words), sections.examples(t, words))
        draw_rest(words.sections, policy.id)


def draw_rest(rest: sections.Rest, policy: str) -> None:
    """Draw what has no place in the tables: short parts open, long ones folded."""
    for number, (title, body) in enumerate(rest):
        if sections.is_short(body):
            show(html.section(title))
            st.markdown(body)
        else:
            with st.expander(title, key=f"{policy} {number}"):
                st.markdown(body)


def opened(context: PageContext, key: str) -> tuple[PolicyPage, Sequence[EditionRow]]:
    """The page of a policy and its editions: of one's own the named edition, else the one that applies, or comes."""
    editions = list_editions(context.session, context.person, key.partition("@")[0])
    current = in_force(editions, context.today) or next(iter(editions), None)
    wanted = current.id if current and key == current.policy else key
    return policy_descriptions.describe_policy(context.session, context.person, wanted, t), editions


with page_context() as context:
    try:
        page, editions = opened(context, key_from_address("key"))
    except Problem:
        show(html.answer(t("This policy does not exist."), WAY))
    else:
        draw(context, page, editions)
