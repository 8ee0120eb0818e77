"""Shows what must be provided before the audit, by when and by whom; the security officer plans and assigns it here."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from access.permissions import may
from dashboard.app_pages.tasks import panel, task_row
from dashboard.components import days
from dashboard.components.data_table import TableTools, list_or_table
from dashboard.components.no_audit import no_audit
from dashboard.components.page_tabs import page_tabs
from dashboard.components.tasks.grouping import TeamTask, group
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_message
from dashboard.shell.ticked_links import ticked
from dashboard.shell.url_filters import choice, segments
from locales import text
from models.vocabulary import Urgency
from readiness import audit_verdict, due_tasks_between
from readiness.tasks.due_days import renewal_margin

t = language()

_ALL, _NO_TEAM = "all", "none"
#: The headings, in the order of the page.
HEADINGS = {
    Urgency.OVERDUE: text("Overdue"),
    Urgency.SOON: text("Within 30 days"),
    Urgency.PLANNED: text("Later"),
}


def draw(context: PageContext) -> None:
    if not context.audit_day:
        draw_no_audit(context)
        return
    top = st.container()
    show_message()
    every = tasks_of(context)
    with st.container(key="tasks-shown"):
        left, right = st.columns([3, 9], vertical_alignment="bottom")
    with left:
        team = choice(t("Team"), team_names(context, every), "team")
    of_team = [task for task in every if team in (_ALL, task.first.team or _NO_TEAM)]
    with right:
        urgency = segments(t("Which tasks"), segment_names(of_team), "due")
    place = html.html(
        "<b>{title}</b> · {audit}",
        title=t("Tasks"),
        audit=t("audit {when}", when=days.due(t, context.audit_day, context.today)),
    )
    with top:
        show(html.answer(sentence(of_team), place), page_tabs(t, context.person, "tasks"))
    if not every:
        show(html.empty(t("Nothing is due"), t("All evidence is valid until after the audit.")))
        return
    tools = TableTools("tasks", t("Tasks"), t("evidence, system or team"))
    shown = [task for task in of_team if urgency in ("", task.urgency)]
    list_or_table(t, tools, task_row.columns(t, context.titles), shown, lambda: draw_list(context, of_team, urgency))


def draw_list(context: PageContext, of_team: Sequence[TeamTask], urgency: str) -> None:
    """Draw the tasks in groups, with what the officer can do with those that are ticked."""
    if not may(context.person, "task.plan"):
        draw_groups(context, of_team, urgency, None)
        return
    by_key = {task_row.key_of(task): task for task in of_team}
    chosen = ticked("tick", by_key)
    with st.container(key="ticked-first" if chosen else "tasks-first"):
        left, right = st.columns([8, 4], gap="large")
    with left:
        draw_groups(context, of_team, urgency, chosen)
    with right, st.container(key="panel-tasks"):
        if chosen:
            panel.plan_and_assign(t, context, [by_key[key] for key in chosen])
        else:
            panel.nothing_ticked(t, context, renewal_margin(context.session))


def draw_groups(context: PageContext, tasks: Sequence[TeamTask], urgency: str, chosen: list[str] | None) -> None:
    """Draw the tasks by how near their due day is; of all at once, the first of each group."""
    for each, heading in HEADINGS.items():
        of_group = [task for task in tasks if task.urgency == each]
        if of_group and urgency in ("", each):
            show(task_row.group(t, context.titles, t.render(heading), of_group, chosen, each, is_whole=bool(urgency)))


def tasks_of(context: PageContext) -> list[TeamTask]:
    """What is to do before the audit, the earliest due day first."""
    current, then = context.current(), context.then()
    assert context.audit  # noqa: S101 - the page shows no tasks without an audit ahead
    assert then  # noqa: S101
    scores = (audit_verdict(current, context.criteria), audit_verdict(then, context.criteria))
    return group(due_tasks_between(context.session, context.person, context.audit, *scores))


def team_names(context: PageContext, tasks: Sequence[TeamTask]) -> dict[str, str]:
    """The teams that have something to do; first all, for a member of a team the own team."""
    numbers = Counter(task.first.team or _NO_TEAM for task in tasks)
    names = {key: context.titles.team(t, None if key == _NO_TEAM else key) for key in numbers}
    own = sorted(key for key in context.person.teams if key in context.titles.teams)
    names |= {key: context.titles.team(t, key) for key in own}
    in_order = sorted(names, key=lambda key: names[key])
    numbered = {key: f"{names[key]} ({numbers[key]})" for key in in_order}
    return {key: numbered[key] for key in own} | {_ALL: t("All teams")} | numbered


def segment_names(tasks: Sequence[TeamTask]) -> dict[str, str]:
    """The groups that occur, each with its number."""
    numbers = Counter(task.urgency for task in tasks)
    occurring = {each: f"{t.render(heading)} {numbers[each]}" for each, heading in HEADINGS.items() if numbers[each]}
    return {"": t("All {n}", n=len(tasks))} | occurring


def sentence(tasks: Sequence[TeamTask]) -> str:
    """How much is late and how much is due soon."""
    numbers = Counter(task.urgency for task in tasks)
    if tasks and numbers[Urgency.PLANNED] == len(tasks):
        later = "Nothing is due within 30 days; {n} task later.", "Nothing is due within 30 days; {n} tasks later."
        return t.n(*later, len(tasks))
    late = t.n("{n} task is overdue", "{n} tasks are overdue", numbers[Urgency.OVERDUE])
    soon = t.n("{n} is due within 30 days", "{n} are due within 30 days", numbers[Urgency.SOON])
    return t("{late} and {soon}.", late=late, soon=soon)


def draw_no_audit(context: PageContext) -> None:
    why = t("Once the audit has been planned, this page shows what must be provided, by whom and by when.")
    show(html.answer(t("No audit has been planned."), t("Tasks")), page_tabs(t, context.person, "tasks"))
    show(no_audit(t, context, t("Tasks"), why))


with page_context() as context:
    draw(context)
