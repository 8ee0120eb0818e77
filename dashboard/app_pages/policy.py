"""Shows one policy: what it requires of test results or registers, its source, and which requirements use it."""

import streamlit as st

from dashboard.components.template_links import template_links
from dashboard.shell import html
from dashboard.shell.frame import key_from_address, language, show
from dashboard.shell.page_context import PageContext, page_context
from evidence.judging import policy_descriptions
from evidence.judging.policy_descriptions import PolicyPage
from locales import Problem

t = language()
WAY = html.link("/controls", t("Controls"))


def draw(context: PageContext, page: PolicyPage) -> None:
    requirements = [row for row in context.titles.requirements.values() if row.policy == page.policy.id]
    show(html.answer(t.title(page.policy), html.crumbs(WAY, t("Policy"), page.policy.id)))
    left, right = st.columns([9, 3], gap="large")
    with left:
        for part, body in page.parts:
            if part.id != page.policy.id:
                show(html.section(t.title(part), ", ".join(part.formats)))
            st.markdown(body)
    with right:
        links = [
            html.html("<p>{to}</p>", to=html.link(html.address("upload", requirement=row.key), t.title(row)))
            for row in requirements
        ]
        none = html.html("<p>{words}</p>", words=t("No evidence requirement uses this policy."))
        show(html.section(t("Used by")), html.join(links or [none]))
        if page.has_template:
            show(html.section(t("Template")), template_links(t, page.policy.id))


with page_context() as context:
    try:
        page = policy_descriptions.describe_policy(context.person, key_from_address("key"), t)
    except Problem:
        show(html.answer(t("This policy does not exist."), WAY))
    else:
        draw(context, page)
