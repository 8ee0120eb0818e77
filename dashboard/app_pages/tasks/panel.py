"""Beside the tasks: planning and assigning those that are ticked, and the organisation's margin for renewals."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import streamlit as st
from sqlmodel import Session

from audits.planned_days import plan_days, set_renewal_margin
from controls.assignments import AssignmentRow, assign, assignees, assignments
from dashboard.components.tasks.grouping import TeamTask
from dashboard.components.tasks.words import what
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save
from dashboard.shell.ticked_links import with_ticks
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from locales import Language
from models.vocabulary import Status

_NAMED = 3  # tasks named before the rest is only counted


def nothing_ticked(t: Language, context: PageContext, margin: int) -> None:
    """Draw what ticking is for, and the form for the margin."""
    words = t("Tick tasks to plan a day for them, or to assign them.")
    show(html.section(t("Nothing is ticked")), html.caption(words))
    show(html.section(t("Renewals")))
    with st.form("margin", border=False):
        days = st.number_input(t("Days before the evidence expires"), 0, 180, margin)
        show(html.caption(t("A renewal is due this many days before the last valid day of the present evidence.")))
        if st.form_submit_button(t("Save")):
            message = t.n("Renewals are due {n} day before.", "Renewals are due {n} days before.", int(days))
            save(t, lambda session, now: set_renewal_margin(session, context.person, int(days), now), message)


def plan_and_assign(t: Language, context: PageContext, tasks: Sequence[TeamTask]) -> None:
    """Draw the forms for the ticked tasks."""
    remark = html.link(with_ticks("tick", []), t("Untick all"))
    show(html.section(t.n("{n} task ticked", "{n} tasks ticked", len(tasks)), remark))
    show(html.caption(_named(t, context, tasks)))
    _draw_plan(t, context, tasks)
    _draw_assignment(t, context, tasks)


def _named(t: Language, context: PageContext, tasks: Sequence[TeamTask]) -> str:
    names = "; ".join(what(t, context.titles, task) for task in tasks[:_NAMED])
    rest = len(tasks) - _NAMED
    return t("{names} and {n} more", names=names, n=rest) if rest > 0 else names


# ── The day ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _draw_plan(t: Language, context: PageContext, tasks: Sequence[TeamTask]) -> None:
    """A renewal has its day; of everything else a person chooses one."""
    without_end = [task for task in tasks if task.status != Status.DEMONSTRATED]
    renewals = len(tasks) - len(without_end)
    show(html.section(t("Due day"), level=3))
    if renewals:
        show(
            html.caption(
                t.n(
                    "{n} is a renewal; its day follows from the evidence.",
                    "{n} are renewals; their days follow from the evidence.",
                    renewals,
                )
            )
        )
    if not without_end:
        return
    with st.form("plan", border=False):
        chosen = st.date_input(
            t("Day"), value=_day_before(context, without_end), min_value=context.today, format=DAY_FORMAT
        )
        left, right = st.columns([2, 1])
        label = t.n("Plan {n} task", "Plan {n} tasks", len(without_end))
        planned = left.form_submit_button(label, type="primary", width="stretch")
        removed = right.form_submit_button(
            t("Unplan"), disabled=not any(_is_chosen(task) for task in without_end), width="stretch"
        )
    n = len(without_end)
    if planned and isinstance(chosen, date):
        message = t.n("{n} task is planned for {day}.", "{n} tasks are planned for {day}.", n, day=chosen)
        _plan(t, context, without_end, chosen, message)
    if removed:
        message = t.n(
            "{n} task has no chosen day any more; the product plans it again by impact.",
            "{n} tasks have no chosen day any more; the product plans them again by impact.",
            n,
        )
        _plan(t, context, without_end, None, message)


def _is_chosen(task: TeamTask) -> bool:
    """Whether a person chose its day."""
    return task.first.plan is not None and not task.first.plan.by_default


def _day_before(context: PageContext, tasks: Sequence[TeamTask]) -> date | None:
    """The day that all of these tasks have, if it is still to come."""
    days = {task.due_day for task in tasks}
    day = days.pop() if len(days) == 1 else None
    return day if day and day >= context.today else None


def _plan(t: Language, context: PageContext, tasks: Sequence[TeamTask], day: date | None, message: str) -> None:
    cells = [cell for task in tasks for cell in task.cells]
    save(t, lambda session, now: plan_days(session, context.person, cells, day, now), message)


# ── Team and person ──────────────────────────────────────────────────────────────────────────────────────────────────


def _draw_assignment(t: Language, context: PageContext, tasks: Sequence[TeamTask]) -> None:
    """Assign the requirements of the tasks, for all systems, to a team and optionally a person."""
    requirements = list(dict.fromkeys(task.requirement for task in tasks))
    show(html.section(t("Who provides it"), level=3))
    key = " ".join(requirements)[:200]
    team, account = _team_and_person(t, context, {(task.first.team, task.first.account) for task in tasks}, key)
    label = t.n("Assign {n} requirement", "Assign {n} requirements", len(requirements))
    if st.button(label, disabled=team is None, key=f"assign {key}") and team:
        _assign(t, context, requirements, team, account)
    show(html.caption(t("For all systems; from then on this team uploads the evidence.")))
    history = assignments(context.session, context.person, requirements[0]) if len(requirements) == 1 else []
    if history:
        show(_history(t, context, history))


def _team_and_person(
    t: Language, context: PageContext, before: Collection[tuple[str | None, str | None]], key: str
) -> tuple[str | None, str | None]:
    """Draw the choice of a team and of a person of it, at first what all have: `before`, pairs of team and account."""
    had_team, had_account = next(iter(before)) if len(before) == 1 else (None, None)
    titles = {team: context.titles.team(t, team) for team in context.titles.teams}
    team = st.selectbox(
        t("Team"),
        list(titles),
        format_func=option_label(titles),
        index=list(titles).index(had_team) if had_team in titles else None,
        key=f"team of {key}",
        placeholder=t("Choose a team"),
    )
    people = {"": t("The team as a whole")}
    people |= assignees(context.session, context.person, team, context.now) if team else {}
    index = list(people).index(had_account) if team == had_team and had_account in people else 0
    account = st.selectbox(
        t("Person"), list(people), format_func=option_label(people), index=index, key=f"person of {key} {team}"
    )
    return team, account or None


def _assign(t: Language, context: PageContext, requirements: Sequence[str], team: str, account: str | None) -> None:
    def verb(session: Session, now: datetime) -> None:
        for requirement in requirements:
            assign(session, context.person, requirement, team, account, now)

    name, n = context.titles.team(t, team), len(requirements)
    message = t.n("{n} requirement is assigned to {team}.", "{n} requirements are assigned to {team}.", n, team=name)
    save(t, verb, message)


def _history(t: Language, context: PageContext, history: Sequence[AssignmentRow]) -> html.Html:
    """Who had it before, latest first."""
    lines = [
        (
            html.two_lines(t.date(t.day_of(row.recorded_at)), row.recorded_by),
            html.two_lines(context.titles.team(t, row.team), row.person or ""),
        )
        for row in history
    ]
    return html.table([t("Since"), t("Assigned to")], lines)
