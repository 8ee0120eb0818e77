"""After publishing: what is there now, and the systems of the statement that was replaced."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st
from sqlmodel import Session

from controls.browse.left_systems import systems_of_replaced_statements
from controls.scope import system_scope
from controls.scope.system_scope import SystemInScope
from dashboard.app_pages.start.words import progress_bar, way
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save, show_message
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from locales import Language


def draw(t: Language, context: PageContext, key: str) -> None:
    measures, requirements = len(context.titles.measures), len(context.titles.requirements)
    lead = t(
        "{measures} measures and {requirements} kinds of evidence are there. Review the mapping next: it does not "
        "count until then.",
        measures=measures,
        requirements=requirements,
    )
    show(html.answer(t("Your statement is in effect."), way(t), lead))
    show(progress_bar(t, 4))
    show_message()
    links = (
        html.link(html.address("setup", part="mapping"), t("Review the mapping"), "button first"),
        html.link("/statement", t("To the statement"), "button"),
        html.link("/readiness", t("To readiness"), "button"),
    )
    show(html.html('<div class="actions">{links}</div>', links=html.join(links)))
    left_systems = systems_of_replaced_statements(context.session, context.person, context.today)
    if left_systems:
        draw_left_systems(t, context, left_systems, key)


def draw_left_systems(t: Language, context: PageContext, systems: Sequence[SystemInScope], place: str) -> None:
    """Draw the form that ends systems which only a replaced statement named. `place`: distinguishes its widgets."""
    why = t("They stay in scope, and need evidence, until you end them.")
    show(html.section(t("Systems of the statement that was replaced")), html.caption(why))
    names = {system.period_key: t.title(system) for system in systems}
    left, _ = st.columns([7, 5])
    with left, st.form(f"end {place}", border=False):
        chosen = st.multiselect(
            t("Systems to end"), list(names), format_func=option_label(names), placeholder=t("Choose the systems")
        )
        last = st.date_input(
            t("Last day in scope"), value=context.today - timedelta(days=1), format=DAY_FORMAT, key=f"last {place}"
        )
        if st.form_submit_button(t("End these systems")):
            done = t.n("{n} system has ended.", "{n} systems have ended.", len(chosen))

            def end(session: Session, now: datetime) -> None:
                for period in chosen:
                    system_scope.end_scope(session, context.person, period, last, now)

            save(t, end, done)
