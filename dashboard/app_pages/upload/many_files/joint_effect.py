"""What saving all ticked files together would change, drawn when it is asked for."""

from collections.abc import Sequence

import streamlit as st

from dashboard.app_pages.upload.changes import Stage, changes
from dashboard.app_pages.upload.many_files.row_state import RowState
from dashboard.app_pages.upload.staged_work import Work
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import show_problem
from evidence.intake.proposed_requirements.questions import delivery_of_choice
from locales import Language, Problem
from models.transaction import trying
from readiness.effects.upload_effect import JointEffect, Outlook, joint_effect
from settings import engine, store


def draw_joint_effect(t: Language, context: PageContext, work: Work, ready: Sequence[RowState]) -> None:
    """Draw the switch and, once it is on, readiness now, after saving and after acceptance."""
    work.shows_effect = st.toggle(t("See what saving these changes"), value=work.shows_effect, key=f"effect {work.id}")
    ticked = [state for state in ready if state.row.is_ticked]
    if not work.shows_effect or not ticked:
        return
    try:
        with st.spinner(t("Computing what changes …")):
            expected = _effect(context, ticked)
    except Problem as problem:
        show_problem(t, problem)
        return
    named = [(t("Now"), expected.before), (t("After saving"), expected.saved)]
    named += [(t("After acceptance"), expected.accepted)] if expected.needs_acceptance else []
    stages = [Stage(name, outlook.today, outlook.audit) for name, outlook in named if outlook]
    if not stages:
        show(html.caption(t("You may not read readiness, so what changes is not shown.")))
        return
    touched = [cell.key for filed in expected.filed for cell in filed.covered]
    show(changes(t, context.titles, stages, touched, context.criteria, context.audit_day))


def _effect(context: PageContext, ticked: Sequence[RowState]) -> JointEffect:
    deliveries = [
        delivery_of_choice(row.files.inspection_for_choice(context, row.choice), row.choice)
        for row in (state.row for state in ticked)
        if row.files is not None
    ]
    before = Outlook(context.current(), context.then(), context.systems)
    with trying(engine()) as (session, now):
        return joint_effect(session, store(), context.person, deliveries, before, now)
