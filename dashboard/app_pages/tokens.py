"""Says which tokens there are for build servers and scripts, and what each may."""

import streamlit as st

from access import tokens
from dashboard.parts import markup, token_parts
from dashboard.parts.frame import language, show
from dashboard.parts.once import show_once
from dashboard.parts.opening import Opening, opening
from dashboard.parts.people_tabs import people_tabs
from dashboard.parts.saving import say

t = language()


def draw(o: Opening) -> None:
    rows = tokens.listed(o.session, o.person)
    names = token_parts.names_of(t, o)
    working = sum(one.works_on(o.today) for one in rows)
    lead = t("For build servers and scripts. Each is for a few things only, until a day, and is shown once.")
    sentence = t.n("{n} token works today.", "{n} tokens work today.", working)
    show(markup.answer(sentence, t("Tokens"), lead), people_tabs(t, o.person, "tokens"))
    say()
    show_once(t)
    left, right = st.columns([8, 4], gap="large")
    with left:
        why = t("With one a build server hands in its test results by itself, every night.")
        show(token_parts.token_table(t, o, names, rows) if rows else markup.empty(t("There are no tokens"), why))
    with right:
        show(markup.section(t("A token for a team")))
        draw_form(o, names)
        token_parts.revoke_form(t, o, rows, lambda s, token, now: tokens.revoke(s, o.person, token, now))


def draw_form(o: Opening, names: token_parts.Names) -> None:
    if o.book.teams:
        token_parts.team_form(t, o, names)
    else:
        show(markup.note("unknown", t("Add a team on the set up page first."), "info"))


with opening() as o:
    draw(o)
