"""Says what a policy asks of test results and registers, and by which source."""

import streamlit as st

from dashboard.parts import markup
from dashboard.parts.frame import chosen, language, show
from dashboard.parts.opening import Opening, opening
from evidence import policy_reading
from evidence.policy_reading import PolicyPage
from locales import Problem

t = language()
WAY = markup.link("/controls", t("Controls"))


def draw(o: Opening, page: PolicyPage) -> None:
    named = [one for one in o.book.requirements.values() if one.policy == page.policy.id]
    show(markup.answer(t.title(page.policy), markup.crumbs(WAY, t("Policy"), page.policy.id)))
    left, right = st.columns([9, 3], gap="large")
    with left:
        for one, body in page.parts:
            if one.id != page.policy.id:
                show(markup.section(t.title(one), ", ".join(one.formats)))
            st.markdown(body)
    with right:
        asks = [
            markup.html("<p>{one}</p>", one=markup.link(markup.address("upload", requirement=one.key), t.title(one)))
            for one in named
        ]
        none = markup.html("<p>{one}</p>", one=t("No requirement names it."))
        show(markup.section(t("Judges")), markup.join(asks or [none]))


with opening() as o:
    try:
        found = policy_reading.told(o.person, chosen("key"), t)
    except Problem:
        show(markup.answer(t("There is no such policy."), WAY))
    else:
        draw(o, found)
