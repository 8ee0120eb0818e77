"""Says who did what, before and after, and how the log is kept from being rewritten."""

import streamlit as st

from access import activity_log
from access.activity_log import Asked
from dashboard.parts import activity_list, choice, markup
from dashboard.parts.activity_words import VERBS
from dashboard.parts.frame import language, show
from dashboard.parts.older import older, shown_before
from dashboard.parts.opening import Opening, opening
from dashboard.parts.people_tabs import people_tabs
from evidence import library

t = language()


def draw(o: Opening) -> None:
    state = activity_log.state(o.session, o.person)
    lead = t(
        "Every change and every opening of evidence. Nothing in it can be changed: each entry seals the one before."
    )
    sentence = t.n("{n} act stands in the log.", "{n} acts stand in the log.", state.entries)
    show(markup.answer(sentence, t("Activity"), lead), people_tabs(t, o.person, "activity"))
    show(activity_list.chain_state(t, state))
    asked = choose()
    found = activity_log.listed(o.session, o.person, asked, shown_before(), activity_log.PAGE + 1)
    if found:
        titles = library.titles(o.session, o.person, {one.subject for one in found})
        show(activity_list.activity_list(t, o.book, found[: activity_log.PAGE], titles))
    else:
        show(markup.empty(t("No entry fits these filters"), t("Take one away to see more.")))
    show(older(t, [one.id for one in found], activity_log.PAGE))


def choose() -> Asked:
    """The filters stand in the address."""
    verbs = {"": t("All")} | dict(sorted(((key, t.render(one)) for key, one in VERBS.items()), key=lambda one: one[1]))
    with st.container(key="filters-activity"):
        columns = st.columns(5)
    with columns[0]:
        who = choice.words(t("Who"), "who")
    with columns[1]:
        verb = choice.one_of(t("What"), verbs, "verb")
    with columns[2]:
        subject = choice.words(t("To what"), "subject", t("name or key"))
    with columns[3]:
        first = choice.day(t("First day"), "first")
    with columns[4]:
        last = choice.day(t("Last day"), "last")
    return Asked(who, verb, subject, first, last)


with opening() as o:
    draw(o)
