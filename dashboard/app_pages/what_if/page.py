"""Shows what readiness would be if some tasks were done, the audit were on another day, or a control did not apply."""

from dataclasses import replace
from datetime import timedelta

import streamlit as st

from access.permissions import may
from audits.planned_days import plan_days
from dashboard.app_pages.what_if import outcome, task_choice
from dashboard.charts import scenario as chart
from dashboard.charts.cached_chart import show_chart
from dashboard.charts.scores import share
from dashboard.charts.trend import Point
from dashboard.components.no_audit import no_audit
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import save, show_message
from dashboard.shell.ticked_links import ticked
from dashboard.shell.url_filters import choice, day_field
from models.vocabulary import ControlKind
from readiness import Scenario, TrendPoint, WhatIf, natural_sort_key, trend, what_if

t = language()

_DONE_BY = timedelta(days=30)
_NO_CONTROL = "none"


def draw(context: PageContext) -> None:
    if not (context.audit and context.audit_day):
        draw_no_audit(context)
        return
    top = st.container()
    show_message()
    base = assumed(context)
    unticked = what_if(context.session, context.person, context.audit, base, context.today, context.now)
    choices = task_choice.choices(unticked.tasks, unticked.gains)
    keys = ticked(task_choice.NAME, [choice.requirement for choice in choices])
    cells = frozenset(cell for choice in choices if choice.requirement in keys for cell in choice.cells)
    scenario = replace(base, done=cells)
    result = what_if(context.session, context.person, context.audit, scenario, context.today, context.now)
    with top:
        place = html.html("<b>{title}</b> · {remark}", title=t("What if"), remark=t("nothing here is saved"))
        show(html.answer(sentence(result, scenario, len(keys)), place), page_tabs(t, context.person, "what-if"))
    left, right = st.columns([5, 7], gap="large")
    with left:
        whole = st.query_params.get("all") == "yes"
        show(task_choice.draw(t, context.titles, choices, keys, result.gains, whole=whole))
    with right:
        draw_outcome(context, result)
        draw_plan(context, result, scenario)


def assumed(context: PageContext) -> Scenario:
    """Draw what else is assumed, and return it without any task done."""
    assert context.audit_day  # noqa: S101 - of a page with an audit
    left, middle, right = st.columns([3, 3, 6], vertical_alignment="bottom")
    with left:
        usual = min(context.audit_day, context.today + _DONE_BY)
        done_by = day_field(t("Tasks done by"), "by", usual, first=context.today) or usual
    with middle:
        planned = context.audit_day
        audit_day = day_field(t("The audit is on"), "audit", planned, first=context.today) or planned
    with right:
        excluded = choice(t("Not applicable"), excludable(context), "without")
    return Scenario(audit_day, done_by, excluded=frozenset({excluded} - {_NO_CONTROL}))


def excludable(context: PageContext) -> dict[str, str]:
    """The controls of the audit that can be left out, by key."""
    of_audit = [key for key in context.titles.controls if key.partition(":")[0] in context.criteria]
    rows = {key: context.titles.controls[key] for key in sorted(of_audit, key=natural_sort_key)}
    names = {key: f"{row.ref} {t.title(row)}" for key, row in rows.items() if row.kind != ControlKind.CLAUSE}
    return {_NO_CONTROL: t("No other control")} | names


def sentence(result: WhatIf, scenario: Scenario, tasks: int) -> str:
    """The score of the scenario beside that of the audit if nobody acts."""
    before = share(result.forecast.demonstrated, result.forecast.applicable)
    after = share(result.outcome.demonstrated, result.outcome.applicable)
    if tasks:
        return t.n(
            "With {n} task done by {by}, {after} % is demonstrated at the audit on {day}, instead of {before} %.",
            "With {n} tasks done by {by}, {after} % is demonstrated at the audit on {day}, instead of {before} %.",
            tasks,
            by=scenario.done_by,
            day=scenario.audit_day,
            after=after,
            before=before,
        )
    if scenario.excluded or scenario.audit_day != result.forecast.on:
        values = {"day": scenario.audit_day, "after": after, "before": before}
        return t("Then {after} % is demonstrated at the audit on {day}, instead of {before} %.", **values)
    return t("If nobody acts, {before} % is demonstrated at the audit on {day}.", before=before, day=scenario.audit_day)


def draw_outcome(context: PageContext, result: WhatIf) -> None:
    show(html.section(t("Beside today"), t("controls demonstrated")), outcome.three_scores(t, result))
    show(outcome.counts(t, result))
    words = t("Percentage of controls demonstrated. Solid: until today. Dotted: if nobody acts. Dashed: this scenario.")
    show(html.caption(words))
    assert context.audit  # noqa: S101 - of a page with an audit
    weeks = trend(context.session, context.person, context.audit, context.today, context.now)
    lines = chart.Lines(
        tuple(_point(week) for week in weeks if not week.forecast),
        tuple(_point(week) for week in weeks if week.forecast),
        tuple(_point(week) for week in result.points),
    )
    show_chart(chart.scenario, t, lines, context.today, context.audit.day, result.outcome.on, key="scenario")
    show(outcome.blocking(t, context.titles, result))


def _point(week: TrendPoint) -> Point:
    return Point(week.day, 100 * week.demonstrated / week.applicable if week.applicable else 0, week.forecast)


def draw_plan(context: PageContext, result: WhatIf, scenario: Scenario) -> None:
    """Draw the button that plans what is ticked and has no day by then."""
    if not (scenario.done and may(context.person, "task.plan")):
        return
    cells, n = [task.cell for task in result.to_plan], len(result.to_plan)
    if not n:
        show(html.caption(t("All that is ticked is due by {day} already.", day=scenario.done_by)))
        return
    label = t.n("Plan {n} task for {day}", "Plan {n} tasks for {day}", n, day=scenario.done_by)
    if st.button(label, type="primary"):
        message = t.n("{n} task is planned for {day}.", "{n} tasks are planned for {day}.", n, day=scenario.done_by)
        save(t, lambda session, now: plan_days(session, context.person, cells, scenario.done_by, now), message)
    show(html.caption(t("What is due earlier, and renewals, keep their day.")))


def draw_no_audit(context: PageContext) -> None:
    why = t("Once the audit has been planned, this page shows what it would help to do which tasks.")
    show(html.answer(t("No audit has been planned."), t("What if")), page_tabs(t, context.person, "what-if"))
    show(no_audit(t, context, t("What if"), why))


with page_context() as context:
    draw(context)
