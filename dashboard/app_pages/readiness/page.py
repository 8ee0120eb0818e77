"""Shows whether the organisation is ready for the audit, what stands in the way, and what to do next."""

import streamlit as st

from audits.first_steps import FirstSteps
from dashboard.app_pages.readiness import first_steps, status_counts, step_words, task_list, tasks, verdict
from dashboard.app_pages.readiness.matrix import matrix
from dashboard.app_pages.readiness.other_day import draw_other_day
from dashboard.charts import scores, trend
from dashboard.charts.cached_chart import show_chart
from dashboard.components.blocking_controls import SHOWN, blocking_table
from dashboard.components.control_list import catalogue_filter
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from readiness import (
    AuditReadiness,
    audit_verdict,
    controls_with_unconfirmed_mapping,
    due_tasks_between,
    explain_controls,
)
from readiness import trend as over_time

t = language()


def draw_first_steps(context: PageContext, steps: FirstSteps) -> None:
    """Draw the list of first steps, and the readiness that will come beside it."""
    sentence = t.n(
        "{n} step to your first demonstrated control.",
        "{n} steps to your first demonstrated control.",
        len(steps.open),
    )
    lead = t("About twenty minutes. You can skip each step and take it later; the list disappears when all are done.")
    show(html.answer(sentence, t("Today, {day}", day=context.today), lead))
    left, right = st.columns([7, 4.4], gap="large")
    with left:
        show(first_steps.open_drafts(t, context))
        first_steps.draw(t, context, steps)
    with right:
        show(html.section(t("Your readiness comes here"), t("still empty")))
        score = audit_verdict(context.current(), context.criteria)
        draw_scores(score, None, "", catalogue_filter(context.criteria))
        show(step_words.ready_made(t, context, steps))


def draw(context: PageContext) -> None:
    steps = first_steps.open_steps(context)
    if steps and first_steps.take_the_page(steps):
        draw_first_steps(context, steps)
        return
    draw_readiness(context, first_steps.strip(t, steps) if steps else None)


def draw_readiness(context: PageContext, strip: html.Html | None) -> None:
    current = context.current()
    then = context.then()
    catalogues = context.criteria
    now_score, then_score = audit_verdict(current, catalogues), audit_verdict(then, catalogues) if then else None
    place = (
        verdict.where(t, context.audit.title, context.audit.day, context.titles, len(context.systems or context.scope))
        if context.audit
        else t("Today, {day}", day=context.today)
    )
    show(html.answer(verdict.verdict(t, now_score, then_score), place), page_tabs(t, context.person, "readiness"))
    if strip:
        show(strip)
    if not context.viewed:
        show(first_steps.open_drafts(t, context))
    left, right = st.columns([5, 7], gap="large")
    with left:
        label = t.short_date(context.audit_day) if context.audit_day else ""
        draw_scores(now_score, then_score, label, catalogue_filter(context.criteria))
    with right:
        draw_trend(context)
    with st.container(key="todo-first"):
        left, right = st.columns([8, 4], gap="large")
    with left:
        show(html.section(t("Measure by system")))
        matrix(t)
        draw_unconfirmed(context, now_score)
        draw_gaps(context, now_score)
    with right:
        draw_tasks(context, now_score, then_score)


def draw_gaps(context: PageContext, score: AuditReadiness) -> None:
    """Draw the controls that stand in the way, under the measures: beside the long list of tasks."""
    worst = [gap.key for gap in score.gaps[:SHOWN]]
    why = explain_controls(context.session, context.person, worst, context.today, context.now, context.systems)
    show(blocking_table(t, context.titles, score, why))


def draw_scores(now_score: AuditReadiness, then_score: AuditReadiness | None, label: str, catalogue: str) -> None:
    """Draw the scores and the numbers of each status. `label`: the day of the audit; `catalogue`: of the lists."""
    scores_shown = [verdict.score(t, t("Today"), now_score)]
    scores_shown += [verdict.score(t, t("On {day}", day=label), then_score, forecast=True)] if then_score else []
    counts_then = then_score.counts if then_score else None
    columns = status_counts.Columns(t("today"), label)
    table = status_counts.status_table(t, now_score.counts, counts_then, columns, catalogue)
    show(scores.scores(t, scores_shown), table)


def draw_tasks(context: PageContext, now_score: AuditReadiness, then_score: AuditReadiness | None) -> None:
    """Draw what to do before the audit; without an audit, the way to plan one."""
    show(html.section(t("Do next"), t("by impact")))
    if context.audit and then_score:
        due = due_tasks_between(context.session, context.person, context.audit, now_score, then_score)
        show(task_list.numbers(t, due), task_list.todo(t, tasks.tasks(t, context.titles, due)))
        return
    why = t("Once the date is known, this list shows what must be renewed or provided, by which team and by when.")
    plan = html.link(html.address("setup", part="audit"), t("Plan the audit"), "button first")
    show(html.empty(t("Plan the audit"), why, plan))


def draw_unconfirmed(context: PageContext, score: AuditReadiness) -> None:
    """Draw how many controls rely on mappings that the organisation has not confirmed."""
    unconfirmed_controls = controls_with_unconfirmed_mapping(
        context.session, context.person, context.today, context.now
    )
    number = sum(1 for key in unconfirmed_controls if key.split(":")[0] in context.criteria)
    if not number:
        return
    words = t.n(
        "{n} of {total} controls relies on a mapping that came with the statement and that nobody in your "
        "organisation has confirmed.",
        "{n} of {total} controls rely on mappings that came with the statement and that nobody in your "
        "organisation has confirmed.",
        number,
        total=score.applicable,
    )
    to = html.link(html.address("setup", part="mapping"), t("To the mapping"), "action")
    show(html.note("in_review", html.html("{words} {to}", words=words, to=to)))


def draw_trend(context: PageContext) -> None:
    if not context.audit:
        show(
            html.empty(
                t("Readiness over time"),
                t(
                    "Once an audit has been planned, this shows readiness per week, and how it will develop "
                    "until the audit if nobody acts."
                ),
            )
        )
        return
    show(html.caption(t("Percentage of controls demonstrated, per week. Dashed: if nobody acts.")))
    points = [
        trend.Point(week.day, 100 * week.demonstrated / week.applicable if week.applicable else 0, week.forecast)
        for week in over_time(context.session, context.person, context.audit, context.today, context.now)
    ]
    show_chart(trend.trend, t, points, context.today, context.audit_day, key="trend")


with page_context() as context:
    if context.viewed:
        draw_other_day(t, context)
    else:
        draw(context)
