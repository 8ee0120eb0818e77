"""Shows the tokens for build servers and scripts with the permissions of each."""

import streamlit as st

from access.people import tokens
from dashboard.components import token_forms
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.one_time_secret import show_secret
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_message

t = language()


def draw(context: PageContext) -> None:
    rows = tokens.list_tokens(context.session, context.person)
    names = token_forms.limit_names(t, context)
    working = sum(row.works_on(context.today) for row in rows)
    lead = t("For build servers and scripts. Each token has limited permissions and an end date, and is shown once.")
    sentence = t.n("{n} active token.", "{n} active tokens.", working)
    show(html.answer(sentence, t("Tokens"), lead), page_tabs(t, context.person, "tokens"))
    show_message()
    show_secret(t)
    left, right = st.columns([8, 4], gap="large")
    with left:
        why = t("With a token, a build server can upload its test reports automatically.")
        show(token_forms.token_table(t, context, names, rows) if rows else html.empty(t("No tokens yet"), why))
    with right:
        show(html.section(t("A token for a team")))
        draw_form(context, names)
        token_forms.revoke_form(t, context, rows, lambda s, token, now: tokens.revoke(s, context.person, token, now))


def draw_form(context: PageContext, names: token_forms.LimitNames) -> None:
    if context.titles.teams:
        token_forms.team_form(t, context, names)
    else:
        show(html.note("unknown", t("Add a team on the set up page first."), "info"))


with page_context() as context:
    draw(context)
