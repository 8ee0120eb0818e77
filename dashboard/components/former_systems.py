"""The form that ends systems of a statement which was replaced."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st
from sqlmodel import Session

from controls.scope import system_scope
from controls.scope.system_scope import SystemInScope
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save, show_refusal
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from locales import Language


def end_former_systems(t: Language, context: PageContext, systems: Sequence[SystemInScope]) -> None:
    """Draw the form that ends systems which only a replaced statement named."""
    why = t("They stay in scope, and need evidence, until you end them.")
    show(html.section(t("Systems of the statement that was replaced")), html.caption(why))
    names = {system.period_key: t.title(system) for system in systems}
    left, _ = st.columns([7, 5])
    with left, st.form("left systems", border=False):
        chosen = st.multiselect(
            t("Systems to end"), list(names), format_func=option_label(names), placeholder=t("Choose the systems")
        )
        last = st.date_input(
            t("Last day in scope"), value=context.today - timedelta(days=1), format=DAY_FORMAT, key="left systems last"
        )
        if not st.form_submit_button(t("End these systems")):
            return
        if not chosen:
            show_refusal(t("Choose the systems that end."))
        else:
            done = t.n("{n} system has ended.", "{n} systems have ended.", len(chosen))

            def end(session: Session, now: datetime) -> None:
                for period in chosen:
                    system_scope.end_scope(session, context.person, period, last, now)

            save(t, end, done)
