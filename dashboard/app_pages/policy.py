"""Says what a policy asks of test results and registers, and by which source."""

import streamlit as st

from dashboard.shell import html
from dashboard.shell.frame import chosen, language, show
from dashboard.shell.page_context import PageContext, opening
from evidence.judging import policy_descriptions
from evidence.judging.policy_descriptions import PolicyPage
from locales import Problem

t = language()
WAY = html.link("/controls", t("Controls"))


def draw(o: PageContext, page: PolicyPage) -> None:
    named = [one for one in o.book.requirements.values() if one.policy == page.policy.id]
    show(html.answer(t.title(page.policy), html.crumbs(WAY, t("Policy"), page.policy.id)))
    left, right = st.columns([9, 3], gap="large")
    with left:
        for one, body in page.parts:
            if one.id != page.policy.id:
                show(html.section(t.title(one), ", ".join(one.formats)))
            st.markdown(body)
    with right:
        asks = [
            html.html("<p>{one}</p>", one=html.link(html.address("upload", requirement=one.key), t.title(one)))
            for one in named
        ]
        none = html.html("<p>{one}</p>", one=t("No requirement names it."))
        show(html.section(t("Judges")), html.join(asks or [none]))


with opening() as o:
    try:
        found = policy_descriptions.describe_policy(o.person, chosen("key"), t)
    except Problem:
        show(html.answer(t("There is no such policy."), WAY))
    else:
        draw(o, found)
